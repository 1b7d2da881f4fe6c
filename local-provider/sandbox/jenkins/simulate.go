package jenkins

import (
	"slices"
	"time"
)

// maxBuilds is how many builds of a job are kept on record; the oldest is discarded first.
const maxBuilds = 5000

// catchUp plays all events that are due, in the order of their times, so that the state is that of this moment.
func (s *Server) catchUp() {
	now := s.clock.Now()
	for {
		at, play, ok := s.nextEvent()
		if !ok || at.After(now) {
			break
		}
		if at.After(s.now) {
			s.now = at
		}
		play()
		s.settle()
	}
	if now.After(s.now) {
		s.now = now
	}
}

// nextEvent is the first thing that will happen by itself.
func (s *Server) nextEvent() (at time.Time, play func(), ok bool) {
	consider := func(moment time.Time, what func()) {
		if !ok || moment.Before(at) {
			at, play, ok = moment, what, true
		}
	}
	if !s.turns.IsZero() {
		consider(s.turns, s.turn)
	}
	if s.phase == up {
		for _, q := range s.queue {
			if q.State == waitingItem {
				consider(q.Due, func() {})
			}
		}
	}
	if s.phase == up || s.phase == stopping {
		for _, b := range s.running {
			s.considerBuild(b, consider)
		}
	}
	return at, play, ok
}

func (s *Server) considerBuild(b *build, consider func(time.Time, func())) {
	if !b.dies.IsZero() {
		consider(b.dies, func() { s.die(b) })
	}
	if b.plan.end >= 0 {
		if moment, ok := b.at(b.plan.end); ok {
			consider(moment, func() { s.finish(b, b.plan.result, b.plan.tail) })
		}
	}
	if b.plan.vanishes > 0 && !b.Vanished {
		if moment, ok := b.at(b.plan.vanishes); ok {
			consider(moment, func() { s.forget(b) })
		}
	}
}

// start turns a queued item into a build.
func (s *Server) start(q *queueItem) {
	job := q.job
	b := &build{
		job: job, Number: job.next, QueueID: q.ID, Causes: q.Causes, Parameters: q.Parameters, HasParams: q.HasParams,
		Script: job.spec.script, Started: s.now, executor: -1,
	}
	if !job.isPipeline() {
		b.executor = s.freeExecutor()
	}
	b.plan = newPlan(b)
	if job.held {
		b.hold(s.now)
	}
	job.next++
	job.started++
	job.builds = append(job.builds, b)
	s.running = append(s.running, b)
	q.became = b
	s.leave(q)
	s.ledger.start(b)
	s.touchBuild(b)
	s.touchItem(job)
	s.discardOld(job)
}

// discardOld drops the oldest records of a job that has too many.
func (s *Server) discardOld(job *item) {
	if len(job.builds) <= maxBuilds || job.builds[0].running() {
		return
	}
	s.store.dropBuild(job.builds[0])
	job.builds = slices.Delete(job.builds, 0, 1)
}

// finish ends a build.
func (s *Server) finish(b *build, result, tail string) {
	b.Ended, b.Result = s.now, result
	b.Duration = s.now.Sub(b.Started)
	b.say(s.now, tail+"Finished: "+result+"\n")
	s.retire(b)
	s.touchBuild(b)
}

// retire frees what a build occupied.
func (s *Server) retire(b *build) {
	b.plan, b.dies = nil, time.Time{}
	b.release(b.Ended)
	s.running = slices.DeleteFunc(s.running, func(other *build) bool { return other == b })
	if b.Vanished {
		b.job.builds = slices.DeleteFunc(b.job.builds, func(other *build) bool { return other == b })
	}
}

// forget removes a build's record; a running one keeps its executor until it ends.
func (s *Server) forget(b *build) {
	b.Vanished = true
	s.store.dropBuild(b)
	if !b.running() {
		s.retire(b)
	}
}
