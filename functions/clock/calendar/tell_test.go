package calendar_test

import (
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// A schedule that comes due every minute and cannot run tells of each trouble once an hour, not every minute.
func TestTheSameTroubleIsToldOnceAnHour(t *testing.T) {
	t.Parallel()
	for name, refuse := range map[string]bool{"refused": true, "left out": false} {
		h := newHall(t, jobtest.Redis(t).Client(t), "  - {name: nightly, cron: '* * * * *', line: slow}")
		h.time.Add(h.time.Now().Truncate(time.Hour).Add(time.Hour).Sub(h.time.Now())) // to the full hour
		h.attend(t)
		h.endOne(t, h.open(t)[0].ID, job.Done(nil))
		if refuse {
			h.answer = func(command.Envelope) (command.Answer, error) {
				return command.Answer{Text: "schedule:nightly lacks the role operator.", Problem: &command.Problem{Code: command.CodeForbidden}}, nil
			}
		}
		h.pass(t, 150*time.Minute)
		if len(h.told) != 3 {
			t.Errorf("%s: told %d times", name, len(h.told))
		}
		for _, n := range h.told {
			if !strings.Contains(n.Text, "lacks the role operator") && !strings.Contains(n.Text, "is unfinished.") {
				t.Error(n.Text)
			}
		}
		if !refuse { // another job in the way is news
			h.endOne(t, h.open(t)[0].ID, job.Done(nil))
			h.pass(t, 5*time.Minute)
			if len(h.told) != 4 {
				t.Errorf("%s: told %d times", name, len(h.told))
			}
			continue
		}
		h.answer = func(command.Envelope) (command.Answer, error) {
			return command.Answer{Text: "It is something else.", Problem: &command.Problem{Code: command.CodeForbidden}}, nil
		}
		h.pass(t, 2*time.Minute)
		if len(h.told) != 4 {
			t.Errorf("%s: told %d times", name, len(h.told))
		}
	}
}

// A refusal is no success: what has changed is tried again at the next time.
func TestARefusalIsNoSuccess(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	h := newHall(t, rdb, hourly+", changed: tip}")
	remember(t, rdb, h.time.Now(), "ab", "Fix")
	h.answer = func(command.Envelope) (command.Answer, error) {
		return command.Answer{Text: "No.", Problem: &command.Problem{Code: command.CodeForbidden}}, nil
	}
	h.pass(t, 3*time.Hour)
	if len(h.asked) != 3 {
		t.Errorf("asked %d times", len(h.asked))
	}
}
