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

// TestInnerCommands: of commands that are arguments each is shown with its own secrets masked.
func TestInnerCommands(t *testing.T) {
	t.Parallel()
	catalogue := command.NewCatalogue(map[string]string{"demo": `
- {words: demo run, summary: Do something, role: operator, args: [{name: what}, {name: pin, secret: true, optional: true}]}
- {words: demo all, summary: Do much, role: operator, args: [{name: lines, type: list, secret: true, commands: true}, {name: name, optional: true}]}
`})
	given := []any{"demo run tea pin=t0psecret", "demo run", "pin=t0psecret"}
	want := []string{"lines:", "  - demo run tea pin=***", "  - demo run …", "  - …", "name: x"}
	if got := catalogue.Arguments("demo all", map[string]any{"lines": given, "name": "x"}); !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
	if got := catalogue.Arguments("demo all", map[string]any{"lines": "t0psecret"}); strings.Contains(strings.Join(got, ""), "t0psecret") {
		t.Errorf("%q", got)
	}
	for _, args := range []string{"{name: a, type: list, commands: true}", "{name: a, secret: true, commands: true}"} {
		faults := command.NewCatalogue(map[string]string{"demo": "[{words: demo all, summary: Do much, role: operator, args: [" + args + "]}]"}).Faults()
		if len(faults) != 1 || !strings.Contains(faults[0].Text, "commands are the items of a secret list") {
			t.Errorf("%s: %v", args, faults)
		}
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
