package question

import (
	"context"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	"github.com/handsoff/handsoff/shared/job"
)

// anyHost is one of the cloud's hypervisors.
func (b *bench) anyHost() string {
	b.Helper()
	cloudtest.Whole(b, b.clouds)
	name := ""
	if err := hypervisors(context.Background(), b.lab(), func(h *hypervisor) { name = h.Host }); err != nil || name == "" {
		b.Fatalf("no host: %v", err)
	}
	return name
}

func TestHypervisorIsDisabledAndEnabled(t *testing.T) { // in turn: on a real cloud nothing can be made meanwhile
	b := newBench(t)
	host := b.anyHost()
	do := func(as, words string, args map[string]any, state job.State, says ...string) *job.Job {
		t.Helper()
		args["host"] = host
		j := b.finished(b.accept(as, words, args))
		b.ends(j, state, says...)
		return j
	}
	t.Cleanup(func() { b.finished(b.accept("telnet:ann", enableWords, map[string]any{"host": host})) })
	do("telnet:otto", disableWords, map[string]any{"reason": "x"}, job.Failed, "openstack hypervisor disable at lab needs the role admin; you have operator and viewer.")
	do("telnet:ann", disableWords, map[string]any{"reason": " "}, job.Failed, "A reason is needed")
	do("telnet:ann", enableWords, map[string]any{}, job.Succeeded, host+" at lab is enabled already: nothing was changed.")
	first := do("telnet:ann", disableWords, map[string]any{"reason": "a fan is broken"}, job.Succeeded, "✓ "+host+" at lab is disabled: no new servers go there.")
	b.answersTo("telnet:ann", hostWords, map[string]any{"host": host}, "disabled", "handsoff job "+first.ID+" by telnet:ann: a fan is broken")
	do("telnet:ann", disableWords, map[string]any{"reason": "another"}, job.Failed, host+" at lab is disabled already: by telnet:ann, ", "with the job "+first.ID+": a fan is broken. Nothing was changed.")
	do("telnet:ann", enableWords, map[string]any{}, job.Succeeded, "was disabled: by telnet:ann", "a fan is broken.", "✓ "+host+" at lab is enabled")
	long := do("telnet:ann", disableWords, map[string]any{"reason": strings.Repeat("é", 400)}, job.Succeeded)
	if at := (&scheduling{}); decode(long.Checkpoint, at) != nil || len([]rune(at.Reason)) != maxReason {
		t.Errorf("the reason has %d letters", len([]rune(at.Reason)))
	}
	asked := b.accept("telnet:ann", enableWords, map[string]any{"host": host})
	b.cancel(asked)
	b.ends(b.finished(asked), job.Cancelled)
	do("telnet:ann", enableWords, map[string]any{"cloud": "lab"}, job.Succeeded, "✓ "+host)
}

// Of clouds without an administrator's account nothing of hypervisors is known, which is no reason to answer nothing of the others.
func TestHypervisorBesideACloudWithoutAdministrator(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(s *cloud.Section) {
		s.Clouds["attic"] = &cloud.Entry{Entry: "ops-demo", Roles: map[string]string{"admin": "operator"}}
		s.Clouds["barn"] = &cloud.Entry{Entry: "ops-demo", Admin: "ops-admin", Roles: map[string]string{"admin": "operator", "operator": "approver"}}
	})
	host, otto := b.anyHost(), "telnet:otto"
	text := b.answersTo(otto, hostsWords, nil, host, "barn", "Not looked at, since openstack.clouds names no administrator's account of it: attic.")
	if strings.Contains(text, "lab") || strings.Contains(text, "That takes") {
		t.Errorf("it tells of another cloud:\n%s", text)
	}
	b.answersTo(otto, hostWords, map[string]any{"host": host}, "Cloud", "barn", host)
	b.answersTo(otto, onHostWords, map[string]any{"host": host}, "On "+host+" at barn:")
	b.answersTo(otto, hostWords, map[string]any{"host": host + "x"}, "There is no hypervisor "+host+"x in barn;", "Did you mean "+host+"?")
	b.answersTo(otto, hostWords, map[string]any{"host": host, "cloud": "attic"}, "That takes an administrator's account of attic")
	b.answersTo(otto, hostWords, map[string]any{"host": host, "cloud": "lab"}, "openstack hypervisor show at lab needs the role admin")
	b.answersTo(otto, consoleWords, map[string]any{"server": "web", "cloud": "barn"}, "openstack server console-log at barn needs the role approver")
	b.answersTo("telnet:vera", hostsWords, nil, "needs the role")
}

func TestWithoutAdministrator(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(s *cloud.Section) { s.Clouds["lab"].Admin = "" })
	cloudtest.Whole(t, b.clouds)
	b.answersTo("telnet:ann", hostsWords, nil, "That takes an administrator's account of lab, and openstack.clouds.lab.admin names none.")
	b.ends(b.finished(b.accept("telnet:ann", verifyWords, map[string]any{"cloud": "lab"})), job.Succeeded, "✓ token: demo in the project demo", "– compute services: ", "3 could not be")
}
