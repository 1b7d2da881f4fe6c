package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/irc"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/outbox"
)

// outboxPace is how close two updates of an address may follow each other.
const outboxPace = 300 * time.Millisecond

//go:embed outbox.lua
var outboxText string

var outboxScript = outbox.NewScript(door.Shown + outboxText)

// appender is the renderer of doors without an edit API, such as telnet and IRC: a stream an address, which the door's
// process reads at its own pace.
//
// An entry and the record that it was written are one act of one script, which refuses if anybody else has shown something
// since. So a crash at any line leaves either both or neither, and each story line is in the outbox exactly once.
type appender struct {
	rdb redis.UniversalClient
	irc *ircNetworks // nil but for the door irc
}

var _ door.Renderer = (*appender)(nil)

// Show appends what is new.
func (a *appender) Show(ctx context.Context, address string, view door.View, shown job.Shown) (job.Shown, error) {
	if a.irc != nil {
		if err := a.irc.admit(ctx, address, view); err != nil {
			return shown, err
		}
	}
	before := parseRef(shown.Ref)
	entries, said := compose(view, before.said)
	next := job.Shown{Version: shown.Version, Story: shown.Story, At: view.Now}
	if n := len(view.Story); n > 0 {
		next.Story = view.Story[n-1].ID
	}
	if !view.More {
		next.Version = view.Job.Version
	}
	ref, err := a.append(ctx, address, view, shown, next, before.progress, said, entries)
	if err != nil {
		return shown, err
	}
	next.Ref = ref
	return next, nil
}

// network is the IRC network whose gateway is told that something waits; empty at any other door.
func (a *appender) network(address string) string {
	if a.irc == nil {
		return ""
	}
	place, _ := irc.ParseAddress(address)
	return place.Network
}

// names is the job that entries name. On IRC a notice is only what it says: there is nothing about it to ask for.
func (a *appender) names(view door.View) string {
	if a.irc != nil && view.Job.IsNotice() {
		return ""
	}
	return view.Job.ID
}

func (a *appender) append(ctx context.Context, address string, view door.View, shown, next job.Shown, replaced, said string, entries []outbox.Entry) (string, error) {
	text, err := json.Marshal(next)
	if err != nil {
		return "", fmt.Errorf("shown to %s: %w", address, err)
	}
	names := a.names(view)
	for i := range entries {
		entries[i].Job, entries[i].State = names, view.Job.State
	}
	moving := 1 + slices.IndexFunc(entries, func(e outbox.Entry) bool { return e.Kind == outbox.Progress })
	args := outbox.Args([]any{
		view.Job.ID, address, shown.Version, shown.Story, shown.Ref, text, said, replaced, a.network(address), moving,
	}, entries...)
	answer, err := outboxScript.Run(ctx, a.rdb, []string{job.Prefix}, args...).StringSlice()
	if err != nil {
		return "", fmt.Errorf("append to the outbox of %s: %w", address, err)
	}
	if len(answer) == 2 && answer[0] == "ok" {
		return answer[1], nil
	}
	if len(answer) == 1 && door.Stale(answer[0]) != nil {
		return "", door.Stale(answer[0])
	}
	return "", errors.New("the outbox script answered something unknown")
}
