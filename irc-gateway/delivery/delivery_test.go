package delivery_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/irc-gateway/delivery"
	"github.com/handsoff/handsoff/shared/irc"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/outbox"
)

// server is one that the bot is connected to, and who is there.
type server struct {
	here    map[string]string // channels and nicks → account
	missing map[string]string // what it says that it could not reach
	cut     int               // after so many lines the connection is over; 0 is never
	moved   int               // with this line, counted from 1, somebody else is there
	lines   []string
	fences  atomic.Int64
	over    chan struct{}
}

func (s *server) Over() <-chan struct{} { return s.over }

func (s *server) Say(_ context.Context, _ irc.Place, target, line string) error {
	if s.cut > 0 && len(s.lines) >= s.cut {
		return delivery.ErrOver
	}
	if s.moved > 0 && len(s.lines)+1 == s.moved {
		s.moved = 0
		return delivery.ErrMoved
	}
	s.lines = append(s.lines, target+" "+line)
	return nil
}

func (s *server) Fence(context.Context) (map[string]string, error) {
	s.fences.Add(1)
	if s.cut > 0 && len(s.lines) >= s.cut {
		return nil, delivery.ErrOver
	}
	return s.missing, nil
}

func (s *server) Target(place irc.Place) (string, bool) {
	for name, account := range s.here {
		if name == place.Channel || name == place.Nick || place.Account != "" && account == place.Account {
			return name, true
		}
	}
	return place.Nick, false
}

func (s *server) Room(string, string) int { return 100 }
func (s *server) Fold(name string) string { return name }
func (s *server) Accounts() map[string]bool {
	all := map[string]bool{}
	for _, account := range s.here {
		all[account] = true
	}
	return all
}

type stage struct {
	t testing.TB
	*delivery.Delivery
	*server

	rdb *redis.Client
	now time.Time
}

func newStage(t *testing.T, rdb *redis.Client) *stage {
	t.Helper()
	g := &stage{t: t, rdb: rdb, now: time.Now(), server: &server{
		here: map[string]string{"#ptg": "", "ann": "ann"}, over: make(chan struct{}),
	}}
	g.Delivery = &delivery.Delivery{
		Out: irc.NewOutgoing(rdb, "test"), Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return g.now }, Most: 10,
	}
	return g
}

// says puts something into an outbox, as an answer is.
func (g *stage) says(address, text string) {
	g.t.Helper()
	if err := g.Out.Post(context.Background(), address, text, address+text, ""); err != nil {
		g.t.Fatal(err)
	}
}

// shows puts an entry of a job into an outbox, as notify does.
func (g *stage) shows(address string, e outbox.Entry) {
	g.t.Helper()
	if err := outbox.Add(context.Background(), g.rdb, address, e); err != nil {
		g.t.Fatal(err)
	}
	waiting := job.Prefix + "irc:test:waiting"
	if err := g.rdb.ZAddNX(context.Background(), waiting, redis.Z{Score: float64(time.Now().UnixMilli()), Member: address}).Err(); err != nil {
		g.t.Fatal(err)
	}
}

// runs has a connection say what is to be said, until something holds or it is over.
func (g *stage) runs(what string, ok func() bool) {
	g.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	wake, done := make(chan struct{}, 1), make(chan struct{})
	wake <- struct{}{}
	go func() { defer close(done); g.Run(ctx, g.server, g.server, wake, nil) }()
	jobtest.Eventually(g.t, what, func() bool {
		select {
		case <-done:
			return true
		default:
			return ok()
		}
	})
	stop()
	<-done
}

// nothing reports whether nothing waits at an address.
func (g *stage) nothing(address string) func() bool {
	return func() bool {
		_, err := g.rdb.ZScore(context.Background(), job.Prefix+"irc:test:waiting", address).Result()
		return err == redis.Nil //nolint:errorlint // as the client gives it
	}
}

func (g *stage) wants(lines ...string) {
	g.t.Helper()
	if !slices.Equal(g.lines, lines) {
		g.t.Errorf("said\n%s\nnot\n%s", strings.Join(g.lines, "\n"), strings.Join(lines, "\n"))
	}
	g.lines = nil
}

const channel, ann = "irc:test/#ptg", "irc:test/@ann"

// TestInOrderAndConfirmed: what waits at an address is said in its order, and again on the next connection until the server has answered
// for it.
func TestInOrderAndConfirmed(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		g := newStage(t, rdb)
		g.says(channel, "one\ntwo")
		g.says(channel, "three")
		g.cut = 2
		g.runs("the connection is over", func() bool { return false })
		g.wants("#ptg one", "#ptg two")
		g.cut = 0
		g.runs("all is said", g.nothing(channel))
		g.wants("#ptg one", "#ptg two", "#ptg three")
		g.runs("nothing is said twice", g.nothing(channel))
		g.wants()
	})
}

// TestWhoCannotBeReachedGetsItLater.
func TestWhoCannotBeReachedGetsItLater(t *testing.T) {
	t.Parallel()
	g := newStage(t, jobtest.Redis(t).Client(t))
	g.says(ann, "hello")
	g.says(channel, "here")
	g.missing = map[string]string{"ann": "401 No such nick"}
	g.runs("the channel was told", g.nothing(channel))
	if g.nothing(ann)() {
		t.Fatal("what did not arrive counts as delivered")
	}
	g.lines, g.missing = nil, nil
	g.runs("she is told on the next connection", g.nothing(ann))
	g.wants("ann hello")
}

// TestSomebodyElseIsThereNow: the rest of what was begun is not said to them, and all of it again to whom it is for.
func TestSomebodyElseIsThereNow(t *testing.T) {
	t.Parallel()
	g := newStage(t, jobtest.Redis(t).Client(t))
	g.says(ann, "one\ntwo")
	g.moved = 2
	g.runs("one line is said", func() bool { return g.fences.Load() > 0 })
	if g.nothing(ann)() {
		t.Fatal("half of it counts as delivered")
	}
	g.lines = nil
	g.runs("all is said", g.nothing(ann))
	g.wants("ann one", "ann two")
}

// TestACrowdThatIsAwayHoldsUpNobody: hundreds may have left for whom something waits.
func TestACrowdThatIsAwayHoldsUpNobody(t *testing.T) {
	t.Parallel()
	g := newStage(t, jobtest.Redis(t).Client(t))
	for i := range 1100 {
		g.shows(fmt.Sprintf("irc:test/@away%d", i), outbox.Entry{Kind: outbox.Say, Text: "now in #nova: x"})
	}
	g.shows(channel, outbox.Entry{Kind: outbox.Say, Text: "here"})
	g.runs("the channel is told", g.nothing(channel))
	g.wants("#ptg here")
	gone := job.OutboxKey("irc:test/@away7")
	if err := g.rdb.Del(t.Context(), gone).Err(); err != nil { // a week has passed
		t.Fatal(err)
	}
	g.now = g.now.Add(2 * time.Hour)
	g.runs("nobody waits without end", g.nothing("irc:test/@away7"))
	g.here["away9"] = "away9"
	g.runs("whoever comes is told", g.nothing("irc:test/@away9"))
	g.wants("away9 now in #nova: x")
}

// TestAJobsProgressIsAFewLines: every quarter, and its end.
func TestAJobsProgressIsAFewLines(t *testing.T) {
	t.Parallel()
	g := newStage(t, jobtest.Redis(t).Client(t))
	for _, percent := range []int{-1, 3, 24, 25, 30, 49, 51, 60, 99} {
		g.shows(channel, outbox.Entry{Job: "k3f7", Kind: outbox.Progress, Text: fmt.Sprint(percent, "%"), Percent: percent})
	}
	g.shows(channel, outbox.Entry{Job: "k3f7", Kind: outbox.End, Text: strings.Repeat("line\n", 10), Percent: 100})
	g.runs("all is said", g.nothing(channel))
	want := []string{"#ptg @k3f7 25%", "#ptg @k3f7 51%", "#ptg @k3f7 99%", "#ptg @k3f7 line"}
	g.wants(append(append(want, slices.Repeat([]string{"#ptg line"}, 7)...), "#ptg … 2 lines more: job k3f7")...)
}

// TestProgressIsSaidHoweverManyJobsThereWere whose end was never said here.
func TestProgressIsSaidHoweverManyJobsThereWere(t *testing.T) {
	t.Parallel()
	g := newStage(t, jobtest.Redis(t).Client(t))
	const many = 1100
	g.Most = many
	for i := range many {
		g.shows(channel, outbox.Entry{Job: fmt.Sprint("j", i), Kind: outbox.Progress, Text: "half", Percent: 50})
	}
	g.runs("all is said", g.nothing(channel))
	if len(g.lines) != many {
		t.Errorf("%d lines", len(g.lines))
	}
}

// TestANickIsNobodysForLong: what waited for an hour is not said to whoever has it then.
func TestANickIsNobodysForLong(t *testing.T) {
	t.Parallel()
	g := newStage(t, jobtest.Redis(t).Client(t))
	g.says("irc:test/carl", "a secret")
	g.now = g.now.Add(61 * time.Minute)
	g.runs("it waits no more", g.nothing("irc:test/carl"))
	g.wants()
	g.now = g.now.Add(-61 * time.Minute)
	g.says("irc:test/carl", "in time")
	g.runs("it is said", g.nothing("irc:test/carl"))
	g.wants("carl in time")
}
