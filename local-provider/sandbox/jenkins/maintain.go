package jenkins

import (
	"cmp"
	"slices"
	"time"
)

// settle maintains the queue, as Jenkins does whenever something has changed: what need no longer wait becomes buildable,
// and what is buildable gets an executor, the oldest first.
func (s *Server) settle() {
	if s.phase != up {
		return
	}
	for _, q := range slices.Clone(s.queue) {
		if q.State == waitingItem && !q.Due.After(s.now) {
			s.become(q, buildableItem)
		}
	}
	waiting := slices.DeleteFunc(slices.Clone(s.queue), func(q *queueItem) bool { return q.State == waitingItem })
	slices.SortStableFunc(waiting, func(a, b *queueItem) int { return cmp.Compare(a.ID, b.ID) })
	for _, q := range waiting {
		s.allocate(q)
	}
}

func (s *Server) become(q *queueItem, state string) {
	if q.State == waitingItem {
		q.Buildable = s.now
	}
	if q.State != state {
		q.State = state
		s.touchQueue()
	}
}

// allocate starts an item if it may and can start, else says why not.
func (s *Server) allocate(q *queueItem) {
	if b := s.inProgress(q.job); b != nil {
		s.become(q, blockedItem)
		q.why = "Build #" + itoa(b.Number) + " is already in progress (ETA: " + b.remaining(s.now) + ")"
		if b.Vanished {
			q.why = "A build is already in progress"
		}
		return
	}
	if s.earlier(q) {
		s.become(q, blockedItem)
		q.why = "A build is already in progress"
		return
	}
	s.become(q, buildableItem)
	if q.why = s.shortage(q); q.why != "" {
		return
	}
	s.start(q)
}

// inProgress is the running build that keeps a job without concurrent builds from starting another.
func (s *Server) inProgress(job *item) *build {
	if job.spec.concurrent {
		return nil
	}
	for _, b := range s.running {
		if b.job == job {
			return b
		}
	}
	return nil
}

// earlier says whether an older item of a job without concurrent builds is buildable already.
func (s *Server) earlier(q *queueItem) bool {
	return !q.job.spec.concurrent && slices.ContainsFunc(s.queue, func(other *queueItem) bool {
		return other.job == q.job && other.State == buildableItem && other.ID < q.ID
	})
}

// shortage is why a buildable item cannot start; empty when it can.
func (s *Server) shortage(q *queueItem) string {
	label := q.job.spec.label
	switch {
	case s.quieting:
		return "Jenkins is about to shut down"
	case s.queueHeld:
		return "Waiting for next available executor"
	case q.job.isPipeline():
		return ""
	case label != "" && !s.nodesWith(label):
		return "There are no nodes with the label ‘" + label + "’"
	case label != "" && label != builtIn:
		return "All nodes of label ‘" + label + "’ are offline"
	case s.nodeOffline():
		return "‘Built-In Node’ is offline"
	case s.freeExecutor() < 0 && label == builtIn:
		return "Waiting for next available executor on ‘Built-In Node’"
	case s.freeExecutor() < 0:
		return "Waiting for next available executor"
	default:
		return ""
	}
}

// whyNow is the item's reason at this moment.
func (s *Server) whyNow(q *queueItem) string {
	if q.State != waitingItem {
		if b := s.inProgress(q.job); b != nil && q.State == blockedItem && !b.Vanished {
			return "Build #" + itoa(b.Number) + " is already in progress (ETA: " + b.remaining(s.now) + ")"
		}
		return q.why
	}
	if left := q.Due.Sub(s.now); left >= 0 {
		return "In the quiet period. Expires in " + timeSpan(left.Truncate(time.Millisecond))
	}
	return "Finished waiting"
}

// freeExecutor is the number of an executor without work, -1 when all have some.
func (s *Server) freeExecutor() int {
	for n := range s.options.Executors {
		if !slices.ContainsFunc(s.running, func(b *build) bool { return b.executor == n }) {
			return n
		}
	}
	return -1
}

// free is how many executors are without work.
func (s *Server) free() int {
	free := s.options.Executors
	for _, b := range s.running {
		if b.executor >= 0 {
			free--
		}
	}
	return free
}

// stuck says whether an item has waited for an executor for suspiciously long.
func (s *Server) stuck(q *queueItem) bool {
	if q.State != buildableItem {
		return false
	}
	if label := q.job.spec.label; label != "" && label != builtIn {
		return true
	}
	waited, estimate := s.now.Sub(q.Buildable), q.job.estimate()
	if estimate >= 0 {
		return waited > 10*max(estimate, time.Minute)
	}
	return waited > 24*time.Hour
}
