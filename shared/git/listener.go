package git

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/mask"
)

// Progress is what git says of how far it has come with one part of its work.
type Progress struct {
	Part    string // "Receiving objects", "Writing objects", "remote: Resolving deltas", …
	Percent int    // of this part
	Done    int64
	Total   int64
}

var progressForm = regexp.MustCompile(`^(?:remote: )?([A-Z][A-Za-z ]{2,40}): +([0-9]{1,3})% \(([0-9]{1,15})/([0-9]{1,15})\)`)

// parseProgress reads "Receiving objects:  45% (450/1000), 1.20 MiB | 3.00 MiB/s".
func parseProgress(line string) (Progress, bool) {
	m := progressForm.FindStringSubmatch(line)
	if m == nil {
		return Progress{}, false
	}
	percent, _ := strconv.Atoi(m[2])
	done, _ := strconv.ParseInt(m[3], 10, 64)
	total, _ := strconv.ParseInt(m[4], 10, 64)
	return Progress{Part: m[1], Percent: min(100, percent), Done: done, Total: total}, true
}

const (
	// maxLine bounds a line of git's, in bytes.
	maxLine = 4 << 10
	// lastLines are kept for the sentence about a failure.
	lastLines = 40
)

// listener takes what git says to people: progress, which comes with a carriage return, and lines.
type listener struct {
	watch  Watch
	hidden *mask.Writer
	line   []byte
	cut    bool
	last   []string
}

func newListener(hide *mask.Mask, w Watch) *listener {
	l := &listener{watch: w}
	l.hidden = hide.Writer(plainWriter{l})
	return l
}

// plainWriter is what the mask lets through.
type plainWriter struct{ *listener }

// Write implements io.Writer. It never fails.
func (l *listener) Write(p []byte) (int, error) {
	return l.hidden.Write(p) // what is beneath never fails
}

func (w plainWriter) Write(p []byte) (int, error) {
	for _, b := range p {
		switch {
		case b == '\n':
			w.end(true)
		case b == '\r':
			w.end(false)
		case len(w.line) < maxLine:
			w.line = append(w.line, b)
		default:
			w.cut = true
		}
	}
	return len(p), nil
}

// flush takes what came without a line's end.
func (l *listener) flush() {
	_ = l.hidden.Flush()
	l.end(true)
}

func (l *listener) end(whole bool) {
	text := strings.TrimSpace(chat.OneLine(string(l.line)))
	if l.cut {
		text += " …"
	}
	l.line, l.cut = l.line[:0], false
	if text == "" {
		return
	}
	if p, ok := parseProgress(text); ok {
		if l.watch.Progress != nil {
			l.watch.Progress(p)
		}
		if !whole {
			return
		}
	} else {
		l.last = append(l.last, text)
		l.last = l.last[max(0, len(l.last)-lastLines):]
	}
	if l.watch.Line != nil {
		l.watch.Line(text)
	}
}
