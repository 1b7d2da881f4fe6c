package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

const (
	// outboxMost is how many entries an outbox keeps.
	outboxMost = 10_000
	// outboxLife is how long it keeps them.
	outboxLife = 7 * 24 * time.Hour
	// outboxPace is how close two updates of an address may follow each other.
	outboxPace = 300 * time.Millisecond
)

//go:embed outbox.lua
var outboxText string

var outboxScript = redis.NewScript(outboxText)

// outbox is the renderer of doors without an edit API, such as telnet and IRC: a stream an address, which the door's
// process reads at its own pace.
//
// An entry and the record that it was written are one act of one script, which refuses if anybody else has shown something
// since. So a crash at any line leaves either both or neither, and each story line is in the outbox exactly once.
type outbox struct{ rdb redis.UniversalClient }

var _ Renderer = (*outbox)(nil)

// entry is one entry of the stream; outbox.lua has its fields.
type entry struct {
	kind    string
	text    string
	percent int
}

// The kinds of entries.
const (
	say      = "say"      // print it
	progress = "progress" // replaces the job's earlier progress
	last     = "end"      // the job's last word
)

// Show appends what is new.
func (o *outbox) Show(ctx context.Context, address string, view View, shown job.Shown) (job.Shown, error) {
	before := parseRef(shown.Ref)
	entries, said := compose(view, before.said)
	next := job.Shown{Version: shown.Version, Story: shown.Story, At: view.Now}
	if n := len(view.Story); n > 0 {
		next.Story = view.Story[n-1].ID
	}
	if !view.More {
		next.Version = view.Job.Version
	}
	ref, err := o.append(ctx, address, view, shown, next, before.progress, said, entries)
	if err != nil {
		return shown, err
	}
	next.Ref = ref
	return next, nil
}

func (o *outbox) append(ctx context.Context, address string, view View, shown, next job.Shown, replaced, said string, entries []entry) (string, error) {
	text, err := json.Marshal(next)
	if err != nil {
		return "", fmt.Errorf("shown to %s: %w", address, err)
	}
	args := []any{
		view.Job.ID, address, shown.Version, shown.Story, shown.Ref, text, said, replaced,
		outboxMost, outboxLife.Milliseconds(), len(entries),
	}
	for _, e := range entries {
		args = append(args, e.kind, e.text, string(view.Job.State), e.percent, view.Job.Version)
	}
	answer, err := outboxScript.Run(ctx, o.rdb, []string{job.Prefix}, args...).StringSlice()
	if err != nil {
		return "", fmt.Errorf("append to the outbox of %s: %w", address, err)
	}
	switch {
	case len(answer) == 2 && answer[0] == "ok":
		return answer[1], nil
	case len(answer) == 1 && answer[0] == "gone":
		return "", errGone
	case len(answer) == 1 && answer[0] == "moved":
		return "", errMoved
	}
	return "", errors.New("the outbox script answered something unknown")
}
