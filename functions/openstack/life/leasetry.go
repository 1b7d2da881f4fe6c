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
	// tryAgain is after how long what a lease handed in, and what did not end well, is handed in again; twice as long each time, and mostAgain at most.
	tryAgain  = time.Minute
	mostAgain = time.Hour
)

// enact hands in what is due, in the owner's name.
func (l *lessor) enact(ctx context.Context, run *job.Run, at *term, env *environment.Environment, words string) (job.Outcome, error) {
	args := map[string]any{"name": env.Name, "expired": true}
	got, err := l.handInChild(ctx, run, at, env, words, args, 0)
	if err != nil {
		return job.Outcome{}, err
	}
	now, err := l.jobs.Now(ctx)
	if err != nil {
		return job.Outcome{}, err
	}
	change := job.Change{Checkpoint: at, Watch: l.addresses(env), Offers: offers(env)}
	if got.Job == "" {
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
	if at.Failed == 0 { // how often it failed stays there
		change.Progress = standing(env, now)
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
	if ended != nil && ended.State == job.Cancelled && ended.Cancel != nil && !outOfTime(ended.Cancel.By) {
		return false, run.Save(ctx, at.stopped(now, ended))
	}
	why := ""
	if ended != nil {
		why = ended.Error
	}
	return false, run.Save(ctx, at.failed(now, at.Doing+" did not end well", why))
}

// outOfTime reports whether who asked for a stop is a time limit that had passed.
func outOfTime(who string) bool {
	_, passed := job.Deadline(who)
	return passed
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

// times is how often something was.
func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
