package schedules

import (
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/schedule"
)

// TestHowSchedulesStand in a word, and when they come due.
func TestHowSchedulesStand(t *testing.T) {
	t.Parallel()
	times, err := schedule.ParseTimes("0 2 * * *", "Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	next := time.Date(2026, 3, 3, 1, 0, 0, 0, time.UTC)
	for word, st := range map[string]schedule.State{
		"paused": {Paused: &schedule.Pause{By: "telnet:ann"}, Next: next}, "waits for its last run": {Due: &schedule.Run{Waits: true}},
		"due now": {Due: &schedule.Run{}}, "on time": {},
	} {
		s := standing{Schedule: &schedule.Schedule{Name: "a", Times: times}, State: &st}
		s.stand(now)
		if s.Word != word || s.Next.IsZero() == (word == "on time") {
			t.Errorf("%+v stands %q, next %s; not %q", st, s.Word, s.Next, word)
		}
		if word == "on time" && (!s.Next.Equal(next) || s.Wall() != "Tue 3 Mar 02:00 CET" || len(upcoming(s.Schedule, s.Next)) != then) {
			t.Errorf("it comes due at %s, then %q", s.Wall(), upcoming(s.Schedule, s.Next))
		}
	}
	quiet := standing{Idle: &schedule.Run{At: now}, Runs: []turn{{Run: schedule.Run{At: next}}}}
	if quiet.Quiet() != nil || quiet.Last() == nil {
		t.Error("what was left out before the last run is told")
	}
}
