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

// TestGroups are asked for again, and nobody's while they cannot be.
func TestGroups(t *testing.T) {
	t.Parallel()
	clock := jobtest.NewClock()
	s := newStore(t, clock.Now)
	answer, fault := []string{"slack-group:S1"}, error(nil)
	s.groups = func(context.Context, string) ([]string, bool, error) { return answer, true, fault }
	secret, err := s.begin(t.Context(), Person{Principal: "slack:U1", Groups: []string{"slack-group:S1"}})
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
	answer = []string{"slack-group:S2"}
	is("slack-group:S1")
	clock.Add(11 * time.Minute)
	is("slack-group:S2")
	clock.Add(11 * time.Minute)
	fault = errors.New("Slack is away")
	is()
	fault = nil
	is("slack-group:S2")
}

// TestWhoIsGone has no session any more once that is found out, also when no role names a group.
func TestWhoIsGone(t *testing.T) {
	t.Parallel()
	clock := jobtest.NewClock()
	s := newStore(t, clock.Now)
	s.groups = func(context.Context, string) ([]string, bool, error) {
		return nil, true, fmt.Errorf("%w: deactivated", ErrGone)
	}
	secret, err := s.begin(t.Context(), Person{Principal: "slack:U1"})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := s.find(t.Context(), secret, true); err != nil || r == nil {
		t.Fatal("a session that has just begun is none", err)
	}
	clock.Add(11 * time.Minute)
	if r, err := s.find(t.Context(), secret, true); err != nil || r != nil {
		t.Errorf("they are logged in: %+v %v", r, err)
	}
	s.groups = func(context.Context, string) ([]string, bool, error) { return nil, true, nil }
	if r, err := s.find(t.Context(), secret, true); err != nil || r != nil {
		t.Errorf("they are logged in again: %+v %v", r, err)
	}
}

func newStore(t *testing.T, now func() time.Time) *store {
	t.Helper()
	rdb := jobtest.Embedded(t)
	return &store{
		rdb: rdb, now: now, log: slog.New(slog.DiscardHandler),
		groups: func(context.Context, string) ([]string, bool, error) { return nil, false, nil },
	}
}
