package life

import (
	"strings"
	"testing"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// guardedToo is a template that takes a role, and one that takes a sign-off, with a server each.
const guardedToo = configured + `
    ruled:
      role: approver
      networks: {inside: {subnets: [{cidr: 10.7.0.0/24}]}}
      servers: {web: {flavor: m1.nano, image: tiny, networks: [inside]}}
    signed:
      signoff: {role: approver}
      networks: {inside: {subnets: [{cidr: 10.7.0.0/24}]}}
      servers: {web: {flavor: m1.nano, image: tiny, networks: [inside]}}
`

// What a template takes to make an environment of it, it takes to make that anew: its role.
func TestMakingAnewTakesTheTemplatesRole(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.configure(guardedToo)
	if j := b.run(b.acceptAs("telnet:bob", "openstack env create demo template=ruled owner=telnet:ann")); j.State != job.Succeeded {
		t.Fatal(jobtest.Describe(j))
	}
	calls := len(b.world.calls)
	for _, line := range []string{"openstack env rebuild demo", "openstack env rebuild demo server=web"} {
		j := b.run(b.accept(line))
		if j.State != job.Failed || !strings.Contains(j.Error, "The template ruled needs the role approver") || !strings.HasSuffix(j.Error, "Nothing was changed.") {
			t.Error(line, jobtest.Describe(j))
		}
		if len(b.world.calls) != calls || b.env("demo").State != environment.Ready {
			t.Error(line, b.world.calls[calls:])
		}
	}
	if j := b.run(b.acceptAs("telnet:bob", "openstack env rebuild demo server=web")); j.State != job.Succeeded {
		t.Error(jobtest.Describe(j))
	}
	if j := b.run(b.acceptAs("telnet:bob", "openstack env rebuild demo")); j.State != job.Succeeded {
		t.Error(jobtest.Describe(j))
	}
}

// And its sign-off, for all of it and for a server.
func TestMakingAnewTakesTheTemplatesSignoff(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.configure(guardedToo)
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	signed := func(line, by string) *job.Job {
		id := b.accept(line)
		b.until(w, func() bool { children, _ := b.store.Children(t.Context(), id); return len(children) == 1 })
		children, _ := b.store.Children(t.Context(), id)
		if by == "" {
			if _, err := b.store.Cancel(t.Context(), id, "telnet:ann", ""); err != nil {
				t.Fatal(err)
			}
		} else if _, err := b.store.Approve(t.Context(), children[0], by, false); err != nil {
			t.Fatal(err)
		}
		b.until(w, func() bool { return b.job(id).State.Final() })
		return b.job(id)
	}
	if j := signed("openstack env create demo template=signed", "telnet:bob"); j.State != job.Succeeded {
		t.Fatal(jobtest.Describe(j))
	}
	calls := len(b.world.calls)
	for _, line := range []string{"openstack env rebuild demo", "openstack env rebuild demo server=web"} {
		if j := signed(line, ""); j.State != job.Cancelled || len(b.world.calls) != calls || b.env("demo").State != environment.Ready {
			t.Error(line, jobtest.Describe(j), b.world.calls[calls:])
		}
	}
	for _, line := range []string{"openstack env rebuild demo server=web", "openstack env rebuild demo"} {
		if j := signed(line, "telnet:bob"); j.State != job.Succeeded || b.env("demo").State != environment.Ready {
			t.Error(line, jobtest.Describe(j))
		}
	}
}

// A step of a pipeline that has a sign-off of its own is asked for the template's, too, where that is another or more; where it is no less, it is enough.
func TestAStepsOwnSignoffIsNotTheTemplates(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		given  *command.SignoffSpec
		enough bool
	}{
		{&command.SignoffSpec{Need: 1, Role: "approver"}, true},
		{&command.SignoffSpec{Need: 2, Role: "approver"}, true},
		{&command.SignoffSpec{Need: 1, Role: "approver", Self: true}, false},
		{&command.SignoffSpec{Need: 1, Role: "operator"}, false},
		{&command.SignoffSpec{Need: 1, Role: job.SignoffRequester}, false},
	} {
		b := newBench(t)
		got := suffices(command.Stricter(nil, test.given), b.set.Named("guarded").Signoff)
		if got != test.enough {
			t.Errorf("%+v: %v", test.given, got)
		}
	}
}

// Whoever may look at a cloud may look at a plan there, and is told what making it would take.
func TestAViewerLooksAtAPlan(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.configure(guardedToo)
	l := b.life(b.store, b.rdb)
	plan := func(who, template string) command.Answer {
		answer, err := l.plan(t.Context(), command.Call{Principal: who, Args: map[string]any{"name": "next", "template": template}})
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	seen := plan("telnet:eve", "ruled")
	if seen.Problem != nil || !strings.Contains(seen.Text, "next, from ruled at lab: 1 network") ||
		!strings.Contains(seen.Text, "You could not make it: An environment at lab needs the role operator; you have viewer. ") || !strings.Contains(seen.Text, "The template ruled needs the role approver") {
		t.Error(seen.Text)
	}
	if seen := plan("telnet:bob", "ruled"); seen.Problem != nil || strings.Contains(seen.Text, "You could not make it") {
		t.Error(seen.Text)
	}
	if seen := plan("irc:x", "ruled"); seen.Problem == nil || !strings.Contains(seen.Text, "A plan at lab needs the role viewer") || strings.Contains(seen.Text, "network") {
		t.Error(seen.Text)
	}
}
