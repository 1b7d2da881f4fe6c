package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// tryOf is which try of a step a job is, by its key.
func tryOf(j *job.Job) int {
	words := strings.Fields(j.Key)
	n, err := strconv.Atoi(words[len(words)-1])
	if err != nil {
		return 0
	}
	return n
}

// tries are the jobs of a step, in their order.
func (f *flows) tries(id, step string) []*job.Job {
	var tries []*job.Job
	for _, child := range f.children(id) {
		if j := f.bench.job(child); strings.Contains(j.Key, " "+step+" ") {
			tries = append(tries, j)
		}
	}
	slices.SortFunc(tries, func(a, b *job.Job) int { return tryOf(a) - tryOf(b) })
	return tries
}

// fate is how a step ended.
type fate struct {
	began, good, bad bool
	spent            bool      // it ended badly, and could not be run again
	from, to         time.Time // of its first job, and of its last
	last             time.Time // when the last job was made
}

func (f *flows) fate(rt judge, p *plot, j *job.Job, s *plotted) fate {
	if s.now {
		asked := 0
		for _, e := range f.envelopes {
			if e.ID == fmt.Sprintf("run %s %s 1", j.ID, s.name) {
				asked = 1
			} else if strings.HasPrefix(e.ID, fmt.Sprintf("run %s %s ", j.ID, s.name)) {
				rt.Fatalf("%s was handed in again: %s", s.name, e.ID)
			}
		}
		return fate{began: asked > 0, good: asked > 0}
	}
	tries := f.tries(j.ID, s.name)
	if len(tries) > 1+s.retries {
		rt.Fatalf("%s ran %d times, with %d retries", s.name, len(tries), s.retries)
	}
	fate := fate{began: len(tries) > 0}
	for i, child := range tries {
		if tryOf(child) != i+1 || !child.State.Final() {
			rt.Fatalf("%s, try %d: %s", s.name, i+1, jobtest.Describe(child))
		}
		if s.always && child.State == job.Cancelled {
			rt.Fatalf("%s always runs, and was cancelled", s.name)
		}
		if i+1 < len(tries) && child.State != job.Failed {
			rt.Fatalf("%s was run again after %s", s.name, child.State)
		}
		if i == 0 {
			fate.from = child.Created
		}
		fate.to, fate.last, fate.good = child.Finished, child.Created, child.State == job.Succeeded
		fate.bad = !fate.good
		fate.spent = child.State == job.Unknown || child.State == job.Failed && i == s.retries
	}
	return fate
}

// judge holds the end against the steps' jobs.
func (f *flows) judge(rt judge, p *plot, j *job.Job) {
	where := func() string {
		return fmt.Sprintf("%s\n%s\ncancel at %d, deaths %+v\n%s\n%+v", jobtest.Describe(j), p.yaml(), p.cancelAt, p.deaths,
			strings.Join(f.lines(f.store.Story, j.ID), "\n"), j.Parts)
	}
	if !j.State.Final() {
		rt.Fatalf("it goes on: %s", where())
	}
	fates, worst, all := map[string]fate{}, false, true
	for i := range p.steps {
		s := &p.steps[i]
		is := f.fate(rt, p, j, s)
		fates[s.name] = is
		worst = worst || is.bad && !s.onward
		all = all && (is.began || s.hold == "false")
		if s.hold == "false" && is.began {
			rt.Fatalf("%s ran against its condition: %s", s.name, where())
		}
		if s.always && s.hold != "false" && !is.began && j.Checkpoint != nil {
			rt.Fatalf("%s always runs, and did not: %s", s.name, where())
		}
		for _, need := range s.needs {
			before, ns := fates[need], p.step(need)
			switch {
			case !is.began || s.now || ns.now || ns.hold == "false" || !before.began:
			case before.to.After(is.from):
				rt.Fatalf("%s began before %s ended: %s", s.name, need, where())
			case !s.always && !before.good && !ns.onward:
				rt.Fatalf("%s ran behind %s, which did not go well: %s", s.name, need, where())
			}
			if is.began && !s.always && !before.began && ns.hold != "false" {
				rt.Fatalf("%s ran without %s: %s", s.name, need, where())
			}
		}
	}
	late := map[string]bool{}
	for _, s := range p.steps {
		for _, other := range p.steps {
			if broke, is := fates[s.name], fates[other.name]; broke.spent && !s.onward && !other.always && is.last.After(broke.to) {
				late[other.name] = true
			}
		}
	}
	if len(late) > len(p.deaths) { // what was on its way as a process died is handed in again
		rt.Fatalf("begun after others had failed: %v: %s", late, where())
	}
	told := map[string]bool{}
	for _, line := range f.lines(f.store.Story, j.ID) {
		if told[line] && !strings.HasPrefix(line, "its worker was lost") {
			rt.Fatalf("told twice: %s: %s", line, where())
		}
		told[line] = true
	}
	switch j.State {
	case job.Succeeded:
		if worst || !all {
			rt.Fatalf("it succeeded, and not all of it did: %s", where())
		}
	case job.Failed:
		if !worst {
			rt.Fatalf("it failed, and nothing in it did: %s", where())
		}
	case job.Cancelled:
		if p.cancelAt == 0 && p.point == 0 && !p.late || j.Receipt == nil || j.Receipt.By != "telnet:bob" {
			rt.Fatalf("it was cancelled by nobody: %s", where())
		}
	default:
		rt.Fatalf("it ended otherwise: %s", where())
	}
	f.judgeParts(rt, p, j, where)
}

// judgeParts: what people see agrees with the jobs.
func (f *flows) judgeParts(rt judge, p *plot, j *job.Job, where func() string) {
	for i, part := range j.Parts {
		if part.Job == "" {
			continue
		}
		child := f.bench.job(part.Job)
		if want := string(child.State); part.State != want || part.Name != p.steps[i].name {
			rt.Fatalf("the step %s is shown as %s and is %s: %s", part.Name, part.State, want, where())
		}
	}
}
