package pipeline

import (
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/job"
)

// What the drawing measures, in pixels.
const (
	boxWidth, boxHeight = 210, 46
	gapAcross, gapDown  = 60, 18
	margin              = 12
	nameCells           = 24 // of a name in a box
)

// colours are a box's border by its part's state; the mark and the words beside it say the same.
var colours = map[string]string{
	string(job.Succeeded): "#1a7f37", job.PartKept: "#1a7f37", string(job.Failed): "#cf222e", string(job.Unknown): "#9a6700",
	string(job.Running): "#0969da", string(job.Waiting): "#0969da", string(job.Confirming): "#9a6700", string(job.Queued): "#9a6700",
	string(job.Cancelling): "#bc4c00", string(job.Cancelled): "#bc4c00",
}

// SVG draws the steps from left to right as a picture of its own: with a title and a description for who cannot see it, names
// and states as text, and nothing in it that comes from elsewhere or runs. parts are as in [Pipeline.Text].
func (p *Pipeline) SVG(parts []job.Part, now time.Time) string {
	levels, most := p.Levels(), 0
	for _, level := range levels {
		most = max(most, len(level))
	}
	width := 2*margin + len(levels)*boxWidth + max(0, len(levels)-1)*gapAcross
	height := 2*margin + most*boxHeight + max(0, most-1)*gapDown
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="t d" viewBox="0 0 %d %d" width="%d" height="%d">`,
		width, height, width, height)
	fmt.Fprintf(&b, "\n<title id=\"t\">%s</title>\n<desc id=\"d\">%s</desc>\n", escaped("Pipeline "+p.Name), escaped(p.described(parts, now)))
	b.WriteString("<style>text{font:14px system-ui,sans-serif;fill:#1f2328}.s{font-size:12px;fill:#59636e}path{fill:none;stroke:#8c959f;stroke-width:1.5}</style>\n")
	at := places(levels, height)
	for _, s := range p.Steps {
		for _, need := range s.Needs {
			from, to := at[need], at[s.Name]
			x1, y1, x2, y2 := from.x+boxWidth, from.y+boxHeight/2, to.x, to.y+boxHeight/2
			fmt.Fprintf(&b, "<path d=\"M%d %dC%d %d %d %d %d %d\"/>\n", x1, y1, x1+gapAcross/2, y1, x2-gapAcross/2, y2, x2, y2)
		}
	}
	for _, s := range p.Steps {
		box(&b, at[s.Name], s, partOf(parts, s.Name), now)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// place is a box's upper left corner.
type place struct{ x, y int }

// places puts each level into a column, in the middle.
func places(levels [][]*Step, height int) map[string]place {
	at := make(map[string]place)
	for column, level := range levels {
		top := (height - len(level)*boxHeight - (len(level)-1)*gapDown) / 2
		for row, s := range level {
			at[s.Name] = place{margin + column*(boxWidth+gapAcross), top + row*(boxHeight+gapDown)}
		}
	}
	return at
}

func box(b *strings.Builder, at place, s *Step, part *job.Part, now time.Time) {
	mark, colour, dash := "", "#8c959f", ""
	state := strings.Join(s.notes(), "; ")
	if part != nil {
		mark, state = jobtext.Mark(part.State)+" ", jobtext.PartState(*part, now)
		if c := colours[part.State]; c != "" {
			colour = c
		}
	}
	if s.Always {
		dash = ` stroke-dasharray="6 3"`
	}
	fmt.Fprintf(b, "<g><title>%s</title><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\" fill=\"#fff\" stroke=\"%s\" stroke-width=\"2\"%s/>",
		escaped(strings.TrimRight(s.Name+": "+s.Run+", "+state, ", ")), at.x, at.y, boxWidth, boxHeight, colour, dash)
	fmt.Fprintf(b, "<text x=\"%d\" y=\"%d\">%s</text>", at.x+10, at.y+19, escaped(mark+chat.Clip(s.Name, nameCells)))
	fmt.Fprintf(b, "<text class=\"s\" x=\"%d\" y=\"%d\">%s</text></g>\n", at.x+10, at.y+37, escaped(chat.Clip(state, nameCells+6)))
}

// described is the drawing in words.
func (p *Pipeline) described(parts []job.Part, now time.Time) string {
	sentences := make([]string, len(p.Steps))
	for i, s := range p.Steps {
		text := s.Name
		if len(s.Needs) > 0 {
			text += " after " + series(s.Needs)
		}
		if part := partOf(parts, s.Name); part != nil {
			if state := jobtext.PartState(*part, now); state != "" {
				text += ", " + state
			}
		}
		sentences[i] = text + "."
	}
	return strings.Join(sentences, " ")
}

func escaped(text string) string { return html.EscapeString(chat.OneLine(text)) }
