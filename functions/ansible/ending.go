package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

// The ways in which ansible-playbook ends (ansible/executor/task_queue_manager.py and cli/__init__.py).
const (
	exitGood        = 0
	exitFault       = 1 // it could not even begin, or a play could not
	exitFailed      = 2
	exitUnreachable = 4
	exitOptions     = 5
	exitInterrupted = 99
	exitCrashed     = 250
)

// result is what a run came to, the job's result.
type result struct {
	Playbook  string           `json:"playbook"`
	Inventory string           `json:"inventory"`
	Commit    string           `json:"commit,omitempty"`
	Hosts     map[string]tally `json:"hosts,omitempty"` // the first thousand
	More      int              `json:"more_hosts,omitempty"`
	Failed    []string         `json:"failed_hosts,omitempty"`
	MoreBad   int              `json:"more_failed_hosts,omitempty"` // that failed too, and are too many to be named
	Failures  []failure        `json:"failures,omitempty"`
	Record    string           `json:"record,omitempty"` // the address of ARA's record
	Starts    int              `json:"starts"`
	Took      float64          `json:"took"` // seconds, of the last start
	Exit      int              `json:"exit"`
	Signal    string           `json:"signal,omitempty"`
	Left      []string         `json:"left,omitempty"` // daemons that it left and that were ended
	Note      string           `json:"note,omitempty"` // what could not be recorded
}

const maxResultHosts = 1000

func (r *runner) result(j *job.Job, at *course, failed []string, exit attend.Exit) *result {
	res := &result{
		Playbook: strings.TrimPrefix(j.Command, runWords), Commit: at.Commit, Hosts: map[string]tally{},
		Failed: failed, Starts: at.Try, Exit: exit.Code, Signal: exit.Signal, Left: exit.Left,
		Took: r.now().Sub(at.Began).Round(time.Millisecond).Seconds(),
	}
	if w, err := r.set.wishOf(j); err == nil {
		res.Inventory = w.inventory
	}
	for _, host := range sorted(at.Hosts) {
		if len(res.Hosts) == maxResultHosts {
			break
		}
		res.Hosts[host] = at.Hosts[host]
	}
	res.More = len(at.Hosts) - len(res.Hosts) + at.More
	for weight(res.Failed) > keptNames {
		half := len(res.Failed) / 2
		res.Failed = res.Failed[:half]
	}
	res.MoreBad = len(failed) - len(res.Failed)
	if links := r.links(at); len(links) > 0 {
		res.Record = links[len(links)-1].URL
	}
	return res
}

// ended settles a start that ended by itself.
func (r *runner) ended(ctx context.Context, run *job.Run, w *wish, at *course, s *session) (job.Outcome, error) {
	if err := r.drain(ctx, run, at, s); err != nil {
		return r.later(run, err)
	}
	exit := s.exit()
	hosts, failed := s.track.outcome()
	took := r.now().Sub(at.Began)
	note := r.settleRecord(ctx, run.Job().ID, at, exit.Code == exitGood)
	trouble := s.track.trouble(failed)
	out, err := r.conclude(ctx, run, w, at, s, conclusion{exit: exit, hosts: hosts, failed: failed, trouble: trouble, note: note, took: took})
	if err != nil {
		return r.later(run, err)
	}
	if at.Final != nil {
		return r.settled(run, at), nil
	}
	r.keep(run.Job().ID, nil)
	if err := r.set.clearFolders(run.Job().ID); err != nil {
		r.log.WarnContext(ctx, "remove the folder of a run", "job", run.Job().ID, "error", err)
	}
	return out, nil
}

// later leaves a program that has ended to be looked at again by this process, with what it said, unless another one has the job.
func (r *runner) later(run *job.Run, err error) (job.Outcome, error) {
	if s := r.session(run.Job().ID); errors.Is(err, job.ErrLeaseLost) && s != nil && s.fence.Load() == run.Job().Fence {
		r.keep(run.Job().ID, nil)
	}
	return job.Outcome{}, err
}

// conclusion is how a start ended.
type conclusion struct {
	exit    attend.Exit
	hosts   map[string]tally
	failed  []string
	trouble []failure
	note    string
	took    time.Duration
}

func (r *runner) conclude(ctx context.Context, run *job.Run, w *wish, at *course, s *session, c conclusion) (job.Outcome, error) {
	at.over(c.hosts)
	say := s.told(c)
	if c.exit.Code != exitGood && len(c.failed) > 0 && at.Retries < w.playbook.Retry.Count && !w.check {
		if weight(c.failed) <= keptNames {
			return r.again(ctx, run, w, at, c, say)
		}
		say = append(say, fmt.Sprintf("%s failed, which are too many to be tried again by name.", chat.Count(len(c.failed), "host")))
	}
	res := r.result(run.Job(), at, c.failed, c.exit)
	res.Failures, res.Note = c.trouble, c.note
	at.Final = &final{Good: c.exit.Code == exitGood, Result: res}
	if !at.Final.Good {
		at.Final.Reason = s.reason(c)
	}
	progress := job.Progress{Percent: 100, Line: s.track.verdict(c.exit)}
	change := job.Change{Checkpoint: at, Progress: &progress, Links: r.links(at), Say: say, Offers: res.offers(run.Job().ID)}
	if c.exit.Code != exitGood {
		progress.Percent = run.Job().Progress.Percent
	}
	if err := run.Save(ctx, change); err != nil {
		return job.Outcome{}, fmt.Errorf("save: %w", err)
	}
	if c.exit.Code == exitGood {
		r.learn(ctx, w, c.took)
	}
	return at.Final.outcome(), nil
}

// offers is what serves better than to do all of it again.
func (r *result) offers(id string) []job.Offer {
	if r.Exit == exitGood || len(r.Failed) == 0 || !r.nameable() {
		return nil
	}
	title := "Only the host that failed"
	if n := len(r.Failed); n > 1 {
		title = fmt.Sprintf("Only the %d hosts that failed", n)
	}
	return []job.Offer{{Title: title, Text: "ansible retry " + id}}
}

// told is what people are told of the end besides how it ended.
func (s *session) told(c conclusion) []string {
	var say []string
	if s.track.deserted() {
		say = append(say, "No host of the inventory was meant by the playbook, so nothing was done.")
	}
	if len(c.exit.Left) > 0 {
		say = append(say, fmt.Sprintf("It left running, and this was ended: %s.", plain(strings.Join(c.exit.Left, ", "))))
	}
	if c.exit.Trouble != "" {
		say = append(say, c.exit.Trouble)
	}
	if c.note != "" {
		say = append(say, c.note)
	}
	return say
}

// verdict is the last line of progress.
func (t *tracker) verdict(exit attend.Exit) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := "it ended well"
	if exit.Code != exitGood {
		text = "it failed"
	}
	if hosts := t.census(); hosts != "" {
		text += " · " + hosts
	}
	return text
}

// again parks the job until the hosts that failed are tried once more.
func (r *runner) again(ctx context.Context, run *job.Run, w *wish, at *course, c conclusion, say []string) (job.Outcome, error) {
	now, err := r.clock(ctx)
	if err != nil {
		return job.Outcome{}, err
	}
	at.Retries++
	wait := w.playbook.Retry.Wait
	at.Only, at.Next = c.failed, now.Add(wait)
	when := "now"
	if wait > 0 {
		when = "in " + wait.String()
	}
	say = append(say, fmt.Sprintf("%s; trying %s again %s (%d of %d).",
		upper(sentence(c.trouble, c.failed)), chat.Count(len(c.failed), "host"), when, at.Retries, w.playbook.Retry.Count))
	progress := job.Progress{Percent: -1, Line: fmt.Sprintf("trying %s again at %s", chat.Count(len(c.failed), "host"), at.Next.UTC().Format("15:04:05 UTC"))}
	if err := run.Save(ctx, job.Change{Checkpoint: at, Progress: &progress, Say: say, Links: r.links(at)}); err != nil {
		return job.Outcome{}, fmt.Errorf("save: %w", err)
	}
	return job.Wait(wait), nil
}

// reason says why a run failed, for a person.
func (s *session) reason(c conclusion) string {
	switch {
	case c.exit.Signal != "":
		return fmt.Sprintf("ansible-playbook was ended by %s, and not by me: somebody or something on its machine did it (too little memory, perhaps)", c.exit.Signal)
	case len(c.failed) > 0:
		return sentence(c.trouble, c.failed) + advice(c.trouble)
	case c.exit.Code == exitInterrupted:
		return "ansible-playbook was interrupted, and not by me"
	}
	said := s.book.said()
	switch c.exit.Code {
	case exitOptions:
		return "ansible-playbook did not take what it was called with: " + said
	case exitCrashed:
		return "ansible-playbook crashed: " + said
	case exitFault, exitFailed, exitUnreachable:
		return "ansible-playbook could not run it: " + said
	}
	return fmt.Sprintf("ansible-playbook ended with %d: %s", c.exit.Code, said)
}

// sentence names the hosts that failed, with the task and the message of the first few.
func sentence(trouble []failure, failed []string) string {
	const most = 3
	var parts []string
	for i, f := range trouble {
		if i == most {
			break
		}
		what := "failed in"
		if f.Away {
			what = "could not be reached in"
		}
		parts = append(parts, fmt.Sprintf("%s %s %q: %s", f.Host, what, f.Task, strings.TrimRight(f.Message, ". ")))
	}
	text := fmt.Sprintf("%s failed", chat.Count(len(failed), "host"))
	if len(failed) > 1 && len(failed) <= maxNamed {
		text += " (" + plain(strings.Join(failed, ", ")) + ")"
	}
	if len(parts) == 0 {
		return text
	}
	return text + ": " + strings.Join(parts, "; ")
}

// advice says what to do about failures that have to do with how this runs.
func advice(trouble []failure) string {
	has := func(text string) bool {
		return slices.ContainsFunc(trouble, func(f failure) bool { return strings.Contains(f.Message, text) })
	}
	switch {
	case has("Missing sudo password"), has("Incorrect sudo password"), has("sudo: a password is required"):
		return ". sudo asks for a password there: put it into a secret, and name that as ansible_become_password among the playbook's secrets"
	case has("Host key verification failed"):
		return ". Its host key is not among those that count: see ansible.known_hosts"
	case has("Permission denied (publickey"):
		return ". The host does not take the key of ansible.private_key"
	}
	return ""
}
