package life

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// sweeper steps "openstack sweep": it finds what bears our mark and belongs to no environment, and what an environment claims and
// is no more. It takes away only what its requester has confirmed, as a child of its own with clean=true.
type sweeper struct{ *Life }

// sweeping is its checkpoint.
type sweeping struct {
	Child string    `json:"child,omitempty"` // the job that cleans up, once it was confirmed
	Stray []string  `json:"stray,omitempty"` // as they were told
	Named []string  `json:"named,omitempty"` // their keys: what is not among them was confirmed by nobody
	Lost  []string  `json:"lost,omitempty"`  // what environments claim
	Since time.Time `json:"since,omitzero"`  // when cleaning up began
	Asked []string  `json:"asked,omitempty"` // the keys of what was told to go
	Away  []string  `json:"away,omitempty"`  // the keys of what was seen not to be there
}

// Step implements job.Stepper.
func (s *sweeper) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	at := &sweeping{}
	if _, err := run.Load(at); err != nil {
		return job.Outcome{}, err
	}
	args := command.Values(run.Job().Args)
	if at.Child != "" {
		return s.confirmed(ctx, run, at)
	}
	clouds, barred := s.swept(args.String("cloud"), run.Job())
	if len(clouds) == 0 && at.Since.IsZero() {
		return job.Fail(strings.Join(append(barred, "Nothing was changed."), " "), nil), nil
	}
	if args.Bool("clean") {
		return s.clean(ctx, run, at, clouds, barred)
	}
	strays, lost, faults, err := s.survey(ctx, clouds)
	if err != nil {
		return job.Outcome{}, err
	}
	return s.tell(ctx, run, at, sightings{strays: strays, lost: lost, faults: append(barred, faults...)})
}

// swept are the clouds that are looked through: the one that is named, or all that whoever asks may sweep. barred says why they may not sweep the others.
func (s *sweeper) swept(name string, j *job.Job) (clouds []*cloud.Cloud, barred []string) {
	all := s.clouds.All()
	if name != "" {
		one, err := s.clouds.Find(name)
		if err != nil {
			return nil, []string{cloud.Judge(err).Sentence()}
		}
		all = []*cloud.Cloud{one}
	}
	for _, one := range all {
		if why := s.lacksGrade(one, cloud.Operator, "A sweep of "+one.Name(), asker(j)...); why != "" {
			barred = append(barred, why)
		} else {
			clouds = append(clouds, one)
		}
	}
	return clouds, barred
}

// asker is by what roles know whoever asked for a job.
func asker(j *job.Job) []string { return append([]string{j.Principal}, j.Groups...) }

// sightings are what a look through clouds came to.
type sightings struct {
	strays []stray
	lost   []string // what environments claim and is no more
	faults []string // what could not be looked at
}

// allowed are the strays that whoever asked may take away. others says, a cloud each, why they may not take away the rest.
func (s *sweeper) allowed(j *job.Job, strays []stray) (theirs []stray, others []string) {
	barred := map[string]int{}
	for _, one := range strays {
		why := s.lacksGrade(one.cloud, one.grade, "Taking away whole projects at "+one.cloud.Name(), asker(j)...)
		if why == "" {
			theirs = append(theirs, one)
			continue
		}
		barred[why]++
	}
	for _, why := range slices.Sorted(maps.Keys(barred)) {
		others = append(others, fmt.Sprintf("Left alone: %s, a project or in one. %s", chat.Count(barred[why], "thing"), why))
	}
	return theirs, others
}

// tell says what was found, and asks whether it is to be cleaned up.
func (s *sweeper) tell(ctx context.Context, run *job.Run, at *sweeping, got sightings) (job.Outcome, error) {
	var say []string
	for _, f := range got.faults {
		say = append(say, "! "+f)
	}
	theirs, others := s.allowed(run.Job(), got.strays)
	at.Stray, at.Named, at.Lost = nil, nil, got.lost
	leaving := 0
	for _, one := range got.strays {
		if one.leaves() {
			leaving++
			say = append(say, "going: "+one.String()+" was told to go, and is still there")
			continue
		}
		at.Stray = append(at.Stray, one.String())
		say = append(say, "astray: "+one.String())
	}
	for _, one := range theirs {
		if !one.leaves() {
			at.Named = append(at.Named, one.key())
		}
	}
	for _, one := range got.lost {
		say = append(say, "gone: "+one)
	}
	const most = 200
	if more := len(say) - most; more > 0 {
		say = append(say[:most], fmt.Sprintf("and %d more", more))
	}
	for _, why := range others {
		say = append(say, "! "+why)
	}
	result := map[string]any{"astray": at.Stray, "gone": got.lost, "faults": got.faults}
	if len(at.Stray)+len(got.lost) == 0 {
		well := "✓ Nothing is astray, and nothing that an environment claims is missing."
		switch {
		case len(got.faults) > 0:
			well = "Nothing is astray, and nothing is missing, as far as could be looked."
		case leaving > 0:
			well = "Nothing else is astray, and nothing that an environment claims is missing."
		}
		say = append(say, well)
	}
	if len(at.Named)+len(got.lost) == 0 {
		return job.Done(result), run.Save(ctx, job.Change{Say: say})
	}
	if err := run.Save(ctx, job.Change{Checkpoint: at}); err != nil { // before anybody can confirm it
		return job.Outcome{}, err
	}
	return s.offer(ctx, run, at, say, result)
}

// offer hands in the job that cleans up, which waits for whoever asked.
func (s *sweeper) offer(ctx context.Context, run *job.Run, at *sweeping, say []string, result any) (job.Outcome, error) {
	j := run.Job()
	got, err := s.handIn(ctx, run, "clean", command.Envelope{
		ID: "clean " + j.ID, Command: sweepWords, Args: map[string]any{"cloud": command.Values(j.Args).String("cloud"), "clean": true},
		Principal: j.Principal, Groups: j.Groups, Origin: j.Origin, Parent: j.ID, Cause: append([]string{"job:" + j.ID}, j.Why.Cause...),
		Signoff: &command.SignoffSpec{Role: job.SignoffRequester, Need: 1},
		Opening: fmt.Sprintf("This deletes %s that no environment knows, and forgets %s that an environment claims and the cloud has not got.", chat.Count(len(at.Named), "thing"), chat.Count(len(at.Lost), "thing")),
	})
	switch {
	case err != nil:
		return job.Outcome{}, err
	case got.Job == "":
		return job.Done(result), run.Save(ctx, job.Change{Say: append(say, "It cannot be cleaned up: "+sentence(got.Why))})
	}
	at.Child = got.Job
	say = append(say, fmt.Sprintf("%s cleans this up, once you say: approve %s", got.Job, got.Job))
	return job.Wait(time.Minute), run.Save(ctx, job.Change{
		Checkpoint: at, Say: say,
		Offers: []job.Offer{{Title: "Clean up", Text: "approve " + got.Job, Danger: true}, {Title: "Leave it", Text: "cancel " + got.Job}},
	})
}

// confirmed waits for the job that cleans up.
func (s *sweeper) confirmed(ctx context.Context, run *job.Run, at *sweeping) (job.Outcome, error) {
	child, err := s.jobs.Get(ctx, at.Child)
	if err != nil && !errors.Is(err, job.ErrNotFound) {
		return job.Outcome{}, err
	}
	if child != nil && !child.State.Final() {
		return job.Wait(time.Minute), nil
	}
	if err := withdraw(ctx, run); err != nil { // somebody has decided, or nobody will
		return job.Outcome{}, err
	}
	result := map[string]any{"astray": at.Stray, "gone": at.Lost}
	switch {
	case child == nil || child.State == job.Cancelled || child.State == job.Failed && child.Started.IsZero():
		return job.Done(result), nil // nobody wanted it
	case child.State == job.Succeeded:
		return job.Done(child.Result), nil
	}
	return job.Fail(fmt.Sprintf("%s: %s", child.ID, child.Error), result), nil
}
