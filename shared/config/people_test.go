package config_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/config"
)

const people = `
roles:
  operator: [slack:U0ANN, "slack-group:S0OPS"]
  approver: ["person:ann"]
  admin: ["person:ann", "slack-group:S0ADM", telnet:root, "telnet:*"]
  guests: ["slack-group:*"]
people:
  ann: [telnet:ann, "slack:U0ANN", "github:583231"]
  bob: [telnet:bob]
`

// A role listed for one door's principal stays there; only that of the person holds at every door.
func TestRolesOfPeopleAndGroups(t *testing.T) {
	t.Parallel()
	file := parse(t, strings.Replace(people, `, "telnet:*"]`, "]", 1))
	file.Roles[config.Admin] = nil
	for _, test := range []struct {
		who  []string
		want string
	}{
		{[]string{"slack:U0ANN"}, "approver operator viewer"},
		{[]string{"telnet:ann"}, "approver viewer"},
		{[]string{"github:583231"}, "approver viewer"},
		{[]string{"telnet:bob"}, ""},
		{[]string{"slack:U0BOB", "slack-group:S0OPS"}, "guests operator viewer"},
		{[]string{"slack:U0BOB", "telnet:ann", "person:ann"}, ""}, // a group is nobody's proof of being a person
		{[]string{"person:ann"}, ""},
		{nil, ""},
	} {
		if got := strings.Join(file.RolesOf(test.who...), " "); got != test.want {
			t.Errorf("%v has %q, want %q", test.who, got, test.want)
		}
	}
	if got, ok := file.Grant(config.Viewer, "slack:U0BOB", "slack-group:S0OPS"); !ok || got != "roles.operator lists slack-group:S0OPS (operator implies viewer)" {
		t.Error(got)
	}
	if got, ok := file.Grant(config.Approver, "telnet:ann"); !ok || got != "roles.approver lists person:ann" {
		t.Error(got)
	}
}

func TestWhoSomebodyIs(t *testing.T) {
	t.Parallel()
	file := parse(t, people)
	if got := file.Known("slack:U0ANN"); !slices.Equal(got, []string{"slack:U0ANN", "telnet:ann", "github:583231"}) {
		t.Error(got)
	}
	if got := file.Known("telnet:zoe"); !slices.Equal(got, []string{"telnet:zoe"}) {
		t.Error(got)
	}
	if !file.Same("telnet:ann", "github:583231") || !file.Same("telnet:zoe", "telnet:zoe") || file.Same("telnet:ann", "telnet:bob") ||
		file.Same("telnet:zoe", "telnet:zac") {
		t.Error("who is whom")
	}
	if got := file.Addressees(config.Admin); !slices.Equal(got, []string{"github:583231", "slack:U0ANN", "telnet:ann", "telnet:root"}) {
		t.Error(got)
	}
}

// TestOnIRC: an account is told something where it is logged in, a nick nowhere; ranks are groups.
func TestOnIRC(t *testing.T) {
	t.Parallel()
	file := parse(t, `roles: {admin: ["irc:oftc/ann", "irc-nick:oftc/bob", "irc-op:oftc/#nova"]}`)
	if got := file.Addressees(config.Admin); !slices.Equal(got, []string{"irc:oftc/@ann"}) {
		t.Error(got)
	}
	if got := file.RolesOf("irc-nick:oftc/zoe", "irc-op:oftc/#nova"); !slices.Contains(got, config.Admin) {
		t.Error(got)
	}
	if _, err := config.Parse([]byte(`roles: {viewer: ["irc:oftc/Ann"]}`)); err == nil {
		t.Error("a name that nobody ever has is taken")
	}
}

// Who may write to a repository is a group that GitHub vouches for; a star at the end of a path is every repository there.
// What acts for the configuration reads no messages.
func TestPermissionsAreGroups(t *testing.T) {
	t.Parallel()
	file := parse(t, `roles: {operator: ["github-write:acme/*", "rule:verify", "schedule:*"], admin: ["github-admin:acme/app", "telnet:root", "cli:ci"]}`)
	for _, test := range []struct {
		who  []string
		want string
	}{
		{[]string{"github:1", "github-read:acme/app", "github-write:acme/app"}, "operator viewer"},
		{[]string{"github:1", "github-write:acme/"}, "operator viewer"},
		{[]string{"github:1", "github-write:acme"}, ""},
		{[]string{"github:1", "github-write:acmes/app"}, ""},
		{[]string{"github:1", "github-read:acme/app"}, ""},
		{[]string{"rule:verify"}, "operator viewer"},
		{[]string{"github:1", "rule:verify"}, "operator viewer"},
		{[]string{"rule:verify2"}, ""},
	} {
		if got := strings.Join(file.RolesOf(test.who...), " "); got != test.want {
			t.Errorf("%v has %q, want %q", test.who, got, test.want)
		}
	}
	if got := append(file.Addressees(config.Admin), file.Addressees(config.Operator)...); !slices.Equal(got, []string{"telnet:root"}) {
		t.Errorf("addressees: %q", got)
	}
}

func TestMistakesAboutPeople(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"people: {ann: [telnet:x], bob: [telnet:x]}":        "people.bob: telnet:x belongs to ann already",
		"people: {ann: [telnet:x, telnet:x]}":               "people.ann: telnet:x belongs to ann already",
		`people: {ann: ["telnet:*"]}`:                       "is several people",
		`people: {ann: ["slack-group:S1"]}`:                 "is several people",
		`people: {ann: ["person:bob"]}`:                     "is several people",
		"people: {ann: [ann]}":                              `people.ann: "ann" is not a principal`,
		`people: {"a n": [telnet:ann]}`:                     "is not a name",
		`roles: {admin: ["person:zoe"]}`:                    `there is no zoe under people`,
		"bot: {alerts: [admins]}":                           `bot.alerts: "admins" is not an address`,
		"bot: {alerts: [\"telnet:*\"]}":                     `is not an address`,
		"roles: {requester: [telnet:ann]}":                  "whoever asked for a job",
		"people: {ann: [telnet:ann]}\nroles: {a: [person]}": "is not a principal",
	} {
		if _, err := config.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
