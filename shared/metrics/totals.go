package metrics

import (
	"maps"
	"slices"

	"github.com/handsoff/handsoff/shared/job"
)

// Totals is what was counted, since the beginning or in some time.
type Totals struct {
	Commands map[string]*Command // by their words, or Other
	Wait     Histogram           // how long jobs waited for their first step, those aside that needed a sign-off; counted at their end
	Cancel   Histogram           // how long it took from the wish to the receipt, of those that were cancelled
}

// Command is what was counted of one command.
type Command struct {
	Accepted map[string]int64    // jobs that were made, by the door from which they came
	Ended    map[job.State]int64 // jobs that ended, by how
	Took     Histogram           // from the first step to the end, of those that had begun
}

// Names lists the commands, sorted.
func (t *Totals) Names() []string { return slices.Sorted(maps.Keys(t.Commands)) }

// Of is what was counted of a command, or of all when it is empty. It is never nil.
func (t *Totals) Of(command string) *Command {
	sum := newCommand()
	if command != "" {
		sum.add(t.Commands[command])
		return sum
	}
	for _, c := range t.Commands {
		sum.add(c)
	}
	return sum
}

// Runs is how many jobs ended.
func (c *Command) Runs() int64 {
	var n int64
	for _, some := range c.Ended {
		n += some
	}
	return n
}

// Success is the share that succeeded, from 0 to 1, of those that ended by themselves: what people cancelled is neither a
// success nor a failure. It is false when there are none.
func (c *Command) Success() (float64, bool) {
	good := c.Ended[job.Succeeded]
	all := good + c.Ended[job.Failed] + c.Ended[job.Unknown]
	if all == 0 {
		return 0, false
	}
	return float64(good) / float64(all), true
}

func newCommand() *Command {
	return &Command{Accepted: make(map[string]int64), Ended: make(map[job.State]int64)}
}

func (c *Command) add(other *Command) {
	if other == nil {
		return
	}
	for door, n := range other.Accepted {
		c.Accepted[door] += n
	}
	for state, n := range other.Ended {
		c.Ended[state] += n
	}
	c.Took.add(&other.Took)
}

// Add adds what others counted.
func (t *Totals) Add(other *Totals) {
	for name, c := range other.Commands {
		t.command(name).add(c)
	}
	t.Wait.add(&other.Wait)
	t.Cancel.add(&other.Cancel)
}

// command is that of a name, made when it is new.
func (t *Totals) command(name string) *Command {
	if t.Commands == nil {
		t.Commands = make(map[string]*Command)
	}
	if t.Commands[name] == nil {
		t.Commands[name] = newCommand()
	}
	return t.Commands[name]
}
