package life

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/handin"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// passOn is for how long one job is the lease: an environment may live longer than any job may take.
	passOn = 20 * 24 * time.Hour
	// lookAnyway is when a lease looks again though nothing is due: an environment may be gone without its having been woken.
	lookAnyway = time.Hour
	// tryAgain is after how long what a lease handed in, and what did not end well, is handed in again; twice as long each time, and mostAgain at most.
	tryAgain  = time.Minute
	mostAgain = time.Hour
)

// lessor steps "openstack env lease": it waits for the end of an environment's time.
type lessor struct{ *Life }

var _ job.Patient = (*lessor)(nil)

// StopFor implements job.Patient: giving back now takes as long as the job that does it.
func (*lessor) StopFor() time.Duration { return stopFor + time.Hour }

// term is a lease's checkpoint.
type term struct {
	Name    string    `json:"name"`
	Cloud   string    `json:"cloud,omitempty"`
	Maker   string    `json:"maker"`
	Until   time.Time `json:"until"`            // the end that the warnings were about
	Warned  []string  `json:"warned,omitempty"` // the warnings that were given, and what else was told, for this end
	Child   string    `json:"child,omitempty"`  // the job that was handed in
	Doing   string    `json:"doing,omitempty"`  // the words of what is due
	Tries   int       `json:"tries,omitempty"`  // how many were handed in, and have ended
	Failed  int       `json:"failed,omitempty"` // how many of them in a row did not end well
	Again   time.Time `json:"again,omitzero"`   // when it is handed in once more
	Closing bool      `json:"closing,omitempty"`
	Passed  bool      `json:"passed,omitempty"` // another lease goes on
	Seen    time.Time `json:"seen,omitzero"`    // when it last looked
	Held    time.Time `json:"held,omitzero"`    // before this nothing is done, since nobody could be warned in time
}

// deleteAt is when an environment is given back by itself.
func deleteAt(env *environment.Environment) time.Time {
	if env.Policy.Stop {
		return env.Expires.Add(env.Policy.StopFor)
	}
	return env.Expires
}

// Step implements job.Stepper.
func (l *lessor) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	at, env, out, err := l.start(ctx, run)
	switch {
	case err != nil:
		return out, err
	case env == nil:
		return out, withdraw(ctx, run)
	}
	now, err := l.jobs.Now(ctx)
	if err != nil {
		return job.Outcome{}, err
	}
	if at.Passed || now.Sub(run.Job().Started) > passOn && at.Child == "" {
		next, err := l.pass(ctx, run, at, env)
		return job.Done(map[string]string{"goes on as": next}), err
	}
	if busy, err := l.child(ctx, run, at, now); busy || err != nil {
		return job.Wait(lookAnyway), err
	}
	seen := at.Seen
	if seen.IsZero() {
		seen = run.Job().Created
	}
	at.Seen = now
	if !at.Until.Equal(env.Expires) { // it was extended
		at.Until, at.Warned, at.Again, at.Held, at.Failed = env.Expires, nil, time.Time{}, time.Time{}, 0
		if err := run.Save(ctx, job.Change{Checkpoint: at, Offers: offers(env), Progress: standing(env, now)}); err != nil {
			return job.Outcome{}, err
		}
	}
	if ahead := unwarned(at, env, now, seen); ahead > 0 {
		at.Held = now.Add(ahead)
		return l.warn(ctx, run, at, env, now, belated)
	}
	return l.due(ctx, run, at, env, now)
}

// start reads the lease and its environment; without one the outcome is what to answer.
func (l *lessor) start(ctx context.Context, run *job.Run) (*term, *environment.Environment, job.Outcome, error) {
	at := &term{}
	known, err := run.Load(at)
	if err != nil {
		return nil, nil, job.Outcome{}, err
	}
	name := command.Values(run.Job().Args).String("name")
	if known {
		name = at.Name
	}
	env, err := l.envs.Get(ctx, name)
	switch {
	case errors.Is(err, environment.ErrNotFound) && !known:
		return nil, nil, job.Fail(fmt.Sprintf("There is no environment %.60q.", name), nil), nil
	case errors.Is(err, environment.ErrNotFound), err == nil && known && env.Maker != at.Maker:
		return at, nil, job.Done(outcome{Name: name, Cloud: at.Cloud, State: "gone"}), nil
	case err != nil:
		return nil, nil, job.Outcome{}, err
	}
	if !known {
		if other, err := l.unfinished(ctx, env.Lease); err != nil || other != nil && other.ID != run.Job().ID {
			return nil, nil, job.Fail(fmt.Sprintf("The end of %s's time is waited for already.", env.Name), nil), err
		}
		if why := l.foreignTo(env, run.Job()); why != "" {
			return nil, nil, job.Fail(why, nil), nil
		}
	}
	at.Name, at.Cloud, at.Maker = env.Name, env.Cloud, env.Maker
	if env.Lease != run.Job().ID && !at.Passed { // handed in by hand, or its maker died before it had noted it
		if err := l.envs.Write(ctx, environment.By(run), env.Name, environment.Change{Lease: run.Job().ID}); err != nil {
			return nil, nil, job.Outcome{}, err
		}
	}
	return at, env, job.Outcome{}, nil
}

// child sees to the job that was handed in; busy says that it runs.
func (l *lessor) child(ctx context.Context, run *job.Run, at *term, now time.Time) (busy bool, err error) {
	if at.Child == "" {
		return false, nil
	}
	j, err := l.unfinished(ctx, at.Child)
	if err != nil || j != nil {
		return true, err
	}
	ended, err := l.jobs.Get(ctx, at.Child)
	if err != nil && !errors.Is(err, job.ErrNotFound) {
		return true, err
	}
	at.Child = ""
	at.Tries++
	if ended != nil && ended.State == job.Succeeded {
		at.Failed = 0
		return false, run.Save(ctx, job.Change{Checkpoint: at})
	}
	if ended != nil && ended.State == job.Cancelled && ended.Cancel != nil && ended.Cancel.By != "deadline" {
		return false, run.Save(ctx, at.stopped(now, ended))
	}
	why := ""
	if ended != nil {
		why = ended.Error
	}
	return false, run.Save(ctx, at.failed(now, at.Doing+" did not end well", why))
}

// failed notes that what is due could not be done, and when it is tried again. That is said once, until it was done.
func (at *term) failed(now time.Time, what, why string) job.Change {
	const enough = 10 // doublings that are more than the most
	pause := min(mostAgain, tryAgain<<min(at.Failed, enough))
	at.Failed++
	at.Again = now.Add(pause)
	change := job.Change{Checkpoint: at, Progress: &job.Progress{Percent: -1, Line: fmt.Sprintf("%s, %s by now; tried again %s", what, times(at.Failed), clock(at.Again))}}
	if at.Failed == 1 {
		change.Say = []string{fmt.Sprintf("%s It is tried again until it is done, after %s first, then with growing pauses up to %s.",
			sentence(what+because(why)), command.FormatDuration(tryAgain), command.FormatDuration(mostAgain))}
	}
	return change
}

// pause is how long what is due waits for its next try. More than the longest pause is left only when the clock was set back since:
// then it is over.
func (at *term) pause(now time.Time) time.Duration {
	if left := at.Again.Sub(now); left <= mostAgain {
		return left
	}
	return 0
}

// stopped notes that somebody stopped what is due. They want it later, not never: it is tried again after the longest pause. Who it was is said once.
func (at *term) stopped(now time.Time, j *job.Job) job.Change {
	at.Again = now.Add(mostAgain)
	what := fmt.Sprintf("%s (%s) was stopped by %s", at.Doing, j.ID, chat.OneLine(j.Cancel.By))
	change := job.Change{Checkpoint: at, Progress: &job.Progress{Percent: -1, Line: what + "; tried again " + clock(at.Again)}}
	if !at.heard(at.Doing) {
		at.Warned = append(at.Warned, stoppedOnce+at.Doing)
		change.Say = []string{fmt.Sprintf("%s. It is tried again %s, and every %s while it is stopped; %s %s puts it off.",
			what, clock(at.Again), command.FormatDuration(mostAgain), extendWords, at.Name)}
	}
	return change
}

// stoppedOnce begins the note, among what was told, that something due was stopped.
const stoppedOnce = "stopped: "

// heard reports whether it was told that somebody stopped something.
func (at *term) heard(words string) bool { return slices.Contains(at.Warned, stoppedOnce+words) }

// owed is what is due, in a command's words; empty for nothing.
func owed(env *environment.Environment, now time.Time) string {
	switch {
	case env.Policy.Delete && !now.Before(deleteAt(env)):
		return deleteWords
	case env.Policy.Stop && !now.Before(env.Expires) && (env.State == environment.Ready || env.State == environment.Kept):
		return stopWords
	}
	return ""
}

// times is how often something was.
func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// due does what is due now, and waits for the next moment.
func (l *lessor) due(ctx context.Context, run *job.Run, at *term, env *environment.Environment, now time.Time) (job.Outcome, error) {
	words := owed(env, now)
	if words != at.Doing { // what failed is not what is due
		at.Doing, at.Failed, at.Again = words, 0, time.Time{}
	}
	switch {
	case at.pause(now) > 0:
		return job.Wait(min(at.pause(now), l.next(env, now))), nil
	case now.Before(at.Held):
		return job.Wait(at.Held.Sub(now)), run.Save(ctx, job.Change{Checkpoint: at})
	case words != "":
		return l.enact(ctx, run, at, env, words)
	case !now.Before(env.Expires) && !slices.Contains(at.Warned, "over"):
		return l.warn(ctx, run, at, env, now, "over")
	}
	for i, ahead := range env.Policy.Warn {
		last := i+1 == len(env.Policy.Warn) || now.Before(env.Expires.Add(-env.Policy.Warn[i+1]))
		if !now.Before(env.Expires.Add(-ahead)) && now.Before(env.Expires) && last && ahead < env.Expires.Sub(env.Created) &&
			!slices.Contains(at.Warned, ahead.String()) {
			return l.warn(ctx, run, at, env, now, ahead.String())
		}
	}
	return job.Wait(l.next(env, now)), run.Save(ctx, job.Change{Checkpoint: at, Progress: standing(env, now)})
}

// next is how long until the next moment.
func (l *lessor) next(env *environment.Environment, now time.Time) time.Duration {
	wait := lookAnyway
	moments := []time.Time{env.Expires, deleteAt(env)}
	for _, ahead := range env.Policy.Warn {
		moments = append(moments, env.Expires.Add(-ahead))
	}
	for _, moment := range moments {
		if rest := moment.Sub(now); rest > 0 {
			wait = min(wait, rest)
		}
	}
	return wait
}

// warn tells the owner, with what they can do about it.
func (l *lessor) warn(ctx context.Context, run *job.Run, at *term, env *environment.Environment, now time.Time, which string) (job.Outcome, error) {
	at.Warned = append(at.Warned, which)
	text := fmt.Sprintf("%s at %s expires in %s, %s. %s", env.Name, env.Cloud, chat.Duration(env.Expires.Sub(now)), clock(env.Expires), fate(env))
	switch which {
	case "over":
		text = fmt.Sprintf("The time of %s at %s is over. %s", env.Name, env.Cloud, fate(env))
	case belated:
		text = lateText(at, env, now)
	}
	err := run.Save(ctx, job.Change{
		Checkpoint: at, Say: []string{text}, Offers: offers(env), Watch: l.addresses(env), Progress: standing(env, now),
	})
	return job.Wait(0), err
}

// fate says what becomes of an environment when nobody does anything.
func fate(env *environment.Environment) string {
	p := env.Policy
	switch {
	case p.Stop && p.Delete && p.StopFor > 0:
		return fmt.Sprintf("Its servers are stopped then, and all of it is deleted %s.", clock(deleteAt(env)))
	case p.Delete:
		return "All of it is deleted then."
	case p.Stop:
		return "Its servers are stopped then."
	}
	return "Nothing is done about it: somebody has to."
}

// offers are what the owner can do.
func offers(env *environment.Environment) []job.Offer {
	return []job.Offer{
		{Title: "Extend", Text: extendWords + " " + env.Name},
		{Title: "Give back now", Text: deleteWords + " " + env.Name, Danger: true},
	}
}

// withdraw takes the offers back: what is gone can neither be kept nor given back.
func withdraw(ctx context.Context, run *job.Run) error {
	return run.Save(ctx, job.Change{Offers: []job.Offer{}})
}

// standing is how a lease stands.
func standing(env *environment.Environment, now time.Time) *job.Progress {
	all, gone := env.Expires.Sub(env.Created), now.Sub(env.Created)
	p := &job.Progress{Percent: -1, ETA: deleteAt(env), Line: fmt.Sprintf("%s is %s, and expires %s", env.Name, env.State, clock(env.Expires))}
	if all > 0 {
		p.Percent = int(min(100, max(0, 100*gone/all)))
	}
	return p
}

// enact hands in what is due, in the owner's name.
func (l *lessor) enact(ctx context.Context, run *job.Run, at *term, env *environment.Environment, words string) (job.Outcome, error) {
	args := map[string]any{"name": env.Name, "expired": true}
	got, err := l.handInChild(ctx, run, at, env, words, args, 0)
	if err != nil {
		return job.Outcome{}, err
	}
	change := job.Change{Checkpoint: at, Watch: l.addresses(env), Offers: offers(env)}
	if got.Job == "" {
		now, err := l.jobs.Now(ctx)
		if err != nil {
			return job.Outcome{}, err
		}
		at.Tries++
		refused := at.failed(now, words+" was not taken", got.Why)
		change.Say, change.Progress = refused.Say, refused.Progress
		return job.Wait(min(at.Again.Sub(now), l.next(env, now))), run.Save(ctx, change)
	}
	at.Child = got.Job
	verb := "All of it is deleted"
	if words == stopWords {
		verb = "Its servers are stopped"
	}
	if at.Failed == 0 && !at.heard(words) {
		change.Say = []string{fmt.Sprintf("The time of %s is over. %s: %s.", env.Name, verb, got.Job)}
	}
	return job.Wait(lookAnyway), run.Save(ctx, change)
}

func (l *lessor) handInChild(
	ctx context.Context, run *job.Run, at *term, env *environment.Environment, words string, args map[string]any, closing int64,
) (handin.Became, error) {
	j := run.Job()
	effect := fmt.Sprintf("%s %d, try %d", words, at.Until.UnixMilli(), at.Tries+1)
	if closing > 0 {
		effect = fmt.Sprintf("give back now, try %d", at.Tries+1)
	}
	return l.handInFor(ctx, run, env, effect, command.Envelope{
		ID: j.ID + " " + effect, Command: words, Args: args, Principal: j.Principal, Groups: j.Groups, Origin: j.Origin,
		Parent: j.ID, Closing: closing, Cause: append([]string{"job:" + j.ID}, j.Why.Cause...),
	})
}
