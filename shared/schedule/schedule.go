package schedule

import (
	"regexp"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/rule"
)

// Missed says what is done about runs for which nobody was there: the machines were down, or Redis was.
type Missed string

// The policies. Whatever is missed, the schedule goes on at its next time.
const (
	MissedRun    Missed = "run"    // run once, however many were missed
	MissedReport Missed = "report" // run nothing, and say so where it is announced, and to bot.alerts
	MissedIgnore Missed = "ignore" // run nothing, and say nothing
)

// Overlap says what is done when a run comes due while the one before it is unfinished.
type Overlap string

// The policies.
const (
	OverlapRefuse Overlap = "refuse" // leave it out, and say so
	OverlapQueue  Overlap = "queue"  // run it when the other one is done; at most one waits
	OverlapAllow  Overlap = "allow"  // run it beside the other one
)

// Schedule is a command that runs at set times.
type Schedule struct {
	Name     string
	Times    *Times
	Run      string         // a command's words, with Args
	Args     map[string]any // values as configured; texts may have holes, {{ remembered.tip.value }}
	Line     string         // a line of text instead of Run
	Announce []string       // addresses that follow its jobs
	Missed   Missed
	Overlap  Overlap
	Changed  []string // remembered values; it runs only when one of them is another than at its last success
	At       int      // its line in the configuration

	templates map[string]*rule.Template // those of Args that have holes
}

// LateAfter is how late a run may begin and still be on time.
const LateAfter = time.Minute

// Principal is who acts when the schedule comes due; roles list it.
func (s *Schedule) Principal() string { return "schedule:" + s.Name }

// Command is what it runs, as it is written. It may have a secret in it; Shown has not.
func (s *Schedule) Command() string {
	if s.Line != "" {
		return s.Line
	}
	return s.Run
}

// Shown is what it runs as people may see it: secrets that its command declares are masked.
func (s *Schedule) Shown(catalogue *command.Catalogue) string {
	if s.Line != "" {
		return catalogue.Masked(s.Line)
	}
	return s.Run
}

// names are what a schedule may be called.
var names = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// Set is all schedules of a configuration, in its order.
type Set struct {
	list   []*Schedule
	faults []config.Fault
}

// All lists the schedules that work.
func (s *Set) All() []*Schedule { return s.list }

// Faults lists the entries with a mistake, which are left out.
func (s *Set) Faults() []config.Fault { return s.faults }

// Find gives a schedule by its name; nil when there is none.
func (s *Set) Find(name string) *Schedule {
	for _, one := range s.list {
		if one.Name == name {
			return one
		}
	}
	return nil
}
