package main

import (
	"context"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/functions/ptg/talk"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
)

// spoken are the commands that are words of the grammar by themselves: what is given to them stands behind the word.
var spoken = []string{
	"in", "out", "seen", "subscribe", "unsubscribe", "now", "free", "undo", "history", "link", "moderators", "events",
	"list", "add", "del", "clean", "motd", "requirevoice", "alloweveryone", "newday", "emptydb", "fetchdb", "restore",
}

// calls are the commands that answer at once, by their words; stack.yml declares them.
func (d *desk) calls() map[string]function.CallFunc {
	calls := map[string]function.CallFunc{
		"ptg":            d.line(""),
		"ptg event new":  d.eventNew,
		"ptg event set":  d.eventSet,
		"ptg event use":  d.eventUse,
		"ptg event show": d.eventShow,
		"ptg export":     d.export,
	}
	for _, word := range spoken {
		calls["ptg "+word] = d.line(word)
	}
	return calls
}

// line has a line of the grammar understood: a word with what is given to the command behind it.
func (d *desk) line(word string) function.CallFunc {
	return func(ctx context.Context, call command.Call) (command.Answer, error) {
		if word != "" && call.Overheard {
			// A bare word among people, in a job's thread say: "in a minute".
			return command.Answer{Problem: &command.Problem{Code: command.CodeOverheard}}, nil
		}
		given := ""
		for name := range call.Args {
			given = command.Values(call.Args).String(name)
		}
		return d.talk.Say(ctx, saying(call, strings.TrimSpace(word+" "+given)))
	}
}

// saying is a call as the grammar takes it.
func saying(call command.Call, line string) talk.Saying {
	return talk.Saying{
		By: call.Principal, Name: call.Name, Groups: call.Groups, Roles: call.Roles, Door: call.Origin.Door, Where: call.Origin.Address,
		Watch: call.Watch, Cause: call.Cause, Line: line, Overheard: call.Overheard, ID: call.ID,
	}
}

func (d *desk) eventNew(ctx context.Context, call command.Call) (command.Answer, error) {
	id := command.Values(call.Args).String("id")
	return d.talk.NewEvent(ctx, saying(call, "ptg event new "+id), id, aboutOf(call))
}

func (d *desk) eventSet(ctx context.Context, call command.Call) (command.Answer, error) {
	id := command.Values(call.Args).String("event")
	return d.talk.SetEvent(ctx, saying(call, "ptg event set "+id), id, aboutOf(call))
}

func (d *desk) eventUse(ctx context.Context, call command.Call) (command.Answer, error) {
	id := command.Values(call.Args).String("event")
	return d.talk.UseEvent(ctx, saying(call, "ptg event use "+id), id)
}

func (d *desk) eventShow(ctx context.Context, call command.Call) (command.Answer, error) {
	return d.talk.ShowEvent(ctx, command.Values(call.Args).String("event"))
}

func (d *desk) export(ctx context.Context, call command.Call) (command.Answer, error) {
	return d.talk.Export(ctx, saying(call, "ptg export"), command.Values(call.Args).String("event"))
}

// aboutOf is what a call says of an event.
func aboutOf(call command.Call) gathering.About {
	v := command.Values(call.Args)
	return gathering.About{
		Name: v.String("name"), Zone: v.String("zone"), Starts: v.String("starts"), Ends: v.String("ends"),
		EventID: v.String("eventid"), Etherpad: v.String("etherpad"), URL: v.String("url"),
	}
}
