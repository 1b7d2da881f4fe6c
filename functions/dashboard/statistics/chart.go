package statistics

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/metrics"
)

// A chart's measures, in its own units: the plot, with room on the left for its scale and below for times.
const (
	wide, high  = 720.0, 190.0
	left, below = 52.0, 26.0
	top, right  = 8.0, 4.0
	gap         = 0.22 // of a step's width, between bars
	dot         = 3.0  // how high the mark of a median is
)

// chart is a drawing with its table.
type chart struct {
	ID, Title, About string
	Bars             []bar
	Ticks            []tick
	Times            []moment
	Legend           []legend
	Head             []string
	Rows             [][]string
	Empty            bool
}

// bar is a rectangle; Said is what a pointer over it tells.
type bar struct{ X, Y, W, H, Class, Said string }

// tick is a line of the scale.
type tick struct{ Y, Text string }

// moment is a name on the axis of time.
type moment struct{ X, Text string }

type legend struct{ Class, Text string }

// Width and the others are the drawing's measures for its template.
func (chart) Width() string  { return unit(wide) }
func (chart) Height() string { return unit(high) }
func (chart) Left() string   { return unit(left) }
func (chart) Right() string  { return unit(wide - right) }
func (chart) Bottom() string { return unit(high - 6) } // the base of the text

func unit(f float64) string { return strconv.FormatFloat(math.Round(f*10)/10, 'f', -1, 64) } // a tenth is finer than any screen

// floor is where a chart's scale begins.
const floor = high - below

// place is where a step's bar lies.
func place(i, steps int) (x, w float64) {
	step := (wide - left - right) / float64(steps)
	return left + step*(float64(i)+gap/2), step * (1 - gap) // half on each side
}

// labels is how many steps have their name on the axis, at most.
const labels = 8

// times names some steps.
func (c *chart) times(points []metrics.Point, s span) {
	every := (len(points) + labels - 1) / labels
	for i := 0; i < len(points); i += max(every, 1) {
		x, w := place(i, len(points))
		c.Times = append(c.Times, moment{unit(x + w/2), points[i].From.Format(s.layout)})
	}
}

// named is a step in a table.
func named(p metrics.Point, s span) string {
	if s.step < 24*time.Hour {
		return p.From.Format("Mon 2 Jan 15:04") + "–" + p.To.Format("15:04")
	}
	return p.From.Format("Mon 2 Jan")
}

func charts(points []metrics.Point, s span, command string) []chart {
	of := " of all commands"
	if command != "" {
		of = " of " + chat.OneLine(command)
	}
	took := func(p *metrics.Point) metrics.Histogram { return p.Of(command).Took }
	return []chart{
		runs(points, s, command, of),
		rates(points, s, command, of),
		durations(points, s, "took", "Durations"+of, "From the first step to the end.", took),
		durations(points, s, "wait", "Queue wait of all commands", "From being accepted to the first step, where no sign-off was needed.",
			func(p *metrics.Point) metrics.Histogram { return p.Wait }),
		durations(points, s, "cancel", "Cancel time of all commands", "From the wish to the receipt.",
			func(p *metrics.Point) metrics.Histogram { return p.Cancel }),
	}
}

// runs draws how many jobs ended, and how.
func runs(points []metrics.Point, s span, command, of string) chart {
	c := chart{ID: "runs", Title: "Runs" + of, About: "Jobs by how they ended.", Empty: true, Head: []string{"When (UTC)", "Ended"}}
	for _, state := range outcomes {
		c.Legend = append(c.Legend, legend{string(state), string(state)})
		c.Head = append(c.Head, string(state))
	}
	highest := int64(1)
	for i := range points {
		highest = max(highest, points[i].Of(command).Runs())
	}
	scale := ceiling(highest)
	for _, part := range []int64{0, scale / 2, scale} { // the middle
		c.Ticks = append(c.Ticks, tick{unit(floor - (floor-top)*float64(part)/float64(scale)), strconv.FormatInt(part, 10)})
	}
	for i := range points {
		of := points[i].Of(command)
		x, w := place(i, len(points))
		y := floor
		cells := []string{named(points[i], s), strconv.FormatInt(of.Runs(), 10)}
		for _, state := range outcomes {
			n := of.Ended[state]
			cells = append(cells, strconv.FormatInt(n, 10))
			if n == 0 {
				continue
			}
			h := (floor - top) * float64(n) / float64(scale)
			y -= h
			c.Bars = append(c.Bars, bar{unit(x), unit(y), unit(w), unit(h), string(state), fmt.Sprintf("%s: %d %s", named(points[i], s), n, state)})
			c.Empty = false
		}
		c.Rows = append(c.Rows, cells)
	}
	c.times(points, s)
	return c
}

// ceiling is the next round number of one digit, and even.
func ceiling(n int64) int64 {
	size := int64(1)
	for size*10 < n {
		size *= 10
	}
	for _, digit := range []int64{2, 4, 6, 8, 10} {
		if digit*size >= n {
			return digit * size
		}
	}
	return 2 * n // never: ten times the size is enough
}

// rates draws the share of jobs that succeeded.
func rates(points []metrics.Point, s span, command, of string) chart {
	c := chart{
		ID: "success", Title: "Success rate" + of, About: "The share that succeeded of those that nobody cancelled.", Empty: true,
		Head: []string{"When (UTC)", "Succeeded"},
	}
	for _, percent := range []int{0, 50, 100} {
		c.Ticks = append(c.Ticks, tick{unit(floor - (floor-top)*float64(percent)/100), fmt.Sprintf("%d %%", percent)})
	}
	for i := range points {
		of := points[i].Of(command)
		text := success(of)
		c.Rows = append(c.Rows, []string{named(points[i], s), text})
		rate, is := of.Success()
		if !is {
			continue
		}
		x, w := place(i, len(points))
		h := max((floor-top)*rate, 1)
		c.Bars = append(c.Bars, bar{unit(x), unit(floor - h), unit(w), unit(h), "rate", named(points[i], s) + ": " + text})
		c.Empty = false
	}
	c.times(points, s)
	return c
}
