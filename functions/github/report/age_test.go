package report_test

import (
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/github/report"
)

func TestLabel(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for age, want := range map[time.Duration]string{
		-time.Second: "From the _future_", 0: "*Very* _fresh_", 12 * time.Hour: "*Very* _fresh_", 12*time.Hour + 1: "_Fresh_", day: "_Fresh_",
		day + 1: "*Mostly* _fresh_", 3 * day: "*Mostly* _fresh_", 7 * day: "_Molding_", 14 * day: "*Heavily* _molding_", 21 * day: "_Rotting_",
		28 * day: "*Heavily* _rotting_", 28*day + 1: "*Unidentifiable*",
	} {
		if got := report.Label(age); got != want {
			t.Errorf("%s: %s, want %s", age, got, want)
		}
	}
}
