package jenkins

import (
	"slices"
	"time"
)

// The states of a queue item, by the Java class that stands for each.
const (
	waitingItem   = "WaitingItem"   // its quiet period runs
	blockedItem   = "BlockedItem"   // something must end first
	buildableItem = "BuildableItem" // it needs an executor
	leftItem      = "LeftItem"      // it became a build, or was cancelled
)

// leftFor is how long an item can still be read after it left the queue.
const leftFor = 5 * time.Minute

// A queueItem is a build that was asked for.
type queueItem struct {
	job *item

	ID         int64            `json:"id"`
	Job        string           `json:"job"`
	State      string           `json:"state"`
	Causes     []cause          `json:"causes"`
	Parameters []parameterValue `json:"parameters,omitempty"`
	HasParams  bool             `json:"hasParams,omitempty"`
	Since      time.Time        `json:"since"`
	Due        time.Time        `json:"due"`                // the end of its quiet period
	Buildable  time.Time        `json:"buildable,omitzero"` // the end of its waiting
	Left       time.Time        `json:"left,omitzero"`

	why       string
	became    *build
	cancelled bool
}

// schedule queues a build, or finds the queued one that it equals. created is false in the second case.
func (s *Server) schedule(job *item, quiet time.Duration, values []parameterValue, by cause) (q *queueItem, created bool) {
	due := s.now.Add(quiet)
	if same := s.duplicates(job, values); len(same) > 0 {
		for _, q := range same {
			q.Causes = fold(q.Causes, by)
			if q.State == waitingItem && due.Before(q.Due) {
				q.Due = due
			}
		}
		s.touchQueue()
		return same[0], false
	}
	s.nextQueueID++
	q = &queueItem{
		job: job, ID: s.nextQueueID, Job: job.fullName(), State: waitingItem, Causes: []cause{by},
		Parameters: values, HasParams: job.parameterized(), Since: s.now, Due: due,
	}
	s.queue = append(s.queue, q)
	s.touchQueue()
	s.settle()
	return q, true
}

// duplicates are the queued items that a new one would equal: of the same job, with equal parameters.
func (s *Server) duplicates(job *item, values []parameterValue) []*queueItem {
	var out []*queueItem
	for _, state := range []string{blockedItem, buildableItem, waitingItem} {
		for _, q := range s.queue {
			if q.job == job && q.State == state && sameValues(q.Parameters, values) {
				out = append(out, q)
			}
		}
	}
	return out
}

// cancel takes an item out of the queue; false when it is out already.
func (s *Server) cancel(q *queueItem) bool {
	if q.State == leftItem {
		return false
	}
	q.cancelled = true
	s.leave(q)
	s.settle()
	return true
}

func (s *Server) leave(q *queueItem) {
	q.State, q.Left = leftItem, s.now
	s.queue = slices.DeleteFunc(s.queue, func(other *queueItem) bool { return other == q })
	s.left = append(s.left, q)
	s.touchQueue()
}

// queued finds an item by its id, also one that left not long ago.
func (s *Server) queued(id int64) *queueItem {
	s.forgetLeft()
	for _, list := range [][]*queueItem{s.queue, s.left} {
		for _, q := range list {
			if q.ID == id {
				return q
			}
		}
	}
	return nil
}

// forgetLeft drops the items that left too long ago.
func (s *Server) forgetLeft() {
	s.left = slices.DeleteFunc(s.left, func(q *queueItem) bool { return s.now.Sub(q.Left) >= leftFor })
}

// queuedFor is the item that a job shows as its own: blocked before buildable before waiting.
func (s *Server) queuedFor(job *item) *queueItem {
	for _, state := range []string{blockedItem, buildableItem, waitingItem} {
		for _, q := range s.queue {
			if q.job == job && q.State == state {
				return q
			}
		}
	}
	return nil
}

// listed is the queue in the order in which Jenkins shows it: what is likely to be built soonest stands last.
func (s *Server) listed() []*queueItem {
	out := make([]*queueItem, 0, len(s.queue))
	for _, q := range s.queue {
		if q.State == waitingItem {
			out = append(out, q)
		}
	}
	slices.SortStableFunc(out, func(a, b *queueItem) int { return a.Due.Compare(b.Due) })
	for _, q := range s.queue {
		if q.State == blockedItem {
			out = append(out, q)
		}
	}
	for _, q := range slices.Backward(s.queue) {
		if q.State == buildableItem {
			out = append(out, q)
		}
	}
	return out
}
