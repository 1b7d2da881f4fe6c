package intake_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/gerrit-listener/intake"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/gerrit"
	"github.com/handsoff/handsoff/shared/inbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestAQueueKeepsItsBounds: what goes in comes out in its order, and there is never more in it than it may hold, but for one
// line that is larger than all its room.
func TestAQueueKeepsItsBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		most, bytes := rapid.IntRange(1, 5).Draw(t, "most"), rapid.IntRange(1, 50).Draw(t, "bytes")
		q := intake.NewQueue(most, bytes)
		lines := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 60), 0, 30).Draw(t, "lines")
		end := errors.New("the end")
		done := make(chan struct{})
		go func() {
			defer close(done)
			for _, line := range lines {
				if err := q.Add(context.Background(), line); err != nil {
					panic(err)
				}
			}
			q.End(end)
		}()
		var got [][]byte
		for {
			<-q.Ready()
			taken, over, err := q.Take(100)
			size := 0
			for _, line := range taken {
				size += len(line)
			}
			if len(taken) > most || size > bytes && len(taken) > 1 {
				t.Fatalf("%d lines of %d bytes were held, of %d and %d", len(taken), size, most, bytes)
			}
			got = append(got, taken...)
			if over {
				if !errors.Is(err, end) {
					t.Fatal(err)
				}
				break
			}
		}
		<-done
		if !slices.EqualFunc(got, lines, slices.Equal) {
			t.Fatalf("have %q, want %q", got, lines)
		}
	})
}

func TestAFullQueueEndsWithItsContext(t *testing.T) {
	t.Parallel()
	q := intake.NewQueue(1, 10)
	if err := q.Add(t.Context(), []byte("a")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := q.Add(ctx, []byte("b")); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// moody is an inbox that takes some, and then has no room, or is away, for a while.
type moody struct {
	refuse []int // how many are taken before each refusal
	got    []string
}

func (m *moody) PutAll(_ context.Context, list []inbox.Delivery, _ [][]string) ([]inbox.Verdict, []error, error) {
	verdicts, errs := make([]inbox.Verdict, len(list)), make([]error, len(list))
	room := len(list)
	if len(m.refuse) > 0 {
		room, m.refuse = m.refuse[0], m.refuse[1:]
	}
	for i, d := range list {
		switch {
		case i >= room:
			errs[i] = inbox.ErrFull
		case len(d.Body) > 500:
			errs[i] = inbox.ErrTooLarge
		default:
			verdicts[i] = inbox.New
			m.got = append(m.got, d.ID)
		}
	}
	return verdicts, errs, nil
}

// TestWhatIsRefusedIsTriedAgain: in its order, and each once; the cursor moves when all is accepted.
func TestWhatIsRefusedIsTriedAgain(t *testing.T) {
	t.Parallel()
	store := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: store.Addr()})
	t.Cleanup(func() { _ = rdb.Close() })
	box := &moody{refuse: []int{3, 0, 2}}
	in := &intake.Intake{
		Server: &gerrit.Server{Name: "review", Overlap: time.Minute}, Box: box, Redis: rdb, Log: slog.New(slog.DiscardHandler),
	}
	at := time.Now().Add(-time.Hour).Truncate(time.Second)
	var events []gerrit.Told
	var want []string
	for i := range 10 {
		e := &event.Event{ID: fmt.Sprint(i), Subject: "gerrit:review/1", At: at.Add(time.Duration(i) * time.Second), Payload: []byte(`{}`)}
		if i == 4 {
			e.Payload = fmt.Appendf(nil, `{"x":"%0600d"}`, 1)
		} else {
			want = append(want, e.ID)
		}
		events = append(events, gerrit.Told{Event: e, Means: []string{"also " + e.ID}})
	}
	taken, err := in.Take(t.Context(), events, true)
	if err != nil || taken.New != 9 || len(taken.Lost) != 1 || !slices.Equal(box.got, want) {
		t.Errorf("%+v, %v, %q", taken, err, box.got)
	}
	cursor, err := in.Cursor(t.Context())
	if err != nil || !cursor.Equal(at.Add(9*time.Second)) {
		t.Error(cursor, err)
	}
	known, err := in.Recent(t.Context())
	if err != nil || !known.Knows(events[0]) || !known.Knows(gerrit.Told{Event: &event.Event{ID: "x"}, Means: []string{"also 9"}}) || known.Knows(gerrit.Told{Event: &event.Event{ID: "x"}}) {
		t.Error(known, err)
	}
	if err := in.Move(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	if again, err := in.Cursor(t.Context()); err != nil || !again.Equal(cursor) {
		t.Errorf("the cursor went back to %s, %v", again, err)
	}
	far := gerrit.Told{Event: &event.Event{ID: "far", At: time.Now().Add(24 * time.Hour), Payload: []byte(`{}`)}}
	if _, err := in.Take(t.Context(), []gerrit.Told{far}, true); err != nil {
		t.Fatal(err)
	}
	if cursor, err := in.Cursor(t.Context()); err != nil || cursor.After(time.Now()) {
		t.Errorf("a clock that is ahead moved the cursor to %s, %v", cursor, err)
	}
	if known, err := in.Recent(t.Context()); err != nil || known.Knows(events[0]) {
		t.Error("what is long ago is still kept", err)
	}
}
