package page

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"
)

const (
	// longest is how long a stream lasts where no request is bounded.
	longest = 5 * time.Minute
	// Beat is how often a stream says something, so that nobody on the way takes it for dead.
	Beat = 15 * time.Second
	// patience is how long a listener may take to read what was sent.
	patience = 10 * time.Second
)

// Lasting is how long a stream may last: shorter than what bounds the request, and not as long as that of the next one, so
// that not all come again at once.
func Lasting(ctx context.Context) time.Duration {
	most := longest
	if deadline, ok := ctx.Deadline(); ok {
		most = min(most, time.Until(deadline)*9/10)
	}
	return most - time.Duration(rand.Int64N(int64(max(most/5, 1))))
}

// Listener is one who listens to a stream of server-sent events.
type Listener struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

// Listen begins a stream: it says hello, and how long to wait before one comes again. Its error means that nobody listens.
func Listen(w http.ResponseWriter) (*Listener, error) {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // for nginx
	l := &Listener{w: w, control: http.NewResponseController(w)}
	err := l.say(fmt.Sprintf("retry: %d\nevent: hello\ndata: \n\n", 300+rand.IntN(1200)))
	return l, err
}

// Parts sends a [Message] under its position.
func (l *Listener) Parts(at string, message []byte) error { return l.Event("parts", at, message) }

// Event sends an event with data of one line. The id is a position, without line ends.
func (l *Listener) Event(name, id string, data []byte) error {
	return l.say("id: " + id + "\nevent: " + name + "\ndata: " + string(data) + "\n\n")
}

// Beat says that the stream is alive.
func (l *Listener) Beat() error { return l.say(":\n\n") }

// say sends something at once.
func (l *Listener) say(text string) error {
	_ = l.control.SetWriteDeadline(time.Now().Add(patience)) // where it cannot be set, the server's own bounds it
	if _, err := l.w.Write([]byte(text)); err != nil {
		return fmt.Errorf("page: send to a listener: %w", err)
	}
	if err := l.control.Flush(); err != nil {
		return fmt.Errorf("page: send to a listener: %w", err)
	}
	return nil
}
