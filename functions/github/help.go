package main

import (
	"context"
	"strings"
)

// ownHelp says what the built-in commands do.
const ownHelp = `/cancel [job]    stops a job, or all that I started here
/approve [job]   gives your word for a job that waits for it
/reject [job]    stops a job that waits for an approval
/retest [job]    does again what failed here, with the commit that is there now
/status [job]    shows how the jobs here stand
/why [job]       explains why a job runs, waits or was refused
/help            shows this`

// help lists the commands that count there.
func (v *visit) help(_ context.Context, _ *said, _ wish) (string, error) {
	text := "A command is a line of its own in a new comment; an edited one does not count.\n" + ownHelp
	words := v.words()
	for i, word := range words {
		words[i] = "/" + word
	}
	if len(words) > 0 {
		text += "\nHere, rules also hear: " + strings.Join(words, ", ")
	}
	return text, nil
}
