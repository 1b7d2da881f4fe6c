package jobtest

import (
	"math/rand/v2"
	"os"
	"testing"
)

// Soak reports whether tests may take their time: HANDSOFF_SOAK is set, as `make soak` does.
func Soak() bool { return os.Getenv("HANDSOFF_SOAK") != "" }

// Stride is how a sweep goes through the points of a life, counted from 1: each of them where tests may take their time, else
// one in most, others each time; the test's log says which.
func Stride(tb testing.TB, most int) (first, step int) {
	tb.Helper()
	if Soak() {
		return 1, 1
	}
	first = 1 + rand.IntN(most)
	tb.Logf("every %dth point from %d on; HANDSOFF_SOAK=1 tries all", most, first)
	return first, most
}
