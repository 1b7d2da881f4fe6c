package queue

import "github.com/handsoff/handsoff/shared/job"

// Keys makes the names of the queue's keys in Redis. The zero value is the production one; tests set a prefix.
type Keys struct{ Prefix string }

func (k Keys) key(name string) string { return k.Prefix + job.QueueKey + name }

// message is a hash: lane, request (JSON), tries, and as the case may be reason, died, repeated.
func (k Keys) message(id string) string { return k.messages() + id }
func (k Keys) messages() string         { return k.key("message:") }

// ready is a list of ids that wait for a place in a lane.
func (k Keys) ready(lane string) string { return k.readies() + lane }
func (k Keys) readies() string          { return k.key("ready:") }

// running is a hash of what a worker has in hand: id to lane.
func (k Keys) running(worker string) string { return k.key("running:" + worker) }

// lanes is the set of all lanes, delayed and dead are sets of ids by time, workers is a set of workers by their last
// sign of life, wake is a list of lanes into which somebody else put something.
func (k Keys) lanes() string   { return k.key("lanes") }
func (k Keys) delayed() string { return k.key("delayed") }
func (k Keys) dead() string    { return k.key("dead") }
func (k Keys) workers() string { return k.key("workers") }
func (k Keys) wake() string    { return k.key("wake") }
