package question

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// act is a thing that is done to a server.
type act struct {
	words  string
	done   string   // what people are told: "Stopped"
	action string   // as Nova records it in a server's actions
	from   []string // the states in which it makes sense
	until  string   // the state in which it is done
	idle   bool     // nothing is to be done in that state
}

var (
	reboots = act{words: rebootWords, done: "Rebooted", action: "reboot", from: []string{"ACTIVE", "SHUTOFF", "ERROR", "PAUSED", "SUSPENDED", "HARD_REBOOT", "REBOOT"}, until: "ACTIVE"}
	stops   = act{words: stopWords, done: "Stopped", action: "stop", from: []string{"ACTIVE", "ERROR"}, until: "SHUTOFF", idle: true}
	starts  = act{words: startWords, done: "Started", action: "start", from: []string{"SHUTOFF"}, until: "ACTIVE", idle: true}
)

// body is the request: https://docs.openstack.org/api-ref/compute/#servers-run-an-action-servers-action.
func (a act) body(hard bool) map[string]any {
	switch {
	case a.action == "stop":
		return map[string]any{"os-stop": nil}
	case a.action == "start":
		return map[string]any{"os-start": nil}
	case hard:
		return map[string]any{"reboot": map[string]any{"type": "HARD"}}
	}
	return map[string]any{"reboot": map[string]any{"type": "SOFT"}}
}

// switcher steps "openstack server reboot", "stop" and "start".
type switcher struct {
	*Questions

	act act
}

// switching is its checkpoint.
type switching struct {
	Cloud   string    `json:"cloud"`
	Server  string    `json:"server"` // its id
	Name    string    `json:"name"`
	Earlier []string  `json:"earlier,omitempty"` // requests for the same that Nova knew before ours
	Asked   time.Time `json:"asked,omitzero"`
}

const (
	// actEffect is the name under which the engine remembers that a server is being asked.
	actEffect = "act"
	// actPatience is how long a server may take; a guest that does not heed a soft reboot is rebooted hard by Nova after two minutes.
	actPatience = 15 * time.Minute
)

// Step implements job.Stepper.
func (s *switcher) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	at := &switching{}
	if _, err := run.Load(at); err != nil {
		return job.Outcome{}, err
	}
	if at.Server == "" {
		if out, err := s.choose(ctx, run, at); out != nil || err != nil {
			return s.chosen(run, out, err)
		}
	}
	c, err := s.one(at.Cloud, cloud.Operator, s.act.words, who(run.Job()))
	if err != nil {
		return s.verdict(run, err)
	}
	if at.Asked.IsZero() {
		if err := s.ask(ctx, run, c, at); err != nil {
			return s.verdict(run, err)
		}
	}
	return s.follow(ctx, run, c, at)
}

func (s *switcher) chosen(run *job.Run, out *job.Outcome, err error) (job.Outcome, error) {
	if err != nil {
		return s.verdict(run, err)
	}
	return *out, nil
}

// choose finds the server, and sees whether there is something to be done. It gives an outcome when there is not.
func (s *switcher) choose(ctx context.Context, run *job.Run, at *switching) (*job.Outcome, error) {
	args := command.Values(run.Job().Args)
	t, err := parseTarget(args.String("server"))
	if err != nil {
		return nil, err
	}
	clouds, err := s.permitted(args.String("cloud"), cloud.Operator, s.act.words, who(run.Job()))
	if err != nil {
		return nil, err
	}
	found, err := s.only(ctx, clouds, t)
	if err != nil {
		return nil, err
	}
	name := chat.OneLine(found.Name)
	if found.Status == s.act.until && s.act.idle && found.Task == "" {
		out := job.Done(result(found.cloud, &found.server))
		return &out, run.Say(ctx, "%s (%s) at %s is %s already: nothing was done.", name, found.ID, found.cloud.Name(), found.Status)
	}
	if !slices.Contains(s.act.from, found.Status) {
		return nil, refuse(command.CodeConflict, fmt.Sprintf("%s (%s) at %s is %s; that cannot be done then. Nothing was done.", name, found.ID, found.cloud.Name(), found.state()))
	}
	*at = switching{Cloud: found.cloud.Name(), Server: found.ID, Name: name}
	earlier, err := s.requests(ctx, found.cloud, found.ID)
	if err != nil {
		return nil, err
	}
	at.Earlier = earlier
	return nil, run.Save(ctx, job.Change{
		Checkpoint: at, Progress: &job.Progress{Percent: -1, Line: fmt.Sprintf("%s is %s", name, found.state())}, Links: links(found.cloud, &found.server),
	})
}

func links(c *cloud.Cloud, s *server) []job.Link {
	if c.Horizon() == "" {
		return nil
	}
	return []job.Link{{Title: "Horizon", URL: horizon(c, s)}}
}

func result(c *cloud.Cloud, s *server) map[string]any {
	return map[string]any{"cloud": c.Name(), "server": s.ID, "name": s.Name, "state": s.Status}
}

// follow looks whether it is done.
func (s *switcher) follow(ctx context.Context, run *job.Run, c *cloud.Cloud, at *switching) (job.Outcome, error) {
	seen, _ := eye(c)
	found, err := byIDs(ctx, seen, []string{at.Server})
	if err != nil {
		return s.verdict(run, err)
	}
	if len(found) == 0 {
		return job.Fail(fmt.Sprintf("%s (%s) at %s is not there any more.", at.Name, at.Server, at.Cloud), nil), nil
	}
	now, err := s.jobs.Now(ctx)
	if err != nil {
		return job.Outcome{}, err
	}
	one := &found[0]
	switch {
	case one.Status == s.act.until && one.Task == "":
		return job.Done(result(c, one)), run.Save(ctx, job.Change{
			Progress: &job.Progress{Percent: 100, Line: at.Name + " is " + one.state()},
			Say:      []string{fmt.Sprintf("✓ %s %s (%s) at %s: it is %s.", s.act.done, at.Name, at.Server, at.Cloud, one.state())},
		})
	case one.Status == "ERROR" && one.Task == "":
		return job.Fail(fmt.Sprintf("%s (%s) at %s went to ERROR: %s.", at.Name, at.Server, at.Cloud, orNothing(faultText(one.Fault))), result(c, one)), nil
	case now.Sub(at.Asked) > actPatience:
		return job.Fail(fmt.Sprintf("%s (%s) at %s is still %s, %s after it was asked. OpenStack may yet do it.", at.Name, at.Server, at.Cloud, one.state(), chat.Duration(now.Sub(at.Asked))), result(c, one)), nil
	}
	return job.Wait(c.Pace("server")), run.Save(ctx, job.Change{Progress: &job.Progress{Percent: -1, Line: at.Name + " is " + one.state()}})
}

func orNothing(text string) string {
	if text == "" {
		return "no reason was given"
	}
	return text
}

// Cancel implements job.Canceller. OpenStack takes nothing back; what is, is said.
func (s *switcher) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	at := &switching{}
	if _, err := run.Load(at); err != nil {
		return job.Outcome{}, err
	}
	if !run.Intended(actEffect) || at.Server == "" {
		return job.Stopped("nothing had been asked of OpenStack"), nil
	}
	c, err := s.clouds.Find(at.Cloud)
	if err != nil {
		return s.verdict(run, err)
	}
	if at.Asked.IsZero() {
		now, err := s.requests(ctx, c, at.Server)
		if err != nil {
			return job.Outcome{}, unstopped(err)
		}
		if !slices.ContainsFunc(now, func(id string) bool { return !slices.Contains(at.Earlier, id) }) {
			return job.Stopped(fmt.Sprintf("looked: %s has recorded no %s of %s (%s) by us", at.Cloud, s.act.action, at.Name, at.Server)), nil
		}
	}
	seen, _ := eye(c)
	found, err := byIDs(ctx, seen, []string{at.Server})
	switch {
	case err != nil:
		return job.Outcome{}, unstopped(err)
	case len(found) == 0:
		return job.Stopped(fmt.Sprintf("looked: %s (%s) at %s is not there any more", at.Name, at.Server, at.Cloud)), nil
	case found[0].Status == s.act.until && found[0].Task == "":
		return job.Done(result(c, &found[0])), run.Say(ctx, "It was too late to stop: %s (%s) at %s is %s.", at.Name, at.Server, at.Cloud, found[0].state())
	}
	return job.Stopped(
		fmt.Sprintf("looked: %s (%s) at %s is %s", at.Name, at.Server, at.Cloud, found[0].state()),
		fmt.Sprintf("the %s of %s was asked for, and OpenStack cannot be asked to leave it: it goes on", s.act.action, at.Name)), nil
}

// unstopped is an error of looking what became of what is to stop: also one that will not pass is waited out, since nothing else can be
// found out.
func unstopped(err error) error {
	if fault, ok := errors.AsType[*cloud.Fault](err); ok {
		return fmt.Errorf("look what became of it: %w", fault)
	}
	return err
}
