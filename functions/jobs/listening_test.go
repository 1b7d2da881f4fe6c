package main

import (
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/gerrit-listener/intake"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/gerrit"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

func TestListened(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.May, 4, 3, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for _, c := range []struct {
		state gerrit.Listening
		heard bool
		want  string
	}{
		{gerrit.Listening{}, false, "is not heard: nobody has listened to it yet; does the process gerrit-listener run?"},
		{
			gerrit.Listening{Connected: ago(time.Hour), Heard: ago(30 * time.Second), Last: ago(5 * time.Minute)},
			true,
			"is heard since 02:00:00 UTC; last event 5 m ago",
		},
		{gerrit.Listening{Connected: ago(time.Second)}, true, "is heard since 02:59:59 UTC; no event yet"},
		{
			gerrit.Listening{Connected: ago(time.Minute), Heard: ago(time.Second), Last: ago(time.Hour), Wrong: "the log is slow"},
			true,
			"is heard since 02:59:00 UTC, but the log is slow; last event 1 h ago",
		},
		{
			gerrit.Listening{Connected: ago(time.Hour), Heard: ago(silence + time.Second), Last: ago(time.Hour)},
			false,
			"is not heard: the process gerrit-listener gives no sign of life; does it run?; heard last 2 m 1 s ago",
		},
		{
			gerrit.Listening{Heard: ago(time.Hour), Wrong: "the host key\nwas changed"},
			false,
			"is not heard: the host key was changed; heard last 1 h ago",
		},
	} {
		if text, heard := listened(&c.state, now); text != c.want || heard != c.heard {
			t.Errorf("%+v: %t %q, want %t %q", c.state, heard, text, c.heard, c.want)
		}
	}
}

// Who asks how the bot does sees which Gerrit it does not hear, and why.
func TestStatusShowsWhatIsNotHeard(t *testing.T) {
	t.Parallel()
	_, rdb := jobtest.New(t)
	s := newTalk(t, rdb)
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	file, err := config.Parse([]byte(people + `
gerrit:
  servers:
    - {name: review, url: "https://review.example.org", ssh: "review.example.org:29418", user: bot, password: one}
    - {name: other, url: "https://other.example.org", ssh: "other.example.org:29418", user: bot, password: two}
    - {name: silent, url: "https://silent.example.org", user: bot, password: three}
`))
	if err != nil {
		t.Fatal(err)
	}
	s.desk.config = file
	now := s.clock.Now()
	for name, wrong := range map[string]string{"review": "", "other": "its host key was changed"} {
		in := &intake.Intake{Server: &gerrit.Server{Name: name}, Redis: rdb}
		connected := now
		if wrong != "" {
			connected = time.Time{}
		}
		if err := in.SetState(t.Context(), connected, wrong); err != nil {
			t.Fatal(err)
		}
	}
	answer, err := s.say("telnet:vic", "status")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"I do not hear Gerrit other.\n", "review is heard since ", "other is not heard: its host key was changed"} {
		if !strings.Contains(answer.Text, want) {
			t.Errorf("no %q in\n%s", want, answer.Text)
		}
	}
	if strings.Contains(answer.Text, "silent") {
		t.Errorf("what has no stream is shown:\n%s", answer.Text)
	}
}
