package command_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/command"
)

// secretive declares a command with a secret whose name does not say so.
var secretive = command.NewCatalogue(map[string]string{
	"demo": `- {words: demo run, summary: Do something, role: operator, args: [{name: what}, {name: pin, secret: true, optional: true}]}`,
})

// TestArguments: where nobody can tell what is secret, nothing is shown.
func TestArguments(t *testing.T) {
	t.Parallel()
	args := map[string]any{"what": "seen", "pin": "t0psecret"}
	unknown := "(not shown: what “demo run” declares as secret is not known now)"
	for _, test := range []struct {
		catalogue *command.Catalogue
		words     string
		args      map[string]any
		want      []string
		secrets   []string
	}{
		{secretive, "demo run", args, []string{"pin: ***", "what: seen"}, []string{"pin"}},
		{secretive, "Demo  Run", args, []string{"pin: ***", "what: seen"}, []string{"pin"}},
		{secretive, "demo ran", args, []string{strings.Replace(unknown, "run", "ran", 1)}, []string{"what", "pin"}},
		{nil, "demo run", args, []string{unknown}, []string{"what", "pin"}},
		{nil, "demo run", nil, nil, []string{"what", "pin"}},
	} {
		if got := test.catalogue.Arguments(test.words, test.args); !slices.Equal(got, test.want) {
			t.Errorf("%s is shown as %q, not %q", test.words, got, test.want)
		}
		if got := test.catalogue.Secrets(test.words, []string{"what", "pin"}); !slices.Equal(got, test.secrets) {
			t.Errorf("of %s %q are secret, not %q", test.words, got, test.secrets)
		}
	}
	var none *command.Catalogue
	if got := none.Masked("demo run a pin=t0psecret"); strings.Contains(got, "secret=") || strings.Contains(got, "t0psecret") {
		t.Error(got)
	}
}

func TestMasked(t *testing.T) {
	t.Parallel()
	catalogue := command.NewCatalogue(map[string]string{
		"demo": `- {words: demo run, summary: Do something, role: operator, args: [{name: what}, {name: token, secret: true, optional: true}]}`,
	})
	for line, want := range map[string]string{
		"demo run a token=t0psecret":          "demo run a token=***",
		"demo  run a":                         "demo run a",
		"demo run a nonsense=x t0psecret":     "demo run …",
		"nothing of the kind token=t0psecret": "…",
		"":                                    "…",
	} {
		if got := catalogue.Masked(line); got != want {
			t.Errorf("%q is shown as %q, not %q", line, got, want)
		}
	}
}
