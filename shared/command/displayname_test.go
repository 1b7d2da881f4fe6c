package command

import (
	"strings"
	"testing"
)

func TestDisplayName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Ann":                       "Ann",
		"Ann\n\x1b[31mOf\x00  Hill": "Ann Of Hill",
		"\u202eAnn":                 "Ann",
		"A\xffnn":                   "Ann",
		"":                          "",
		strings.Repeat("a", 100):    strings.Repeat("a", 39) + "…",
	} {
		if got := DisplayName(name); got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
	if name := DisplayName(strings.Repeat("e\u0301\u0302\u0303\u0304", 60)); len(name) > maxID || !isName(name, maxID) {
		t.Errorf("%d bytes: %q", len(name), name)
	}
	for principal, want := range map[string]string{"telnet:ann": "ann", "irc:oftc/ann": "ann", "irc-nick:oftc/ann|away": "ann|away", "slack:U0ANN": "U0ANN"} {
		if got := NameOf(principal); got != want {
			t.Errorf("%s: %s", principal, got)
		}
	}
}
