package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/gerrit"
)

const (
	// mostFound is how many changes one query shows.
	mostFound = 100
	// longestSubject is how much of a subject a list shows, in cells.
	longestSubject = 72
)

// show answers "gerrit show".
func (g *gerrits) show(ctx context.Context, call command.Call) (command.Answer, error) {
	if g.section == nil {
		return problem(command.CodeMissing, noGerrit), nil
	}
	arguments := command.Values(call.Args)
	wanted, err := g.find(arguments.String("server"), arguments.String("change"))
	if err != nil {
		return gerritFault(err)
	}
	c, err := wanted.client.Change(ctx, wanted.id)
	if err != nil {
		return gerritFault(err)
	}
	return command.Answer{Text: strings.Join(changeLines(c, wanted.client.Server()), "\n")}, nil
}

// changeLines tell of a change.
func changeLines(c *gerrit.Change, server *gerrit.Server) []string {
	lines := []string{
		fmt.Sprintf("%s %d: %s", c.Project, c.Number, c.Subject),
		fmt.Sprintf("%s, by %s, for %s, patch set %d, +%d −%d", standing(c), c.Owner.Shown(), c.Branch, c.PatchSet(), c.Insertions, c.Deletions),
	}
	if c.Topic != "" {
		lines = append(lines, "topic "+c.Topic)
	}
	if len(c.Hashtags) > 0 {
		lines = append(lines, "hashtags "+strings.Join(c.Hashtags, ", "))
	}
	for _, name := range slices.Sorted(maps.Keys(c.Labels)) {
		if votes := votesOf(c.Labels[name]); votes != "" {
			lines = append(lines, name+": "+votes)
		}
	}
	lines = append(lines, server.Link(c.Project, c.Number))
	for i, line := range lines {
		lines[i] = chat.OneLine(line)
	}
	return lines
}

// standing is how a change stands, in a word or two.
func standing(c *gerrit.Change) string {
	switch {
	case c.Status == gerrit.StatusMerged:
		return "merged"
	case c.Status == gerrit.StatusAbandoned:
		return "abandoned"
	case c.Draft:
		return "work in progress"
	case c.Submittable:
		return "ready to submit"
	}
	return "open"
}

// votesOf are a label's votes: "+2 Ann, -1 Zuul"; those that lean strongest first.
func votesOf(l gerrit.Label) string {
	votes := slices.Clone(l.All)
	slices.SortStableFunc(votes, func(a, b gerrit.Vote) int { return max(b.Value, -b.Value) - max(a.Value, -a.Value) })
	var said []string
	for _, v := range votes {
		if v.Value != 0 {
			said = append(said, fmt.Sprintf("%+d %s", v.Value, v.Shown()))
		}
	}
	return strings.Join(said, ", ")
}

// query answers "gerrit query".
func (g *gerrits) query(ctx context.Context, call command.Call) (command.Answer, error) {
	if g.section == nil {
		return problem(command.CodeMissing, noGerrit), nil
	}
	arguments := command.Values(call.Args)
	client, err := g.server(arguments.String("server"))
	if err != nil {
		return gerritFault(err)
	}
	found, more, err := client.Query(ctx, arguments.String("query"), most(call, mostFound), gerrit.WithAccounts)
	if err != nil {
		return gerritFault(err)
	}
	if len(found) == 0 {
		return command.Answer{Text: "There are no such changes, or none that the bot's account may see."}, nil
	}
	rows := make([][]string, len(found))
	for i := range found {
		c := &found[i]
		rows[i] = []string{
			fmt.Sprint(c.Number), chat.OneLine(c.Project), chat.OneLine(c.Branch), standing(c), chat.OneLine(c.Owner.Shown()),
			chat.Brief(c.Subject, longestSubject),
		}
	}
	text := chat.Table(rows)
	if more {
		text = strings.TrimRight(text, "\n") + "\nThere are more; limit=… shows up to " + fmt.Sprint(mostFound) + "."
	}
	return command.Answer{Text: text}, nil
}

// asWish is the sentence of a change that was not understood.
func asWish(err error) (string, bool) {
	no, ok := errors.AsType[wishError](err)
	return string(no), ok
}

// fullStop makes a sentence of an error's text.
func fullStop(text string) string {
	text = strings.TrimRight(text, ".") + "."
	_, size := utf8.DecodeRuneInString(text)
	return strings.ToUpper(text[:size]) + text[size:]
}

// gerritAdvice says what a person can do about an error.
func gerritAdvice(err error) string {
	e, ok := errors.AsType[*gerrit.Error](err)
	switch {
	case !ok || e.Kind != gerrit.Refused:
		return ""
	case e.Status == 403:
		return " The bot's account lacks the permission: give it to it in Gerrit, then try again."
	}
	return " Its HTTP password is wrong or missing: put a new one into the secret that the configuration names, then try again."
}
