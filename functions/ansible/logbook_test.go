package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// still is a clock that the test moves.
type still struct{ at time.Time }

func (s *still) now() time.Time { return s.at }

func everything(l *logbook) []string {
	var all []string
	for lines := l.take(); len(lines) > 0; lines = l.take() {
		all = append(all, lines...)
	}
	return all
}

func TestLogbookLines(t *testing.T) {
	t.Parallel()
	clock := &still{at: time.Unix(1e9, 0)}
	l := newLogbook(clock.now)
	for _, part := range []string{"one\ntw", "o\r\n\x1b[31mred\x1b[0m\nhalf\rwhole\n", strings.Repeat("é", maxLogLine), "\nERROR! no\n\nla", "st"} {
		_, _ = l.Write([]byte(part))
	}
	l.end()
	got := everything(l)
	want := []string{"one", "two", "red", "whole", strings.Repeat("é", maxLogLine/2) + "…", "ERROR! no", "", "last"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%q", got)
	}
	if said := l.said(); said != "no" {
		t.Error(said)
	}
}

// However a flood comes: its beginning and its end are there in order, what is missing is counted, and little is held.
func TestLogbookFlood(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		clock := &still{at: time.Unix(1e9, 0)}
		l := newLogbook(clock.now)
		n := rapid.SampledFrom([]int{1, 10, 300, 300, 300, 300, 2000, 2000, 2000, 45_000}).Draw(t, "lines")
		width := rapid.SampledFrom([]int{0, 50, 1000}).Draw(t, "width")
		every := rapid.IntRange(200, 50_000).Draw(t, "every")
		var got []string
		pad := strings.Repeat("x", width)
		for i := range n {
			_, _ = fmt.Fprintf(l, "%d %s\n", i, pad)
			if i%every == 0 {
				clock.at = clock.at.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "pause")) * 500 * time.Millisecond)
				l.calm()
				got = append(got, l.take()...)
			}
			if held := len(l.ready) + len(l.tail.kept); held > burst+3*keptTail {
				t.Fatalf("%d lines are held", held)
			}
		}
		l.end()
		got = append(got, everything(l)...)
		check(t, got, n)
	})
}

func check(t *rapid.T, got []string, n int) {
	next, left := 0, 0
	for _, line := range got {
		if strings.HasPrefix(line, "[") {
			if _, err := fmt.Sscanf(line, "[%d lines are left out here", &left); err != nil {
				t.Fatal(line)
			}
			next += left
			continue
		}
		var number int
		if _, err := fmt.Sscanf(line, "%d ", &number); err != nil || number != next {
			t.Fatalf("%.40q where %d was to come (%v)", line, next, err)
		}
		next++
	}
	if next != n {
		t.Fatalf("%d of %d lines are accounted for", next, n)
	}
}

func TestLinesThatCannotBeWrittenWait(t *testing.T) {
	t.Parallel()
	l := newLogbook((&still{at: time.Unix(1e9, 0)}).now)
	_, _ = l.Write([]byte("a\nb\n"))
	lines := l.take()
	_, _ = l.Write([]byte("c\n"))
	l.back(lines)
	if got := strings.Join(everything(l), " "); got != "a b c" {
		t.Error(got)
	}
}
