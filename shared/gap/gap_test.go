package gap_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/gap"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

var night = time.Date(2026, time.January, 2, 3, 0, 0, 0, time.UTC)

func at(minutes int) time.Time { return night.Add(time.Duration(minutes) * time.Minute) }

// ledger is a ledger of a test.
type ledger struct {
	*testing.T

	rdb redis.UniversalClient
}

func (l ledger) open(g gap.Gap) string {
	l.Helper()
	id, err := gap.Open(l.Context(), l.rdb, g)
	if err != nil {
		l.Fatal(err)
	}
	return id
}

func (l ledger) close(id string, c gap.Closing) {
	l.Helper()
	if err := gap.Close(l.Context(), l.rdb, id, c); err != nil {
		l.Fatal(err)
	}
}

func (l ledger) record(g gap.Gap) string {
	l.Helper()
	id, err := gap.Record(l.Context(), l.rdb, g)
	if err != nil {
		l.Fatal(err)
	}
	return id
}

func (l ledger) list(source string, n int) []gap.Gap {
	l.Helper()
	list, err := gap.List(l.Context(), l.rdb, source, n)
	if err != nil {
		l.Fatal(err)
	}
	return list
}

// wants compares gaps with lines of the form "source scope from-to missed/recovered [how] [lost]", minutes after three.
func (l ledger) wants(source string, want ...string) {
	l.Helper()
	var got []string
	for _, g := range l.list(source, 100) {
		got = append(got, show(g))
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		l.Errorf("the ledger has\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func show(g gap.Gap) string {
	minute := func(t time.Time) string {
		if t.IsZero() {
			return "?"
		}
		return fmt.Sprint(int(t.Sub(night).Minutes()))
	}
	text := fmt.Sprintf("%s %s %s-%s %d/%d: %s", g.Source, g.Scope, minute(g.From), minute(g.To), g.Missed, g.Recovered, g.Why)
	if !g.Closed.IsZero() {
		text += "; " + g.How
	}
	if g.Lost != "" {
		text += "; lost " + g.Lost
	}
	return text
}

func each(t *testing.T, test func(l ledger)) {
	t.Helper()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) { test(ledger{t, rdb}) })
}

func TestAGapIsOpenedOnceAndClosedOnce(t *testing.T) {
	t.Parallel()
	each(t, func(l ledger) {
		review := gap.Gap{Source: "gerrit:review", Why: "connection reset", From: at(0)}
		id := l.open(review)
		review.To, review.Why = at(5), "connection refused"
		if again := l.open(review); again != id {
			l.Errorf("told again it is %s, not %s", again, id)
		}
		review.To = at(3)
		l.open(review)
		l.open(gap.Gap{Source: "gerrit:review", Why: "later", From: at(1)})
		l.open(gap.Gap{Source: "gerrit:review", Scope: "nova", Why: "a project", From: at(-1)})
		l.wants("gerrit:review",
			"gerrit:review  1-? 0/0: later",
			"gerrit:review  0-5 0/0: connection refused",
			"gerrit:review nova -1-? 0/0: a project")
		l.close(id, gap.Closing{How: "replayed", Missed: 3, Recovered: 2, Lost: "one ref-updated"})
		l.close(id, gap.Closing{How: "again", Missed: 3, Recovered: 3})
		l.close("none", gap.Closing{How: "what is not there"})
		l.wants("gerrit",
			"gerrit:review  1-? 0/0: later",
			"gerrit:review nova -1-? 0/0: a project",
			"gerrit:review  0-5 3/2: connection refused; replayed; lost one ref-updated")
	})
}

// TestAGapThatGoesOnIsOpenAgain: a stream that is cut again before anything came begins at the same event.
func TestAGapThatGoesOnIsOpenAgain(t *testing.T) {
	t.Parallel()
	each(t, func(l ledger) {
		g := gap.Gap{Source: "github", Scope: "hook 1", Why: "down", From: at(0)}
		id := l.open(g)
		l.close(id, gap.Closing{To: at(4), How: "redelivered", Missed: 2, Recovered: 1, Lost: "one"})
		g.To = at(4)
		l.open(g)
		l.wants("github", "github hook 1 0-4 2/1: down; redelivered; lost one")
		g.To = time.Time{}
		l.open(g)
		l.wants("github", "github hook 1 0-? 2/1: down; lost one")
		l.close(id, gap.Closing{To: at(9), How: "redelivered again", Missed: 3, Recovered: 3})
		l.wants("github", "github hook 1 0-9 5/4: down; redelivered again; lost one")
		g.To = at(12)
		l.open(g)
		l.wants("github", "github hook 1 0-12 5/4: down; lost one")
	})
}

// TestACloseWithoutAnEndEndsNow, and none ends before it began.
func TestACloseWithoutAnEndEndsNow(t *testing.T) {
	t.Parallel()
	each(t, func(l ledger) {
		before := time.Now().Add(-time.Second)
		l.close(l.open(gap.Gap{Source: "slack", From: at(0)}), gap.Closing{})
		l.close(l.open(gap.Gap{Source: "slack", From: at(9)}), gap.Closing{To: at(8)})
		for _, g := range l.list("", 10) {
			ended := g.To.After(before) && g.To.Equal(g.Closed)
			if g.From.Equal(at(9)) {
				ended = g.To.Equal(g.From)
			}
			if !ended || g.Closed.Before(before) {
				l.Errorf("%+v", g)
			}
		}
	})
}

// TestWhatTouchesIsOneGap: a sender that repeats a hundred things tells of one outage.
func TestWhatTouchesIsOneGap(t *testing.T) {
	t.Parallel()
	each(t, func(l ledger) {
		slack := func(from, to int, scope string) gap.Gap {
			return gap.Gap{Source: "slack", Scope: scope, Why: "down", From: at(from), To: at(to), Closed: at(to), How: fmt.Sprint("told at ", to), Missed: 1, Recovered: 1}
		}
		id := l.record(slack(10, 12, ""))
		for _, g := range []gap.Gap{slack(11, 13, ""), slack(8, 10, ""), slack(13, 14, "")} {
			if got := l.record(g); got != id {
				l.Errorf("%s is %s", show(g), got)
			}
		}
		l.record(slack(20, 21, ""))
		l.record(slack(13, 15, "T1"))
		l.record(gap.Gap{Source: "handsoff", From: at(9), To: at(1), Closed: at(10)})
		l.wants("",
			"slack  20-21 1/1: down; told at 21",
			"slack T1 13-15 1/1: down; told at 15",
			"slack  8-14 4/4: down; told at 14",
			"handsoff  9-9 0/0: ; ")
	})
}

// TestOpenGapsAreAlwaysKept, and of the closed ones those that were closed last.
func TestOpenGapsAreAlwaysKept(t *testing.T) {
	t.Parallel()
	each(t, func(l ledger) {
		const more = 20
		oldest := l.open(gap.Gap{Source: "github", From: at(-1)})
		for i := range 1000 + more {
			l.record(gap.Gap{Source: "handsoff", From: at(2 * i), To: at(2*i + 1), Closed: at(2*i + 1)})
		}
		list := l.list("", 2000)
		if len(list) != 1001 || list[0].ID != oldest || !list[1].From.Equal(at(2*(999+more))) || !list[1000].From.Equal(at(2*more)) {
			l.Errorf("%d: %s, %s to %s", len(list), show(list[0]), show(list[1]), show(list[len(list)-1]))
		}
		if n := l.rdb.Keys(l.Context(), "handsoff:gaps:item:*").Val(); len(n) != 1001 {
			l.Errorf("%d are there", len(n))
		}
		if some := l.list("handsoff", 3); len(some) != 3 || some[0].Source != "handsoff" {
			l.Errorf("%+v", some)
		}
		l.close(oldest, gap.Closing{})
		if list = l.list("", 2000); len(list) != 1000 || list[0].ID != oldest {
			l.Errorf("what was closed last is %s, of %d", show(list[0]), len(list))
		}
	})
}

func TestWhatNamesNoGapIsRefused(t *testing.T) {
	t.Parallel()
	each(t, func(l ledger) {
		long := strings.Repeat("ä", 600)
		for _, g := range []gap.Gap{
			{From: at(0)}, {Source: "slack"}, {Source: long, From: at(0)}, {Source: "slack", Scope: long, From: at(0)},
		} {
			_, err := gap.Open(l.Context(), l.rdb, g)
			_, too := gap.Record(l.Context(), l.rdb, g)
			if err == nil || too == nil {
				l.Errorf("%+v: %v", g, errors.Join(err, too))
			}
		}
		l.open(gap.Gap{Source: "slack", From: at(0), Why: long})
		if got := l.list("slack", 1)[0].Why; len(got) > 1000 || !strings.HasSuffix(got, "ä…") {
			l.Errorf("%d bytes, ending in %q", len(got), got[len(got)-6:])
		}
	})
}

// TestAFullRedisTakesGaps: that it is full is when there are some.
func TestAFullRedisTakesGaps(t *testing.T) {
	t.Parallel()
	l := ledger{t, jobtest.Redis(t).Client(t)}
	if err := l.rdb.ConfigSet(t.Context(), "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	l.close(l.open(gap.Gap{Source: "github", Why: "Redis is full", From: at(0)}), gap.Closing{To: at(1), How: "redelivered"})
	l.record(gap.Gap{Source: "slack", Why: "Redis is full", From: at(0), To: at(1)})
	l.wants("", "slack  0-1 0/0: Redis is full; ", "github  0-1 0/0: Redis is full; redelivered")
}
