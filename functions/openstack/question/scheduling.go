package question

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// scheduler steps "openstack hypervisor disable" and "enable": whether Nova puts new servers on a host.
type scheduler struct {
	*Questions

	disable bool
}

// scheduling is its checkpoint.
type scheduling struct {
	Cloud   string `json:"cloud"`
	Host    string `json:"host"`
	Service string `json:"service"`         // its id
	Was     string `json:"was,omitempty"`   // why it was disabled before
	Reason  string `json:"write,omitempty"` // what is written
}

const (
	scheduleEffect = "schedule"
	// maxReason is how long Nova takes a reason to be, in letters.
	maxReason = 255
	// reasonMark begins the reasons that we write.
	reasonMark = "handsoff job "
)

func (s *scheduler) words() string {
	if s.disable {
		return disableWords
	}
	return enableWords
}

// written is the reason as Nova keeps it: our job, who, and why.
func written(j *job.Job, reason string) string {
	text := []rune(chat.OneLine(fmt.Sprintf("%s%s by %s: %s", reasonMark, j.ID, j.Principal, reason)))
	if len(text) > maxReason {
		return string(text[:maxReason-1]) + "…"
	}
	return string(text)
}

// Step implements job.Stepper.
func (s *scheduler) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	at := &scheduling{}
	if _, err := run.Load(at); err != nil {
		return job.Outcome{}, err
	}
	if at.Service == "" {
		if out, err := s.choose(ctx, run, at); out != nil || err != nil {
			if err != nil {
				return s.verdict(run, err)
			}
			return *out, nil
		}
	}
	c, err := s.one(at.Cloud, cloud.Admin, s.words(), who(run.Job()))
	if err != nil {
		return s.verdict(run, err)
	}
	look := func(ctx context.Context) (bool, job.Sighting, error) { return s.sight(ctx, c, at) }
	if _, err := job.Once(ctx, run, scheduleEffect, look, func(ctx context.Context) (bool, error) { return true, s.write(ctx, c, at) }); err != nil {
		return s.verdict(run, err)
	}
	text := fmt.Sprintf("✓ %s at %s is disabled: no new servers go there. Those that are there run on; %s %s shows them. Written there: %s", at.Host, at.Cloud, onHostWords, at.Host, at.Reason)
	if !s.disable {
		text = fmt.Sprintf("✓ %s at %s is enabled: new servers go there again.", at.Host, at.Cloud)
	}
	return job.Done(map[string]any{"cloud": at.Cloud, "host": at.Host, "was": at.Was, "reason": at.Reason}), run.Say(ctx, "%s", text)
}

// choose finds the host, and sees whether there is something to be done. It gives an outcome when there is not.
func (s *scheduler) choose(ctx context.Context, run *job.Run, at *scheduling) (*job.Outcome, error) {
	args := command.Values(run.Job().Args)
	reason := strings.TrimSpace(args.String("reason"))
	if s.disable && reason == "" {
		return nil, refuse(command.CodeUsage, "A reason is needed: whoever finds the host disabled will want to know it.")
	}
	clouds, _, err := s.hosting(args.String("cloud"), s.words(), who(run.Job()))
	if err != nil {
		return nil, err
	}
	h, err := s.host(ctx, clouds, args.String("host"))
	if err != nil {
		return nil, err
	}
	name, disabled := chat.OneLine(h.Host), h.Status == "disabled"
	was := chat.OneLine(h.Service.Reason)
	if disabled == s.disable {
		if disabled {
			return nil, refuse(command.CodeConflict, fmt.Sprintf("%s at %s is disabled already: %s Nothing was changed.", name, h.cloud.Name(), s.history(ctx, was)))
		}
		out := job.Done(map[string]any{"cloud": h.cloud.Name(), "host": name})
		return &out, run.Say(ctx, "%s at %s is enabled already: nothing was changed.", name, h.cloud.Name())
	}
	*at = scheduling{Cloud: h.cloud.Name(), Host: name, Service: h.Service.ID, Was: was}
	change := job.Change{Checkpoint: at}
	if s.disable {
		at.Reason = written(run.Job(), reason)
	} else {
		change.Say = []string{fmt.Sprintf("%s at %s was disabled: %s", name, h.cloud.Name(), s.history(ctx, was))}
	}
	return nil, run.Save(ctx, change)
}

// history says who had disabled a host, and why.
func (s *scheduler) history(ctx context.Context, reason string) string {
	if reason == "" {
		return "nobody wrote why."
	}
	written := chat.Quote(reason, 255) + "."
	ours, is := strings.CutPrefix(reason, reasonMark)
	id, _, _ := strings.Cut(ours, " ")
	if !is || !command.IsJobID(id) {
		return written
	}
	earlier, err := s.jobs.Get(ctx, id)
	if errors.Is(err, job.ErrNotFound) || err != nil {
		return written // the job is forgotten; what is written says the same
	}
	why := strings.TrimSpace(command.Values(earlier.Args).String("reason"))
	return fmt.Sprintf("by %s, %s, with the job %s: %s", earlier.Principal, chat.Clock(earlier.Created, s.now()), id, full(chat.OneLine(why)))
}

// full ends a text with a full stop.
func full(text string) string {
	if text == "" || strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

// service reads a host's service: its status, and why it is disabled.
func (s *scheduler) service(ctx context.Context, c *cloud.Cloud, at *scheduling) (status, reason string, err error) {
	err = hypervisors(ctx, c, func(h *hypervisor) {
		if h.Service.ID == at.Service {
			status, reason = h.Status, h.Service.Reason
		}
	})
	return status, reason, err
}

// sight looks whether the change was made.
func (s *scheduler) sight(ctx context.Context, c *cloud.Cloud, at *scheduling) (bool, job.Sighting, error) {
	status, reason, err := s.service(ctx, c, at)
	switch {
	case err != nil:
		return false, job.Hidden, err
	case s.disable && status == "disabled" && reason == at.Reason, !s.disable && status == "enabled":
		return true, job.Present, nil
	}
	return false, job.Absent, nil
}

// write changes the service: https://docs.openstack.org/api-ref/compute/#update-compute-service.
func (s *scheduler) write(ctx context.Context, c *cloud.Cloud, at *scheduling) error {
	admin, err := c.Admin()
	if err != nil {
		return job.NotDone(err)
	}
	client, err := admin.Client(ctx, cloud.Compute)
	if err != nil {
		return job.NotDone(err)
	}
	body := map[string]any{"status": "enabled"}
	if s.disable {
		body = map[string]any{"status": "disabled", "disabled_reason": at.Reason}
	}
	_, err = client.Put(ctx, client.ServiceURL("os-services", at.Service), body, nil, &gophercloud.RequestOpts{OkCodes: []int{http.StatusOK}}) //nolint:bodyclose // gophercloud has read and closed it
	if fault := cloud.Judge(err); fault != nil && fault.Undone() {
		return job.NotDone(cloud.While(err, "changing the host"))
	}
	return cloud.While(err, "changing the host")
}

// Cancel implements job.Canceller. The change is one request: it was made, or not.
func (s *scheduler) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	at := &scheduling{}
	if _, err := run.Load(at); err != nil {
		return job.Outcome{}, err
	}
	if !run.Intended(scheduleEffect) || at.Service == "" {
		return job.Stopped("nothing had been asked of OpenStack"), nil
	}
	c, err := s.clouds.Find(at.Cloud)
	if err != nil {
		return s.verdict(run, err)
	}
	status, reason, err := s.service(ctx, c, at)
	if err != nil {
		return job.Outcome{}, unstopped(err)
	}
	if _, sighting, err := s.sight(ctx, c, at); err == nil && sighting == job.Present {
		back := enableWords
		if !s.disable {
			back = disableWords
		}
		return job.Stopped(fmt.Sprintf("looked: %s at %s is %s", at.Host, at.Cloud, status), fmt.Sprintf("the change was made; %s %s takes it back", back, at.Host)), nil
	}
	return job.Stopped(fmt.Sprintf("looked: %s at %s is %s (%s)", at.Host, at.Cloud, status, orNothing(chat.OneLine(reason)))), nil
}
