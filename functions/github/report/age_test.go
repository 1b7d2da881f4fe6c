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
		-time.Second: "From the future", 0: "Very fresh", 12 * time.Hour: "Very fresh", 12*time.Hour + 1: "Fresh", day: "Fresh",
		day + 1: "Mostly fresh", 3 * day: "Mostly fresh", 7 * day: "Molding", 14 * day: "Heavily molding", 21 * day: "Rotting",
		28 * day: "Heavily rotting", 28*day + 1: "Unidentifiable",
	} {
		if got := report.Label(age); got != want {
			t.Errorf("%s: %s, want %s", age, got, want)
		}
	}
}
