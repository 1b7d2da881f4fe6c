package calendar

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxLine is the length of a line in bytes, without its end (RFC 5545, 3.1).
const maxLine = 75

// text writes content lines and remembers the first failure.
type text struct {
	w   io.Writer
	err error
}

// escaper makes TEXT of words (RFC 5545, 3.3.11).
var escaper = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

// words writes what somebody wrote.
func (t *text) words(name, value string) {
	t.line(name, escaper.Replace(strings.ToValidUTF8(value, "\uFFFD")))
}

func (t *text) number(name string, value int) { t.line(name, strconv.Itoa(value)) }

// moment writes a time as the clock of the zone shows it.
func (t *text) moment(name string, at time.Time, zone *time.Location) {
	if zone == time.UTC {
		t.line(name, utc(at))
		return
	}
	t.line(name+";TZID="+zone.String(), at.In(zone).Format("20060102T150405"))
}

// line writes one content line, folded between runes. Control characters, which no property may hold, are left out.
func (t *text) line(name, value string) {
	if t.err != nil {
		return
	}
	rest := strings.Map(printable, name+":"+value)
	var b strings.Builder
	for room := maxLine; ; room = maxLine - 1 {
		cut := fold(rest, room)
		b.WriteString(rest[:cut])
		b.WriteString("\r\n")
		rest = rest[cut:]
		if rest == "" {
			break
		}
		b.WriteByte(' ')
	}
	if _, err := io.WriteString(t.w, b.String()); err != nil {
		t.err = fmt.Errorf("write a calendar: %w", err)
	}
}

// fold is how much of a text fits into so many bytes.
func fold(s string, room int) int {
	if len(s) <= room {
		return len(s)
	}
	for !utf8.RuneStart(s[room]) {
		room--
	}
	return room
}

func printable(r rune) rune {
	if (r < ' ' && r != '\t') || r == 0x7f {
		return -1
	}
	return r
}
