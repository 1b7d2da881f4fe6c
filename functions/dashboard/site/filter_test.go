package site

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestPeriods: what people write as a time, and up to which moment a day goes.
func TestPeriods(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string][2]time.Time{
		"":                          {},
		"2h":                        {now.Add(-2 * time.Hour), now.Add(-2 * time.Hour)},
		" 2h ago ":                  {now.Add(-2 * time.Hour), now.Add(-2 * time.Hour)},
		"2026-03-01":                {now.Add(-36 * time.Hour), now.Add(-12*time.Hour - time.Millisecond)},
		"2026-03-01 14:30":          {now.Add(-21*time.Hour - 30*time.Minute), now.Add(-21*time.Hour - 30*time.Minute)},
		"2026-03-01T14:30":          {now.Add(-21*time.Hour - 30*time.Minute), now.Add(-21*time.Hour - 30*time.Minute)},
		"2026-03-01T14:30:00+01:00": {now.Add(-22*time.Hour - 30*time.Minute), now.Add(-22*time.Hour - 30*time.Minute)},
	} {
		p := PeriodOf(url.Values{"since": {text}, "until": {text}}, now)
		if !p.From.Equal(want[0]) || !p.To.Equal(want[1]) || len(p.Wrong) > 0 || p.Since != strings.TrimSpace(text) {
			t.Errorf("%q is %+v", text, p)
		}
	}
	for _, text := range []string{"soon", "2026-13-40", "-1h", "ago"} {
		p := PeriodOf(url.Values{"until": {text}}, now)
		if !p.To.IsZero() || len(p.Wrong) != 1 || !strings.Contains(p.Wrong[0], "“"+text+"” as a time (until)") {
			t.Errorf("%q is %+v", text, p)
		}
	}
}
