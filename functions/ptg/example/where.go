package example

import (
	"fmt"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// zones have one city for each hour of difference to UTC, from -11 to +12, none of which changes its clocks.
var zones = []string{
	"Pacific/Pago_Pago", "Pacific/Honolulu", "Pacific/Gambier", "Pacific/Pitcairn", "America/Phoenix", "America/Costa_Rica", "America/Bogota",
	"America/Puerto_Rico", "America/Sao_Paulo", "America/Noronha", "Atlantic/Cape_Verde", "Atlantic/Reykjavik", "Africa/Lagos",
	"Africa/Johannesburg", "Africa/Nairobi", "Asia/Dubai", "Asia/Karachi", "Asia/Dhaka", "Asia/Bangkok", "Asia/Singapore", "Asia/Tokyo",
	"Australia/Brisbane", "Pacific/Noumea", "Pacific/Tarawa",
}

// hour is what a clock there shows, or up to an hour more.
const hour = 10

// zone is where it is that hour.
func zone(now time.Time) string {
	const day, west = 24, 11
	return zones[(hour-now.UTC().Hour()+west+day)%day]
}

// daily are the slots of a day: when each begins, and for how long.
var daily = []struct {
	code         string
	hour, minute int
	minutes      int
}{{"A1", 9, 0, 120}, {"A2", 11, 0, 90}, {"P1", 13, 30, 90}, {"P2", 15, 15, 105}}

// days are today and tomorrow.
func days(now time.Time, place *time.Location) []gathering.Day {
	var list []gathering.Day
	for ahead := range 2 {
		date := now.In(place).AddDate(0, 0, ahead)
		name := date.Weekday().String()
		day := gathering.Day{Name: name, Date: date.Format(time.DateOnly)}
		for _, d := range daily {
			start := time.Date(date.Year(), date.Month(), date.Day(), d.hour, d.minute, 0, 0, place)
			end := start.Add(time.Duration(d.minutes) * time.Minute)
			day.Slots = append(day.Slots, gathering.Slot{
				Code: name[:3] + d.code, Label: fmt.Sprintf("%s-%s", start.Format("15:04"), end.Format("15:04")), Start: start.UTC(), Minutes: d.minutes,
			})
		}
		list = append(list, day)
	}
	return list
}
