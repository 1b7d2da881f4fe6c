package slack

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestLimitsWhateverHappens: in no stretch of time are there more calls than the tier allows, and who waits as long as
// they are told may call.
func TestLimitsWhateverHappens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tier := tier{perMinute: float64(rapid.IntRange(1, 600).Draw(t, "a minute")), burst: float64(rapid.IntRange(1, 50).Draw(t, "burst"))}
		l := newLimits()
		start := time.Unix(1_700_000_000, 0)
		now := start
		var taken []time.Time
		for range rapid.IntRange(1, 200).Draw(t, "calls") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "ms")) * time.Millisecond)
			wait := l.take("x", tier, now)
			if wait == 0 {
				taken = append(taken, now)
				continue
			}
			now = now.Add(time.Duration(wait) * time.Second)
			if again := l.take("x", tier, now); again != 0 {
				t.Fatalf("after %d s one must wait for %d s more", wait, again)
			}
			taken = append(taken, now)
		}
		for i := range taken {
			for j := i; j < len(taken); j++ {
				allowed := tier.burst + taken[j].Sub(taken[i]).Minutes()*tier.perMinute
				if n := float64(j - i + 1); n > allowed+1e-6 {
					t.Fatalf("%v calls within %v, %v are allowed", n, taken[j].Sub(taken[i]), allowed)
				}
			}
		}
	})
}

func TestForgottenLimits(t *testing.T) {
	t.Parallel()
	l := newLimits()
	now := time.Unix(1_700_000_000, 0)
	for i := range 3 * maxBuckets {
		l.take(itoa(i), tier2, now)
		now = now.Add(time.Second)
	}
	if n := len(l.buckets); n > maxBuckets {
		t.Errorf("%d buckets are kept", n)
	}
}

func TestForgottenUnfurlings(t *testing.T) {
	t.Parallel()
	s := inside(t)
	s.do(func() {
		for i := range 3 * maxUnfurlings {
			s.offer(itoa(i), unfurling{channel: Ops, ts: "1.1"})
		}
		if _, last := s.unfurlings[itoa(3*maxUnfurlings-1)]; len(s.unfurlings) > maxUnfurlings || !last {
			t.Errorf("%d are kept", len(s.unfurlings))
		}
	})
}
