package life

import (
	"context"
	"errors"
	"fmt"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

var (
	_ job.Canceller = (*stopper)(nil)
	_ job.Canceller = (*extender)(nil)
)

// Cancel implements job.Canceller: nothing more is told to stop. What was told cannot be called back, and is named.
func (s *stopper) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	h, out, err := s.halt(ctx, run)
	if h == nil || err != nil {
		return out, err
	}
	m, err := h.muster(ctx, resource.Stopped)
	switch {
	case err != nil:
		return h.later(ctx, err)
	case m.there == len(m.servers):
		if err := h.write(ctx, environment.Change{State: environment.Stopped}); err != nil {
			return job.Outcome{}, err
		}
		return job.Done(h.result()), h.wakeLease(ctx)
	}
	evidence := fmt.Sprintf("looked: of %s, %d of %s stopped, and nothing more is told to stop", h.env.Name, m.there, chat.Count(len(m.servers), "server"))
	return job.Stopped(evidence, m.named("is stopped", "may have been told to stop, and stop yet")...), nil
}

// Cancel implements job.Canceller: nothing more is told to start. The new end stays where it was written already, and is named.
func (x *extender) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	h, out, err := x.halt(ctx, run)
	if h == nil || err != nil {
		return out, err
	}
	var left []string
	evidence := fmt.Sprintf("looked: %s expires %s, as before", h.env.Name, clock(h.env.Expires))
	if h.env.Expires.Equal(h.at.Until) {
		evidence = fmt.Sprintf("looked: %s expires %s now", h.env.Name, clock(h.env.Expires))
		left = []string{fmt.Sprintf("%s was extended: it stays until %s", h.env.Name, clock(h.env.Expires))}
	}
	if h.env.State == environment.Stopped && len(left) > 0 {
		m, err := h.muster(ctx, resource.Ready)
		if err != nil {
			return h.later(ctx, err)
		}
		evidence += fmt.Sprintf("; %d of %s run, and nothing more is told to start", m.there, chat.Count(len(m.servers), "server"))
		left = append(left, m.named("runs", "is stopped, and may have been told to start")...)
		if err := h.write(ctx, environment.Change{State: before(h.env)}); err != nil { // so that all are stopped when its time is over
			return job.Outcome{}, err
		}
	}
	if err := h.wakeLease(ctx); err != nil {
		return job.Outcome{}, err
	}
	return job.Stopped(evidence, left...), nil
}

// halt takes the environment of a job that was asked to stop. Without a hand the outcome is what to answer.
func (l *Life) halt(ctx context.Context, run *job.Run) (*hand, job.Outcome, error) {
	at := &course{}
	known, err := run.Load(at)
	if err != nil {
		return nil, job.Outcome{}, err
	}
	if !known {
		return nil, job.Stopped("nothing had been changed"), nil
	}
	h, err := l.take(ctx, run, at)
	if errors.Is(err, errElsewhere) {
		return nil, job.Stopped(at.Name + " was given back meanwhile, by another job"), nil
	}
	if err != nil {
		return nil, job.Outcome{}, err
	}
	return h, job.Outcome{}, run.Signalled(ctx)
}

// later looks again once a cloud that is away answers.
func (h *hand) later(ctx context.Context, err error) (job.Outcome, error) {
	f, passing := away(err)
	if f == nil || !passing {
		return job.Outcome{}, err
	}
	return job.Wait(max(f.After, h.pace())), h.save(ctx, "waiting: "+said(f.Error()))
}

// muster is how the servers of an environment stand.
type muster struct {
	servers []*environment.Item
	as      map[string]bool // by id: as they are to be
	there   int             // how many are
}

// named says of each server how it stands.
func (m *muster) named(as, not string) []string {
	list := make([]string, 0, len(m.servers))
	for _, item := range m.servers {
		how := not
		if m.as[item.ID] {
			how = as
		}
		list = append(list, fmt.Sprintf("server %s (%s) %s", item.Name, item.ID, how))
	}
	return list
}

// muster looks at the servers.
func (h *hand) muster(ctx context.Context, want resource.State) (*muster, error) {
	list, err := h.serversOf(ctx)
	if err != nil {
		return nil, err
	}
	m := &muster{servers: list, as: make(map[string]bool, len(list))}
	if len(list) == 0 {
		return m, nil
	}
	things, err := h.look(ctx, list)
	if err != nil {
		return nil, err
	}
	for _, item := range list {
		if things[item.Kind+" "+item.ID].State == want {
			m.as[item.ID] = true
			m.there++
		}
	}
	return m, nil
}
