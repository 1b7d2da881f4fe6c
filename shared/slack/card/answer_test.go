package card_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/slack/card"
)

func TestAnswer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		answer command.Answer
		want   []string
	}{
		{"nothing", command.Answer{}, nil},
		{"overheard", command.Answer{Text: "What?", Problem: &command.Problem{Code: command.CodeOverheard}}, nil},
		{"a line", command.Answer{Text: "k3f7 is at https://j.example/1, say `log k3f7` <now>"}, []string{"k3f7 is at <https://j.example/1>, say `log k3f7` &lt;now&gt;"}},
		{"lines", command.Answer{Text: "k3f7  running\na1b2  queued & more"}, []string{"```\nk3f7  running\na1b2  queued &amp; more\n```"}},
		{
			"a mistake",
			command.Answer{Text: "There is no command “jobz”.", Problem: &command.Problem{
				Code: command.CodeUnknown, Usage: "jobs [mine]", Suggestions: []string{"jobs", "job k3f7"},
			}},
			[]string{"There is no command “jobz”.\nUsage: `jobs [mine]`\nTry: `jobs` `job k3f7`\n[jobs] {\"text\":\"jobs\"}\n[job k3f7] {\"text\":\"job k3f7\"}"},
		},
	} {
		var got []string
		for _, m := range card.Answer(test.answer) {
			got = append(got, show(t, m.Blocks))
			accepted(t, m.Blocks, m.Text)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
	}
}

func TestALongAnswerIsSeveralMessages(t *testing.T) {
	t.Parallel()
	line := "a line of a log that is as long as lines are"
	messages := card.Answer(command.Answer{
		Text:    strings.Repeat(line+"\n", 400),
		Problem: &command.Problem{Suggestions: []string{"jobs"}},
	})
	if len(messages) != 3 {
		t.Fatalf("have %d messages", len(messages))
	}
	lines := 0
	for i, m := range messages {
		accepted(t, m.Blocks, m.Text)
		shown := show(t, m.Blocks)
		lines += strings.Count(shown, line)
		if has := strings.Contains(shown, "[jobs]"); has != (i == 2) {
			t.Errorf("message %d has buttons: %v", i, has)
		}
	}
	if lines != 400 {
		t.Errorf("%d of 400 lines are shown", lines)
	}
}
