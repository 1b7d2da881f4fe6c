package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/ruling"
)

// listed bounds a list, in lines.
const listed = 200

// eventsList shows what rules decided of late.
func (d *desk) eventsList(ctx context.Context, call command.Call) (command.Answer, error) {
	topic, limit := command.Values(call.Args).String("topic"), most(call, listed)
	now, err := d.Jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	list, err := ruling.Decisions(ctx, d.Redis, limit+1, func(one *ruling.Decision) bool { return topic == "" || like(topic, one.Topic) })
	if err != nil {
		return command.Answer{}, err
	}
	if len(list) == 0 {
		such := ""
		if topic != "" {
			such = " about such events"
		}
		return command.Answer{Text: "No rule has decided anything" + such + " of late. `events deliveries` lists all that came."}, nil
	}
	shown := list[:min(limit, len(list))]
	lines := []string{table(shown, now, func(one *ruling.Decision) []string {
		return []string{one.Rule, ruling.Meaning(one.Outcome), one.Topic, chat.Clip(one.Subject, cells), one.Author, one.Event, gist(one)}
	})}
	if len(list) > len(shown) {
		lines = append(lines, fmt.Sprintf("There are more; say `events list limit=%d`.", min(listed, 2*limit)))
	}
	return command.Answer{Text: strings.Join(lines, "\n")}, nil
}

// like reports whether a topic is meant by what was typed: a glob, or what it begins with.
func like(typed, topic string) bool {
	matched, err := path.Match(typed, topic)
	return err == nil && matched || topic == typed || strings.HasPrefix(topic, typed+".")
}

// eventShow shows what is known of an event: how it stands, what it is, what rules decided.
func (d *desk) eventShow(ctx context.Context, call command.Call) (command.Answer, error) {
	id := strings.TrimSpace(command.Values(call.Args).String("id"))
	now, err := d.Jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	functions, err := inbox.Functions(ctx, d.Redis)
	if err != nil {
		return command.Answer{}, err
	}
	var lines []string
	for _, function := range functions {
		found, standing, err := inbox.Open(d.Redis, function, inbox.Options{}).Find(ctx, id)
		switch {
		case errors.Is(err, inbox.ErrUnknown):
			continue
		case err != nil:
			return command.Answer{}, err
		}
		lines = append(lines, fmt.Sprintf("%s, at the function %s: %s.", chat.OneLine(id), function, stands(found, standing, now)))
		if found != nil && function == event.Function {
			lines = append(lines, described(found)...)
		}
	}
	made, err := ruling.Decisions(ctx, d.Redis, listed, func(one *ruling.Decision) bool { return one.Event == id })
	if err != nil {
		return command.Answer{}, err
	}
	if len(made) > 0 {
		lines = append(lines, "What rules decided:", table(made, now, func(one *ruling.Decision) []string {
			return []string{one.Rule, ruling.Meaning(one.Outcome), whole(one)}
		}))
	}
	switch {
	case len(lines) == 0:
		return problem(command.CodeNotFound, fmt.Sprintf("Nothing is known of %s, any more or at all.", chat.Brief(id, cells))), nil
	case len(made) == 0:
		lines = append(lines, "No rule decided anything about it, or that is no longer known.")
	}
	return command.Answer{Text: strings.Join(lines, "\n")}, nil
}

// stands says how a delivery stands.
func stands(found *inbox.Delivery, s inbox.Standing, now time.Time) string {
	switch s.State {
	case inbox.StateDead:
		return fmt.Sprintf("given up %s after %s: %s", chat.Age(now.Sub(s.At)), chat.Count(found.Attempts, "attempt"), chat.OneLine(s.Why))
	case inbox.StatePending:
		if s.At.IsZero() {
			return "waiting behind an earlier event of its subject"
		}
		return "unfinished, after " + chat.Count(found.Attempts, "attempt")
	case inbox.StateDone:
	}
	text := "dealt with"
	if !s.At.IsZero() {
		text += " " + chat.Age(now.Sub(s.At))
	}
	if s.Led != "" {
		text += " (" + chat.OneLine(s.Led) + ")"
	}
	return text
}

// described is what an event says of itself.
func described(found *inbox.Delivery) []string {
	var sheet chat.Sheet
	sheet.Add("received", found.Received.UTC().Format(time.DateTime)+" UTC")
	if e, err := decode(found.Body); err == nil {
		sheet.Add("topic", chat.OneLine(e.Topic))
		sheet.Add("about", chat.OneLine(e.Subject))
		sheet.Add("author", chat.OneLine(strings.TrimSpace(e.Author.Name+" "+e.Author.Principal)))
		sheet.Add("happened", e.At.UTC().Format(time.DateTime)+" UTC")
		sheet.Add("revision", e.Revision)
		sheet.Add("caused by", chat.OneLine(strings.Join(e.Cause, ", by ")))
		if e.Replay != nil {
			sheet.Add("replays", chat.OneLine(e.Replay.Of+", as "+e.Replay.By+" wanted"))
		}
		sheet.Add("payload", fmt.Sprintf("%d bytes", len(e.Payload)))
	}
	var p progress
	if found.Note != nil && json.Unmarshal(found.Note, &p) == nil {
		sheet.Add("matches", strings.Join(p.Matched, ", "))
	}
	if text := sheet.String(); text != "" {
		return []string{text}
	}
	return nil
}

// eventsDead lists deliveries that were given up.
func (d *desk) eventsDead(ctx context.Context, call command.Call) (command.Answer, error) {
	limit := most(call, listed)
	now, err := d.Jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	list, err := inbox.ListDead(ctx, d.Redis, command.Values(call.Args).String("function"), limit+1)
	if err != nil {
		return command.Answer{}, err
	}
	if len(list) == 0 {
		return command.Answer{Text: "No delivery was given up."}, nil
	}
	shown := list[:min(limit, len(list))]
	rows := make([][]string, len(shown))
	for i, one := range shown {
		rows[i] = []string{
			chat.OneLine(one.ID), one.Function, cmp.Or(chat.OneLine(one.Lane), chat.OneLine(one.Kind)), chat.Count(one.Attempts, "attempt"),
			chat.Age(now.Sub(one.At)), chat.Brief(one.Why, 2*cells),
		}
	}
	lines := []string{chat.Table(rows), "`events revive <id>` has one tried again, `events revive <function>` all of a function's."}
	if len(list) > len(shown) {
		lines = append(lines, fmt.Sprintf("There are more; say `events dead limit=%d`.", min(listed, 2*limit)))
	}
	return command.Answer{Text: strings.Join(lines, "\n")}, nil
}

// eventsRevive has a dead delivery tried again, or all of a function's.
func (d *desk) eventsRevive(ctx context.Context, call command.Call) (command.Answer, error) {
	what := strings.TrimSpace(command.Values(call.Args).String("what"))
	dead, err := inbox.Dead(ctx, d.Redis)
	if err != nil {
		return command.Answer{}, err
	}
	if _, is := dead[what]; is {
		n, err := inbox.ReviveAll(ctx, d.Redis, what)
		if err != nil {
			return command.Answer{}, err
		}
		return d.revived(ctx, call, what, fmt.Sprintf("%s to %s %s tried again.", chat.Count(n, "delivery"), what, chat.Are(n)))
	}
	for function := range dead {
		one, err := inbox.Revive(ctx, d.Redis, function, what)
		if err != nil {
			return command.Answer{}, err
		}
		if one {
			return d.revived(ctx, call, function, fmt.Sprintf("%s is tried again by %s.", chat.OneLine(what), function))
		}
	}
	return problem(command.CodeNotFound, fmt.Sprintf("No dead delivery is called %s; `events dead` lists them.", chat.Brief(what, cells))), nil
}

// revived writes down that somebody had deliveries tried again, and has the function look.
func (d *desk) revived(ctx context.Context, call command.Call, function, text string) (command.Answer, error) {
	d.Nudge(ctx, job.Pointer{ID: command.AnyJob, Function: function})
	err := d.Jobs.Audit(ctx, job.AuditEntry{Who: call.Principal, Act: "deliveries revived", Detail: text})
	return command.Answer{Text: text}, err
}
