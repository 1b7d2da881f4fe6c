package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/audit"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

const (
	// auditMost is how many entries one search shows at most.
	auditMost = 200
	// detailCells is how much of what an entry says is shown.
	detailCells = 100
)

// audit searches the audit trail.
func (d *desk) audit(ctx context.Context, call command.Call) (command.Answer, error) {
	now, err := d.jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	args := command.Values(call.Args)
	q := audit.Query{
		Act: args.String("act"), Text: args.String("text"), Before: args.String("before"),
		Limit: int(min(max(args.Int("limit"), 1), auditMost)), Strangers: args.Bool("strangers"),
	}
	if args.Has("job") {
		q.Job = jobID(args.String("job"))
	}
	if args.Has("since") {
		q.Since = now.Add(-args.Duration("since"))
	}
	if args.Has("who") {
		q.Who = d.everyName(args.String("who"))
	}
	found, next, err := audit.Search(ctx, d.rdb, q)
	if errors.Is(err, audit.ErrID) {
		return problem(command.CodeUsage, "before= is an id as an earlier `audit` ended with, such as 1767323045000-0."), nil
	}
	if err != nil {
		return command.Answer{}, err
	}
	return command.Answer{Text: entries(found, next, now)}, nil
}

// everyName is how whoever is meant may stand in the trail: a person is known by several principals.
func (d *desk) everyName(who string) []string {
	return slices.Concat(d.config.People[strings.ToLower(who)], []string{who})
}

// entries shows entries, and how to see what is behind them.
func entries(found []audit.Entry, next string, now time.Time) string {
	text := "There is no such entry."
	if len(found) > 0 {
		rows := make([][]string, len(found))
		for i, e := range found {
			rows[i] = []string{
				chat.Clock(e.At(), now), chat.OneLine(e.Who), chat.OneLine(e.Act), e.Job, chat.Brief(e.Detail, detailCells),
			}
		}
		text = chat.Table(rows)
	}
	switch {
	case next == "":
	case len(found) == 0:
		text = "There is none among the newest; for older ones say the same with before=" + next
	default:
		text += "\nFor older ones say the same with before=" + next
	}
	return text
}

// auditVerify goes through the whole trail.
func (d *desk) auditVerify(ctx context.Context, call command.Call) (command.Answer, error) {
	head, err := audit.ParseHead(command.Values(call.Args).String("head"))
	if err != nil {
		//nolint:nilerr // the caller's mistake
		return problem(command.CodeUsage, "head= is an entry's id, a colon and 64 digits, as it was announced."), nil
	}
	report, err := audit.Against(ctx, d.rdb, head)
	if err != nil {
		return command.Answer{}, err
	}
	answer := command.Answer{Text: report.String()}
	if !report.Good() {
		d.log.ErrorContext(ctx, "the audit trail is not as it was sealed", "found", report.String())
		answer.Text = "The audit trail is NOT as it was sealed. " + answer.Text + " The head is " + report.Head.String() + "."
	}
	return answer, nil
}

// auditHead says what a later look can be held against.
func (d *desk) auditHead(ctx context.Context, _ command.Call) (command.Answer, error) {
	if err := audit.Seal(ctx, d.rdb); err != nil {
		return command.Answer{}, err
	}
	head, err := audit.Newest(ctx, d.rdb)
	if err != nil {
		return command.Answer{}, err
	}
	if head == (audit.Head{}) {
		return command.Answer{Text: "The audit trail is empty."}, nil
	}
	return command.Answer{Text: fmt.Sprintf("%s\nKeep it elsewhere: `audit verify head=…` tells later whether anything up to it was changed.", head)}, nil
}
