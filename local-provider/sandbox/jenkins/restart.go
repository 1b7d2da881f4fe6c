package jenkins

import "time"

// A phase is what Jenkins is doing as a process.
type phase int

const (
	up       phase = iota
	stopping       // announces the restart: 503 "Please wait while Jenkins is restarting"
	down           // the process is gone: no answer at all
	loading        // the new process starts: 503 "Please wait while Jenkins is getting ready to work"
)

// How long each part of a restart takes. The first two are Jenkins' own constants.
const (
	safeGrace = 10 * time.Second
	grace     = 5 * time.Second
	downFor   = 3 * time.Second
	loadFor   = 10 * time.Second
)

// quietDown keeps builds from starting; with safeRestart, Jenkins restarts when none is left that a restart would kill.
func (s *Server) quietDown(reason string, safeRestart bool) {
	s.quieting, s.quietReason, s.safeRestart = true, reason, safeRestart
	s.touchState()
	s.restartIfIdle()
}

// cancelQuietDown goes back to normal, also from a safe restart that has not begun.
func (s *Server) cancelQuietDown() {
	s.quieting, s.quietReason, s.safeRestart = false, "", false
	s.touchState()
	s.settle()
}

// restartIfIdle begins the safe restart that was asked for, once nothing runs that it would kill. Pipelines survive it.
func (s *Server) restartIfIdle() {
	if !s.safeRestart || s.phase != up {
		return
	}
	for _, b := range s.running {
		if !b.job.isPipeline() {
			return
		}
	}
	s.restart(safeGrace)
}

// restart begins a restart.
func (s *Server) restart(grace time.Duration) {
	if s.phase == up {
		s.phase, s.turns = stopping, s.now.Add(grace)
	}
}

// turn goes to the next part of a restart.
func (s *Server) turn() {
	switch s.phase {
	case up:
		s.turns = time.Time{}
	case stopping:
		s.goDown()
		s.phase, s.turns = down, s.now.Add(downFor)
	case down:
		s.phase, s.turns = loading, s.now.Add(loadFor)
	case loading:
		s.comeUp()
		s.phase, s.turns = up, time.Time{}
	}
}

// goDown is the end of the process: freestyle builds are interrupted, pipelines wait to be resumed.
func (s *Server) goDown() {
	for _, b := range append([]*build(nil), s.running...) {
		if b.job.isPipeline() {
			b.hold(s.now)
			s.touchBuild(b)
			continue
		}
		s.finish(b, aborted, "Build was aborted\n")
	}
}

// comeUp is the start of the new process: what was only in memory is gone, pipelines go on.
func (s *Server) comeUp() {
	s.left = nil
	s.newSession()
	s.quieting, s.quietReason, s.safeRestart = false, "", false
	for _, b := range s.running {
		s.resume(b)
	}
	s.touchState()
}

// resume lets a pipeline go on in a new process.
func (s *Server) resume(b *build) {
	b.say(s.now, "Resuming build at "+s.now.UTC().Format("Mon Jan 02 15:04:05 UTC 2006")+" after Jenkins restart\n")
	if !b.job.held {
		b.release(s.now)
	}
	s.touchBuild(b)
}
