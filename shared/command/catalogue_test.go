package command

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/config"
)

func TestTheFirstFunctionHasTheWords(t *testing.T) {
	t.Parallel()
	c := NewCatalogue(map[string]string{
		"b": "- {words: tea, also: [chai, brew], summary: B, role: viewer}",
		"a": "- {words: chai, summary: A, role: viewer}\n- {words: chai, summary: again, role: viewer}",
		"c": "- {words: brew, summary: C, role: viewer}\n- {words: coffee, summary: C, role: viewer}",
	})
	var faults []string
	for _, f := range c.Faults() {
		faults = append(faults, f.String())
	}
	want := strings.Join([]string{
		"a: chai: the function a has these words already",
		"b: tea: also chai: the function a has these words already",
		"c: brew: the function b has these words already",
	}, "\n")
	if got := strings.Join(faults, "\n"); got != want {
		t.Errorf("faults:\n%s\nwant:\n%s", got, want)
	}
	for words, function := range map[string]string{"chai": "a", "tea": "b", "brew": "b", "coffee": "c"} {
		if d := c.Lookup(words); d == nil || d.Function != function {
			t.Errorf("%s: %+v", words, d)
		}
	}
	if n := len(c.Commands()); n != 3 {
		t.Error(n, "commands")
	}
}

// Each of these declarations is refused with its reason; the command beside it is taken all the same.
func TestBrokenDeclarations(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{words: a, role: viewer}":                                                                        "summary is missing",
		"{words: a, summary: s}":                                                                          "role \"\" is missing",
		"{words: a, summary: s, role: Viewer}":                                                            "role \"Viewer\" is missing or not a role's name",
		"{words: A, summary: s, role: viewer}":                                                            "are not lower-case words",
		"{words: 'a  b', summary: s, role: viewer}":                                                       "are not lower-case words",
		"{words: '', summary: s, role: viewer}":                                                           "command 1: words",
		"{words: a b c d e f g, summary: s, role: viewer}":                                                "are more than 6",
		"{words: a, also: [B], summary: s, role: viewer}":                                                 "also: words \"B\"",
		"{words: a, summary: \"s\\nt\", role: viewer}":                                                    "summary has more than one line",
		"{words: a, summary: \"\\e[2J\", role: viewer}":                                                   "summary has control characters",
		"{words: a, summary: s, role: v, args: [{name: 1a}]}":                                             "argument \"1a\": a name is",
		"{words: a, summary: s, role: v, args: [{name: x, type: float}]}":                                 "type \"float\" is unknown",
		"{words: a, summary: s, role: v, args: [{name: x, type: choice}]}":                                "a choice has 1 to 64 choices, not 0",
		"{words: a, summary: s, role: v, args: [{name: x, choices: [y]}]}":                                "choices belong to the type choice",
		"{words: a, summary: s, role: v, args: [{name: x, type: choice, choices: ['y ']}]}":               "choice \"y \" is empty, has white space",
		"{words: a, summary: s, role: v, args: [{name: x, type: choice, choices: [y], default: z}]}":      "default: x must be y, not “z”.",
		"{words: a, summary: s, role: v, args: [{name: x, type: int, default: one}]}":                     "default: x must be a whole number",
		"{words: a, summary: s, role: v, args: [{name: x, type: int, default: 1.5}]}":                     "default: x must be a whole number",
		"{words: a, summary: s, role: v, args: [{name: x, default: [1]}]}":                                "default: x must be a single value",
		"{words: a, summary: s, role: v, args: [{name: x}, {name: x}]}":                                   "argument \"x\" is declared twice",
		"{words: a, summary: s, role: v, args: [{name: x, optional: true}, {name: y}]}":                   "\"y\" must be given but follows \"x\"",
		"{words: a, summary: s, role: v, args: [{name: x, type: rest}, {name: y}]}":                       "nothing can follow it",
		"{words: a, summary: s, role: v, extra: more, args: [{name: x, type: rest}]}":                     "nothing can follow it",
		"{words: a, summary: s, role: v, extra: more, args: [{name: extra}]}":                             "the name is taken",
		"{words: a, summary: s, role: v, lock: 'x/{y}'}":                                                  "{y} is not an argument that always has a value",
		"{words: a, summary: s, role: v, lock: 'x/{y}', args: [{name: y, optional: true}]}":               "{y} is not an argument that always has a value",
		"{words: a, summary: s, role: v, lock: 'x/{'}":                                                    "a brace has no partner",
		"{words: a, summary: s, role: v, signoff: {need: 0}}":                                             "signoff needs 1 to 10 people, not 0",
		"{words: a, summary: s, role: v, signoff: {need: 1, role: B}}":                                    "signoff: role \"B\"",
		"{words: a, summary: s, role: v, signoff: {need: 1, within: -1s}}":                                "signoff: within is -1s",
		"{words: a, summary: s, role: v, signoff: {need: 1, unless: x}}":                                  "\"x\" is not an argument of type bool",
		"{words: a, summary: s, role: v, limit: 1000h}":                                                   "limit is 1000h0m0s",
		"{words: a, summary: s, role: v, now: true, limit: 1h}":                                           "a command that answers at once has no",
		"{words: a, summary: s, role: v, now: true, lock: x}":                                             "a command that answers at once has no",
		"{words: a, summary: s, role: v, args: [" + strings.Repeat("{name: x},", maxArgs) + "{name: y}]}": "33 arguments; there may be 32",
	} {
		c := NewCatalogue(map[string]string{"f": "- " + text + "\n- {words: good, summary: Good, role: viewer}"})
		if len(c.Faults()) != 1 || !strings.Contains(c.Faults()[0].Text, want) {
			t.Errorf("%s\n faults %v\n want   %s", text, c.Faults(), want)
		}
		if c.Lookup("good") == nil || len(c.Commands()) != 1 {
			t.Errorf("%s: the good command is %v among %d", text, c.Lookup("good"), len(c.Commands()))
		}
	}
}

// A key that only a newer release knows takes one command away, and none of those beside it, also in other documents.
func TestACommandThatIsNotUnderstoodHarmsNoOther(t *testing.T) {
	t.Parallel()
	c := NewCatalogue(map[string]string{"f": "- {words: a, summary: s, role: v}\n" +
		"- words: b\n  summary: s\n  role: v\n  args:\n    - {name: x, colour: red}\n---\n- {words: c, summary: s, role: v, limit: 3m}\n"})
	if len(c.Faults()) != 1 || c.Faults()[0].Text != "b: field colour not found" {
		t.Error(c.Faults())
	}
	if c.Lookup("a") == nil || c.Lookup("b") != nil || c.Lookup("c") == nil || c.Lookup("c").Limit != 3*time.Minute {
		t.Error(c.Commands())
	}
}

// What is not a list of commands at all is one fault of that function, and harms no other.
func TestBrokenAnnotations(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"words: a": "not a list of commands",
		"- {words: a, summary: s, role: v, colour: red}": "a: field colour not found",
		"- {words: a, summary: s, role: v, limit: soon}": "a: cannot unmarshal !!str `soon` into time.Duration",
		"- [":                                                  "not a list of commands",
		"- {words: a, words: b}":                               `command 1: mapping key "words" already defined`,
		strings.Repeat(" ", maxAnnotation+1):                   "it may have",
		strings.Repeat("- 1\n", maxCommands+1):                 "not a list of commands",
		strings.Repeat("- {words: x}\n", maxCommands+1):        "more than 500 commands",
		"- &a {words: a, summary: s, role: v, args: [*a, *a]}": "a: field words not found",
	} {
		c := NewCatalogue(map[string]string{"f": text, "g": "- {words: good, summary: Good, role: viewer}"})
		if len(c.Faults()) != 1 || !strings.Contains(c.Faults()[0].Text, want) || c.Faults()[0].Function != "f" {
			t.Errorf("%.60q: %v, want %s", text, c.Faults(), want)
		}
		if c.Lookup("good") == nil || len(c.Commands()) != 1 {
			t.Errorf("%.60q: other functions suffer", text)
		}
	}
}

func TestDefaultsHaveTheArgumentsType(t *testing.T) {
	t.Parallel()
	c := NewCatalogue(map[string]string{"f": `
- words: a
  summary: s
  role: v
  args:
    - {name: s, default: 12}
    - {name: i, type: int, default: "12"}
    - {name: b, type: bool, default: yes}
    - {name: d, type: duration, default: 90}
    - {name: c, type: choice, choices: [Red], default: red}
    - {name: l, type: list, default: [1, b]}
    - {name: empty, default: ""}
---
- {words: b, summary: in a second document, role: v}
`})
	if len(c.Faults()) > 0 || c.Lookup("b") == nil {
		t.Fatal(c.Faults())
	}
	p, err := c.Parse("a")
	if err != nil {
		t.Fatal(err)
	}
	v := Values(p.Args)
	if v["s"] != "12" || v["i"] != int64(12) || v["b"] != true || v["d"] != "1m30s" || v["c"] != "Red" || len(v.List("l")) != 2 || v["empty"] != "" {
		t.Errorf("%#v", p.Args)
	}
	if v.Duration("d") != 90*time.Second {
		t.Error(v.Duration("d"))
	}
	const usage = "a [s=12] [i=12] [b=yes] [d=1m30s] [c=Red] [l=1,b] [empty]"
	if got := p.Command.Usage(); got != usage || p.Line() != "a" {
		t.Errorf("%s, line %s", got, p.Line())
	}
}

func TestThreadWords(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for said, want := range map[string]string{
		"status": "job k3f7", "State": "job k3f7", "console 50": "log k3f7 50", "log": "log k3f7", "STOP": "cancel k3f7",
		"abort it hangs": "cancel k3f7 it hangs", "kill": "cancel k3f7", "quit": "cancel k3f7", "ok": "approve k3f7", "go": "approve k3f7",
		"yes!": "approve k3f7", "signoff": "approve k3f7", "no": "reject k3f7", "no way": "reject k3f7 way", "retry": "retry k3f7", "why": "why k3f7",
		"cancel zzzz": "cancel zzzz", "log zzzz": "log zzzz", "status of it": "status of it", "help": "help", "'stop'": "'stop'", "stopp": "stopp",
		"jenkins build x": "jenkins build x", "": "", "yes! sure": "yes! sure", "hulk": "approve k3f7", ":hulk:": "approve k3f7", ":Make-It-So:!": "approve k3f7", ":make-it-so:": "approve k3f7",
		"jfdi": "approve k3f7 force=true", ":hulk-mad:": "approve k3f7 force=true", "force now": "approve k3f7 force=true now", ":ok:": "approve k3f7",
		":hulk: now": ":hulk: now", ":stop": ":stop", "::": "::", ":": ":",
	} {
		if got := c.InThread("k3f7", said); got != want {
			t.Errorf("%q in a thread is %q, want %q", said, got, want)
		}
	}
	list := ThreadWords()
	list[0].Words[0] = "changed"
	if ThreadWords()[0].Words[0] != "status" {
		t.Error("the table can be changed from outside")
	}
}

func TestAddressed(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][2]string{
		"@k3f7 stop": {"k3f7", "stop"}, " @K3F7  log 5 ": {"k3f7", "log 5"}, "@k3f7": {"k3f7", "status"}, "@k3f7\tstop": {"k3f7", "stop"},
		"@abc stop": {}, "@ann: hello": {}, "stop @k3f7": {}, "@k3f7; stop": {}, "@" + strings.Repeat("a", 17): {}, "": {},
	} {
		id, said, ok := Addressed(line)
		if ok != (want[0] != "") || id != want[0] || ok && said != want[1] {
			t.Errorf("%q: %q %q %v", line, id, said, ok)
		}
	}
}

func TestOnlyThreeOfManyAreNamed(t *testing.T) {
	t.Parallel()
	for want, able := range map[string][]string{
		"Nobody has that role yet; whoever keeps the configuration can give it there, under roles.": nil,
		"a:1 could do it.":                                  {"a:1"},
		"a:1, b:2 or everybody on c could do it.":           {"a:1", "b:2", "c:*"},
		"a:1, b:2, everybody on c and 1 other could do it.": {"a:1", "rule:*", "b:2", "schedule:x", "c:*", "d:4"},
	} {
		if got := could(able); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestTheDocumentedDeclarationIsRight(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "## Declaring commands")
	_, block, _ := strings.Cut(section, "```yaml\n")
	block, _, _ = strings.Cut(block, "```")
	c := NewCatalogue(map[string]string{"teapot": block})
	if len(c.Faults()) > 0 || len(c.Commands()) != 2 {
		t.Error(c.Faults(), len(c.Commands()))
	}
	const usage = "tea brew <sort> [size=small] [minutes=4] [password] [note…]"
	if d := c.Lookup("brew tea"); d == nil || d.Usage() != usage {
		t.Errorf("%+v", d)
	}
}

func TestTheDocumentedConfigurationIsRight(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	section, _, _ := strings.Cut(string(page), "## Declaring commands")
	var text strings.Builder
	for _, block := range strings.Split(section, "```yaml\n")[1:] {
		block, _, _ = strings.Cut(block, "```")
		text.WriteString(block)
	}
	file, err := config.Parse([]byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	if why, ok := file.Grant(config.Approver, "slack:U0ANN"); !ok || len(file.Bot.Alerts) != 1 {
		t.Errorf("%s %v", why, file.Bot)
	}
}
