package main

import (
	"context"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/gerrit"
)

// silence is after how long without a sign of life the process that listens is taken for dead: it gives two a minute.
const silence = 2 * time.Minute

// listening says of each Gerrit whose stream is to be heard, a line each, since when it is, or why it is not; and names those
// that are not.
func (d *desk) listening(ctx context.Context, now time.Time) (text string, deaf []string) {
	section, err := gerrit.Read(d.config)
	if err != nil || section == nil {
		return "", nil // the listener refuses to start, and says why
	}
	var lines []string
	for _, server := range section.Servers {
		if server.SSH == "" {
			continue
		}
		state, err := gerrit.ReadListening(ctx, d.rdb, server.Name)
		if err != nil {
			d.log.WarnContext(ctx, "how is a Gerrit listened to", "server", server.Name, "error", err)
			lines = append(lines, server.Name+": not known")
			continue
		}
		line, heard := listened(&state, now)
		lines = append(lines, server.Name+" "+line)
		if !heard {
			deaf = append(deaf, "Gerrit "+server.Name)
		}
	}
	return strings.Join(lines, "\n"), deaf
}

// listened says how a server is listened to, and whether it is heard.
func listened(s *gerrit.Listening, now time.Time) (text string, heard bool) {
	switch {
	case s.Connected.IsZero() && s.Wrong == "":
		text = "is not heard: nobody has listened to it yet; does the process gerrit-listener run?"
	case s.Connected.IsZero():
		text = "is not heard: " + chat.OneLine(s.Wrong)
	case now.Sub(s.Heard) > silence && now.Sub(s.Connected) > silence:
		text = "is not heard: the process gerrit-listener gives no sign of life; does it run?"
	default:
		text, heard = "is heard since "+chat.Clock(s.Connected, now), true
		if s.Wrong != "" {
			text += ", but " + chat.OneLine(s.Wrong)
		}
	}
	switch {
	case !heard && !s.Heard.IsZero():
		text += "; heard last " + chat.Age(now.Sub(s.Heard))
	case heard && s.Last.IsZero():
		text += "; no event yet"
	case heard:
		text += "; last event " + chat.Age(now.Sub(s.Last))
	}
	return text, heard
}
