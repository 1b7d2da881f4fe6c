package form_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	goslack "github.com/slack-go/slack"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/functions/slack/form"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/slack/slacktest"
)

// declared is a command with an argument of each type, as a door gets it: through JSON.
func declared(tb testing.TB) *command.Declared {
	tb.Helper()
	catalogue := command.NewCatalogue(map[string]string{"test": `
- words: deploy region
  summary: Put a release into a region
  help: It takes <an hour> & more.
  role: operator
  signoff: {need: 1, role: release, unless: dry}
  args:
    - {name: region, help: "where, such as fra1"}
    - {name: count, type: int, default: 3}
    - {name: dry, type: bool, default: false}
    - {name: loud, type: bool, optional: true}
    - {name: colour, type: choice, choices: [blue, green], default: green}
    - {name: wait, type: duration, default: 1h30m, help: how long}
    - {name: hosts, type: list, default: [a, "b,c"]}
    - {name: key, optional: true, secret: true}
  extra: variables of the playbook
`})
	if faults := catalogue.Faults(); len(faults) > 0 {
		tb.Fatal(faults)
	}
	text, err := json.Marshal(catalogue.Lookup("deploy region"))
	if err != nil {
		tb.Fatal(err)
	}
	d := new(command.Declared)
	if err := json.Unmarshal(text, d); err != nil {
		tb.Fatal(err)
	}
	return d
}

func TestFields(t *testing.T) {
	t.Parallel()
	view := form.Fields(declared(t))
	if err := slacktest.CheckView(&view); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, block := range view.Blocks.BlockSet {
		if input, ok := block.(*goslack.InputBlock); ok {
			got = append(got, describe(input))
		}
	}
	want := []string{
		"region: plain_text_input, must; where, such as fra1",
		"count: number_input [3]",
		"dry: radio_buttons yes|no [no]",
		"loud: radio_buttons yes|no|not said",
		"colour: static_select blue|green [green]",
		"wait: plain_text_input [1h30m]; how long; a time such as 90s, 1h30m or 2d",
		"hosts: plain_text_input, lines [a\nb,c]; one a line",
		"key: plain_text_input; you see it while you type; it is masked wherever the job is shown",
		"More: plain_text_input, lines; variables of the playbook; name=value, one a line",
		"Say it in: conversations_select; Left empty, only you see it, in your direct messages with me.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if view.PrivateMetadata != "deploy region" || view.Submit == nil || view.CallbackID != form.CallbackID {
		t.Errorf("%+v", view)
	}
	text, err := json.Marshal(view)
	if err != nil {
		t.Fatal(err)
	}
	for _, said := range []string{"1 approval by a person with the role release; none is needed with dry=yes", `It takes \u0026lt;an hour\u0026gt; \u0026amp; more.`} {
		if !strings.Contains(string(text), said) {
			t.Errorf("%s does not say %s", text, said)
		}
	}
}

// describe is a field in words: its label, kind, options, [initial value]; hint.
func describe(b *goslack.InputBlock) string {
	text := b.Label.Text + ": " + string(b.Element.ElementType())
	var options []*goslack.OptionBlockObject
	var initial string
	switch e := b.Element.(type) {
	case *goslack.PlainTextInputBlockElement:
		initial = e.InitialValue
		if e.Multiline {
			text += ", lines"
		}
	case *goslack.NumberInputBlockElement:
		initial = e.InitialValue
	case *goslack.RadioButtonsBlockElement:
		options, initial = e.Options, optionText(e.InitialOption)
	case *goslack.SelectBlockElement:
		options, initial = e.Options, optionText(e.InitialOption)
	}
	names := make([]string, len(options))
	for i, o := range options {
		names[i] = o.Text.Text
	}
	text = strings.TrimSpace(text + " " + strings.Join(names, "|"))
	if !b.Optional {
		text += ", must"
	}
	if initial != "" {
		text += " [" + initial + "]"
	}
	if b.Hint != nil {
		text += "; " + b.Hint.Text
	}
	return text
}

func optionText(o *goslack.OptionBlockObject) string {
	if o == nil {
		return ""
	}
	return o.Text.Text
}

// fill is a form as Slack sends it back when the fields of the given labels say something; the others say what they said
// at the beginning.
func fill(tb testing.TB, d *command.Declared, said map[string]string) *goslack.View {
	tb.Helper()
	request := form.Fields(d)
	values := make(map[string]map[string]map[string]any)
	for _, block := range request.Blocks.BlockSet {
		b, ok := block.(*goslack.InputBlock)
		if !ok {
			continue
		}
		text, given := said[b.Label.Text]
		var action string
		value := map[string]any{"type": string(b.Element.ElementType())}
		option := func(options []*goslack.OptionBlockObject, initial *goslack.OptionBlockObject) {
			value["selected_option"] = initial
			for _, o := range options {
				if given && o.Text.Text == text {
					value["selected_option"] = o
				}
			}
		}
		typed := func(initial string) {
			value["value"] = nil
			if !given {
				text = initial
			}
			if text != "" {
				value["value"] = text
			}
		}
		switch e := b.Element.(type) {
		case *goslack.PlainTextInputBlockElement:
			action = e.ActionID
			typed(e.InitialValue)
		case *goslack.NumberInputBlockElement:
			action = e.ActionID
			typed(e.InitialValue)
		case *goslack.RadioButtonsBlockElement:
			action = e.ActionID
			option(e.Options, e.InitialOption)
		case *goslack.SelectBlockElement:
			action = e.ActionID
			if e.Type == goslack.OptTypeConversations {
				value["selected_conversation"] = nil
				if given {
					value["selected_conversation"] = text
				}
			} else {
				option(e.Options, e.InitialOption)
			}
		}
		values[b.BlockID] = map[string]map[string]any{action: value}
	}
	body, err := json.Marshal(map[string]any{"private_metadata": request.PrivateMetadata, "state": map[string]any{"values": values}})
	if err != nil {
		tb.Fatal(err)
	}
	view := new(goslack.View)
	if err := json.Unmarshal(body, view); err != nil {
		tb.Fatal(err)
	}
	return view
}

func TestReadGivesTypedArguments(t *testing.T) {
	t.Parallel()
	d := declared(t)
	for _, test := range []struct {
		name string
		said map[string]string
		want form.Submission
	}{
		{"as it stands", map[string]string{"region": "fra1"}, form.Submission{Words: "deploy region", Args: map[string]any{
			"region": "fra1", "count": int64(3), "dry": false, "colour": "green", "wait": "1h30m", "hosts": []string{"a", "b,c"},
		}}},
		{
			"all of it",
			map[string]string{
				"region": " fra 1 ", "count": "-7", "dry": "yes", "loud": "yes", "colour": "blue", "wait": "2d", "hosts": "x\n\n y,z \n",
				"key": "hunter2", "More": "a=1\n\n b = x=y \n", "Say it in": "C0OPS",
			},
			form.Submission{Words: "deploy region", Conversation: "C0OPS", Args: map[string]any{
				"region": " fra 1 ", "count": int64(-7), "dry": true, "loud": true, "colour": "blue", "wait": "2d",
				"hosts": []string{"x", "y,z"}, "key": "hunter2", "extra": map[string]string{"a": "1", "b": "x=y"},
			}},
		},
		{"loud is not said", map[string]string{"region": "x", "loud": "not said", "hosts": " \n "}, form.Submission{Words: "deploy region", Args: map[string]any{
			"region": "x", "count": int64(3), "dry": false, "colour": "green", "wait": "1h30m", "hosts": []string{"a", "b,c"},
		}}},
	} {
		got, mistakes := form.Read(fill(t, d, test.said))
		if mistakes != nil {
			t.Errorf("%s: %v", test.name, mistakes)
			continue
		}
		parsed, err := d.Adopt(got.Args)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if list, ok := parsed.Args["hosts"].([]any); ok { // a default that went through JSON
			parsed.Args["hosts"] = []string{fmt.Sprint(list[0]), fmt.Sprint(list[1])}
		}
		if n, ok := parsed.Args["count"].(float64); ok {
			parsed.Args["count"] = int64(n)
		}
		got.Args = parsed.Args
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func TestMistakesStandAtTheirFields(t *testing.T) {
	t.Parallel()
	d := declared(t)
	for text, want := range map[string]string{
		"a": "Line 1 has not the form name=value.", "a=1\n=2": "Line 2 has not the form name=value.", "a=1\n\na=2": "Line 3: a is given twice.",
	} {
		view := fill(t, d, map[string]string{"region": "x", "More": text})
		_, mistakes := form.Read(view)
		if at(view, mistakes) != "extra: "+want {
			t.Errorf("%q: %v", text, mistakes)
		}
	}
	view := fill(t, d, map[string]string{"region": "x"})
	for argument, want := range map[string]string{"count": "count", "extra": "extra", "": "where", "no-such": "where"} {
		answer := command.Answer{Text: "No.", Problem: &command.Problem{Code: command.CodeUsage, Argument: argument}}
		if got := at(view, form.Errors(view, answer)); got != want+": No." {
			t.Errorf("%s: %s", argument, got)
		}
	}
}

// at names the one field with a mistake, which must be one of the form.
func at(view *goslack.View, mistakes map[string]string) string {
	for block, text := range mistakes {
		if view.State.Values[block] == nil || len(mistakes) != 1 {
			return "elsewhere: " + block
		}
		kind, rest, _ := strings.Cut(block, ":")
		if _, name, _ := strings.Cut(rest, ":"); name != "" {
			kind = name
		}
		return kind + ": " + text
	}
	return ""
}

func TestAnotherCommandsFieldsAreNotRead(t *testing.T) {
	t.Parallel()
	view := fill(t, declared(t), map[string]string{"region": "x", "Say it in": "C1"})
	view.PrivateMetadata = "another"
	got, _ := form.Read(view)
	if len(got.Args) != 0 || got.Conversation != "C1" {
		t.Errorf("%+v", got)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	list := []command.Declared{}
	for words, summary := range map[string]string{
		"jenkins build": "Build a Jenkins job", "jenkins stop": "Stop a build", "rebuild": "Do it again", "jobs": "List jobs",
	} {
		list = append(list, command.Declared{Spec: command.Spec{Words: words, Summary: summary}})
	}
	for typed, want := range map[string]string{
		"jenkins b": "jenkins build,jenkins stop", "BUILD": "jenkins build,rebuild,jenkins stop", "job": "jobs,jenkins build", "x": "",
		"build jenkins": "jenkins build,jenkins stop",
	} {
		if got := offered(form.Options(list, typed)); !sameSets(got, want) {
			t.Errorf("%q: have %s, want %s", typed, got, want)
		}
	}
	if first, _, _ := strings.Cut(offered(form.Options(list, "job")), ","); first != "jobs" {
		t.Errorf("the one that begins with it is not the first: %s", first)
	}
	for i := range 200 {
		list = append(list, command.Declared{Spec: command.Spec{Words: fmt.Sprint("many ", i), Summary: strings.Repeat("long ", 24)}})
	}
	if n := len(form.Options(list, "").Options); n != 100 {
		t.Errorf("%d options", n)
	}
}

func offered(r form.Menu) string {
	words := make([]string, len(r.Options))
	for i, o := range r.Options {
		words[i] = o.Value
	}
	return strings.Join(words, ",")
}

func sameSets(a, b string) bool {
	return slices.Equal(slices.Sorted(strings.SplitSeq(a, ",")), slices.Sorted(strings.SplitSeq(b, ",")))
}

// TestAnyCommandHasAForm: Slack takes the form of every command that a function may declare.
func TestAnyCommandHasAForm(t *testing.T) {
	t.Parallel()
	text := rapid.StringN(0, 300, 300)
	rapid.Check(t, func(t *rapid.T) {
		d := &command.Declared{Spec: command.Spec{
			Words:   strings.TrimSpace(strings.Repeat(rapid.StringMatching(`[a-z0-9]{1,32} `).Draw(t, "word"), rapid.IntRange(1, 6).Draw(t, "words"))),
			Summary: rapid.StringN(1, 120, 120).Draw(t, "summary"), Help: rapid.StringN(0, 4000, 4096).Draw(t, "help"), Extra: text.Draw(t, "extra"),
		}}
		for i := range rapid.IntRange(0, 32).Draw(t, "args") {
			a := command.Arg{
				Name: fmt.Sprintf("a%d-%s", i, rapid.StringMatching(`[A-Za-z0-9_.-]{0,59}`).Draw(t, "name")),
				Type: rapid.SampledFrom([]string{"", "string", "int", "bool", "choice", "duration", "list", "rest"}).Draw(t, "type"),
				Help: text.Draw(t, "help"), Optional: rapid.Bool().Draw(t, "optional"), Secret: rapid.Bool().Draw(t, "secret"),
			}
			switch a.Type {
			case command.TypeChoice:
				a.Choices = rapid.SliceOfNDistinct(rapid.StringMatching(`[!-~äß✓]([ -~]{0,200}[!-~])?`), 1, 64, rapid.ID[string]).Draw(t, "choices")
				a.Default = a.Choices[0]
			case command.TypeString, command.TypeRest:
				a.Default = rapid.StringN(0, 4000, 16000).Draw(t, "default")
			}
			d.Args = append(d.Args, a)
		}
		view := form.Fields(d)
		if err := slacktest.CheckView(&view); err != nil {
			t.Fatal(err)
		}
		if _, mistakes := form.Read(&goslack.View{PrivateMetadata: view.PrivateMetadata}); mistakes != nil {
			t.Fatal(mistakes)
		}
	})
}

func TestTheFirstStep(t *testing.T) {
	t.Parallel()
	for _, trouble := range []string{"", "The commands cannot be read now."} {
		view := form.Choose(trouble)
		if err := slacktest.CheckView(&view); err != nil {
			t.Error(err)
		}
		text, _ := json.Marshal(view)
		if !strings.Contains(string(text), trouble) || view.Submit != nil {
			t.Errorf("%s", text)
		}
	}
}

// FuzzRead: no form that comes back makes a panic, or an argument of nothing.
func FuzzRead(f *testing.F) {
	f.Add("a=1\nb", "x\ny", "true", "3")
	f.Fuzz(func(t *testing.T, extra, list, chosen, number string) {
		view := fill(t, declared(t), map[string]string{"region": number, "count": number, "dry": chosen, "hosts": list, "More": extra, "Say it in": chosen})
		got, mistakes := form.Read(view)
		if mistakes != nil {
			return
		}
		for name, value := range got.Args {
			if value == nil || value == "" {
				t.Fatalf("%s is %v", name, value)
			}
		}
	})
}
