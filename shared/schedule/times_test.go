package schedule_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/schedule"
)

func times(t testing.TB, line, zone string) *schedule.Times {
	t.Helper()
	parsed, err := schedule.ParseTimes(line, zone)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// What the clock on the wall does twice a year, in Berlin, New York, Cairo (which leaves out midnight) and Lord Howe (which
// moves by half an hour).
func TestTheClockOnTheWall(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, line, zone, after string
		want                    []string
	}{
		{
			"put forward: what is left out comes after it", "30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z",
			[]string{"2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"},
		},
		{
			"put forward: once, however many are left out", "0,15,30,45 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z",
			[]string{"2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00"},
		},
		{
			"put forward: what stands at its end comes once", "0 2,3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z",
			[]string{"2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00", "2026-03-30T03:00:00+02:00"},
		},
		{
			"put back: a fixed hour comes once", "30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z",
			[]string{"2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"},
		},
		{
			"put back: asked between the two", "30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z",
			[]string{"2026-10-26T02:30:00+01:00"},
		},
		{
			"put back: every quarter of an hour as they pass", "*/15 * * * *", "Europe/Berlin", "2026-10-25T00:30:00Z",
			[]string{"2026-10-25T02:45:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T02:15:00+01:00"},
		},
		{
			"put forward: every quarter of an hour as they pass", "*/15 * * * *", "Europe/Berlin", "2026-03-29T00:45:00Z",
			[]string{"2026-03-29T03:00:00+02:00", "2026-03-29T03:15:00+02:00"},
		},
		{
			"New York, put forward", "30 2 * * *", "America/New_York", "2026-03-08T00:00:00Z",
			[]string{"2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00"},
		},
		{
			"New York, put back", "30 1 * * *", "America/New_York", "2026-11-01T00:00:00Z",
			[]string{"2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"},
		},
		{
			"no midnight in Cairo", "@daily", "Africa/Cairo", "2026-04-23T12:00:00Z",
			[]string{"2026-04-24T01:00:00+03:00", "2026-04-25T00:00:00+03:00"},
		},
		{
			"half an hour on Lord Howe", "10 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z",
			[]string{"2026-10-04T02:30:00+11:00", "2026-10-05T02:10:00+11:00"},
		},
		{"a leap day", "0 0 29 2 *", "", "2026-01-01T00:00:00Z", []string{"2028-02-29T00:00:00Z"}},
		{
			"every so often", "@every 90m", "Europe/Berlin", "2026-10-25T00:00:00Z",
			[]string{"2026-10-25T02:30:00+01:00", "2026-10-25T04:00:00+01:00"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			at := date(t, test.after)
			for _, want := range test.want {
				if at = times(t, test.line, test.zone).Next(at); !at.Equal(date(t, want)) {
					t.Fatalf("next is %s, want %s", at.Format(time.RFC3339), want)
				}
			}
		})
	}
}

// A line at a fixed hour comes due once on every day, whatever the zone does; and never before it was asked for.
func TestOnceADay(t *testing.T) {
	t.Parallel()
	zones := []string{
		"", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "America/St_Johns",
		"Asia/Kathmandu", "Africa/Casablanca", "America/Santiago", "Pacific/Chatham",
	}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		hour, minute := rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute")
		parsed, err := schedule.ParseTimes(time.Date(0, 1, 1, hour, minute, 0, 0, time.UTC).Format("4 15 * * *"), zone)
		if err != nil {
			t.Fatal(err)
		}
		at := time.Unix(rapid.Int64Range(1_700_000_000, 2_000_000_000).Draw(t, "from"), 0)
		at = parsed.Next(at)
		for range 400 {
			next := parsed.Next(at)
			if !next.After(at) {
				t.Fatalf("after %s comes %s", at, next)
			}
			if parsed.Next(at.Add(time.Second)) != next || parsed.Next(next.Add(-time.Second)) != next {
				t.Fatalf("between %s and %s another one comes", at, next)
			}
			if day(next, parsed.Zone()).Sub(day(at, parsed.Zone())) != 24*time.Hour {
				t.Fatalf("after %s comes %s", at.In(parsed.Zone()), next.In(parsed.Zone()))
			}
			at = next
		}
	})
}

// day is the date on the wall.
func day(at time.Time, zone *time.Location) time.Time {
	year, month, day := at.In(zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func TestLinesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ line, zone, says string }{
		{"", "", "cron is missing; write five fields"},
		{"61 * * * *", "", `cron "61 * * * *": the minute, 61, is not right; write 0 to 59, such as 5, */15 or 0,30; a range goes upwards`},
		{"*/0 * * * *", "", `the minute, */0, is not right`},
		{"0 22-2 * * *", "", `the hour, 22-2, is not right; write 0 to 23`},
		{"0 2 0 * *", "", `the day of the month, 0, is not right`},
		{"0 2 * Juin *", "", `the month, Juin, is not right`},
		{"0 2 * * MOONDAY", "", `the day of the week, MOONDAY, is not right; write 0 to 7 or SUN to SAT`},
		{"0 2 * * 1-8", "", `the day of the week, 1-8, is not right`},
		{"0 2 * * 7-3", "", `the day of the week, 7-3, is not right`},
		{"* * * *", "", "it is to have five fields (minute, hour, day of the month, month, day of the week), such as \"0 2 * * *\", and has 4"},
		{"* * * * * *", "", "and has 6"},
		{"daily", "", "and has 1"},
		{"@every 1s", "", "is too often; at most every 10s"},
		{"@every -5m", "", "is too often"},
		{"@every 1 hour", "", "write how long lies between two runs, such as @every 90m"},
		{"@every", "", "write how long lies between two runs"},
		{"@everyday", "", "write how long lies between two runs"},
		{"@reboot", "", "there are @hourly, @daily"},
		{"@dayly", "", "there are @hourly, @daily"},
		{"0 0 30 2 *", "", "never comes due"},
		{"0 2 * * *", "Europe/Berlinn", `zone "Europe/Berlinn" is not known; write one of the tz database`},
		{"0 2 * * *", "Local", "zone Local is that of whichever machine"},
		{"CRON_TZ=UTC 0 2 * * *", "", "the time zone has a key of its own"},
		{"TZ=UTC 0 2 * * *", "", "the time zone has a key of its own"},
		{"0 2 * * *", "../../etc/passwd", "is not known"},
	} {
		if parsed, err := schedule.ParseTimes(test.line, test.zone); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%q in %q is %s: %v", test.line, test.zone, parsed, err)
		}
	}
}

// The week's last day is its first one, as cron has it.
func TestSundayIsTheSeventhDayToo(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][]string{
		"0 2 * * 7":   {"2026-03-08T02:00:00Z", "2026-03-15T02:00:00Z"},
		"0 2 * * 0":   {"2026-03-08T02:00:00Z", "2026-03-15T02:00:00Z"},
		"0 2 * * 6-7": {"2026-03-07T02:00:00Z", "2026-03-08T02:00:00Z", "2026-03-14T02:00:00Z"},
		"0 2 * * 3,7": {"2026-03-04T02:00:00Z", "2026-03-08T02:00:00Z", "2026-03-11T02:00:00Z"},
	} {
		at := date(t, "2026-03-02T12:00:00Z")
		for _, next := range want {
			if at = times(t, line, "").Next(at); !at.Equal(date(t, next)) {
				t.Errorf("%s: %s, want %s", line, at, next)
			}
		}
	}
}

func FuzzParseTimes(f *testing.F) {
	for _, line := range []string{"0 2 * * *", "*/15 1-5 * * MON-FRI", "@every 90m", "@daily", "0 0 31 4 *", "* * * * 7"} {
		f.Add(line, "Europe/Berlin")
	}
	f.Fuzz(func(t *testing.T, line, zone string) {
		parsed, err := schedule.ParseTimes(line, zone)
		if err != nil {
			return
		}
		from := time.Date(2026, 3, 29, 0, 30, 0, 0, time.UTC)
		if next := parsed.Next(from); !next.IsZero() && !next.After(from) {
			t.Errorf("%q after %s: %s", line, from, next)
		}
	})
}

func date(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
