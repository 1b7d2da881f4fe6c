package main

import (
	"testing"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestALineWithAMark is handed in as overheard, with the names of channels, wherever it is said among people; silence is
// silence.
func TestALineWithAMark(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.desk.answer = func(e command.Envelope) command.Answer {
		switch e.Text {
		case "#nova now Cells":
			return command.Answer{}
		case "#startmeeting":
			return command.Answer{Problem: &command.Problem{Code: command.CodeOverheard}}
		}
		return command.Answer{Text: "You said " + e.Text, Problem: &command.Problem{Code: command.CodeNotFound}}
	}
	elsewhere := `"thread_ts":"1600000000.000100"`
	for i, c := range []struct {
		text  string
		more  []string
		said  string
		shown string
	}{
		{"#nova now Cells", nil, "#nova now Cells", ""},
		{"<#C0NOVA77|> now Cells", nil, "#nova now Cells", ""},
		{"<#C0NOVA77|nova> now Cells", nil, "#nova now Cells", ""},
		{"#startmeeting", nil, "#startmeeting", ""},
		{"#svift now x", nil, "#svift now x", "Message C0OPS/1700000001.000004  You said #svift now x"},
		{"+in <#C0LOST77>", []string{elsewhere}, "+in #C0LOST77", "Message C0OPS/1600000000.000100  You said +in #C0LOST77"},
	} {
		h.event("Ev"+string(rune('a'+i)), inOps("U0ANN", "1700000001.00000"+string(rune('0'+i)), c.text, c.more...))
		if e := h.only(); e.Text != c.said || !e.Overheard || e.Name != "whatever" {
			t.Errorf("%s: %+v", c.text, e)
		}
		if c.shown == "" {
			h.wants()
		} else {
			h.wants(c.shown)
		}
	}
	if n := h.slack.called("conversations.info"); n != 2 {
		t.Errorf("Slack was asked %d times for names", n)
	}
	h.types("U0ANN", "1.2.3", "ptg #C0NOVA77 now Cells")
	if e := h.only(); e.Text != "ptg #nova now Cells" || e.Overheard {
		t.Errorf("%+v", e)
	}
	h.types("U0ANN", "1.2.4", "emit #C0NOVA77 hello")
	if e := h.only(); e.Text != "emit #C0NOVA77 hello" {
		t.Errorf("%+v", e)
	}
}

// TestPeopleHaveTheNameThatTheyChose at Slack.
func TestPeopleHaveTheNameThatTheyChose(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.slack.has("U0ANN", "profile", map[string]any{"display_name": "Ann\u202e of\nthe  hill"})
	h.types("U0ANN", "1.2.3", "hello")
	if e := h.only(); e.Name != "Ann of the hill" {
		t.Errorf("%q", e.Name)
	}
}
