package jenkins

import (
	"fmt"
	"io"
	"time"
)

// A segment is a piece of console: text, or numbered lines that are made when they are read, so that a console of many
// megabytes takes no memory.
type segment struct {
	text  string
	first int64 // of numbered lines: the number of the first
	lines int64
}

// fillerWidth is the length of a numbered line with its newline.
const fillerWidth = 100

// filler is numbered line n.
func filler(n int64) string {
	const words = "the quick brown fox jumps over the lazy dog while the build prints one more line of its long console"
	return fmt.Sprintf("%09d %.*s\n", n, fillerWidth-len("000000000 \n"), words)
}

func (g segment) size() int64 {
	if g.lines > 0 {
		return g.lines * fillerWidth
	}
	return int64(len(g.text))
}

// A console is what a build has printed.
type console []segment

func (c console) size() int64 {
	var n int64
	for _, g := range c {
		n += g.size()
	}
	return n
}

// writeFrom writes the console from a byte offset on.
func (c console) writeFrom(w io.Writer, from int64) error {
	for _, g := range c {
		size := g.size()
		if from < size {
			if err := g.writeFrom(w, from); err != nil {
				return err
			}
		}
		from = max(from-size, 0)
	}
	return nil
}

func (g segment) writeFrom(w io.Writer, from int64) error {
	if g.lines == 0 {
		return write(w, g.text[from:])
	}
	skip := from % fillerWidth
	for n := from / fillerWidth; n < g.lines; n++ {
		if err := write(w, filler(g.first + n)[skip:]); err != nil {
			return err
		}
		skip = 0
	}
	return nil
}

func write(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("write console: %w", err)
	}
	return nil
}

// console is what the build has printed up to a moment: the lines of its plan and what came in between.
func (b *build) console(now time.Time) console {
	if !b.running() {
		now = b.Ended
	}
	var out console
	events := b.Events
	for _, s := range b.planned().steps {
		moment, ok := b.at(s.at)
		if !ok || moment.After(now) {
			break
		}
		for len(events) > 0 && events[0].At.Before(moment) {
			out, events = append(out, segment{text: events[0].Text}), events[1:]
		}
		out = append(out, s.segment)
	}
	for _, e := range events {
		if !e.At.After(now) {
			out = append(out, segment{text: e.Text})
		}
	}
	return out
}

// planned is the build's plan; it follows from the record, so only a running build keeps it.
func (b *build) planned() *plan {
	if b.plan != nil {
		return b.plan
	}
	return newPlan(b)
}
