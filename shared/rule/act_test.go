package rule_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/rule"
)

// hostile is text that outsiders may write: quotes, line ends, options, commands, templates.
func hostile() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.String(),
		rapid.StringOf(rapid.RuneFrom([]rune("ab =-'\"\\\n;&|$(){}`,“”’"))),
		rapid.SampledFrom([]string{
			`x' job=evil '`, `x" job="evil`, "x\ncancel all", `--force`, `-- job=evil`, `{{ event.author.principal }}`, `}}{{ 1 }}`, `"}}`, `a,b`, `[1,2]`,
			`{"job": "evil"}`, `/cancel`, `; jenkins build evil`, `$(reboot)`, `job=evil`, ``, ` `, `null`, `true`, `3`,
		}),
	)
}

// What an outsider writes into a payload is at most the one value that the rule puts it into: the command, and the names and
// number of its arguments, are the rule's, and the value is the text that the template makes.
func TestNoPayloadBecomesAnotherArgumentOrCommand(t *testing.T) {
	t.Parallel()
	commands := command.NewCatalogue(map[string]string{"f": `
- {words: jenkins build, summary: Build, role: operator, extra: parameters, args: [{name: job}, {name: note, optional: true}, {name: tail, optional: true}]}
- {words: jenkins build evil, summary: Evil, role: operator}
- {words: cancel, summary: Cancel, role: operator}`})
	d := commands.Lookup("jenkins build")
	if d == nil || len(commands.Faults()) > 0 {
		t.Fatal(commands.Faults())
	}
	set := read(t, `
rules:
  - name: a
    on: github.**
    run: jenkins build
    args: {job: "{{ a }}", note: "x {{ b }} y {{ c }}", tail: "{{ c }}", extra: {P: "{{ d }}", Q: "q{{ a }}"}}
`)
	r := set.Rule("a")
	rapid.Check(t, func(t *rapid.T) {
		said := map[string]string{}
		for _, name := range []string{"a", "b", "c", "d"} {
			said[name] = hostile().Draw(t, name)
		}
		payload, err := json.Marshal(said)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(payload, &said); err != nil { // what is no UTF-8 is replaced on the way
			t.Fatal(err)
		}
		env, err := rule.ForEvent(&event.Event{Topic: "github.x", Source: "github", Payload: payload}, nil)
		if err != nil {
			t.Fatal(err)
		}
		words, args, err := r.Command(env)
		want := map[string]any{
			"job": said["a"], "note": "x " + said["b"] + " y " + said["c"], "tail": said["c"],
			"extra": map[string]any{"P": said["d"], "Q": "q" + said["a"]},
		}
		if err != nil || words != "jenkins build" || !reflect.DeepEqual(args, want) {
			t.Fatalf("%s %#v, %v; want %#v", words, args, err, want)
		}
		adopted, err := d.Adopt(args)
		if err != nil {
			return // control characters are refused, whoever sends them
		}
		extra := command.Values(adopted.Args).Extra()
		if adopted.Command.Words != words || len(adopted.Args) > len(want) || len(extra) != 2 || extra["P"] != said["d"] || extra["Q"] != "q"+said["a"] {
			t.Fatalf("adopted as %#v", adopted.Args)
		}
		for name, value := range adopted.Args {
			if text, ok := want[name].(string); ok && value != text {
				t.Fatalf("%s is %q; want %q", name, value, text)
			}
		}
		typed := fmt.Sprintf("jenkins build %s note=%s P=%s Q=%s", command.Quote(said["a"]), command.Quote(want["note"].(string)),
			command.Quote(said["d"]), command.Quote("q"+said["a"]))
		parsed, err := commands.Parse(typed)
		if err != nil || strings.ContainsAny(typed, "\r") || len(typed) != len(strings.TrimSpace(typed)) {
			return // too long to be typed
		}
		if parsed.Command != d || command.Values(parsed.Args).String("job") != said["a"] || len(command.Values(parsed.Args).Extra()) != 2 {
			t.Fatalf("typed as %q it is %#v", typed, parsed.Args)
		}
	})
}

// A list stays a list of single values; numbers and yes and no stay what they are; nothing is nothing.
func TestArgumentsOfOneHole(t *testing.T) {
	t.Parallel()
	set := read(t, `
rules:
  - name: a
    on: "**"
    run: x
    args:
      list: "{{ list }}"
      some: ["{{ n }}", fixed, "{{ nope }}", 7]
      n: "{{ n }}"
      yes: "{{ list contains 'b' }}"
      map: "{{ map }}"
      nope: "{{ nope }}"
      extra: {A: "{{ n }}", B: "{{ nope }}"}
      empty: "{{ nope }} "
      five: 5
      on: true
      day: 2026-01-02
      mixed: "{{ mixed }}"
      asked: "{{ asked.args }}"
`)
	env, err := rule.ForEvent(&event.Event{Topic: "github.x", Payload: []byte(
		`{"list":["a","b c","d,e"],"n":3,"map":{"k":"v"},"mixed":[1,null,["x","y"],{"a":1}],"asked":{"args":["--x","y=z"]}}`)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, got, err := set.Rule("a").Command(env)
	want := map[string]any{
		"list": list{"a", "b c", "d,e"}, "some": list{3, "fixed", 7}, "n": 3, "yes": false, "map": `{"k":"v"}`, "nope": nil, "extra": map[string]any{"A": 3}, "empty": " ", "five": 5,
		"on": true, "day": "2026-01-02", "mixed": list{"1", "x, y", `{"a":1}`}, "asked": list{"--x", "y=z"},
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !reflect.DeepEqual(got[name], want[name]) {
			t.Errorf("%s is %#v; want %#v", name, got[name], want[name])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d arguments", len(got))
	}
}

func TestWhatARuleTellsAndRemembers(t *testing.T) {
	t.Parallel()
	set := read(t, `
rules:
  - {name: own, on: "**", once: "{{ change.project }}", notify: {to: telnet:a, text: "{{ change.subject }}!"}, remember: {name: m, value: "{{ newRev }}", url: "u"}}
  - {name: built-in, on: "**", notify: {to: telnet:a, text: ""}}
  - {name: nothing, on: "**", run: ping}
  - {name: broken, on: "**", once: "{{ change - 1 }}", run: ping, args: {a: "{{ change - 1 }}"}, notify: {to: telnet:a, text: "{{ change - 1 }}"}, remember: {name: m, value: "{{ change - 1 }}"}}
`)
	e := &event.Event{Topic: "gerrit.change-merged", Source: "gerrit:r", Payload: []byte(
		`{"newRev":"abc","submitter":{"name":"Zoe"},"change":{"project":"p","branch":"main","subject":"Fix","url":"https://r/1","owner":{"name":"Ann"}}}`)}
	env, err := rule.ForEvent(e, nil)
	if err != nil {
		t.Fatal(err)
	}
	own := set.Rule("own")
	if text, err := own.Message(env); text != "Fix!" || err != nil {
		t.Errorf("%q %v", text, err)
	}
	if m, err := own.Memory(env); m != (rule.Memory{Name: "m", Value: "abc", Subject: "Fix", URL: "u"}) || err != nil {
		t.Errorf("%+v %v", m, err)
	}
	if once, ok, err := own.OnceFor(env); once != "p" || !ok || err != nil {
		t.Errorf("%q %v %v", once, ok, err)
	}
	if text, err := set.Rule("built-in").Message(env); text != "Zoe merged https://r/1 “Fix” by Ann into p main" || err != nil {
		t.Errorf("%q %v", text, err)
	}
	none := set.Rule("nothing")
	if text, err := none.Message(env); text != "" || err != nil {
		t.Errorf("%q %v", text, err)
	}
	if m, err := none.Memory(env); m != (rule.Memory{}) || err != nil {
		t.Errorf("%+v %v", m, err)
	}
	if _, ok, err := none.OnceFor(env); ok || err != nil {
		t.Error(ok, err)
	}
	if words, _, err := own.Command(env); words != "" || err != nil {
		t.Error(words, err)
	}
	broken := set.Rule("broken")
	_, _, inArgs := broken.Command(env)
	_, inText := broken.Message(env)
	_, inMemory := broken.Memory(env)
	_, _, inOnce := broken.OnceFor(env)
	for _, err := range []error{inArgs, inText, inMemory, inOnce} {
		if err == nil || !strings.HasPrefix(err.Error(), "rule broken: ") {
			t.Errorf("%v", err)
		}
	}
}

// Notes go into an envelope as they are: printable, one line, short, few; whatever the payload says.
func TestNotesFitAnEnvelope(t *testing.T) {
	t.Parallel()
	set := read(t, `
rules:
  - name: a
    on: gerrit.*
    run: ping
    where: {server: "**", project: "**", branch: "**", topic: "**", owner: "**", author: "**", status: "**", hashtags: "!x y", votes: "!Verified+2"}
    if: 'change.subject != "" && change.owner.name != nil && !change.wip && len(change.hashtags) < 5 && any(change.hashtags, # != "z")'
`)
	rapid.Check(t, func(t *rapid.T) {
		said := map[string]any{}
		for _, name := range []string{"project", "branch", "topic", "status", "subject"} {
			said[name] = rapid.OneOf(hostile(), rapid.StringN(0, 2000, 8000)).Draw(t, name)
		}
		said["hashtags"] = rapid.SliceOf(hostile()).Draw(t, "hashtags")
		payload, err := json.Marshal(map[string]any{"change": said})
		if err != nil {
			t.Fatal(err)
		}
		e := comment(string(payload))
		e.Author.Name = hostile().Draw(t, "author")
		x := set.Explain(t.Context(), set.Rule("a"), e, nil, nil)
		envelope, err := json.Marshal(command.Envelope{ID: "a", Nonce: "b", Text: "ping", Notes: x.Notes()})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := command.DecodeEnvelope(envelope); err != nil {
			t.Fatalf("%v: %q", err, x.Notes())
		}
		if len(x.Notes()) != len(x.Checks) || len(x.Checks) != 11 {
			t.Fatalf("%d notes of %d checks", len(x.Notes()), len(x.Checks))
		}
	})
}

func TestAnExplanationSaysWhatWasSeen(t *testing.T) {
	t.Parallel()
	set := read(t, `
rules:
  - name: a
    on: gerrit.*
    run: ping
    where: {project: openstack/*, votes: Code-Review+2, files: doc/**}
    if: change.wip != true && change.nope.x == nil && any(approvals, .type == "Workflow")
`)
	x := set.Explain(t.Context(), set.Rule("a"), comment(voted), &files{paths: []string{"doc/a", "b"}}, nil)
	want := []string{
		"topic: gerrit.* — saw gerrit.comment-added: yes",
		"where.project: openstack/* — saw openstack/Nova: yes",
		"where.votes: Code-Review+2 — saw Code-Review+2, Verified-1: yes",
		`if: change.wip != true && change.nope.x == nil && any(approvals, .type == "Workflow") — saw change.wip = false, change.nope.x = nothing, approvals = ` +
			`{"oldValue":"0","type":"Code-Review","value":"2"}, {"oldValue":"1","type":"Ve…: yes`,
		"where.files: doc/** — saw doc/a, b: yes",
	}
	if !x.Matches || !slices.Equal(x.Notes(), want) {
		t.Errorf("%v\n%s\nwant\n%s", x.Matches, strings.Join(x.Notes(), "\n"), strings.Join(want, "\n"))
	}
	other := comment(voted)
	other.Only = []string{"b"}
	x = set.Explain(t.Context(), set.Rule("a"), other, &files{paths: []string{"doc/a"}}, nil)
	if last := x.Checks[len(x.Checks)-1]; x.Matches || x.Checks[1].Verdict != rule.Failed || last.Verdict != rule.Skipped {
		t.Errorf("%v", x.Checks)
	}
}
