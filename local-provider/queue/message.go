// Package queue takes calls that nobody waits for: durable in Redis, delivered at least once, so many at a time for
// each function, tried again with back-off, and kept as dead letters when nothing helps.
//
// A message that is accepted while its function has a free place is claimed in the same script that stores it, and
// delivered as soon as Redis has answered: the queue adds no wait of its own. A place that becomes free claims the next
// message in the same script that records the last one's fate. Redis is read with a blocking command only for what
// another process put there.
package queue

import (
	"net/http"
	"time"
)

// MaxBody is the largest body in bytes, as in the Community Edition.
const MaxBody = 256_000

// Request is the call that a message stands for.
type Request struct {
	Function string      `json:"function"`
	Path     string      `json:"path"`
	Query    string      `json:"query,omitempty"`
	Header   http.Header `json:"header,omitempty"`
	Body     []byte      `json:"body,omitempty"`
	// Callback is where the result is sent, or "".
	Callback string `json:"callback,omitempty"`
	// Accepted is when the call was taken in.
	Accepted time.Time `json:"accepted"`
}

// Message is a request in the queue.
type Message struct {
	Request

	ID string
	// Lane is the line in which it waits: the function's, or in weak mode everybody's.
	Lane string
	// Tries counts the deliveries begun, this one included.
	Tries int
	// Repeated is set on the second delivery that weak mode makes of a message.
	Repeated bool
	// Broken is why the stored request cannot be read.
	Broken error
}
