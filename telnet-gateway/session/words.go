package session

import (
	"context"
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/telnet-gateway/lineedit"
)

// ownWords are the lines that this door understands itself; all others are the bot's.
var ownWords = map[string]func(*session, context.Context){
	"quit":        (*session).quit,
	"exit":        (*session).quit,
	"logout":      (*session).quit,
	"bye":         (*session).quit,
	"clear":       func(s *session, _ context.Context) { s.term.ClearScreen() },
	"?":           func(s *session, _ context.Context) { s.term.Print(keys, "") },
	"missed":      (*session).showMissed,
	"missed drop": (*session).dropMissed,
}

// keys is what ? shows.
const keys = `Lines are commands for the bot: ` + "`help`" + ` lists them, and @<id> in front
speaks of one job (@k3f2 status). This door itself understands:
  missed  shows what your jobs said while you were away;
          missed drop forgets it
  clear   empties the window
  quit    ends the session, as do exit, logout, bye and Ctrl-D on an empty line;
          your jobs go on
Ctrl-C clears the line. On an empty line it cancels the job that you started
last in this session and that has not ended. When more than one of your jobs is
running, it says which one it would cancel, and a second Ctrl-C within three
seconds does it. While the answer to a line is awaited, it applies to the job
that this line starts; it drops the lines typed behind it, and when the bot does
not answer, it stops waiting.
Where your client sends each key (telnet does by itself): Tab completes, Up and
Down and Ctrl-R recall lines (a line that begins with a blank is not kept),
Ctrl-A Ctrl-E Ctrl-K Ctrl-U Ctrl-W Ctrl-Y and Alt-B Alt-F edit as in a shell,
Ctrl-L redraws.`

func ownWord(text string) func(*session, context.Context) {
	return ownWords[strings.ToLower(strings.Join(strings.Fields(text), " "))]
}

// quit ends the session and says which jobs go on.
func (s *session) quit(ctx context.Context) {
	if s.ended {
		s.end("the client has gone", "client left")
		return
	}
	s.leaves = true
	s.busyWith(ctx, func(running []running, known bool) {
		text := "Goodbye."
		switch {
		case len(running) == 1:
			text = fmt.Sprintf("Goodbye. One job goes on: %s. What it says is kept for your next login.", running[0])
		case len(running) > 1:
			text = fmt.Sprintf("Goodbye. %d jobs go on: %s. What they say is kept for your next login.", len(running), list(running))
		case !known:
			text = "Goodbye. (Redis does not answer, so it is not known which of your jobs go on.)"
		}
		s.end(lineedit.Clean(text), "quit")
	})
}
