package rule_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/github/markdown"
	"github.com/handsoff/handsoff/shared/rule"
)

// said is what a rule says for a payload whose x and y are these.
func said(t interface{ Fatal(args ...any) }, r *rule.Rule, name, x, y string) string {
	payload, err := json.Marshal(map[string]string{"x": x, "y": y})
	if err != nil {
		t.Fatal(err)
	}
	env, err := rule.ForEvent(&event.Event{Topic: "github.x", Source: "github", Payload: payload}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, args, err := r.Command(env)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := args[name].(string)
	return text
}

// TestWhatAPayloadSaysIsNoMarkdown: what the rule says is; what holes bring calls nobody, links and formats nothing.
func TestWhatAPayloadSaysIsNoMarkdown(t *testing.T) {
	t.Parallel()
	set := read(t, `
rules:
  - {name: comment, on: github.**, run: github pr comment, args: {pr: "{{ x }}", text: "**Thanks** @acme/ops: {{ x }} and {{ y }}"}}
  - {name: close, on: github.**, run: "GitHub PR  close", args: {pr: a, comment: "{{ x }}"}}
  - {name: link, on: github.**, run: github pr comment, args: {pr: a, text: "[{{ x }}]({{ y }}) [z](https://h.example/{{ x }}/b) {{ y }}"}}
  - {name: other, on: github.**, run: github pr label, args: {pr: a, add: "{{ x }}", text: "{{ x }}"}}
`)
	const evil = "@acme/all <img src=x> [click](https://evil.example) #1"
	for name, c := range map[string]struct{ rule, arg, x, y, want string }{
		"a comment":  {"comment", "text", evil, "y", "**Thanks** @acme/ops: " + markdown.Escape(evil) + " and y"},
		"no text":    {"comment", "pr", "acme/app#1", "", "acme/app#1"},
		"a farewell": {"close", "comment", evil, "", markdown.Escape(evil)},
		"a link": {
			"link", "text", "a b", "https://github.example/acme/my_app/pull/1",
			`[a b](https://github.example/acme/my_app/pull/1) [z](https://h.example/a%20b/b) https:&#8203;//github.example/acme/my\_app/pull/1`,
		},
		"no address":      {"link", "text", "@x", "javascript:alert(1)", `[@&#8203;x](#) [z](https://h.example/%40x/b) javascript:alert\(1\)`},
		"another command": {"other", "add", evil, "", evil},
		"another's text":  {"other", "text", evil, "", evil},
	} {
		if got := said(t, set.Rule(c.rule), c.arg, c.x, c.y); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

// TestNoAddressEndsEarly: whatever a payload says, the address of a link ends where the rule ends it.
func TestNoAddressEndsEarly(t *testing.T) {
	t.Parallel()
	set := read(t, `
rules:
  - {name: link, on: github.**, run: github pr comment, args: {pr: a, text: "[z]({{ y }}) [z](<https://h/{{ x }}>)"}}
`)
	rapid.Check(t, func(t *rapid.T) {
		x := hostile().Draw(t, "x")
		y := rapid.SampledFrom([]string{"", "https://h/", "http://h?", "https://h/#"}).Draw(t, "host") + hostile().Draw(t, "y")
		got := said(t, set.Rule("link"), "text", x, y)
		first, rest, found := strings.Cut(strings.TrimPrefix(got, "[z]("), ") [z](<https://h/")
		second, found2 := strings.CutSuffix(rest, ">)")
		if !found || !found2 || strings.ContainsAny(first+second, " \t\r\n()<>\"'`@\\[]") {
			t.Fatalf("%q", got)
		}
	})
}
