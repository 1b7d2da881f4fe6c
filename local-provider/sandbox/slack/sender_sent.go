package slack

import (
	"slices"
	"sync"
	"time"
)

// maxSent is how many deliveries the ledger keeps.
const maxSent = 500

// A Sent is something that was sent to the app: an event, a slash command or an interaction.
type Sent struct {
	Number   int       `json:"number"`             // counts from 1
	What     string    `json:"what"`               // "event message", "slash command", "block_actions"
	EventID  string    `json:"event_id,omitempty"` // an event's
	Attempts []Attempt `json:"attempts"`
	State    string    `json:"state"` // "sending", "taken", "waiting" to be sent again, "given up"
}

// An Attempt is one request of a delivery.
type Attempt struct {
	At     time.Time     `json:"at"` // the world's time
	Took   time.Duration `json:"took"`
	Retry  int           `json:"retry,omitempty"`  // X-Slack-Retry-Num
	Status int           `json:"status,omitempty"` // 0 when there was no answer
	Reason string        `json:"reason,omitempty"` // why it failed, in Slack's words
	Detail string        `json:"detail,omitempty"`
}

// States of a delivery.
const (
	sentSending = "sending"
	sentTaken   = "taken"
	sentWaiting = "waiting"
	sentGivenUp = "given up"
)

// A sentLog remembers the last deliveries.
type sentLog struct {
	mu   sync.Mutex
	last int
	list []*Sent
}

// begin notes a delivery and returns its number.
func (l *sentLog) begin(what, eventID string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	l.list = append(l.list, &Sent{Number: l.last, What: what, EventID: eventID, State: sentSending})
	if over := len(l.list) - maxSent; over > 0 {
		l.list = slices.Delete(l.list, 0, over)
	}
	return l.last
}

// attempt notes a request of a delivery that may have been forgotten since.
func (l *sentLog) attempt(number int, a Attempt, state string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, d := range slices.Backward(l.list) {
		if d.Number == number {
			d.Attempts = append(d.Attempts, a)
			d.State = state
			return
		}
	}
}

// once notes a delivery that is not repeated.
func (l *sentLog) once(what string, at time.Time, r reception) {
	state := sentTaken
	if !r.ok() {
		state = sentGivenUp
	}
	l.attempt(l.begin(what, ""), attemptOf(r, at, 0), state)
}

func attemptOf(r reception, at time.Time, retry int) Attempt {
	return Attempt{At: at, Took: time.Since(at), Retry: retry, Status: r.status, Reason: r.reason, Detail: r.detail}
}

// all is the ledger, oldest first.
func (l *sentLog) all() []Sent {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Sent, len(l.list))
	for i, d := range l.list {
		out[i] = *d
		out[i].Attempts = slices.Clone(d.Attempts)
	}
	return out
}
