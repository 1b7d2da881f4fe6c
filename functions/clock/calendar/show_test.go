package calendar_test

import (
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// declared is a command with a secret whose name does not say so.
const declared = `{"demo":"- {words: demo run, summary: s, role: viewer, args: [{name: what}, {name: pin, secret: true}]}"}`

// TestWrittenSecretsAreMasked in the list, of one schedule, and where it is announced what was said; where nobody can tell what is
// secret, nothing is shown.
func TestWrittenSecretsAreMasked(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	h := newHall(t, rdb, `  - {name: args, cron: "0 2 * * *", run: demo run, args: {what: seen, pin: t0psecret}}
  - {name: line, cron: "0 * * * *", line: demo run seen pin=t0psecret, announce: slack:C0CI}`)
	said := func() string {
		var all []string
		for _, answer := range []func() (command.Answer, error){
			func() (command.Answer, error) { return h.List(t.Context(), call(nil)) },
			func() (command.Answer, error) { return h.Show(t.Context(), call(map[string]any{"name": "args"})) },
			func() (command.Answer, error) { return h.Show(t.Context(), call(map[string]any{"name": "line"})) },
		} {
			answer, err := answer()
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, answer.Text)
		}
		return strings.Join(all, "\n")
	}
	if text := said(); strings.Contains(text, "t0psecret") || strings.Count(text, "not shown: ") != 3 {
		t.Errorf("without a catalogue:\n%s", text)
	}
	if err := rdb.Set(t.Context(), "handsoff:catalogue", declared, 0).Err(); err != nil {
		t.Fatal(err)
	}
	if text := said(); strings.Contains(text, "t0psecret") || strings.Count(text, "demo run seen ***") != 2 || !strings.Contains(text, "pin: ***") {
		t.Errorf("with one:\n%s", text)
	}
	h.answer = func(command.Envelope) (command.Answer, error) { return command.Answer{Text: "pong"}, nil }
	h.pass(t, time.Hour)
	for _, told := range h.told {
		if told.Text != "demo run seen ***\npong" {
			t.Errorf("it is announced as %q", told.Text)
		}
	}
	if len(h.told) == 0 {
		t.Error("nothing is announced")
	}
}

// What is shown of the days on which the clock is changed, of another year, and of the last seconds before a run.
func TestWhatComesNextIsShown(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t), `  - {name: spring, cron: "30 2 28-30 3 *", zone: Europe/Berlin, line: ping}
  - {name: autumn, cron: "30 2 24-25 10 *", zone: Europe/Berlin, line: ping}
  - {name: soon, cron: "@hourly", line: ping}`)
	h.time.Add(55*time.Minute + 40*time.Second)
	for name, want := range map[string][]string{
		"spring": {"Sat 28 Mar 02:30 CET, in 84 d 22 h", "Sun 29 Mar 03:00 CEST; Mon 30 Mar 02:30 CEST; Sun 28 Mar 2027 03:00 CEST"},
		"autumn": {"Sat 24 Oct 02:30 CEST, in 294 d 21 h", "Sun 25 Oct 02:30 CEST; Sun 24 Oct 2027 02:30 CEST; Mon 25 Oct 2027 02:30 CEST"},
		"soon":   {"Fri 2 Jan 04:00 UTC, in 15 s", "Fri 2 Jan 05:00 UTC; "},
	} {
		answer, err := h.Show(t.Context(), call(map[string]any{"name": name}))
		for _, part := range want {
			if err != nil || !strings.Contains(answer.Text, part) {
				t.Errorf("%q is not in\n%s %v", part, answer.Text, err)
			}
		}
	}
}
