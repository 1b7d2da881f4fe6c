package life

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/environment/template"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/command"
)

// turn is what a round came to.
type turn struct {
	done    bool          // there is nothing more to do
	problem string        // why it cannot be done, a sentence for people
	wait    time.Duration // before the next round
	line    string        // what is waited for
}

// rise is one round of making: what was intended and has no id is looked for, what was made is looked at, and what can be made
// now is made.
func (h *hand) rise(ctx context.Context) (turn, error) {
	if t, over, err := h.recover(ctx); over || err != nil {
		return t, err
	}
	if t, err := h.ripen(ctx); t.problem != "" || err != nil {
		return t, err
	}
	next, whole := h.next()
	if whole {
		return h.single(ctx)
	}
	if len(next) > 0 {
		return h.makeAll(ctx, next)
	}
	return turn{wait: h.pace(h.waitedFor()...)}, nil
}

// recover finds out what became of what was asked for without an answer. over ends the round.
func (h *hand) recover(ctx context.Context) (t turn, over bool, err error) {
	lost := h.suspects()
	if len(lost) == 0 {
		return turn{}, false, nil
	}
	var kinds []string
	for _, item := range lost {
		if !slices.Contains(kinds, item.Kind) {
			kinds = append(kinds, item.Kind)
		}
	}
	things, err := h.search(ctx, kinds)
	if err != nil {
		return turn{}, false, err
	}
	changed := h.adopt(things)
	wait := time.Duration(0)
	for _, item := range lost {
		if h.env.Items[item.Key].ID != "" {
			continue
		}
		if rest := item.At.Add(h.times.Settle).Sub(h.now); rest > 0 {
			wait = max(wait, rest)
			continue
		}
		again := *item
		again.State, again.At, again.Why = environment.Gone, h.now, "no trace of it was found"
		if again.Lost.IsZero() {
			again.Lost = item.At
		}
		h.env.Items[item.Key] = &again
		changed = append(changed, &again)
	}
	if len(changed) > 0 {
		if err := h.write(ctx, environment.Change{Items: changed}); err != nil {
			return turn{}, false, err
		}
	}
	if wait > 0 {
		return turn{wait: min(wait, h.pace(kinds...)), line: "looking whether what was asked for without an answer is there"}, true, nil
	}
	return turn{}, false, nil
}

// suspects are the things that may be there, and of which no id is known.
func (h *hand) suspects() []*environment.Item {
	var list []*environment.Item
	for _, item := range h.env.Inventory() {
		if item.ID == "" && (item.State == environment.Intended || item.State == environment.Stays) {
			list = append(list, item)
		}
	}
	return list
}

// ripen looks at what was made and is not ready yet.
func (h *hand) ripen(ctx context.Context) (turn, error) {
	var young []*environment.Item
	for _, item := range h.env.Inventory() {
		if item.State == environment.Made && !isTwin(item.Key) {
			young = append(young, item)
		}
	}
	if len(young) == 0 || h.now.Sub(h.at.Looked).Abs() < h.pace(h.waitedFor()...) {
		return turn{}, nil
	}
	h.at.Looked = h.now
	things, err := h.look(ctx, young)
	if err != nil {
		return turn{}, err
	}
	if !h.lacking() {
		h.at.Away = time.Time{}
	}
	type ripe struct {
		item    *environment.Item
		problem string
	}
	var changed []*environment.Item
	problem := ""
	for _, one := range together(young, func(item *environment.Item) ripe {
		fresh, problem := h.ripe(ctx, item, things[item.Kind+" "+item.ID])
		return ripe{fresh, problem}
	}) {
		if one.item != nil {
			changed = append(changed, one.item)
		}
		if problem == "" {
			problem = one.problem
		}
	}
	if len(changed) > 0 {
		h.at.Moved = h.now
		if err := h.write(ctx, environment.Change{Items: changed}); err != nil {
			return turn{}, err
		}
	}
	return turn{problem: problem}, nil
}

// lacking reports whether something was asked for, was not made, and is to be asked for again.
func (h *hand) lacking() bool {
	for _, item := range h.env.Items {
		if item.State == environment.Gone && !isTwin(item.Key) {
			return true
		}
	}
	return false
}

// ripe says how a thing that was made has changed; nil for not at all.
func (h *hand) ripe(ctx context.Context, item *environment.Item, thing resource.Thing) (*environment.Item, string) {
	fresh := *item
	fresh.Addresses = thing.Addresses
	switch thing.State {
	case resource.Ready, resource.Stopped:
		late, waits := h.answering(ctx, item, thing)
		if late != "" {
			fresh.Why = late
			return &fresh, fmt.Sprintf("%s %s: %s", label(item.Kind), item.Name, late)
		}
		if waits {
			if item.Why == waitsForAnswer && slices.Equal(item.Addresses, fresh.Addresses) {
				return nil, ""
			}
			fresh.Why = waitsForAnswer
			if item.Why != waitsForAnswer {
				fresh.At = h.now
			}
			return &fresh, ""
		}
		fresh.State, fresh.At, fresh.Why = environment.Whole, h.now, ""
		return &fresh, ""
	case resource.Failed:
		if thing.Unfinished {
			return h.finish(ctx, item)
		}
		fresh.Why = thing.Why
		return &fresh, fmt.Sprintf("%s %s has failed: %s", label(item.Kind), item.Name, said(thing.Why))
	case resource.Absent, resource.Going:
		fresh.Why = "somebody deleted it"
		if thing.State == resource.Absent {
			fresh.State, fresh.At = environment.Gone, h.now
		}
		return &fresh, fmt.Sprintf("%s %s was deleted by somebody while the environment was made", label(item.Kind), item.Name)
	case resource.Building:
	}
	return nil, ""
}

// waitsForAnswer is what a server is like that runs and does not answer yet.
const waitsForAnswer = "it runs, and does not answer yet"

// answering asks what must answer before a thing is ready: late says why it will not, waits that it has not yet.
func (h *hand) answering(ctx context.Context, item *environment.Item, thing resource.Thing) (late string, waits bool) {
	plan := h.env.Plan.Item(item.Key)
	if plan == nil || plan.Ready == nil {
		return "", false
	}
	ready := plan.Ready
	patient := item.Why != waitsForAnswer || h.now.Sub(item.At) <= ready.Within
	if len(thing.Addresses) == 0 {
		if patient {
			return "", true
		}
		return fmt.Sprintf("it runs, and has got no address within %s at which port %d could answer", command.FormatDuration(ready.Within), ready.Port), true
	}
	err := h.answers(ctx, thing.Addresses[0], ready.Port, ready.SSH)
	switch {
	case err == nil:
		return "", false
	case patient:
		return "", true
	}
	return fmt.Sprintf("it runs, and port %d at %s has not answered within %s (%s)", ready.Port, thing.Addresses[0], command.FormatDuration(ready.Within), said(err.Error())), true
}

// next are the things that can be made now, in the plan's order. whole says that there is nothing more to make, and that all
// that was made is ready.
func (h *hand) next() (list []*template.Item, whole bool) {
	whole = true
	for i := range h.env.Plan.Items {
		plan := &h.env.Plan.Items[i]
		item := h.env.Items[plan.Key]
		if item != nil && item.State == environment.Whole {
			continue
		}
		whole = false
		if item != nil && item.State != environment.Gone {
			continue
		}
		if h.met(plan.Needs) && len(list) < sideBySide {
			list = append(list, plan)
		}
	}
	return list, whole
}

// met reports whether all that a thing needs is ready.
func (h *hand) met(needs []string) bool {
	return !slices.ContainsFunc(needs, func(key string) bool {
		item := h.env.Items[key]
		return item == nil || item.State != environment.Whole
	})
}

// waitedFor are the kinds of what is not ready.
func (h *hand) waitedFor() []string {
	var kinds []string
	for _, item := range h.env.Items {
		if item.State == environment.Made && !slices.Contains(kinds, item.Kind) {
			kinds = append(kinds, item.Kind)
		}
	}
	return kinds
}

// away says whether an error is the cloud's being out of reach, which passes.
func away(err error) (*cloud.Fault, bool) {
	f, ok := errors.AsType[*cloud.Fault](err)
	return f, ok && f.Passing()
}
