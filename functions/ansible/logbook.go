package main

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/handsoff/handsoff/shared/chat"
)

// What a job's log takes. A program that writes more than this for long is not slowed down: what stands between the
// beginning and the end of its flood is left out, and the log says how much that was.
const (
	maxLogLine = 4 << 10 // bytes; the rest of a line is cut off
	batch      = 256     // lines that are written at once
	perSecond  = 2000    // lines that Redis is given for long
	burst      = 20_000  // lines on top of that
	lineCost   = 512     // bytes that count as one line
	keptTail   = 10_000  // lines of a flood's end that are kept
	keptBytes  = 4 << 20 // bytes of those
)

// logbook takes what a program prints and gives it out in batches of lines. It is an io.Writer that never waits for
// whoever reads.
type logbook struct {
	now  func() time.Time
	full chan struct{} // has a value when a batch is there

	mu      sync.Mutex
	line    []byte // the one that has not ended
	over    bool   // that line is longer than is kept
	ready   []string
	tokens  float64 // lines that may still be given
	at      time.Time
	tail    tail // of a flood
	flooded bool
	lately  int    // lines since the last look at the flood
	last    string // the last line with something in it
	fault   string // the last line that tells of an error
}

func newLogbook(now func() time.Time) *logbook {
	return &logbook{now: now, full: make(chan struct{}, 1), tokens: burst, at: now()}
}

// Write implements io.Writer. It never fails.
func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(p)
	for {
		part, rest, whole := bytes.Cut(p, []byte{'\n'})
		l.extend(part)
		if !whole {
			return n, nil
		}
		l.endLine()
		p = rest
	}
}

// extend adds to the line under way what is kept of it.
func (l *logbook) extend(part []byte) {
	if room := maxLogLine - len(l.line); len(part) > room {
		part, l.over = part[:room], true
	}
	l.line = append(l.line, part...)
}

func (l *logbook) endLine() {
	text := l.line
	if l.over { // not in the middle of a letter
		for len(text) > 0 && !utf8.Valid(text[max(0, len(text)-utf8.UTFMax):]) && len(text) > maxLogLine-utf8.UTFMax {
			text = text[:len(text)-1]
		}
	}
	shown := showable(string(text))
	if l.over {
		shown += "…"
	}
	l.line, l.over = l.line[:0], false
	l.add(shown)
}

// showable is a line as a terminal would leave it: after its last carriage return, without sequences.
func showable(line string) string {
	raw := bytes.TrimRight([]byte(line), "\r")
	if i := bytes.LastIndexByte(raw, '\r'); i >= 0 {
		raw = raw[i+1:]
	}
	return chat.Clean(string(raw))
}

func (l *logbook) add(line string) {
	l.lately++
	l.note(line)
	if l.flooded {
		l.tail.add(line)
		return
	}
	now := l.now()
	l.tokens = min(burst, l.tokens+now.Sub(l.at).Seconds()*perSecond)
	l.at = now
	cost := 1 + float64(len(line)/lineCost)
	if l.tokens < cost || len(l.ready) >= burst {
		l.flooded = true
		l.tail.add(line)
		return
	}
	l.tokens -= cost
	l.ready = append(l.ready, line)
	if len(l.ready) >= batch {
		select {
		case l.full <- struct{}{}:
		default:
		}
	}
}

// note keeps what is told when a program fails.
func (l *logbook) note(line string) {
	switch {
	case strings.TrimSpace(line) == "":
	case strings.HasPrefix(line, "ERROR!"), strings.HasPrefix(line, "[ERROR]"):
		l.fault = line
	default:
		l.last = line
	}
}

// said is the last error that a program printed, or else its last line.
func (l *logbook) said() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return plain(strings.TrimPrefix(cmp.Or(l.fault, l.last, "it said nothing"), "ERROR! "))
}

// calm is called now and then: a flood that has passed is closed, and what comes after it streams again.
func (l *logbook) calm() {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	since := now.Sub(l.at)
	if l.flooded && since >= time.Second {
		if float64(l.lately) < perSecond*since.Seconds() && len(l.ready) < burst/2 {
			l.close()
			l.tokens = burst / 2
		}
		l.at, l.lately = now, 0
	}
}

// close ends a flood.
func (l *logbook) close() {
	if l.tail.dropped > 0 {
		l.ready = append(l.ready, fmt.Sprintf("[%d lines are left out here: it printed faster than is kept]", l.tail.dropped))
	}
	l.ready = append(l.ready, l.tail.lines()...)
	l.tail, l.flooded = tail{}, false
}

// end takes the last line, should nothing have ended it, and whatever a flood left.
func (l *logbook) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.line) > 0 {
		l.endLine()
	}
	l.close()
}

// take gives the next lines, a batch at most.
func (l *logbook) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := min(batch, len(l.ready))
	lines := l.ready[:n:n]
	if l.ready = l.ready[n:]; len(l.ready) == 0 {
		l.ready = nil // lets go of the array
	}
	return lines
}

// back gives lines back that could not be written.
func (l *logbook) back(lines []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready = append(slices.Clip(lines), l.ready...)
}

// waiting is how many lines are there to be taken.
func (l *logbook) waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.ready)
}

// tail is the end of many lines.
type tail struct {
	kept    []string // from head on
	head    int
	bytes   int
	dropped int
}

func (t *tail) add(line string) {
	t.kept, t.bytes = append(t.kept, line), t.bytes+len(line)
	for len(t.kept)-t.head > keptTail || t.bytes > keptBytes {
		t.bytes -= len(t.kept[t.head])
		t.kept[t.head] = ""
		t.head++
		t.dropped++
	}
	if t.head >= keptTail { // now and then, so that a line costs the same however many there were
		t.kept, t.head = append([]string(nil), t.kept[t.head:]...), 0
	}
}

func (t *tail) lines() []string { return t.kept[t.head:] }
