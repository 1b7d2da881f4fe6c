package life

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

// phase is what a job does with its environment.
type phase string

const (
	planning phase = ""       // nothing was begun
	rising   phase = "rising" // it is made
	falling  phase = "falling"
	keeping  phase = "keeping" // it could not be made, and is kept: what nobody answered for is looked for first
	over     phase = "over"    // only the end is to be told
	acting   phase = "acting"  // its servers are told something
)

// course is a job's checkpoint: what the inventory does not say.
type course struct {
	Name    string    `json:"name,omitempty"`
	Cloud   string    `json:"cloud,omitempty"`
	Phase   phase     `json:"phase,omitempty"`
	Maker   string    `json:"maker,omitempty"`   // of the environment it works on: another one of the same name is not its affair
	Why     string    `json:"why,omitempty"`     // why it is taken back
	Began   time.Time `json:"began,omitzero"`    // when the phase began
	Moved   time.Time `json:"moved,omitzero"`    // when something was last seen to be done
	Looked  time.Time `json:"looked,omitzero"`   // when what was made was last looked at, or the cloud was last looked through
	Away    time.Time `json:"away,omitzero"`     // since when the cloud has not been answering
	Things  int       `json:"things,omitempty"`  // that were taken back
	Lease   string    `json:"lease,omitempty"`   // the job that waits for the end of its time
	Leased  bool      `json:"leased,omitempty"`  // that job was asked for
	Left    []string  `json:"left,omitempty"`    // what would not go, a sentence each
	Told    string    `json:"told,omitempty"`    // what was said last, so that it is said once
	Back    int       `json:"back,omitempty"`    // how often the last look found something
	Seen    bool      `json:"seen,omitempty"`    // the cloud was looked through for what is intended
	Renewed bool      `json:"renewed,omitempty"` // a rebuild has written the new record
	Child   string    `json:"child,omitempty"`   // the job that was handed in
	Until   time.Time `json:"until,omitzero"`    // the new end of its time
}

// hand is one call of Step or Cancel that has an environment in hand.
type hand struct {
	*Life
	run   *job.Run
	by    environment.Writer
	at    *course
	env   *environment.Environment
	cloud *cloud.Cloud // the environment's, as the account of the configuration sees it
	now   time.Time

	mu     sync.Mutex    // things are asked for side by side
	inside *cloud.Cloud  // the same in the environment's own project; nil before it was asked for
	after  time.Duration // for how long the cloud has asked to be left alone, of those that were told to go
}

// errElsewhere says that the environment is gone, or that there is another one of its name.
var errElsewhere = errors.New("the environment is gone")

// take reads the environment that a job works on.
func (l *Life) take(ctx context.Context, run *job.Run, at *course) (*hand, error) {
	now, err := l.jobs.Now(ctx)
	if err != nil {
		return nil, err
	}
	env, err := l.envs.Get(ctx, at.Name)
	if errors.Is(err, environment.ErrNotFound) || err == nil && env.Maker != at.Maker {
		return nil, errElsewhere
	}
	if err != nil {
		return nil, err
	}
	found, err := l.clouds.Find(env.Cloud)
	if err != nil {
		return nil, fmt.Errorf("the environment %s is at %s: %w", env.Name, env.Cloud, err)
	}
	return &hand{Life: l, run: run, by: environment.By(run), at: at, env: env, cloud: found, now: now}, nil
}

// write records what became of things and of the environment, and keeps the copy in hand up to date. It is written also when
// the step is to end: what the cloud has done is done.
func (h *hand) write(ctx context.Context, c environment.Change) error {
	if err := h.envs.Write(context.WithoutCancel(ctx), h.by, h.env.Name, c); err != nil {
		return err
	}
	for _, item := range c.Items {
		h.env.Items[item.Key] = item
	}
	for _, key := range c.Forget {
		delete(h.env.Items, key)
	}
	if c.State != "" {
		h.env.State = c.State
	}
	if c.Record != nil {
		h.env.Record = *c.Record
	}
	if c.Lease != "" {
		h.env.Lease = c.Lease
	}
	return nil
}

// save keeps the course, with what people see of it.
func (h *hand) save(ctx context.Context, line string, say ...string) error {
	progress := h.progress(line)
	return h.run.Save(ctx, job.Change{Checkpoint: h.at, Progress: &progress, Parts: h.parts(), Say: say})
}

// scope is the cloud as a kind of thing is to be asked for: a project of its own is made by the administrator, and what is in it
// by the administrator there.
func (h *hand) scope(ctx context.Context, kind string) (*cloud.Cloud, error) {
	if h.env.Plan.Item(projectKey) == nil && h.env.Items[projectKey] == nil {
		return h.cloud, h.present(ctx)
	}
	if kind == resource.KindProject {
		return h.cloud.Admin()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.inside != nil {
		return h.inside, nil
	}
	own := h.env.Items[projectKey]
	if own == nil || own.ID == "" || own.State == environment.Gone {
		return nil, errNoProject
	}
	admin, err := h.cloud.Admin()
	if err != nil {
		return nil, err
	}
	h.inside, err = admin.InProject(ctx, own.ID)
	return h.inside, err
}

// present makes sure that the account is for the project which the environment is in: by another one nothing of it is seen, which is not to say that it is gone.
func (h *hand) present(ctx context.Context) error {
	if h.env.Project == "" {
		return nil
	}
	id, name, err := h.cloud.Project(ctx)
	if err != nil || id == h.env.Project {
		return err
	}
	return &cloud.Fault{Kind: cloud.Missing, Cloud: h.cloud.Name(), Message: fmt.Sprintf(
		"%s is in the project %s, and the account of %s is for another one now, %s (%s)", h.env.Name, h.env.Project, h.cloud.Name(), chat.Brief(name, 60), id)}
}

// projectKey is the item of an environment's own project.
const projectKey = "project"

// errNoProject says that an environment's own project is not there, so that nothing is in it.
var errNoProject = errors.New("its project is not there")

// mark is what a thing of the environment bears.
func (h *hand) mark(key string) resource.Mark {
	return resource.Mark{Bot: h.env.Bot, Env: h.env.Name, Job: h.run.Job().ID, Item: key}
}

// pace is how long to wait before things are looked at again: the shortest of the kinds that are waited for.
func (h *hand) pace(kinds ...string) time.Duration {
	least := time.Duration(0)
	for _, kind := range kinds {
		if pace := h.cloud.Pace(kind); least == 0 || pace < least {
			least = pace
		}
	}
	if least == 0 {
		least = h.cloud.Pace("")
	}
	return least
}
