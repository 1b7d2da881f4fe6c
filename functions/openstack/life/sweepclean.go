package life

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

// clean takes away what was told to be astray, and forgets what was told to be no more. It looks anew: what was told of may have changed. What came to be astray
// since then nobody has confirmed, so it stays. It is done when all of it was seen not to be there, and no claim
// was left for want of a look. barred says why what may not be looked through any more is not.
func (s *sweeper) clean(ctx context.Context, run *job.Run, at *sweeping, clouds []*cloud.Cloud, barred []string) (job.Outcome, error) {
	if run.Job().Signoff == nil {
		return job.Fail("Nobody confirmed it: "+sweepWords+" shows what there is, and asks.", nil), nil
	}
	now, err := s.jobs.Now(ctx)
	if err != nil {
		return job.Outcome{}, err
	}
	told, err := s.told(ctx, run.Job())
	if err != nil {
		return job.Outcome{}, err
	}
	if at.Since.IsZero() {
		at.Since = now
	}
	faults, err := s.forget(ctx, run, clouds, told.Lost)
	if err != nil {
		return job.Outcome{}, err
	}
	there, away := s.still(ctx, at, told, clouds, now)
	if cause := context.Cause(ctx); cause != nil {
		return job.Outcome{}, cause
	}
	theirs, others := s.allowed(run.Job(), there)
	faults = slices.Concat(away, faults, others)
	forgot, claimed, err := s.fate(ctx, told.Lost, clouds)
	if err != nil {
		return job.Outcome{}, err
	}
	faults = append(faults, hidden(barred, unseen(at, told.Named, clouds), claimed)...)
	switch {
	case len(there)+len(faults) == 0:
		return job.Done(map[string]any{"gone": len(at.Asked)}), run.Say(ctx, "✓ %s", cleaned(len(at.Asked), forgot))
	case len(clouds) == 0 || now.Sub(at.Since) > s.times.GiveUp:
		return uncleaned(there, faults), nil
	}
	if err := s.dismiss(ctx, run, at, theirs, faults); err != nil {
		return job.Outcome{}, err
	}
	return job.Wait(clouds[0].Pace(resource.KindServer)), nil
}

// hidden says what of a cleaning lies where nobody may look any more, and why: things that were told of, and claims.
func hidden(barred, things, claims []string) []string {
	if len(things)+len(claims) == 0 {
		return nil
	}
	say := slices.Clone(barred)
	if len(things) > 0 {
		say = append(say, "Whether these have gone cannot be seen any more: "+listed(things, many, thingOf)+".")
	}
	if len(claims) > 0 {
		say = append(say, "These stay claimed, as they cannot be looked for any more: "+listed(claims, many, strings.Clone)+".")
	}
	return say
}

// cleaned says what a cleaning came to.
func cleaned(gone int, forgot []string) string {
	var say []string
	if gone > 0 || len(forgot) == 0 {
		say = append(say, fmt.Sprintf("%s astray %s deleted.", chat.Count(gone, "thing"), chat.Were(gone)))
	}
	if len(forgot) > 0 {
		say = append(say, forgotten(forgot)+".")
	}
	return strings.Join(say, " ")
}

// forgotten names claims that no environment makes any longer.
func forgotten(claims []string) string {
	return fmt.Sprintf("Forgotten: %s that environments claimed: %s", chat.Count(len(claims), "thing"), listed(claims, few, strings.Clone))
}

// told is what the sweep that asked had told of; nothing where nobody was asked by it.
func (s *sweeper) told(ctx context.Context, j *job.Job) (*sweeping, error) {
	told := &sweeping{}
	asked, err := s.jobs.Get(ctx, j.Parent)
	switch {
	case errors.Is(err, job.ErrNotFound):
	case err != nil:
		return nil, err
	case asked.Command == sweepWords && asked.Principal == j.Principal && len(asked.Checkpoint) > 0:
		if err := json.Unmarshal(asked.Checkpoint, told); err != nil {
			return nil, fmt.Errorf("what %s has told of: %w", asked.ID, err)
		}
	}
	return told, nil
}

// still are the things that were told of and that are there, though they may be going. faults name the clouds that could not be asked, and what may be there.
func (s *sweeper) still(ctx context.Context, at, told *sweeping, clouds []*cloud.Cloud, now time.Time) (there []stray, faults []string) {
	known, away := set(told.Named), set(at.Away)
	open := map[string][]string{} // of each cloud
	var asked []*cloud.Cloud
	for _, one := range clouds {
		for _, key := range told.Named {
			if strings.HasPrefix(key, one.Name()+" ") && !away[key] {
				open[one.Name()] = append(open[one.Name()], key)
			}
		}
		if len(open[one.Name()]) > 0 {
			asked = append(asked, one)
		}
	}
	for _, reply := range s.search(ctx, asked, now) {
		name := reply.Cloud.Name()
		if reply.Err != nil {
			faults = append(faults, sentence(reply.Err.Error())+" These were not seen to be gone: "+listed(open[name], many, thingOf)+".")
			continue
		}
		seen := slices.DeleteFunc(reply.Value, func(one stray) bool { return !known[one.key()] })
		there = append(there, seen...)
		for _, key := range open[name] {
			if !slices.ContainsFunc(seen, func(one stray) bool { return one.key() == key }) {
				at.Away = append(at.Away, key)
			}
		}
	}
	return there, faults
}

// unseen are those of some keys that were not seen to be gone, at clouds that are not looked through.
func unseen(at *sweeping, keys []string, clouds []*cloud.Cloud) []string {
	away := set(at.Away)
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool {
		return away[key] || slices.ContainsFunc(clouds, func(c *cloud.Cloud) bool { return strings.HasPrefix(key, c.Name()+" ") })
	})
}

// dismiss tells to go what does not go yet.
func (s *sweeper) dismiss(ctx context.Context, run *job.Run, at *sweeping, there []stray, faults []string) error {
	list := slices.DeleteFunc(slices.Clone(there), stray.leaves)
	for _, one := range list {
		if !slices.Contains(at.Asked, one.key()) { // what is asked again is one thing still
			at.Asked = append(at.Asked, one.key())
		}
	}
	progress := job.Progress{Percent: -1, Line: "waiting for " + chat.Count(len(there), "thing") + " astray to go"}
	if len(faults) > 0 {
		progress.Line = "waiting: " + said(faults[0])
	}
	if err := run.Save(ctx, job.Change{Checkpoint: at, Progress: &progress}); err != nil {
		return err
	}
	slices.Reverse(list)
	together(list, func(one stray) error {
		kind, _ := s.kind(one.thing.Kind)
		return kind.Delete(ctx, one.cloud, one.thing)
	})
	return context.Cause(ctx)
}

// uncleaned names what would not go, and what nobody could see.
func uncleaned(there []stray, faults []string) job.Outcome {
	why := faults
	left := make([]string, len(there))
	for i, one := range there {
		left[i] = one.String()
	}
	if len(there) > 0 {
		why = append([]string{"These would not go: " + listed(there, many, stray.String) + "."}, faults...)
	}
	return job.Fail(strings.Join(why, " "), map[string]any{"left": left, "faults": faults})
}

// many is how much of a list a sentence of its own bears, and few how much a part of one.
const many, few = 20, 5

// listed is the beginning of a list.
func listed[T any](list []T, most int, text func(T) string) string {
	words := make([]string, 0, most+1)
	for _, one := range list[:min(len(list), most)] {
		words = append(words, text(one))
	}
	if more := len(list) - most; more > 0 {
		words = append(words, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(words, "; ")
}

func set(list []string) map[string]bool {
	is := make(map[string]bool, len(list))
	for _, one := range list {
		is[one] = true
	}
	return is
}
