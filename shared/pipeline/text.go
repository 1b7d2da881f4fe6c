package pipeline

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/job"
)

// Text draws the steps as lines: those of one level, which may run side by side, are joined by a rail. Where a step does not
// need just what stands above it, what it needs is said. parts are the states, by the steps' names; nil draws none.
func (p *Pipeline) Text(parts []job.Part, now time.Time) string {
	var rows [][]string
	var above []string
	for depth, level := range p.Levels() {
		if depth > 0 {
			rows = append(rows, []string{"│"})
		}
		names := make([]string, len(level))
		for i, s := range level {
			names[i] = s.Name
			rows = append(rows, p.row(s, rail(i, len(level)), above, parts, now))
		}
		above = names
	}
	return chat.Table(rows)
}

// rail is what stands before the i-th of n steps of a level.
func rail(i, n int) string {
	switch {
	case n == 1:
		return ""
	case i == 0:
		return "┌ "
	case i == n-1:
		return "└ "
	}
	return "├ "
}

func (p *Pipeline) row(s *Step, rail string, above []string, parts []job.Part, now time.Time) []string {
	name, state := s.Name, ""
	if part := partOf(parts, s.Name); part != nil {
		name, state = jobtext.Mark(part.State)+" "+s.Name, jobtext.PartState(*part, now)
		if part.Job != "" {
			state += ", " + part.Job
		}
	}
	notes := s.notes()
	if !slices.Equal(slices.Sorted(slices.Values(s.Needs)), slices.Sorted(slices.Values(above))) && !s.Always {
		notes = append([]string{"after " + series(s.Needs)}, notes...)
	}
	row := []string{rail + name, s.Run}
	if parts != nil {
		row = append(row, strings.TrimPrefix(state, ", "))
	}
	return append(row, strings.Join(notes, "; "))
}

// series lists names: "a, b and c"; "nothing" for none.
func series(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return chat.Series(names, "and")
}

// notes are what is special about a step.
func (s *Step) notes() []string {
	var notes []string
	if s.Always {
		notes = append(notes, "always runs")
	}
	if s.When != nil {
		notes = append(notes, "when "+chat.Brief(s.When.String(), 60))
	}
	if s.Signoff != nil {
		notes = append(notes, "waits for a sign-off")
	}
	if s.Retry.Count > 0 {
		notes = append(notes, "tried "+times(s.Retry.Count+1)+" at most")
	}
	if s.Continue {
		notes = append(notes, "may fail")
	}
	return notes
}

func times(n int) string {
	if n == 2 {
		return "twice"
	}
	return strconv.Itoa(n) + " times"
}

func partOf(parts []job.Part, name string) *job.Part {
	for i := range parts {
		if parts[i].Name == name {
			return &parts[i]
		}
	}
	return nil
}
