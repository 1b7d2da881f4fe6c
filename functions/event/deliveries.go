package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job"
)

// eventsDeliveries lists what came from outside of late, and what became of it.
func (d *desk) eventsDeliveries(ctx context.Context, call command.Call) (command.Answer, error) {
	source, limit := strings.TrimSpace(command.Values(call.Args).String("source")), most(call, listed)
	now, err := d.Jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	list, err := event.Deliveries(ctx, d.Redis, source, limit+1)
	if err != nil {
		return command.Answer{}, err
	}
	if len(list) == 0 {
		return command.Answer{Text: "Nothing was received of late, as far as it is kept."}, nil
	}
	shown := list[:min(limit, len(list))]
	rows := make([][]string, len(shown))
	for i := range shown {
		one := &shown[i]
		rows[i] = []string{
			chat.Age(now.Sub(one.Received)), event.Source(one), chat.OneLine(one.Kind), chat.Clip(chat.OneLine(one.Lane), cells), one.Stands(),
			chat.Clip(chat.OneLine(cmp.Or(one.Led, one.Why, "-")), 2*cells), chat.OneLine(one.ID),
		}
	}
	lines := []string{chat.Table(rows), "`events show <id>` tells more of one, `events replay <id>` has the rules look at an event again."}
	if len(list) > len(shown) && limit < listed {
		lines = append(lines, fmt.Sprintf("There are more; say `events deliveries limit=%d`.", min(listed, 2*limit)))
	}
	return command.Answer{Text: strings.Join(lines, "\n")}, nil
}

// eventsReplay has the rules look at an event again that was dealt with. What they make of it is work of its own; the same request,
// however often it comes, is one replay.
func (d *desk) eventsReplay(ctx context.Context, call command.Call) (command.Answer, error) {
	id := strings.TrimSpace(command.Values(call.Args).String("id"))
	found, standing, err := d.box.Find(ctx, id)
	if errors.Is(err, inbox.ErrUnknown) {
		return d.noEvent(ctx, id)
	}
	if err != nil {
		return command.Answer{}, err
	}
	name := chat.Clip(chat.OneLine(id), cells)
	switch {
	case standing.State == inbox.StateDead:
		return problem(command.CodeConflict, name+" was given up; `events revive "+name+"` has it tried again."), nil
	case standing.State == inbox.StatePending:
		return problem(command.CodeConflict, name+" is not dealt with yet; that is tried by itself."), nil
	case found == nil || !standing.Kept:
		return problem(command.CodeNotFound, name+" was dealt with, and "+event.NotKept(standing)+". Its sender may send it once more."), nil
	}
	e, err := decode(found.Body)
	if err != nil {
		return command.Answer{}, err
	}
	if e.Asked { // what runs would be its author's, who did not ask for it: whoever replays it could approve it
		return problem(command.CodeConflict, name+" is what somebody asked for in so many words, and cannot be replayed. What somebody said is to be said again."), nil
	}
	return d.replay(ctx, call, e)
}

// noEvent says that there is no such event for the rules.
func (d *desk) noEvent(ctx context.Context, id string) (command.Answer, error) {
	name := chat.Clip(chat.OneLine(id), cells)
	functions, err := inbox.Functions(ctx, d.Redis)
	if err != nil {
		return command.Answer{}, err
	}
	for _, function := range functions {
		_, _, err := inbox.Open(d.Redis, function, inbox.Options{}).Find(ctx, id)
		if err == nil {
			return problem(command.CodeConflict, fmt.Sprintf("%s went to %s and not to the rules; only what rules look at can be replayed. What somebody said is to be said again.", name, function)), nil
		}
		if !errors.Is(err, inbox.ErrUnknown) {
			return command.Answer{}, err
		}
	}
	return problem(command.CodeNotFound, "No event "+name+" is known; `events deliveries` lists those that are."), nil
}

// replay puts an event in once more. The audit comes first: should the process die between the two, the same request audits again,
// instead of an event being replayed unseen.
func (d *desk) replay(ctx context.Context, call command.Call, e *event.Event) (command.Answer, error) {
	first := origin(e)
	e.Cause = append([]string{"event:" + e.ID}, e.Cause...)
	e.Cause = e.Cause[:min(len(e.Cause), command.MaxCauses)]
	e.ID, e.Replay = "replay."+digest(e.ID+"\n"+cmp.Or(call.ID, call.Nonce)), &event.Replay{Of: first, By: call.Principal}
	_, _, err := d.box.Find(ctx, e.ID)
	if errors.Is(err, inbox.ErrUnknown) {
		err = d.Jobs.Audit(ctx, job.AuditEntry{Who: call.Principal, Act: "event replayed", Detail: first + " as " + e.ID})
	}
	if err != nil {
		return command.Answer{}, err
	}
	verdict, err := event.Put(ctx, d.box, e)
	if err != nil {
		return command.Answer{}, err
	}
	if verdict != inbox.Done {
		d.worker.Kick()
	}
	return command.Answer{Text: fmt.Sprintf("The rules look at %s again, as %s; `events show %s` tells what they decide.", first, e.ID, e.ID)}, nil
}

// origin is the event that came from outside: that which a replay repeats, else the event itself.
func origin(e *event.Event) string {
	if e.Replay != nil {
		return e.Replay.Of
	}
	return e.ID
}
