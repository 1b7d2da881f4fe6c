// Package outbox is the door of whatever cannot edit what it has said, such as telnet and IRC: a stream an address, which the
// door's own process reads at its own pace.
package outbox

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

// telnetPace is how close two updates of an address may follow each other.
const telnetPace = 300 * time.Millisecond

var (
	//go:embed append.lua
	appendText string

	appendScript = outbox.NewScript(door.Shown + appendText)
)

// Door is the renderer of outboxes.
//
// An entry and the record that it was written are one act of one script, which refuses if anybody else has shown something
// since. So a crash at any line leaves either both or neither, and each story line is in the outbox exactly once.
type Door struct {
	rdb redis.UniversalClient
	irc *networks // nil but for the door irc
}

var _ door.Renderer = (*Door)(nil)

// Telnet makes the door of telnet, which needs no setting up.
func Telnet(rdb redis.UniversalClient) door.Door {
	return door.Door{Renderer: &Door{rdb: rdb}, Pace: telnetPace}
}

// Show appends what is new.
func (d *Door) Show(ctx context.Context, address string, view door.View, shown job.Shown) (job.Shown, error) {
	if d.irc != nil {
		if err := d.irc.admit(ctx, address, view); err != nil {
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
	ref, err := d.append(ctx, address, view, shown, next, before.progress, said, entries)
	if err != nil {
		return shown, err
	}
	next.Ref = ref
	return next, nil
}

// network is the IRC network whose gateway is told that something waits; empty at any other door.
func (d *Door) network(address string) string {
	if d.irc == nil {
		return ""
	}
	place, _ := irc.ParseAddress(address)
	return place.Network
}

// names is the job that entries name. On IRC a notice is only what it says: there is nothing about it to ask for.
func (d *Door) names(view door.View) string {
	if d.irc != nil && view.Job.IsNotice() {
		return ""
	}
	return view.Job.ID
}

func (d *Door) append(ctx context.Context, address string, view door.View, shown, next job.Shown, replaced, said string, entries []outbox.Entry) (string, error) {
	text, err := json.Marshal(next)
	if err != nil {
		return "", fmt.Errorf("shown to %s: %w", address, err)
	}
	names := d.names(view)
	for i := range entries {
		entries[i].Job, entries[i].State = names, view.Job.State
	}
	moving := 1 + slices.IndexFunc(entries, func(e outbox.Entry) bool { return e.Kind == outbox.Progress })
	args := outbox.Args([]any{
		view.Job.ID, address, shown.Version, shown.Story, shown.Ref, text, said, replaced, d.network(address), moving,
	}, entries...)
	answer, err := appendScript.Run(ctx, d.rdb, []string{job.Prefix}, args...).StringSlice()
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
