package repair

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/github"
)

var began = time.Date(2026, time.May, 4, 3, 0, 0, 0, time.UTC)

func TestLook(t *testing.T) {
	t.Parallel()
	now := began.Add(time.Hour)
	s := &State{Since: began}
	looks(t, s, []Delivery{
		{ID: 5, GUID: "b", At: began.Add(3 * time.Minute), Status: 202},
		{ID: 4, GUID: "b", At: began.Add(2 * time.Minute), Status: 502},
		{ID: 3, GUID: "a", At: began.Add(time.Minute), Status: 0, Event: "push"},
		{ID: 2, GUID: "old", At: began.Add(-time.Hour), Status: 500},
		{ID: 1, GUID: "fine", At: began.Add(-2 * time.Hour), Status: 202},
	}, now, usual)
	if len(s.Open) != 1 || s.Missed != 1 || s.Open["a"].Delivery != 3 || !s.From.Equal(began.Add(time.Minute)) || !s.Since.Equal(now.Add(-overlap)) {
		t.Fatalf("%+v", s)
	}
	if due := s.due(now, time.Minute); !slices.Equal(due, []string{"a"}) {
		t.Errorf("due %q", due)
	}
	// It was sent again, and failed again.
	looks(t, s, []Delivery{{ID: 9, GUID: "a", At: now, Status: 503}, {ID: 3, GUID: "a", At: began.Add(time.Minute), Status: 0}}, now, usual)
	if m := s.Open["a"]; m.Attempts != 2 || m.Delivery != 9 || s.Missed != 1 {
		t.Errorf("%+v", s)
	}
	if due := s.due(now.Add(time.Second), time.Minute); len(due) != 0 {
		t.Errorf("sent again at once: %q", due)
	}
	if due := s.due(now.Add(time.Minute), time.Minute); len(due) != 1 {
		t.Error("not sent again after a minute")
	}
	// And it got through.
	looks(t, s, []Delivery{{ID: 12, GUID: "a", At: now.Add(time.Minute), Status: 202}}, now.Add(time.Minute), usual)
	if len(s.Open) != 0 || s.Recovered != 1 || s.Lost != 0 {
		t.Errorf("%+v", s)
	}
}

func TestWhatIsTooOldIsLost(t *testing.T) {
	t.Parallel()
	s := &State{Since: began}
	looks(t, s, []Delivery{{ID: 1, GUID: "a", At: began, Status: 500}}, began, usual)
	looks(t, s, nil, began.Add(remembers), usual)
	if len(s.Open) != 1 {
		t.Fatalf("%+v", s)
	}
	looks(t, s, nil, began.Add(remembers+time.Second), usual)
	if len(s.Open) != 0 || s.Lost != 1 || s.Recovered != 0 {
		t.Errorf("%+v", s)
	}
}

func TestPause(t *testing.T) {
	t.Parallel()
	for attempts, want := range map[int]time.Duration{0: 0, 1: 0, 2: time.Minute, 3: 2 * time.Minute, 6: 16 * time.Minute, 12: slowest, 1000: slowest} {
		if got := pause(attempts, time.Minute); got != want {
			t.Errorf("after %d: %s, want %s", attempts, got, want)
		}
	}
}

// looks looks at a list of GitHub's.
func looks(t interface{ Fatal(args ...any) }, s *State, all []Delivery, now time.Time, b bounds) {
	err := s.look(now, b, func(cursor string, since time.Time, most int) ([]Delivery, string, error) {
		from, _ := strconv.ParseInt(cmp.Or(cursor, "1000000"), 10, 64)
		rest := slices.DeleteFunc(slices.Clone(all), func(d Delivery) bool { return d.ID >= from || d.At.Before(since) })
		if len(rest) <= most {
			return rest, "", nil
		}
		return rest[:most], strconv.FormatInt(rest[most-1].ID, 10), nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// narrow are bounds that a test reaches.
var narrow = bounds{listed: 12, open: 5}

// TestNothingIsForgotten: GitHub fails to deliver as it likes, and looks come whenever they come; in the end everything that
// failed got through, and is accounted for once. That is so also when there is more than one look takes in.
func TestNothingIsForgotten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var all []Delivery
		now, id := began, int64(0)
		attempt := func(guid string, status int) {
			id++
			all = append([]Delivery{{ID: id, GUID: guid, At: now, Status: status}}, all...)
		}
		b := rapid.SampledFrom([]bounds{usual, narrow}).Draw(t, "bounds")
		s := &State{Since: began}
		failed := map[string]bool{}
		for i := range rapid.IntRange(1, 90).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 600).Draw(t, "seconds")) * time.Second)
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0:
				attempt(fmt.Sprint("guid", i), 202)
			case 1, 2, 3:
				guid := fmt.Sprint("guid", i)
				failed[guid] = true
				attempt(guid, rapid.SampledFrom([]int{0, 400, 401, 500, 503}).Draw(t, "status"))
			default:
				looks(t, s, all, now, b)
				for _, guid := range s.due(now, time.Minute) {
					attempt(guid, rapid.SampledFrom([]int{202, 202, 0, 503}).Draw(t, "again"))
				}
			}
		}
		for range 100 { // some tries come after longer pauses; none of it takes three days
			looks(t, s, all, now, b)
			for _, guid := range s.due(now, time.Minute) {
				attempt(guid, 202)
			}
			now = now.Add(time.Minute)
			if len(s.Open) > 0 && s.Open[oldest(s)].Attempts > 5 {
				now = now.Add(time.Hour)
			}
		}
		if len(s.Open) != 0 || s.Missed != s.Recovered || s.Lost != 0 || s.Missed != len(failed) {
			t.Fatalf("%d failed: %+v", len(failed), s)
		}
		reached := map[string]bool{}
		for _, d := range all {
			reached[d.GUID] = reached[d.GUID] || !d.Failed()
		}
		for guid := range failed {
			if !reached[guid] {
				t.Fatalf("%s never got through", guid)
			}
		}
	})
}

// oldest is what failed first.
func oldest(s *State) string { return s.due(began.Add(1000*time.Hour), time.Minute)[0] }

// TestWhatThereWasNoRoomForIsLostWhenItIsTooOld: it is counted once, though it is listed again.
func TestWhatThereWasNoRoomForIsLostWhenItIsTooOld(t *testing.T) {
	t.Parallel()
	var all []Delivery
	for i := range 8 {
		all = append([]Delivery{{ID: int64(i + 1), GUID: fmt.Sprint("guid", i), At: began.Add(time.Duration(i) * time.Minute), Status: 500}}, all...)
	}
	s := &State{Since: began}
	looks(t, s, all, began.Add(time.Hour), narrow)
	if len(s.Open) != narrow.open || s.Missed != narrow.open || s.Lost != 0 {
		t.Fatalf("%+v", s)
	}
	for i := range 5 {
		looks(t, s, all, began.Add(remembers+time.Hour+time.Duration(i)*time.Minute), narrow)
	}
	if len(s.Open) != 0 || s.Missed != 8 || s.Lost != 8 || s.Recovered != 0 {
		t.Errorf("%+v", s)
	}
}

// TestACursorThatIsGone: the next look begins where the part begins that was not looked at.
func TestACursorThatIsGone(t *testing.T) {
	t.Parallel()
	s := &State{Since: began.Add(time.Hour), Rest: &Rest{Cursor: "gone", From: began}}
	err := s.look(began.Add(time.Hour), usual, func(cursor string, _ time.Time, _ int) ([]Delivery, string, error) {
		if cursor != "" {
			return nil, "", &github.Error{Kind: github.Invalid}
		}
		return nil, "", nil
	})
	if err != nil || s.Rest != nil || !s.back().Equal(began) {
		t.Errorf("%+v, %v", s, err)
	}
}
