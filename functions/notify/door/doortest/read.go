package doortest

import (
	"context"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/job"
)

// Job reads a job.
func (y *Yard) Job(id string) *job.Job {
	y.Helper()
	j, err := y.Jobs.Get(context.Background(), id)
	if err != nil {
		y.Fatal(err)
	}
	return j
}

// Unshown reports whether something is to be shown, now or later.
func (y *Yard) Unshown() bool {
	y.Helper()
	_, some, err := y.Jobs.NextView(context.Background())
	if err != nil {
		y.Fatal(err)
	}
	return some
}

// Shown is what an address that follows a job has been shown of it.
func (y *Yard) Shown(id, address string) (shown job.Shown, follows bool) {
	y.Helper()
	watchers, err := y.Jobs.Watchers(context.Background(), id)
	if err != nil {
		y.Fatal(err)
	}
	shown, follows = watchers[address]
	return shown, follows
}

// Follows reports whether an address follows a job.
func (y *Yard) Follows(id, address string) bool {
	y.Helper()
	_, follows := y.Shown(id, address)
	return follows
}

// Away reports whether the courier thinks that an address cannot be reached.
func (y *Yard) Away(address string) bool {
	y.Helper()
	n, err := y.Redis.Exists(context.Background(), job.Prefix+"away:"+address).Result()
	if err != nil {
		y.Fatal(err)
	}
	return n != 0
}

// Box reads an outbox as "kind text" a line.
func (y *Yard) Box(address string) []string {
	y.Helper()
	entries, err := y.Redis.XRange(context.Background(), job.OutboxKey(address), "-", "+").Result()
	if err != nil {
		y.Fatal(err)
	}
	lines := make([]string, len(entries))
	for i, e := range entries {
		kind, _ := e.Values["kind"].(string)
		text, _ := e.Values["text"].(string)
		lines[i] = kind + " " + text
	}
	return lines
}

// Reads is Box, and empties it as somebody does who trims what was read.
func (y *Yard) Reads(address string) []string {
	y.Helper()
	lines := y.Box(address)
	if err := y.Redis.Del(context.Background(), job.OutboxKey(address)).Err(); err != nil {
		y.Fatal(err)
	}
	return lines
}

// Wants compares what is in an outbox, and empties it.
func (y *Yard) Wants(address string, want ...string) {
	y.Helper()
	if got := y.Reads(address); !slices.Equal(got, want) {
		y.Fatalf("%s has\n%s\nwant\n%s", address, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
