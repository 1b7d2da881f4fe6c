package system

import (
	"context"
	"embed"
	"time"

	"github.com/handsoff/handsoff/functions/dashboard/site"
	"github.com/handsoff/handsoff/functions/dashboard/vitals"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
)

//go:embed template
var files embed.FS

// Section is what this page is called in the configuration's public and in the navigation.
const Section = "system"

type pages struct{ *function.Platform }

// Add puts the page on a site.
func Add(s *site.Site, p *function.Platform) {
	at := &pages{p}
	s.Page("GET /system", site.Page{Title: "System", Section: Section, Role: config.Viewer, Files: files, Serve: at.show, Tag: s.Seldom})
}

// health is what the page shows.
type health struct {
	Wrong    []string // what is not well, a sentence each
	Standing job.Standing
	States   []inState
	Lag      time.Duration // of the oldest due job
	Untold   time.Duration // for how long the oldest job with something to show waits
	Untaken  []job.Untaken
	MoreJobs bool
	Redis    server
	Ticked   time.Time // the clock's last tick; zero for never
	Doors    []door
	Boxes    []vitals.Inbox
	Queue    *vitals.Queue // nil where there is none of ours
	Gaps     []counted
	Counts   []counted
}

// inState is how many unfinished jobs are in a state.
type inState struct {
	State job.State
	N     int64
}

// counted is how many there are of something.
type counted struct {
	Name string
	N    int64
}

func (p *pages) show(ctx context.Context, _ *site.Request) (site.View, error) {
	now, err := p.Jobs.Now(ctx)
	if err != nil {
		return site.View{}, err
	}
	h := &health{}
	for _, part := range []struct {
		name string
		read func(context.Context, *health, time.Time) error
	}{
		{"the jobs", p.jobs},
		{"Redis' memory", p.redis},
		{"the clock", p.clock},
		{"the doors", p.doors},
		{"the inboxes", p.boxes},
		{"the queue", p.queue},
		{"the gaps", p.gaps},
		{"the counters", p.counts},
	} {
		if err := part.read(ctx, h, now); err != nil { // the others are worth seeing
			p.Log.WarnContext(ctx, "a part of the system's page could not be read", "part", part.name, "error", err)
			h.Wrong = append(h.Wrong, "It could not be read how "+part.name+" stand; the log of the function dashboard says why.")
		}
	}
	return site.View{Template: "system", Data: h, Live: true, Parts: []string{"system-wrong", "system-jobs", "system-redis", "system-doors", "system-boxes", "system-counts"}}, nil
}
