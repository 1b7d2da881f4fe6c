package calendar_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/clock/calendar"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/schedule"
)

// edited is the same clock after a restart with another configuration.
func (h *hall) edited(t *testing.T, schedules string) {
	t.Helper()
	f, err := config.Parse([]byte("schedules:" + schedules))
	if err != nil {
		t.Fatal(err)
	}
	h.Calendar = &calendar.Calendar{
		Set: schedule.Read(f), Jobs: h.Jobs, Redis: h.Redis, Say: h.Say, Tell: h.Tell, Alerts: h.Alerts, Log: h.Log,
	}
	if faults := h.Set.Faults(); len(faults) > 0 {
		t.Fatal(faults)
	}
}

// What has come due is handed in as it was then, also when the schedule was edited before it could be: never half of one and
// half of the other.
func TestAnEditWhileARunIsDue(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "  - {name: nightly, cron: '0 * * * *', run: jenkins build, args: {job: nova}}")
		h.answer = func(command.Envelope) (command.Answer, error) { return command.Answer{}, errAway }
		h.time.Add(time.Hour)
		_ = h.Attend(t.Context())
		h.edited(t, "\n  - {name: nightly, cron: '0 * * * *', run: pipeline run, args: {name: all}}")
		h.answer = nil
		h.time.Add(time.Minute)
		h.attend(t)
		last := h.asked[len(h.asked)-1]
		if last.Command != "jenkins build" || last.Args["job"] != "nova" || len(h.open(t)) != 1 {
			t.Errorf("%+v", last)
		}
		h.end(t, job.Done(nil))
		h.pass(t, time.Hour)
		if last = h.asked[len(h.asked)-1]; last.Command != "pipeline run" || last.Args["name"] != "all" {
			t.Errorf("%+v", last)
		}
	})
}

// A schedule that was taken out of the configuration and is put back later missed nothing meanwhile, and has no run due from
// then; what it knows of its last success stays.
func TestTakenOutAndPutBack(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, hourly+", changed: tip}")
		remember(t, rdb, h.time.Now(), "ab", "Fix")
		h.pass(t, time.Hour)
		h.end(t, job.Done(nil))
		h.pass(t, 2*time.Minute)
		remember(t, rdb, h.time.Now(), "cd", "Fix more")
		asked := len(h.asked)
		h.edited(t, " []")
		h.attend(t)
		h.time.Add(100*time.Hour + 30*time.Minute)
		h.edited(t, "\n"+hourly+", changed: tip}")
		h.attend(t)
		if len(h.asked) != asked {
			t.Fatalf("it ran at once, as if it had been missed: %+v", h.asked[asked:])
		}
		h.pass(t, time.Hour)
		if n := len(h.asked) - asked; n != 1 || !strings.Contains(h.asked[asked].Opening, "since the last success") {
			t.Errorf("ran %d times: %+v", n, h.asked[asked:])
		}
	})
}

// One schedule that cannot be handed in leaves the others of "schedules run all" their turn, and all of them run once, also
// those that make no job by which a second time would be known.
func TestRunAllWithOneThatHangs(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "  - {name: hangs, cron: '@daily', line: slow}\n  - {name: b, cron: '@daily', line: ping}\n  - {name: c, cron: '@daily', line: ping}\n  - {name: d, cron: '@daily', line: hello}")
		makes := h.say(h.Jobs)
		away, hellos := true, 0
		h.Say = func(ctx context.Context, e command.Envelope) (command.Answer, error) {
			switch {
			case away && e.Text == "slow":
				return command.Answer{}, errors.New("it hangs")
			case e.Text == "hello":
				hellos++
				return command.Answer{Text: "Hello!"}, nil
			}
			return makes(ctx, e)
		}
		id := h.all(t)
		if _, err := h.worker(t).Run(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if n := len(h.built(t)); n != 2 {
			t.Errorf("%d of the others ran", n)
		}
		away = false
		h.time.Add(10 * time.Minute)
		if _, err := h.worker(t).Run(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if n := len(h.built(t)); n != 3 {
			t.Errorf("%d schedules ran", n)
		}
		j, err := h.Jobs.Get(t.Context(), id)
		if err != nil || j.State != job.Succeeded || hellos != 1 {
			t.Errorf("%+v %v; hello was said %d times", j, err, hellos)
		}
	})
}

// all makes a job of "schedules run all".
func (h *hall) all(t *testing.T, cause ...string) string {
	t.Helper()
	made, err := h.Jobs.Accept(t.Context(), job.Request{
		Key: "all", Function: "clock", Command: "schedules run all", Text: "schedules run all", Principal: "telnet:ann",
		Origin: job.Origin{Door: "telnet", Address: "telnet:ann"}, Watch: []string{"telnet:ann"},
		Why: job.Why{Cause: cause},
	})
	if err != nil {
		t.Fatal(err)
	}
	return made.ID
}

func (h *hall) worker(t *testing.T) *job.Worker {
	t.Helper()
	return workerOf(t, h.Calendar, time.Minute)
}

// workerOf is the worker of a clock's process.
func workerOf(t *testing.T, c *calendar.Calendar, lease time.Duration) *job.Worker {
	t.Helper()
	w := job.NewWorker(c.Jobs, job.WorkerOptions{
		Function: "clock", Name: "w", Steps: map[string]job.Stepper{"schedules run all": calendar.RunAll{Calendar: c}},
		Nudge: func(context.Context, ...job.Pointer) {}, Log: c.Log, Lease: lease, Heartbeat: time.Hour,
	})
	t.Cleanup(func() { _ = w.Stop(context.WithoutCancel(t.Context())) })
	return w
}

// built lists the unfinished jobs that schedules made.
func (h *hall) built(t *testing.T) []*job.Job {
	t.Helper()
	return slices.DeleteFunc(h.open(t), func(j *job.Job) bool { return j.Function != "jenkins" })
}
