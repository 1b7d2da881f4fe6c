package openstack

import (
	"container/heap"
	"strconv"
	"time"
)

// An event is something that will happen by itself: a server that comes up, a stack that goes on.
type event struct {
	Seq  int       `json:"seq"`
	At   time.Time `json:"at"`
	Kind string    `json:"kind"` // whose, see Server.plays
	ID   string    `json:"id"`   // the thing that it happens to
}

// agenda is the events by their time; of those of one moment, the one that was planned first comes first.
type agenda []*event

func (a agenda) Len() int { return len(a) }

func (a agenda) Less(i, j int) bool {
	if a[i].At.Equal(a[j].At) {
		return a[i].Seq < a[j].Seq
	}
	return a[i].At.Before(a[j].At)
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }

// Push is heap's.
func (a *agenda) Push(x any) {
	if e, ok := x.(*event); ok {
		*a = append(*a, e)
	}
}

// Pop is heap's.
func (a *agenda) Pop() any {
	old := *a
	e := old[len(old)-1]
	*a = old[:len(old)-1]
	return e
}

// play registers what happens to a thing of a kind when its time has come. The thing may be gone, or have been planned for
// otherwise meanwhile: what plays looks first.
func (s *Server) play(kind string, happen func(id string)) { s.plays[kind] = happen }

// later plans an event of a kind for a thing.
func (s *Server) later(in time.Duration, kind, id string) {
	s.lastEvent++
	e := &event{Seq: s.lastEvent, At: s.now().Add(in), Kind: kind, ID: id}
	s.events.put(strconv.Itoa(e.Seq), e)
	heap.Push(&s.agenda, e)
}

// catchUp plays what is due, each at its own time.
func (s *Server) catchUp() {
	now := s.clock.Now()
	for len(s.agenda) > 0 && !s.agenda[0].At.After(now) {
		e, ok := heap.Pop(&s.agenda).(*event)
		if !ok {
			continue
		}
		s.events.drop(strconv.Itoa(e.Seq))
		s.moment = e.At
		if happen := s.plays[e.Kind]; happen != nil {
			happen(e.ID)
		}
	}
	s.moment = time.Time{}
}

// remember puts the events that a journal told of back on the agenda.
func (s *Server) remember() {
	for _, e := range s.events.all() {
		s.lastEvent = max(s.lastEvent, e.Seq)
		heap.Push(&s.agenda, e)
	}
}

// now is the moment at which what happens now is noted: the clock's, or the time of the event that is played.
func (s *Server) now() time.Time {
	if !s.moment.IsZero() {
		return s.moment
	}
	return s.clock.Now().UTC()
}
