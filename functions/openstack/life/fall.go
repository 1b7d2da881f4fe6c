package life

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
)

// askAgain is when something that was told to go and is still there is told once more. Here and wherever it is asked how long ago
// something was done: what lies as far ahead was done before the clock was set back.
const askAgain = time.Minute

// fall is one round of taking back: what may be there without our knowing is looked for, what was told to go is looked at, and
// what nothing needs any more is told to go. It is done when nothing is left, or when what is left would not go.
func (h *hand) fall(ctx context.Context) (turn, error) {
	if !h.at.Seen || h.balked() && h.now.Sub(h.at.Looked).Abs() >= h.times.Settle {
		wait, err := h.gather(ctx)
		if err != nil {
			return turn{}, err
		}
		h.at.Seen, h.at.Looked = wait == 0, h.now
	}
	standing := h.standing()
	gone, err := h.sink(ctx, h.free(standing))
	if err != nil {
		return turn{}, err
	}
	h.at.Things += gone
	standing = h.standing()
	suspects := h.suspects()
	switch {
	case len(standing) == 0 && len(suspects) == 0 && h.at.Seen:
		return h.verify(ctx)
	case h.at.Moved.IsZero() || gone > 0:
		h.at.Moved = h.now
	case h.now.Sub(h.at.Moved) > h.times.GiveUp+h.times.Settle:
		if _, err := h.gather(ctx); err != nil { // what is said to be gone may be what keeps the rest
			return turn{}, err
		}
		return h.leave(ctx, h.standing())
	}
	if len(standing) == 0 {
		return turn{wait: h.pace(), line: "looking whether what was asked for without an answer is there"}, nil
	}
	if gone > 0 {
		return turn{}, nil
	}
	return turn{wait: max(h.brisk(standing), h.after), line: "waiting for " + summary(standing) + " to go"}, nil
}

// balked reports whether something was refused to go: what keeps it may be a thing of ours that appeared late.
func (h *hand) balked() bool {
	return slices.ContainsFunc(h.standing(), func(item *environment.Item) bool { return item.State == environment.Leaving && item.Why != "" })
}

// brisk is when to look again: soon after things were told to go, since most go at once.
func (h *hand) brisk(standing []*environment.Item) time.Duration {
	var kinds []string
	asked := false
	for _, item := range standing {
		kinds = append(kinds, item.Kind)
		asked = asked || item.State == environment.Leaving && item.At.Equal(h.now)
	}
	if asked {
		return h.pace(kinds...) / 4
	}
	return h.pace(kinds...)
}

// gather looks for what may be there without our knowing; wait is how long it must still be looked for.
func (h *hand) gather(ctx context.Context) (wait time.Duration, err error) {
	things, err := h.search(ctx, h.kinds())
	if err != nil {
		return 0, err
	}
	changed := h.adopt(things)
	for _, item := range h.suspects() {
		if _, known := h.kind(item.Kind); !known { // nobody looked for it
			continue
		}
		if rest := item.At.Add(h.times.Settle).Sub(h.now); rest > 0 {
			wait = max(wait, rest)
			continue
		}
		gone := *item
		gone.State, gone.At, gone.Why = environment.Gone, h.now, "no trace of it was found"
		changed = append(changed, &gone)
	}
	if len(changed) == 0 {
		return wait, nil
	}
	return wait, h.write(ctx, environment.Change{Items: changed})
}

// standing are the things that are there.
func (h *hand) standing() []*environment.Item {
	var list []*environment.Item
	for _, item := range h.env.Inventory() {
		if item.ID != "" && item.State != environment.Gone {
			list = append(list, item)
		}
	}
	slices.Reverse(list)
	return list
}

// free are those of them that nothing else needs any more.
func (h *hand) free(standing []*environment.Item) []*environment.Item {
	needed := make(map[string]bool)
	for _, item := range h.env.Inventory() {
		if item.State == environment.Gone {
			continue
		}
		if plan := h.env.Plan.Item(original(item.Key)); plan != nil {
			for _, need := range plan.Needs {
				needed[need] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(standing), func(item *environment.Item) bool { return needed[original(item.Key)] })
}

// original is the plan's key of an item, also of one that was made twice.
func original(key string) string {
	key, _, _ = strings.Cut(key, twin)
	return key
}

// sink tells things to go and looks whether they are gone; gone is how many are.
func (h *hand) sink(ctx context.Context, items []*environment.Item) (gone int, err error) {
	if len(items) == 0 {
		return 0, nil
	}
	var told, fresh []*environment.Item
	for _, item := range items {
		if item.State == environment.Leaving || item.State == environment.Stays {
			told = append(told, item)
		} else {
			fresh = append(fresh, item)
		}
	}
	var changed []*environment.Item
	if len(told) > 0 {
		things, err := h.look(ctx, told)
		if err != nil {
			return 0, err
		}
		for _, item := range told {
			seen := h.sunk(item, things[item.Kind+" "+item.ID])
			if seen.State == environment.Gone {
				if !item.Back { // no progress, since it may come back again
					gone++
				}
				changed = append(changed, seen)
			} else if h.now.Sub(item.At).Abs() >= askAgain || item.Why != "" {
				fresh = append(fresh, seen)
			}
		}
	}
	asked := together(fresh, func(item *environment.Item) *environment.Item { return h.tell(ctx, item) })
	return gone, h.write(ctx, environment.Change{Items: append(changed, asked...)})
}

// sunk says how a thing is that was told to go.
func (h *hand) sunk(item *environment.Item, thing resource.Thing) *environment.Item {
	seen := *item
	if thing.State == resource.Absent { // seen to be: what nobody looked for is not gone
		seen.State, seen.At, seen.Why = environment.Gone, h.now, ""
	}
	return &seen
}

// tell tells one thing to go.
func (h *hand) tell(ctx context.Context, item *environment.Item) *environment.Item {
	told := *item
	told.State, told.At, told.Why = environment.Leaving, h.now, ""
	kind, ok := h.kind(item.Kind)
	if !ok {
		told.Why = "nothing is known of " + item.Kind
		return &told
	}
	at, err := h.scope(ctx, item.Kind)
	if err == nil {
		err = kind.Delete(ctx, at, resource.Thing{Kind: item.Kind, ID: item.ID, Name: item.Name, Mark: resource.Mark{Bot: h.env.Bot, Env: h.env.Name, Job: item.Job, Item: original(item.Key)}})
	}
	if err != nil {
		f := cloud.Judge(err)
		told.Why = said(f.Error())
		h.mu.Lock()
		h.after = max(h.after, f.After)
		h.mu.Unlock()
		h.log.InfoContext(ctx, "a thing would not go", "job", h.run.Job().ID, "environment", h.env.Name, "item", item.Key, "error", err)
	}
	return &told
}

// mostBack is how often the last look may find something before it is believed that it would not go.
const mostBack = 10

// verify looks through the cloud a last time: nothing of the environment may be there.
func (h *hand) verify(ctx context.Context) (turn, error) {
	things, err := h.search(ctx, h.kinds())
	if err != nil {
		return turn{}, err
	}
	// What we have seen to be gone may still stand in a list for a moment.
	things = slices.DeleteFunc(things, func(t resource.Thing) bool { return t.State == resource.Going && h.seenGone(t) })
	changed := h.adopt(things)
	if len(changed) == 0 {
		return turn{done: true}, nil
	}
	if h.at.Back++; h.at.Back > mostBack {
		return h.leave(ctx, h.standing())
	}
	return turn{}, h.write(ctx, environment.Change{Items: changed})
}

func (h *hand) seenGone(t resource.Thing) bool {
	for _, item := range h.env.Items {
		if item.Kind == t.Kind && item.ID == t.ID && item.State == environment.Gone {
			return true
		}
	}
	return false
}

// leave gives up what would not go: it stays in the inventory, and is named.
func (h *hand) leave(ctx context.Context, standing []*environment.Item) (turn, error) {
	var stay []*environment.Item
	h.at.Left = nil
	for _, item := range append(standing, h.suspects()...) {
		left := *item
		left.State, left.At = environment.Stays, h.now
		stay = append(stay, &left)
		h.at.Left = append(h.at.Left, remains(h.env.Cloud, item))
	}
	why := fmt.Sprintf("%s would not go", summary(stay))
	err := h.write(ctx, environment.Change{State: environment.Left, Why: &why, Items: stay})
	return turn{done: true}, err
}

// remains is a thing that would not go, as a receipt names it.
func remains(cloud string, item *environment.Item) string {
	text := fmt.Sprintf("%s %s", label(item.Kind), item.Name)
	if item.ID == "" {
		return text + " was asked for at " + cloud + ", and whether it is there could not be found out" + because(item.Why)
	}
	return text + " (" + item.ID + ") is still there at " + cloud + because(item.Why)
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return ": " + why
}

// offline is what to do when the cloud does not answer while something is taken back: it is waited for, and in the end what may be
// there is named.
func (h *hand) offline(ctx context.Context, err error) (turn, error) {
	f, passing := away(err)
	if f == nil && !errors.Is(err, errNoProject) {
		return turn{}, err
	}
	if h.at.Moved.IsZero() {
		h.at.Moved = h.now
	}
	if h.now.Sub(h.at.Moved) > h.times.GiveUp+h.times.Settle {
		for _, item := range h.standing() {
			item.Why = said(err.Error())
		}
		return h.leave(ctx, h.standing())
	}
	wait := h.pace()
	if passing {
		wait = max(wait, f.After)
	}
	return turn{wait: wait, line: "waiting: " + said(err.Error())}, nil
}
