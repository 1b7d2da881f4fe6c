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
// since then nobody has confirmed, so it stays. It is done when all of it was seen not to be there.
func (s *sweeper) clean(ctx context.Context, run *job.Run, at *sweeping, clouds []*cloud.Cloud) (job.Outcome, error) {
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
	there, away := s.still(ctx, run.Job(), at, told, clouds, now)
	if cause := context.Cause(ctx); cause != nil {
		return job.Outcome{}, cause
	}
	faults = append(away, faults...)
	switch {
	case len(there)+len(faults) == 0:
		return job.Done(map[string]any{"gone": len(at.Asked)}), run.Say(ctx, "✓ %s astray were deleted.", chat.Count(len(at.Asked), "thing"))
	case now.Sub(at.Since) > s.times.GiveUp:
		return uncleaned(there, faults), nil
	}
	if err := s.dismiss(ctx, run, at, there, faults); err != nil {
		return job.Outcome{}, err
	}
	return job.Wait(clouds[0].Pace(resource.KindServer)), nil
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

// still are the things that were told of, that whoever asked may take away, and that are there, though they may be going. faults name the clouds that could not be asked,
// and what may be there.
func (s *sweeper) still(ctx context.Context, j *job.Job, at, told *sweeping, clouds []*cloud.Cloud, now time.Time) (there []stray, faults []string) {
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
			faults = append(faults, sentence(reply.Err.Error())+" What was to go at "+name+" was not seen to be gone: "+listed(open[name], func(key string) string {
				kind, id, _ := strings.Cut(strings.TrimPrefix(key, name+" "), " ")
				return label(kind) + " " + id
			})+".")
			continue
		}
		theirs, _ := s.allowed(j, slices.DeleteFunc(reply.Value, func(one stray) bool { return !known[one.key()] }))
		there = append(there, theirs...)
		for _, key := range open[name] {
			if !slices.ContainsFunc(theirs, func(one stray) bool { return one.key() == key }) {
				at.Away = append(at.Away, key)
			}
		}
	}
	return there, faults
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
		why = append([]string{"These would not go: " + listed(there, stray.String) + "."}, faults...)
	}
	return job.Fail(strings.Join(why, " "), map[string]any{"left": left, "faults": faults})
}

// listed is as much of a list as a sentence bears.
func listed[T any](list []T, text func(T) string) string {
	const most = 20
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
