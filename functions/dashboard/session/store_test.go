package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestASessionEnds twelve hours after it was used last and seven days after it began, also where Redis does not forget it, and
// what a page does by itself is no use of it.
func TestASessionEnds(t *testing.T) {
	t.Parallel()
	clock := jobtest.NewClock()
	s := newStore(t, clock.Now)
	who := Person{Principal: "telnet:ann", Name: "ann"}
	begin := func() string {
		secret, err := s.begin(t.Context(), who)
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	there := func(secret string, used bool) bool {
		r, err := s.find(t.Context(), secret, used)
		if err != nil {
			t.Fatal(err)
		}
		return r != nil && r.Principal == who.Principal
	}
	idles := begin()
	clock.Add(11 * time.Hour)
	if !there(idles, false) {
		t.Error("it ended early")
	}
	clock.Add(time.Hour)
	if there(idles, true) {
		t.Error("a page that kept itself up to date prolonged it")
	}
	used := begin()
	for range 15 {
		clock.Add(11 * time.Hour)
		if !there(used, true) {
			t.Fatal("it ended though it was used")
		}
	}
	clock.Add(3 * time.Hour) // 7 days
	if there(used, true) {
		t.Error("it goes on for ever")
	}
	over := begin()
	if err := s.forget(t.Context(), over); err != nil || there(over, true) || there("invented", true) || there("", true) {
		t.Error("one that was ended, or is none, is one", err)
	}
}

// TestGroups are asked for when a session begins and again later; they are nobody's while they cannot be asked for, or of whom there
// is nobody to ask.
func TestGroups(t *testing.T) {
	t.Parallel()
	clock := jobtest.NewClock()
	s := newStore(t, clock.Now)
	answer, fault := []string{"slack-group:S1"}, error(nil)
	s.groups = func(context.Context, string) ([]string, error) { return answer, fault }
	secret, err := s.begin(t.Context(), Person{Principal: "slack:U1"})
	if err != nil {
		t.Fatal(err)
	}
	is := func(want ...string) {
		t.Helper()
		r, err := s.find(t.Context(), secret, false)
		if err != nil || !slices.Equal(r.Groups, want) {
			t.Errorf("%+v, want %v; %v", r, want, err)
		}
	}
	is("slack-group:S1")
	answer = []string{"slack-group:S2"}
	is("slack-group:S1")
	clock.Add(11 * time.Minute)
	is("slack-group:S2")
	clock.Add(11 * time.Minute)
	fault = errors.New("Slack is away")
	is()
	fault = nil
	is("slack-group:S2")
	clock.Add(11 * time.Minute)
	answer = nil
	is()
}

// TestWhoIsGone has no session any more once that is found out, also when no role names a group.
func TestWhoIsGone(t *testing.T) {
	t.Parallel()
	clock := jobtest.NewClock()
	s := newStore(t, clock.Now)
	secret, err := s.begin(t.Context(), Person{Principal: "slack:U1"})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := s.find(t.Context(), secret, true); err != nil || r == nil {
		t.Fatal("a session that has just begun is none", err)
	}
	s.groups = func(context.Context, string) ([]string, error) {
		return nil, fmt.Errorf("%w: deactivated", ErrGone)
	}
	clock.Add(11 * time.Minute)
	if r, err := s.find(t.Context(), secret, true); err != nil || r != nil {
		t.Errorf("they are logged in: %+v %v", r, err)
	}
	s.groups = func(context.Context, string) ([]string, error) { return nil, nil }
	if r, err := s.find(t.Context(), secret, true); err != nil || r != nil {
		t.Errorf("they are logged in again: %+v %v", r, err)
	}
}

// TestWhatIsOverIsNotKept: of somebody who logs in every day only what can still be used is among theirs, and all of that ends at once.
func TestWhatIsOverIsNotKept(t *testing.T) {
	t.Parallel()
	clock := jobtest.NewClock()
	s := newStore(t, clock.Now)
	var last string
	for range 20 {
		clock.Add(24 * time.Hour)
		var err error
		if last, err = s.begin(t.Context(), Person{Principal: "telnet:ann"}); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.rdb.ZCard(t.Context(), ofKey("telnet:ann")).Val(); n != 7 {
		t.Errorf("%d are kept", n)
	}
	if err := s.forgetAll(t.Context(), "telnet:ann"); err != nil {
		t.Fatal(err)
	}
	if r, err := s.find(t.Context(), last, true); err != nil || r != nil {
		t.Errorf("one goes on: %+v %v", r, err)
	}
}

// TestNoneIsMissed: whatever comes between, a session that is there is among somebody's.
func TestNoneIsMissed(t *testing.T) {
	t.Parallel()
	s := newStore(t, time.Now)
	done := make(chan error, 1)
	go func() {
		var err error
		for range 200 {
			_, err = s.begin(t.Context(), Person{Principal: "telnet:ann"})
			if err != nil {
				break
			}
		}
		done <- err
	}()
	over := false
	for !over {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			over = true
		default:
		}
		if err := s.forgetAll(t.Context(), "telnet:ann"); err != nil {
			t.Fatal(err)
		}
	}
	if keys := s.rdb.Keys(t.Context(), sessionKey("*")).Val(); len(keys) > 0 {
		t.Errorf("%d go on", len(keys))
	}
}

func newStore(t *testing.T, now func() time.Time) *store {
	t.Helper()
	rdb := jobtest.Embedded(t)
	return &store{
		rdb: rdb, now: now, log: slog.New(slog.DiscardHandler),
		groups: func(context.Context, string) ([]string, error) { return nil, nil },
	}
}
