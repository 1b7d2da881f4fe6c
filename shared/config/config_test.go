package config_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/config"
)

const sample = `
bot:
  name: padre
roles:
  admin: [telnet:ann]
  operator: ["cli:*"]
  release: [telnet:bob]
jobs:
  keep_for: 48h
jenkins:
  url: https://ci:hunter2@jenkins.example/
  token: hunter2
  user: ci
  password: hunter2
  tokens: [hunter2, {deep: hunter2}]
`

func parse(t *testing.T, text string) *config.File {
	t.Helper()
	file, err := config.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestRoles(t *testing.T) {
	t.Parallel()
	file := parse(t, sample)
	for principal, want := range map[string]string{
		"telnet:ann": "admin approver operator release viewer",
		"cli:laptop": "operator viewer",
		"telnet:bob": "release",
		"telnet:an":  "",
		"clix:a":     "",
	} {
		if got := strings.Join(file.RolesOf(principal), " "); got != want {
			t.Errorf("%s has %q, want %q", principal, got, want)
		}
	}
	for _, test := range []struct{ who, role, sentence string }{
		{"telnet:ann", "viewer", "roles.admin lists telnet:ann (admin implies viewer)"},
		{"cli:laptop", "viewer", "roles.operator lists cli:* (operator implies viewer)"},
		{"telnet:ann", "release", "roles.admin lists telnet:ann (admin implies release)"},
		{"telnet:ann", "force", ""},
		{"telnet:bob", "viewer", ""},
	} {
		got, ok := file.Grant(test.role, test.who)
		if got != test.sentence || ok != (test.sentence != "") {
			t.Errorf("%s as %s: %q", test.who, test.role, got)
		}
	}
	if who := file.Who("release"); !slices.Equal(who, []string{"telnet:ann", "telnet:bob"}) {
		t.Errorf("who has release: %q", who)
	}
}

func TestSectionIsStrict(t *testing.T) {
	t.Parallel()
	file := parse(t, "jenkins:\n  url: x\n  tmeout: 3s\n")
	var section struct {
		URL     string        `yaml:"url"`
		Timeout time.Duration `yaml:"timeout"`
	}
	found, err := file.Section("jenkins", &section)
	if !found || err == nil || !strings.Contains(err.Error(), "tmeout") {
		t.Errorf("found %v, error %v", found, err)
	}
	if found, err := file.Section("ansible", &section); found || err != nil {
		t.Errorf("a section that is not there: %v %v", found, err)
	}
}

func TestMistakesAreNamed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"roles: {admin: [ann]}": `"ann" is not a principal`,
		"bot: {title: x}":       "line 1",
		"bot: [":                "line 1",
	} {
		if _, err := config.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestMaskedShowsNoSecret(t *testing.T) {
	t.Parallel()
	text, err := parse(t, sample).Masked()
	if err != nil || strings.Contains(text, "hunter2") {
		t.Errorf("%v\n%s", err, text)
	}
	for _, want := range []string{"name: padre", "user: ci", "url: https://ci:"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := config.Parse(text)
		if err != nil {
			return
		}
		if _, err := file.Masked(); err != nil {
			t.Error(err)
		}
	})
}
