package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/git"
	"github.com/handsoff/handsoff/shared/job"
)

// looker steps "git status": it compares both sides of a mirror and pushes nothing.
type looker struct{ *capability }

var _ job.Stepper = (*looker)(nil)

// status is the result of "git status".
type status struct {
	Said   string   `json:"said,omitempty"` // what people were told, where that is all there is to tell
	Mirror string   `json:"mirror"`
	Same   int      `json:"same"`
	Refs   []differ `json:"refs,omitempty"`
	More   int      `json:"more,omitempty"` // refs that differ and are not looked at closely
	Last   string   `json:"last_sync"`
}

// differ is a ref that is not the same on both sides.
type differ struct {
	Ref    string `json:"ref"`
	Up     string `json:"upstream"`
	Down   string `json:"downstream,omitempty"`
	Behind int    `json:"behind"` // commits of the upstream that the downstream lacks; -1 when it cannot be told
	Ahead  int    `json:"ahead"`  // commits of the downstream that the upstream has not
}

// maxCompared is how many refs are compared commit by commit.
const maxCompared = 20

// Step implements job.Stepper.
func (l *looker) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	name := command.Values(run.Job().Args).String("name")
	m, ok := l.set.mirrors[name]
	if !ok {
		return job.Fail(l.noMirror(name).Text, nil), nil
	}
	r, end := report(ctx, run)
	found, err := l.compare(ctx, m, r)
	end()
	if err != nil {
		return l.verdict(run, err)
	}
	if found.Last, err = l.lastSync(ctx, name); err != nil {
		return job.Outcome{}, err
	}
	say := append(found.lines(), found.Last)
	if len(found.Refs) == 0 {
		found.Said = say[0]
	}
	if err := r.save(ctx, job.Change{Progress: &job.Progress{Percent: 100, Line: say[0]}, Say: say}); err != nil {
		return job.Outcome{}, err
	}
	return job.Done(found), nil
}

func (l *looker) compare(ctx context.Context, m *mirror, r *reporter) (*status, error) {
	r.phase("looking what "+m.mirrored+" has upstream and downstream", 0, afterLook)
	p, err := l.look(ctx, m, r)
	if err != nil {
		return nil, err
	}
	found := &status{Mirror: m.mirrored, Same: p.same}
	if len(p.changes) == 0 {
		return found, nil
	}
	cache, err := l.git.Cache(ctx, m.upstream, r.watch())
	if err != nil {
		return nil, err
	}
	defer cache.Close()
	if err := l.fetch(ctx, m, p, cache, r); err != nil {
		return nil, err
	}
	some := p.changes[:min(len(p.changes), maxCompared)]
	found.More = len(p.changes) - len(some)
	l.fetchDown(ctx, m, some, cache, r)
	for _, c := range some {
		found.Refs = append(found.Refs, compared(ctx, c, cache))
	}
	return found, ctx.Err()
}

// fetchDown brings what only the downstream has. Without it the commits cannot be counted, and that is said.
func (l *looker) fetchDown(ctx context.Context, m *mirror, changes []change, cache *git.Cache, r *reporter) {
	var names []string
	for _, c := range changes {
		if c.Old != "" && !isTag(c) {
			names = append(names, c.Ref)
		}
	}
	if len(names) == 0 {
		return
	}
	if err := cache.Fetch(ctx, m.downstream, names, r.watch()); err != nil {
		l.log.WarnContext(ctx, "fetch from the downstream", "mirror", m.mirrored, "error", err)
	}
}

func compared(ctx context.Context, c change, cache *git.Cache) differ {
	d := differ{Ref: short(c.Ref), Up: c.New, Down: c.Old, Behind: -1}
	if c.Old == "" || isTag(c) {
		return d
	}
	if ahead, behind, err := cache.Apart(ctx, c.Old, c.New); err == nil {
		d.Ahead, d.Behind = ahead, behind
	}
	return d
}

// lines tell people.
func (s *status) lines() []string {
	if len(s.Refs) == 0 {
		return []string{fmt.Sprintf("%s is up to date: %s %s the same upstream and downstream.", s.Mirror, chat.Count(s.Same, "ref"), chat.Are(s.Same))}
	}
	lines := []string{fmt.Sprintf("%s is behind: %s differ, %d %s the same.", s.Mirror, chat.Count(len(s.Refs)+s.More, "ref"), s.Same, chat.Are(s.Same))}
	var missing []string
	for _, d := range s.Refs {
		switch {
		case d.Down == "":
			missing = append(missing, d.Ref)
		case d.Behind < 0:
			lines = append(lines, fmt.Sprintf("%s: %s upstream, %s downstream", d.Ref, brief(d.Up), brief(d.Down)))
		case d.Ahead > 0:
			lines = append(lines, fmt.Sprintf("%s: %d behind, and %d ahead: the downstream has diverged", d.Ref, d.Behind, d.Ahead))
		default:
			lines = append(lines, fmt.Sprintf("%s: %d behind", d.Ref, d.Behind))
		}
	}
	if len(missing) > 0 {
		lines = append(lines, "Not there yet: "+list(missing))
	}
	if s.More > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", s.More))
	}
	return slices.DeleteFunc(lines, func(line string) bool { return strings.TrimSpace(line) == "" })
}
