package intake_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/irc-gateway/intake"
	"github.com/handsoff/handsoff/irc-gateway/session"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/irc"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// clerk is the function command: it remembers what it was asked, and answers what the test says.
type clerk struct {
	asked  []command.Envelope
	answer command.Answer
	err    error
}

func (c *clerk) Do(ctx context.Context, e command.Envelope) (command.Answer, error) {
	c.asked = append(c.asked, e)
	if err := ctx.Err(); err != nil {
		return command.Answer{}, err
	}
	return c.answer, c.err
}

// said is a line of ann's in the channel, and alone one that she says to the bot alone.
func said(text string) session.Line {
	return session.Line{
		ID: "irc:test:" + text, Principal: "irc:test/ann", Nick: "Ann", Person: "irc:test/@ann", Where: "irc:test/#ptg", Text: text,
		Groups: []string{"irc-op:test/#ptg"},
	}
}

func alone(text string) session.Line {
	line := said(text)
	line.Where = line.Person
	return line
}

func overheard(text string) session.Line {
	line := said(text)
	line.Overheard = true
	return line
}

type stage struct {
	testing.TB
	*intake.Intake
	*clerk

	rdb *redis.Client
	now time.Time
	log *strings.Builder
}

func newStage(t *testing.T, rdb *redis.Client) *stage {
	t.Helper()
	g := &stage{TB: t, clerk: new(clerk), rdb: rdb, now: time.Unix(1_700_000_000, 0), log: new(strings.Builder)}
	g.Intake = &intake.Intake{
		Redis: rdb, Commands: g.clerk, Log: slog.New(slog.NewTextHandler(g.log, nil)), Now: func() time.Time { return g.now },
	}
	return g
}

// handle has a line that was kept some time ago carried out.
func (g *stage) handle(line session.Line, kind string, ago time.Duration) error {
	g.Helper()
	body, err := json.Marshal(line)
	if err != nil {
		g.Fatal(err)
	}
	return g.Handle(context.Background(), &inbox.Claim{Delivery: inbox.Delivery{
		ID: line.ID, Kind: kind, Lane: line.Principal, Body: body, Received: g.now.Add(-ago),
	}})
}

// outbox is what is said at an address, and forgets it.
func (g *stage) outbox(address string) (list []string) {
	g.Helper()
	out := irc.NewOutgoing(g.rdb, "test")
	entries, err := out.Next(context.Background(), address, 100)
	if err != nil {
		g.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Text)
		if err := out.Delivered(context.Background(), address, e.ID); err != nil {
			g.Fatal(err)
		}
	}
	return list
}

func TestAnAnswerIsSaidWhereItBelongs(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		long := strings.TrimSuffix(strings.Repeat("line\n", 5), "\n")
		for n, test := range []struct {
			line          session.Line
			answer        command.Answer
			err           error
			there, toThem string
		}{
			{said("jobs"), command.Answer{Text: "none"}, nil, "Ann: none", ""},
			{said("help"), command.Answer{Text: long}, nil, "Ann: that is long, so I say it to you alone.", long},
			{alone("list"), command.Answer{Text: long}, nil, "", long},
			{alone("log"), command.Answer{Text: strings.Repeat("x\n", 70)}, nil, "", strings.Repeat("x\n", 60) + "… and 10 lines more than I say at once here; ask for a part of it."},
			{overheard("#nova now x"), command.Answer{}, nil, "", ""},
			{overheard("#topic x"), command.Answer{Text: "?", Problem: &command.Problem{Code: command.CodeOverheard}}, nil, "", ""},
			{said("a"), command.Answer{}, errors.New("gone"), "Ann: No answer to `a` came in time. It may have been carried out or not: look at `jobs` before you say it again.", ""},
			{said("b"), command.Answer{}, &command.RefusedError{Status: 403, Text: "a wrong key"}, "Ann: `b` was refused by my inner door (a wrong key). Nothing was done; tell the person who runs me.", ""},
			{said("dashboard"), command.Answer{Text: "a link", Private: true}, nil, "Ann: I tell you that alone.", "a link"},
			{said("refused"), command.Answer{Text: "no link", Private: true, Problem: &command.Problem{Code: command.CodeConflict}}, nil, "Ann: I tell you that alone.", "no link"},
			{alone("mine"), command.Answer{Text: "a link", Private: true}, nil, "", "a link"},
			{said("c"), command.Answer{Text: "away", Problem: &command.Problem{Code: command.CodeUnavailable}}, nil, "Ann: away", ""},
		} {
			g := newStage(t, rdb)
			g.answer, g.err = test.answer, test.err
			for range 2 {
				if err := g.handle(test.line, "line", 0); err != nil {
					t.Fatalf("%d: %v", n, err)
				}
			}
			if got := strings.Join(g.outbox("irc:test/#ptg"), "|"); got != test.there {
				t.Errorf("%d: there %q", n, got)
			}
			if got := strings.Join(g.outbox("irc:test/@ann"), "|"); got != test.toThem {
				t.Errorf("%d: to them %q", n, got)
			}
			e := g.asked[0]
			if e.ID != test.line.ID || e.Principal != "irc:test/ann" || e.Name != "Ann" || e.Origin.Address != test.line.Where ||
				e.Overheard != test.line.Overheard || !slices.Equal(e.Groups, test.line.Groups) || !slices.Equal(e.Watch, []string{test.line.Where}) {
				t.Errorf("%d: asked %+v", n, e)
			}
		}
	})
}

// TestAChannelIsToldFirst that a long answer is said elsewhere: that takes its time, line by line.
func TestAChannelIsToldFirst(t *testing.T) {
	t.Parallel()
	for _, answer := range []command.Answer{{Text: strings.Repeat("line\n", 5)}, {Text: "a link", Private: true}} {
		g := newStage(t, jobtest.Redis(t).Client(t))
		g.answer = answer
		if err := g.handle(said("help"), "line", 0); err != nil {
			t.Fatal(err)
		}
		waiting, err := irc.NewOutgoing(g.rdb, "test").Waiting(t.Context(), 0, 2)
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"irc:test/#ptg", "irc:test/@ann"}; !slices.Equal(waiting, want) {
			t.Errorf("said in the order %q, not %q", waiting, want)
		}
	}
}

// TestWhatWaitedTooLongIsNotCarriedOut: whoever said it does not expect it any more, and is told.
func TestWhatWaitedTooLongIsNotCarriedOut(t *testing.T) {
	t.Parallel()
	g := newStage(t, jobtest.Redis(t).Client(t))
	if err := g.handle(said("deploy"), "line", 11*time.Minute); err != nil {
		t.Fatal(err)
	}
	if got := g.outbox("irc:test/#ptg"); len(g.asked) > 0 || len(got) != 1 || !strings.HasPrefix(got[0], "Ann: `deploy` waited while I was away") {
		t.Errorf("asked %+v, said %q", g.asked, got)
	}
}

// TestWhatIsOverheardWaitsForItsFunction: while that is away the channel is told nothing, and it is done when that is back; whoever said
// it is told alone when that takes too long, once.
func TestWhatIsOverheardWaitsForItsFunction(t *testing.T) {
	t.Parallel()
	away := command.Answer{Text: "The function ptg cannot be reached", Problem: &command.Problem{Code: command.CodeUnavailable}}
	for _, fault := range []struct {
		answer command.Answer
		err    error
	}{{away, nil}, {command.Answer{}, errors.New("no route")}, {command.Answer{}, &command.RefusedError{Status: http.StatusBadGateway, Text: "no"}}} {
		g := newStage(t, jobtest.Redis(t).Client(t))
		g.answer, g.err = fault.answer, fault.err
		line := overheard("#nova now x")
		err := g.handle(line, "line", 59*time.Second)
		var says interface{ RetryAfter() time.Duration }
		if !errors.As(err, &says) || says.RetryAfter() != 5*time.Second {
			t.Fatalf("within a minute: %v", err)
		}
		if err := g.handle(line, "line", time.Minute); err != nil {
			t.Fatalf("after a minute: %v", err)
		}
		late, standing, err := g.Box().Find(t.Context(), line.ID+" late")
		if err != nil || late == nil || late.Lane == line.Principal {
			t.Fatalf("it does not wait beside what else they say: %+v %v %v", late, standing, err)
		}
		if err := g.handle(line, late.Kind, 9*time.Minute); !errors.As(err, &says) {
			t.Errorf("later: %v", err)
		}
		for range 2 {
			if err := g.handle(line, late.Kind, 11*time.Minute); err != nil {
				t.Fatal(err)
			}
		}
		if got := g.outbox("irc:test/#ptg"); len(got) > 0 {
			t.Errorf("the channel is told %q", got)
		}
		if got := g.outbox("irc:test/@ann"); len(got) != 1 || !strings.HasPrefix(got[0], "What you said in #ptg, `#nova now x`, I could not carry out") {
			t.Errorf("she is told %q", got)
		}
		g.answer, g.err = command.Answer{Text: "done"}, nil
		if err := g.handle(line, late.Kind, 5*time.Minute); err != nil || g.asked[len(g.asked)-1].ID != line.ID {
			t.Errorf("when it is back: %v, %+v", err, g.asked)
		}
		if got := g.outbox("irc:test/#ptg"); !slices.Equal(got, []string{"Ann: done"}) {
			t.Errorf("then the channel is told %q", got)
		}
	}
}

// TestAStopLeavesALineToTheNext: what has no answer when the process ends is no failure that people are told of.
func TestAStopLeavesALineToTheNext(t *testing.T) {
	t.Parallel()
	g := newStage(t, jobtest.Redis(t).Client(t))
	ctx, stop := context.WithCancelCause(t.Context())
	stop(errors.New("stopping"))
	body, err := json.Marshal(said("jobs"))
	if err != nil {
		t.Fatal(err)
	}
	claim := &inbox.Claim{Delivery: inbox.Delivery{ID: "1", Kind: "line", Body: body, Received: g.now}}
	if err := g.Handle(ctx, claim); err == nil || !strings.Contains(err.Error(), "stopping") {
		t.Errorf("%v", err)
	}
	claim.Body = []byte("{")
	if err := g.Handle(t.Context(), claim); err == nil {
		t.Error("what is no line was carried out")
	}
	if got := g.outbox("irc:test/#ptg"); len(got) > 0 {
		t.Errorf("said %q", got)
	}
}

// TestLinesAreKeptInOrderOnce: the same line again is the same one, and one that can never be kept holds up nobody.
func TestLinesAreKeptInOrderOnce(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		g := newStage(t, rdb)
		box := g.Box()
		put := g.Putter(box)
		huge := said(strings.Repeat("x", 20_000))
		huge.ID = "irc:test:huge"
		for range 2 {
			if err := put(t.Context(), []session.Line{said("one"), huge, said("two"), alone("three")}); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := box.Waiting(t.Context()); err != nil || n != 3 {
			t.Errorf("%d wait, %v", n, err)
		}
		if !strings.Contains(g.log.String(), "a line cannot be kept") {
			t.Errorf("logged %s", g.log)
		}
		worker := inbox.NewWorker(box, g.Handle, inbox.WorkerOptions{})
		g.now = time.Now()
		jobtest.Eventually(t, "all lines are carried out", func() bool { n, err := box.Waiting(t.Context()); return err == nil && n == 0 })
		if err := worker.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, e := range g.asked {
			texts = append(texts, e.Text)
		}
		if got := fmt.Sprint(texts); got != "[one two three]" {
			t.Errorf("carried out %s", got)
		}
	})
}

// TestAFullInboxIsTriedAgain: nothing is dropped for want of room.
func TestAFullInboxIsTriedAgain(t *testing.T) {
	t.Parallel()
	g := newStage(t, jobtest.Redis(t).Client(t))
	lines := make([]session.Line, 2001)
	for i := range lines {
		lines[i] = said(fmt.Sprint(i))
	}
	if err := g.Put(t.Context(), g.Box(), lines); !errors.Is(err, inbox.ErrFull) {
		t.Errorf("%v", err)
	}
}
