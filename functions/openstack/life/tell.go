package life

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/environment/template"
	"github.com/handsoff/handsoff/shared/chat"
)

// planText says what will be made, what it takes, how long it took the last times, and what a cancel leaves.
func planText(record *environment.Record, plan *template.Plan, quota, more []string, took []time.Duration) []string {
	lines := []string{fmt.Sprintf("%s, from %s at %s: %s.", record.Name, record.Template, record.Cloud, counted(plan.Counts()))}
	if len(quota) > 0 {
		lines = append(lines, "It takes of the quota: "+strings.Join(quota, ", ")+".")
	}
	lines = append(lines, more...)
	if len(took) > 0 {
		lines = append(lines, fmt.Sprintf("The last time it took %s%s.", chat.Duration(took[0]), between(took)))
	}
	lines = append(lines, "A cancel takes all of it back and leaves nothing behind; its receipt names whatever would not go.")
	if record.Keep {
		lines = append(lines, "A failure keeps what was made by then, for inspection.")
	}
	return lines
}

// between says from what to what several durations were.
func between(took []time.Duration) string {
	if len(took) < 2 {
		return ""
	}
	least, most := chat.Duration(slices.Min(took)), chat.Duration(slices.Max(took))
	if least == most {
		return fmt.Sprintf(", as it did each of the last %d times", len(took))
	}
	return fmt.Sprintf("; of the last %d times between %s and %s", len(took), least, most)
}
