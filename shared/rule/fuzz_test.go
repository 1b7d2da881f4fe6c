package rule_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/rule"
)

// Whatever a condition is, it is read or refused with one line, and holds, does not, or says in one line why not; the same
// each time.
func FuzzCondition(f *testing.F) {
	for _, source := range []string{
		`change.wip != true && change.subject not contains "[no ci]"`, `any(labels, .name == "ci")`, `nope.a?.b[1] ?? "x" == text`, `reduce(1..90, #acc + #acc, "a")`,
		`text matches "^F" and len(split(text, " ")) > 1`, `let x = map; x.k == "v"`, `if n > 2 { true } else { false }`, `sort(list)[0] in ["a"]`, `n..5 == [3,4,5]`, `-n ** 2 % 7 < half`,
	} {
		f.Add(source)
	}
	env := someEnv(f)
	f.Fuzz(func(t *testing.T, source string) {
		c, err := rule.ParseCondition(source)
		if err != nil {
			if oneLine := strings.SplitN(err.Error(), "\n", 2); err.Error() == "" || len(oneLine) > 1 && !strings.Contains(source, "\n") {
				t.Fatalf("%q is refused with %q", source, err)
			}
			return
		}
		held, err := c.Holds(env)
		if held && err != nil {
			t.Fatalf("%q holds, and %v", source, err)
		}
		if again, _ := c.Holds(env); again != held && !strings.Contains(source, "now") {
			t.Fatalf("%q holds once and then does not", source)
		}
	})
}

// Whatever a template is, it is refused or gives a text, and what stands outside of holes comes out as it is.
func FuzzTemplate(f *testing.F) {
	for _, source := range []string{`a {{ n }} b`, `{{ "}}" }}`, `{{ {"a": 1} }}`, `{{`, `}} {{ list }}`, "{{ `}}` // x\n }}", `{{ text[1:] | upper() }}`, `{{ payload }}`} {
		f.Add(source)
	}
	env := someEnv(f)
	f.Fuzz(func(t *testing.T, source string) {
		template, err := rule.ParseTemplate(source)
		if err != nil {
			return
		}
		text, err := template.Text(env)
		if err != nil {
			return
		}
		before, _, hasHole := strings.Cut(source, "{{")
		if !strings.HasPrefix(text, before) || !hasHole && text != source || hasHole == template.Fixed() {
			t.Fatalf("%q gives %q", source, text)
		}
		if _, err := template.Value(env); err != nil {
			t.Fatalf("%q has a text and no value: %v", source, err)
		}
	})
}

// Whatever a payload is, an event is told of in plain words, and explained in notes that an envelope takes.
func FuzzEvent(f *testing.F) {
	f.Add("gerrit.patchset-created", patchSetCreated)
	f.Add("github.push", `{"ref":"refs/heads/x","commits":[1],"head_commit":{"message":""},"repository":{"full_name":7}}`)
	f.Add("github.pull_request.labeled", `{"pull_request":{"labels":[[]],"title":"{{ x }}\n"},"label":[],"sender":{"login":"\u001b[31m"}}`)
	f.Add("gerrit.comment-added", voted)
	set := read(f, `rules: [{name: a, on: "**", where: {project: "!x", branch: "**", owner: "**", status: "!z"}, if: "payload != nil", once: "{{ event.subject }}", notify: {to: telnet:a}}]`)
	f.Fuzz(func(t *testing.T, topic, payload string) {
		source := "github"
		if strings.HasPrefix(topic, "gerrit.") {
			source = "gerrit:review"
		}
		e := &event.Event{ID: "x", Topic: topic, Source: source, Payload: []byte(payload), Subject: "s"}
		decisions, err := set.Decide(context.Background(), e, nil, nil)
		if err != nil {
			return
		}
		for _, d := range decisions {
			text, err := d.Rule.Message(d.Env)
			if err != nil || topic != "" && text == "" || len(text) > 4000 {
				t.Fatalf("told %q, %v", text, err)
			}
		}
		x := set.Explain(context.Background(), set.Rule("a"), e, nil, nil)
		if x.Matches != (len(decisions) == 1) {
			t.Fatalf("decided %v, explained %v", decisions, x.Checks)
		}
		for _, note := range x.Notes() {
			if len(note) > 512 || !utf8.ValidString(note) || chat.OneLine(note) != note {
				t.Fatalf("note %q", note)
			}
		}
	})
}

// Whatever the rules are, each entry is a rule or has a fault, with a line that there is.
func FuzzRules(f *testing.F) {
	for _, m := range mistakes {
		f.Add("- " + strings.ReplaceAll(m.entry, "\n", "\n  "))
	}
	f.Add("- &a {name: a, on: github.push, run: x, args: &b {c: d}}\n- {<<: *a, name: b}\n- *a")
	f.Add("- {<<: [{name: a}, {on: '**'}], run: [x]}")
	f.Fuzz(func(t *testing.T, text string) {
		whole := "rules:\n" + text + "\n"
		file, err := config.Parse([]byte(whole))
		if err != nil {
			return
		}
		set, faults := rule.Read(file)
		for _, fault := range faults {
			if fault.Line < 0 || fault.Line > strings.Count(whole, "\n")+1 || fault.Text == "" {
				t.Fatalf("fault %+v", fault)
			}
		}
		names := map[string]bool{}
		for _, r := range set.Rules() {
			if names[r.Name] || r.Name == "" || len(r.On) == 0 || r.Acts() == "" || set.Rule(r.Name) != r {
				t.Fatalf("rule %+v", r)
			}
			names[r.Name] = true
		}
		_, _ = set.Decide(context.Background(), comment(voted), &files{}, nil)
	})
}

// What people are told of needs no run of the whole: the built-in templates are read once.
func TestTheBuiltInTemplatesAreForTopicsThatThereAre(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("messages.yml")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		key, _, ok := strings.Cut(line, ":")
		if !ok || strings.HasPrefix(line, " ") || strings.HasPrefix(line, "#") || !strings.Contains(key, ".") {
			continue
		}
		known := key == "github.repository_dispatch" // what follows is its sender's
		for _, topic := range rule.Topics() {
			known = known || topic == key || strings.HasPrefix(topic, key+".")
		}
		if !known {
			t.Errorf("there is no topic %s", key)
		}
	}
}
