package main

import (
	"fmt"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/function"
)

// absence is how long no tick must have been for the bot to have been away.
const absence = 2 * time.Minute

// lives are the ways in which the bot may be at a tick.
type lives int

const (
	alive   lives = iota // as before
	first                // for the first time ever
	back                 // again, after it was away
	renewed              // with another version
)

// coming is how the bot came to life.
type coming struct {
	kind  lives
	away  time.Duration // how long no tick was; 0 when it comes for the first time
	newer bool          // whether its version is another one
}

// birth says how the bot came to life between the last tick and this one. A version that is not known tells nothing.
func birth(m memo, now time.Time, version string) coming {
	if m.Ticked.IsZero() {
		return coming{kind: first}
	}
	newer := version != "" && m.Version != "" && version != m.Version
	switch away := now.Sub(m.Ticked); {
	case away > absence:
		return coming{kind: back, away: away, newer: newer}
	case newer:
		return coming{kind: renewed, away: away, newer: true}
	default:
		return coming{away: away}
	}
}

// sentence says it to people. open is how many jobs are unfinished.
func (c coming) sentence(name, version, before string, open int64) string {
	if version == "" {
		version = "from source"
	}
	change := ""
	if c.newer {
		change = ", before " + before
	}
	switch c.kind {
	case first:
		return fmt.Sprintf("Hello, I am %s, and I live! This is handsoff %s; say `help` and I tell what I can do.", name, version)
	case back:
		return fmt.Sprintf("I am back after %s away; this is handsoff %s%s. %s", chat.Duration(c.away), version, change, goesOn(open))
	case alive, renewed:
	}
	return fmt.Sprintf("I am renewed: this is now handsoff %s%s. %s", version, change, goesOn(open))
}

// goesOn says what was under way meanwhile.
func goesOn(open int64) string {
	switch open {
	case 0:
		return "Nothing was under way."
	case 1:
		return "One job was under way and goes on."
	default:
		return fmt.Sprintf("%d jobs were under way and go on.", open)
	}
}

// buildVersion is the version of this program, "v1.2.0" or "at 0123456789ab"; "" when the build does not say.
func buildVersion() string {
	release, commit := function.Version()
	if release == "" && commit != "" {
		return "at " + commit
	}
	return release
}
