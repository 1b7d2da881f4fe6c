package gerrit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/functions/notify/door/doortest"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/gerrit"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// verified is the address of a change whose jobs vote, and are told of when they begin.
const verified = "gerrit:review/4711/3?label=Verified&success=1&failure=-1&started=true"

// fakeGerrit is a Gerrit with one change.
type fakeGerrit struct {
	mu       sync.Mutex
	messages []gerrit.Message
	votes    []string // "Verified+1 on 3"
	fault    func(r gerrit.Review) (err error, did bool)
}

func (f *fakeGerrit) Review(_ context.Context, id, revision string, r gerrit.Review) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var err error
	did := true
	if f.fault != nil {
		err, did = f.fault(r)
	}
	if err != nil && !did {
		return err
	}
	set, _ := strconv.Atoi(revision)
	f.messages = append(f.messages, gerrit.Message{
		Author: gerrit.Account{Username: "bot"}, Tag: r.Tag, PatchSet: set, Text: fmt.Sprintf("Patch Set %s:\n\n%s", revision, r.Message),
	})
	for label, vote := range r.Labels {
		f.votes = append(f.votes, fmt.Sprintf("%s%+d on %s/%s", label, vote, id, revision))
	}
	return err
}

func (f *fakeGerrit) Messages(context.Context, string) ([]gerrit.Message, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]gerrit.Message(nil), f.messages...), nil
}

func (f *fakeGerrit) breaks(fault func(gerrit.Review) (error, bool)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault = fault
}

// mortal is a Gerrit as a process reaches it that may die at any call.
type mortal struct {
	life *jobtest.Life
	next *fakeGerrit
}

func (m mortal) Review(ctx context.Context, id, revision string, r gerrit.Review) (err error) {
	if dead := m.life.Call(ctx, "review", func() { err = m.next.Review(ctx, id, revision, r) }); dead != nil {
		return &gerrit.Error{Kind: gerrit.Down, Doing: "die", Err: dead}
	}
	return err
}

func (m mortal) Messages(ctx context.Context, id string) (found []gerrit.Message, err error) {
	if dead := m.life.Call(ctx, "messages", func() { found, err = m.next.Messages(ctx, id) }); dead != nil {
		return nil, &gerrit.Error{Kind: gerrit.Down, Doing: "die", Err: dead}
	}
	return found, err
}

// yard is a place where jobs change and are shown at a Gerrit.
type yard struct {
	*doortest.Yard

	change *fakeGerrit
	log    strings.Builder
}

func newYard(tb testing.TB, rdb *redis.Client) *yard {
	tb.Helper()
	return &yard{Yard: doortest.New(tb, rdb), change: &fakeGerrit{}}
}

// inYard runs a test on both kinds of Redis.
func inYard(t *testing.T, test func(y *yard)) {
	t.Helper()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		y := newYard(t, rdb)
		defer y.Close()
		test(y)
	})
}

func (y *yard) door(rdb *redis.Client, r Reviewer) *Door {
	y.Helper()
	return &Door{
		servers: map[string]Server{"review": {Reviewer: r, User: "bot"}}, rdb: rdb, dashboard: "https://hands.example",
		jobs: y.Store(rdb), log: slog.New(slog.NewTextHandler(&y.log, nil)),
		alerts: door.Alerts{Jobs: y.Jobs, To: []string{"telnet:ops"}},
	}
}

// until shows a job at an address until it is up to date, or a while has passed. It returns the last error.
func (y *yard) until(d *Door, id, address string, while time.Duration) error {
	ctx := context.Background()
	for end := y.Clock.Now().Add(while); ; {
		j, err := d.jobs.Get(ctx, id)
		if err != nil {
			return err
		}
		watchers, err := d.jobs.Watchers(ctx, id)
		if err != nil {
			return err
		}
		shown, follows := watchers[address]
		if !follows || shown.Version >= j.Version {
			return nil
		}
		lines, err := d.jobs.Story(ctx, id, shown.Story, 2)
		if err != nil {
			return err
		}
		view := door.View{Job: j, Story: lines[:min(len(lines), 1)], More: len(lines) > 1, Now: y.Clock.Now()}
		_, err = d.Show(ctx, address, view, shown)
		later, waits := errors.AsType[door.LaterError](err)
		switch {
		case errors.Is(err, door.ErrGone), errors.Is(err, jobtest.ErrDead):
			return err
		case waits:
			y.Clock.Add(later.After)
		case err != nil:
			y.Clock.Add(time.Minute)
		}
		if y.Clock.Now().After(end) {
			return err
		}
	}
}

func (y *yard) shows(id, address string) {
	y.Helper()
	if err := y.until(y.door(y.Redis, y.change), id, address, 30*time.Minute); err != nil {
		y.Fatal(err)
	}
}

func (y *yard) accept(address string) string {
	y.Helper()
	return y.Accept(doortest.WatchedBy(address), func(r *job.Request) { r.Text = "jenkins build verify/nova" })
}

// steps takes one step of a job, which says something.
func (y *yard) steps(id string, out job.Outcome, say ...string) {
	y.Helper()
	y.Takes(id, func(ctx context.Context, run *job.Run) (job.Outcome, error) {
		return out, run.Save(ctx, job.Change{Say: say})
	})
}

// about are the messages of a job, in order.
func (y *yard) about(id string) []string {
	y.change.mu.Lock()
	defer y.change.mu.Unlock()
	var found []string
	for _, m := range y.change.messages {
		if strings.Contains(m.Text, "(handsoff job "+id+", ") {
			found = append(found, m.Text)
		}
	}
	return found
}

// TestAJobVotes: told when it begins, and at the end with its vote, on the patch set that was built.
func TestAJobVotes(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		for _, test := range []struct {
			out  job.Outcome
			vote string
		}{
			{job.Done(nil), "Verified+1 on 4711/3"},
			{job.Fail("2 tests fail", nil), "Verified-1 on 4711/3"},
			{job.Unsure("nobody saw it"), ""},
		} {
			y.change.votes = nil
			id := y.accept(verified)
			y.shows(id, verified)
			if got := y.about(id); len(got) != 0 {
				t.Errorf("it is told before it began: %q", got)
			}
			y.steps(id, job.Wait(doortest.Rest), "one", "two", "three")
			y.shows(id, verified)
			if got := y.about(id); len(got) != 1 || !strings.Contains(got[0], id+" began: jenkins build verify/nova") || len(y.change.votes) != 0 {
				t.Errorf("%q, %q", got, y.change.votes)
			}
			y.steps(id, test.out)
			y.shows(id, verified)
			y.shows(id, verified)
			got := y.about(id)
			if len(got) != 2 || !strings.Contains(got[1], "https://hands.example/jobs/"+id) || strings.Join(y.change.votes, "; ") != test.vote {
				t.Errorf("%q, %q, want %q", got, y.change.votes, test.vote)
			}
			e := &event.Event{Author: event.Author{Self: true}, Subject: "gerrit:review/4711"}
			if cause, err := event.CausedBy(t.Context(), y.Redis, y.Jobs, e); err != nil || len(cause) == 0 || cause[0] != "job:"+id {
				t.Errorf("%v, %v", cause, err)
			}
		}
		for _, m := range y.change.messages {
			if m.Tag != gerrit.Tag {
				t.Errorf("%+v", m)
			}
		}
	})
}

// TestWhereWeMayNotVote the outcome is told without the vote, which the message and the log say.
func TestWhereWeMayNotVote(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		for _, fault := range []*gerrit.Error{
			{Kind: gerrit.Invalid, Doing: "review", Status: 400, Detail: `label "Verified" is not a configured label`},
			{Kind: gerrit.Refused, Doing: "review", Status: 403, Detail: `Applying label "Verified": -1 is restricted`},
			{Kind: gerrit.Invalid, Doing: "review", Status: 409, Detail: "change is closed"},
		} {
			y.change.breaks(func(r gerrit.Review) (error, bool) {
				if len(r.Labels) > 0 {
					return fault, false
				}
				return nil, true
			})
			id := y.accept(verified)
			y.steps(id, job.Fail("broken", nil))
			y.shows(id, verified)
			got := y.about(id)
			if len(got) != 1 || !strings.Contains(got[0], "It would be Verified-1, which I may not vote here.") || len(y.change.votes) != 0 {
				t.Errorf("%q", got)
			}
			if !strings.Contains(y.log.String(), strconv.Quote(fault.Detail)[1:10]) {
				t.Error(y.log.String())
			}
		}
	})
}

// TestWhereWeMaySayNothing the outcome waits for somebody to give us the permission, with its vote.
func TestWhereWeMaySayNothing(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		fault := &gerrit.Error{Kind: gerrit.Refused, Doing: "review", Status: 403, Detail: "not permitted"}
		y.change.breaks(func(gerrit.Review) (error, bool) { return fault, false })
		id := y.accept(verified)
		y.steps(id, job.Done(nil))
		err := y.until(y.door(y.Redis, y.change), id, verified, time.Hour)
		if _, refused := errors.AsType[door.RefusedError](err); !refused || !y.Follows(id, verified) {
			t.Fatal(err)
		}
		y.tells("See to its permissions.")
		y.change.breaks(nil)
		y.shows(id, verified)
		if got := y.about(id); len(got) != 1 || strings.Contains(got[0], "may not vote") || len(y.change.votes) != 1 {
			t.Errorf("%q, %q", got, y.change.votes)
		}
	})
}

// tells compares what those who run the bot are told with parts of it, one for each.
func (y *yard) tells(parts ...string) {
	y.Helper()
	list, err := jobtest.List(context.Background(), y.Jobs, job.Browse{Open: true, Notices: true})
	if err != nil {
		y.Fatal(err)
	}
	var told []string
	for _, j := range list {
		if j.IsNotice() {
			told = append(told, j.Text)
		}
	}
	for _, part := range parts {
		if !strings.Contains(strings.Join(told, "\n"), part) {
			y.Errorf("%q is not told: %q", part, told)
		}
	}
	if len(told) != len(parts) {
		y.Errorf("%d notices: %q", len(told), told)
	}
}

// TestAChangeThatIsGoneEnds; one that refuses the account waits, for a day.
func TestAChangeThatIsGoneEnds(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		fault := &gerrit.Error{Kind: gerrit.Gone, Doing: "review", Status: 404}
		y.change.breaks(func(gerrit.Review) (error, bool) { return fault, false })
		id := y.accept(verified)
		y.steps(id, job.Done(nil))
		if err := y.until(y.door(y.Redis, y.change), id, verified, time.Hour); !errors.Is(err, door.ErrGone) || y.Follows(id, verified) {
			t.Error(err)
		}
		fault = &gerrit.Error{Kind: gerrit.Refused, Doing: "review", Status: 401}
		id = y.accept(verified)
		y.steps(id, job.Done(nil))
		if err := y.until(y.door(y.Redis, y.change), id, verified, time.Hour); err == nil || !y.Follows(id, verified) {
			t.Error(err)
		}
		y.Clock.Add(24 * time.Hour)
		if err := y.until(y.door(y.Redis, y.change), id, verified, time.Hour); !errors.Is(err, door.ErrGone) || y.Follows(id, verified) {
			t.Error(err)
		}
		y.tells("See to its password.", "did not let me say how "+id)
		for _, address := range []string{"gerrit:other/4711", "gerrit:review"} {
			id := y.accept(address)
			y.steps(id, job.Done(nil))
			if err := y.until(y.door(y.Redis, y.change), id, address, time.Hour); !errors.Is(err, door.ErrGone) {
				t.Errorf("%s: %v", address, err)
			}
		}
	})
}

// TestAnAnswerThatIsLost: Gerrit took the message and nobody heard; a line that somebody else wrote does not count.
func TestAnAnswerThatIsLost(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.accept(verified)
		y.steps(id, job.Done(nil))
		line := "(handsoff job " + id + ", done)"
		theirs := []gerrit.Message{
			{Author: gerrit.Account{Username: "eve"}, Tag: gerrit.Tag, Text: line},
			{Author: gerrit.Account{Username: "bot"}, Text: line},
			{Author: gerrit.Account{Username: "bot"}, Tag: gerrit.Tag, Text: "I quote " + line},
		}
		y.change.messages = append(y.change.messages, theirs...)
		for _, did := range []bool{false, true} {
			lost := false
			y.change.breaks(func(gerrit.Review) (error, bool) {
				if lost {
					return nil, true
				}
				lost = true
				return &gerrit.Error{Kind: gerrit.Down, Doing: "review", Status: 502, After: 20 * time.Second}, did
			})
			before := len(y.change.messages)
			y.shows(id, verified)
			if n := len(y.change.messages) - before; n != 1 || !lost {
				t.Errorf("did %v: %d messages", did, n)
			}
			id = y.accept(verified)
			y.steps(id, job.Done(nil))
		}
	})
}

// TestACrashAnywhere: a process dies before and after each of its commands of Redis and calls of Gerrit. In the end each
// message is there once.
func TestACrashAnywhere(t *testing.T) {
	t.Parallel()
	server, embedded := jobtest.Redis(t).Address, miniredis.RunT(t).Addr()
	for phase := range 2 {
		for _, after := range []bool{false, true} {
			for point := 1; ; point++ {
				address := []string{embedded, server}[point%2]
				if !dies(t, address, phase, jobtest.Death{Point: point, After: after}) {
					if point < 8 {
						t.Fatalf("phase %d is over after %d points", phase, point)
					}
					break
				}
			}
		}
	}
}

// dies has a process die in a phase of a job's life, and others go on. It reports whether that came to the point.
func dies(t *testing.T, address string, phase int, death jobtest.Death) (died bool) {
	t.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: address})
	defer func() { _ = rdb.Close() }()
	if err := rdb.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	y := newYard(t, rdb)
	defer y.Close()
	id := y.accept(verified)
	for now, out := range []job.Outcome{job.Wait(doortest.Rest), job.Done(nil)} {
		y.steps(id, out, "one", "two", "three")
		if now == phase {
			life := jobtest.NewLife(death)
			mortals := redis.NewClient(&redis.Options{Addr: address, MaxRetries: -1})
			d := y.door(mortals, mortal{life, y.change})
			mortals.AddHook(life)
			_ = y.until(d, id, verified, time.Minute) // it may have died
			_ = mortals.Close()
			died = life.Dead()
			y.Clock.Add(time.Duration(death.Point%2) * time.Minute) // the next one comes at once, or later
		}
		y.shows(id, verified)
	}
	if got := y.about(id); len(got) != 2 || len(y.change.votes) != 1 {
		t.Fatalf("phase %d, %+v: %q, %q", phase, death, got, y.change.votes)
	}
	return died
}
