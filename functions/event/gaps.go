package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/gap"
)

// gaps shows every window in which the bot was deaf, and how it was closed.
func (d *desk) gaps(ctx context.Context, call command.Call) (command.Answer, error) {
	source, limit := command.Values(call.Args).String("source"), most(call, listed)
	now, err := d.Jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	list, err := gap.List(ctx, d.Redis, source, limit+1)
	if err != nil {
		return command.Answer{}, err
	}
	if len(list) == 0 {
		return command.Answer{Text: "No window is known in which I was deaf" + to(source) + "."}, nil
	}
	shown := list[:min(limit, len(list))]
	rows := make([][]string, len(shown))
	for i := range shown {
		rows[i] = gapRow(&shown[i], now)
	}
	lines := []string{chat.Table(rows)}
	if len(list) > len(shown) {
		lines = append(lines, fmt.Sprintf("There are more; say `gaps limit=%d`.", min(listed, 2*limit)))
	}
	return command.Answer{Text: strings.Join(lines, "\n")}, nil
}

func to(source string) string {
	if source == "" {
		return ""
	}
	return " to " + chat.Brief(source, cells)
}

// moment is what is no while to people.
const moment = 100 * time.Millisecond

// gapRow is a gap as a line: to what, when and how long, how it stands, why it was, how it was closed, what is lost.
func gapRow(g *gap.Gap, now time.Time) []string {
	state, long := "open", "for "+chat.Duration(now.Sub(g.From))
	switch {
	case !g.To.IsZero() && g.To.Sub(g.From) < moment:
		long = "at that moment" // one delivery was lost, not all of a while
	case !g.To.IsZero():
		long = "for " + chat.Duration(g.To.Sub(g.From))
	}
	if !g.Closed.IsZero() {
		state = "closed"
	}
	parts := []string{chat.OneLine(g.Why)}
	if g.How != "" {
		parts = append(parts, chat.OneLine(g.How))
	}
	if g.Missed > 0 || g.Recovered > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d missed %s had again", g.Recovered, g.Missed, chat.Were(g.Recovered)))
	}
	if g.Lost != "" {
		parts = append(parts, "lost: "+chat.OneLine(g.Lost))
	}
	return []string{
		strings.TrimSpace(chat.OneLine(g.Source) + " " + chat.Brief(g.Scope, cells)),
		state, chat.Clock(g.From, now), long, strings.Join(parts, "; "),
	}
}
