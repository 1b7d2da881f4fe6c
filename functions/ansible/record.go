package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/ansible/ara"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/mask"
)

// jobLabel is the label by which a job's records are known.
func jobLabel(id string) string { return "job:" + id }

// ours are the labels of a job's records, and more.
func ours(id string, more ...string) []string {
	return append([]string{"handsoff", jobLabel(id)}, more...)
}

// skew is how far the clocks of ARA's client and ours may be apart: they are on one machine.
const skew = 5 * time.Second

// links are the pages of all starts, the one under way last.
func (c *capability) links(at *course) []job.Link {
	if c.ara == nil {
		return nil
	}
	var list []job.Link
	for i, id := range at.Records {
		title := "ARA record"
		if at.Try > 1 {
			title = fmt.Sprintf("ARA record of start %d", i+1)
		}
		list = append(list, job.Link{Title: title, URL: c.ara.Link(id)})
	}
	if at.Record != 0 {
		list = append(list, job.Link{Title: "ARA record", URL: c.ara.Link(at.Record)})
	}
	return list
}

// findRecord looks for the record of the start under way, once its first play has given it its labels. That ARA is away
// costs the run nothing but the link.
func (r *runner) findRecord(ctx context.Context, id string, at *course, s *session) {
	if at.Record != 0 || !at.Online || s.track.place().Task == "" || s.looking.Load() {
		return
	}
	if found := s.found.Load(); found != 0 {
		at.Record = found
		return
	}
	s.looking.Store(true)
	path, began, label := at.Path, at.Began, jobLabel(id)
	go func() { // so that an ARA that hangs does not hold the run's own news up
		defer s.looking.Store(false)
		if found, err := r.ara.Find(context.WithoutCancel(ctx), path, label, began.Add(-skew), time.Now().Add(skew)); err == nil && found != nil {
			s.found.Store(found.ID)
		}
	}()
}

// recordOf reads the record of the start under way; nil when it has none.
func (c *capability) recordOf(ctx context.Context, id string, at *course) (*ara.Playbook, error) {
	if c.ara == nil || !at.Online {
		return nil, nil
	}
	if at.Record != 0 {
		return c.ara.Playbook(ctx, at.Record)
	}
	found, err := c.ara.Find(ctx, at.Path, jobLabel(id), at.Began.Add(-skew), c.now().Add(skew))
	if found != nil {
		at.Record = found.ID
	}
	return found, err
}

// secrets masks what ARA gives back: it records what tasks return, with whatever is in it.
func (c *capability) secrets(values ...string) *mask.Mask {
	for _, p := range c.set.Playbooks {
		for _, name := range p.Secrets {
			if value, err := c.secret(name); err == nil {
				values = append(values, string(value))
			}
		}
	}
	return mask.New(twice(values)...)
}

// given are the secret values that somebody gave for the run that a record is of.
func (c *capability) given(ctx context.Context, record *ara.Playbook) []string {
	for _, label := range record.Labels {
		id, is := strings.CutPrefix(label.Name, jobLabel(""))
		if !is {
			continue
		}
		j, err := c.jobs.Get(ctx, id)
		if err != nil || j.Function != "ansible" {
			continue
		}
		if w, err := c.set.wishOf(j); err == nil {
			return w.hidden
		}
	}
	return nil
}

// lastSeen says where a run was whose function died: ARA may know of more than its last checkpoint.
func (r *runner) lastSeen(ctx context.Context, id string, at *course) string {
	where := at.At.where()
	if r.ara == nil || !at.Online {
		return where
	}
	ctx, cancel := context.WithTimeout(ctx, r.endFor)
	defer cancel()
	found, err := r.recordOf(ctx, id, at)
	if err != nil || found == nil {
		return where
	}
	task, err := r.ara.LastTask(ctx, found.ID)
	if err != nil || task == nil {
		return where
	}
	name := plain(r.secrets().Text(task.Name))
	if name == at.At.Task {
		return where
	}
	return where + fmt.Sprintf("; ARA has %q as its last task", name)
}
