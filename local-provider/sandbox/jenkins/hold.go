package jenkins

import (
	"errors"
	"fmt"
	"time"
)

// ErrNoJob is returned for a job that is not there.
var ErrNoJob = errors.New("there is no such job")

// Hold makes the builds of a job ("demo/slow") stand still, those that run and those that start later. They can still be
// stopped.
func (s *Server) Hold(job string) error {
	return s.onJob(job, func(it *item) {
		it.held = true
		for _, b := range s.running {
			if b.job == it {
				b.hold(s.now)
				s.touchBuild(b)
			}
		}
		s.touchItem(it)
	})
}

// Release lets the builds of a job get on.
func (s *Server) Release(job string) error {
	return s.onJob(job, func(it *item) {
		it.held = false
		for _, b := range s.running {
			if b.job == it {
				b.release(s.now)
				s.touchBuild(b)
			}
		}
		s.touchItem(it)
	})
}

// Vanish removes a build's record, as an administrator may from the disk, whether the build runs or not.
func (s *Server) Vanish(job string, number int) error {
	return s.onJob(job, func(it *item) {
		if b := it.build(number); b != nil {
			s.forget(b)
		}
	})
}

func (s *Server) onJob(job string, do func(*item)) error {
	var err error
	s.do(func() {
		it := s.root.find(job)
		if it == nil || it.isFolder() {
			err = fmt.Errorf("%w: %s", ErrNoJob, job)
			return
		}
		do(it)
	})
	s.wake()
	return err
}

// HoldQueue keeps every queued build from starting, as if all executors were busy.
func (s *Server) HoldQueue() { s.do(func() { s.queueHeld = true }) }

// ReleaseQueue lets queued builds start.
func (s *Server) ReleaseQueue() {
	s.do(func() { s.queueHeld = false })
	s.wake()
}

// SetExecutors is how many builds can run at once from now on. What runs already goes on.
func (s *Server) SetExecutors(number int) {
	s.do(func() { s.options.Executors = number })
	s.wake()
}

// OldQueueCancel switches between the answers to a cancelled queue item of today and of before version 2.211.
func (s *Server) OldQueueCancel(old bool) { s.do(func() { s.options.OldQueueCancel = old }) }

// Now is the sandbox's time.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock.Now()
}

// Advance moves the sandbox's clock ahead and plays all that happens on the way.
func (s *Server) Advance(d time.Duration) {
	s.do(func() { s.clock.Advance(d) })
	s.do(func() {})
	s.wake()
}

// SetSpeed makes the sandbox's clock run at a multiple of the world's; zero or less makes it stand still.
func (s *Server) SetSpeed(speed float64) {
	s.do(func() { s.clock.SetSpeed(speed) })
	s.wake()
}
