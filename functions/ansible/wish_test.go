package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

func TestWishRefused(t *testing.T) {
	t.Parallel()
	set := settingsOf(t, configure(t, "/tmp/none", unrecorded))
	for _, test := range []struct {
		name, playbook string
		args           map[string]any
		want           string
	}{
		{"gone", "nothing", nil, `the configuration has no playbook "nothing" any more`},
		{"another inventory", "slow", map[string]any{"inventory": "twoo"}, "slow may not be run on the inventory twoo; perhaps you meant two; it may on two"},
		{"loud", "ok", map[string]any{"verbosity": 5}, "verbosity is 0 to 4, not 5"},
		{"wide", "ok", map[string]any{"forks": 45}, "forks is 1 to 44, not 45"},
		{"a file of hosts", "ok", map[string]any{"limit": " @/etc/passwd"}, "limit is a pattern of hosts"},
		{"a file of hosts among others", "ok", map[string]any{"limit": "web,@/run/secrets/x"}, "a file cannot be named here"},
		{"a file of hosts after a colon", "ok", map[string]any{"limit": "web:@/run/secrets/x"}, "a file cannot be named here"},
		{"a user that is an option", "ok", map[string]any{"user": "--become"}, "user has characters"},
		{"a user that is a template", "ok", map[string]any{"user": "{{lookup('pipe','id')}}"}, "user has characters"},
		{"a limit that is a template", "ok", map[string]any{"limit": "{{ x }}"}, "limit has {{"},
		{"tags that are a template", "ok", map[string]any{"skip_tags": "a,{% if x %}"}, "skip_tags has {{"},
		{"where ssh goes", "ok", with("inventory_hostname=elsewhere"), "inventory_hostname decides how things are done"},
		{"two lines", "ok", map[string]any{"tags": "a\nb"}, "tags has a line break"},
		{"no variables", "fail2", with("a=b"), `no playbook "fail2"`},
		{"an undeclared variable", "secrets", with("a=b"), "ansible run secrets takes no variable a"},
		{"how hosts are reached", "ok", with("ansible_connection=local"), "ansible_connection decides how things are done and cannot be given"},
		{"a name that is none", "ok", with("a b=c"), `"a b" is not the name of a variable`},
		{
			"too much to be masked", "ok", with("a_secret="+strings.Repeat("x", maxHidden/2), "a_token="+strings.Repeat("y", maxHidden/2+1)),
			"the secret values have 65537 bytes together",
		},
		{"too much", "ok", with("a=" + strings.Repeat("x", maxValue+1)), "a has 65537 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := set.wishOf(&job.Job{Command: "ansible run " + test.playbook, Args: test.args})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}

// What is given wins over the configuration's, whole numbers stay whole, and what looks secret is hidden.
func TestWish(t *testing.T) {
	t.Parallel()
	set := settingsOf(t, configure(t, "/tmp/none", unrecorded))
	args := map[string]any{"greeting": float64(3), "check": true, "forks": float64(7), command.ExtraArg: map[string]any{"name": "ann", "db_password": "hunter22"}}
	w, err := set.wishOf(&job.Job{Command: "ansible run ok", Args: args})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"name": "ann", "greeting": int64(3), "db_password": "hunter22"}
	if !maps.Equal(w.vars, want) || !w.check || w.forks != 7 || w.inventory != "two" || !slices.Equal(w.hidden, []string{"hunter22"}) {
		t.Errorf("%+v", w)
	}
	if set.Playbooks["ok"].Vars["name"] != "everybody" {
		t.Error("the configuration was changed")
	}
}

// Nothing that a person gives becomes an option of ansible-playbook, and nothing secret is in what it is called with.
func TestInvocation(t *testing.T) {
	t.Parallel()
	set := settingsOf(t, configure(t, "/tmp/none", unrecorded))
	args := map[string]any{"limit": "--list-hosts", "tags": "-x", "user": "ann", "diff": true, "verbosity": 3}
	w, err := set.wishOf(&job.Job{Command: "ansible run ok", Args: args})
	if err != nil {
		t.Fatal(err)
	}
	l := &layout{folder: &folder{dir: "/r"}, wish: w, id: "k3f7", playbook: "/p/-x.yml", hosts: "/r/h", variables: []string{"/r/v", "/r/w"}, vaults: []string{"/r/vault"}}
	got := strings.Join(l.arguments(), " ")
	want := "--inventory=/r/h --forks=5 --extra-vars=@/r/v --extra-vars=@/r/w --vault-password-file=/r/vault --limit=--list-hosts --tags=-x --user=ann --diff -vvv -- /p/-x.yml"
	if got != want {
		t.Error(got)
	}
	l.limit = "/r/limit"
	if got := strings.Join(l.arguments(), " "); !strings.Contains(got, "--limit=@/r/limit ") || strings.Contains(got, "list-hosts") {
		t.Error(got)
	}
	c := &capability{set: &set}
	for _, entry := range c.environment(l) {
		name, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "ANSIBLE_") && !strings.HasPrefix(name, "ARA_") &&
			!slices.Contains([]string{"PATH", "HOME", "LANG", "GIT_TERMINAL_PROMPT", "HANDSOFF_EVENTS"}, name) {
			t.Error("in the environment:", entry)
		}
	}
}
