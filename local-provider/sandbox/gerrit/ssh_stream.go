package gerrit

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
)

// batch is how many events Gerrit writes at once.
const batch = 32

// A stream is a reader of events.
type stream struct {
	who    *Account
	only   []string // types; empty for all
	queue  chan string
	missed bool // some were dropped since it was last told so
	s      *Server
}

// offer puts an event into the queue of a stream. When there is no room it is dropped, of which the reader is told.
func (st *stream) offer(kind, text string) {
	if len(st.only) > 0 && !slices.Contains(st.only, kind) {
		return
	}
	select {
	case st.queue <- text:
	default:
		st.missed = true
	}
}

// stream runs stream-events until the client has gone or the connection is cut.
func (r *session) stream(args []string) int {
	only, problem := subscriptions(args)
	if problem != "" {
		return r.die("%s", problem)
	}
	st := r.s.join(r.user, only)
	defer r.s.part(st)
	for {
		select {
		case <-r.gone:
			return 0
		case <-r.conn.gone:
			return 0
		case first := <-st.queue:
			if !r.write(st.gather(first)) {
				return 0
			}
			r.s.taken()
		}
	}
}

// subscriptions are the types after -s.
func subscriptions(args []string) (only []string, problem string) {
	for i := 0; i < len(args); i++ {
		name, value, joined := strings.Cut(args[i], "=")
		switch {
		case name != "-s" && name != "--subscribe":
			return nil, "\"" + args[i] + "\" is not a valid option"
		case joined:
			only = append(only, value)
		case i+1 == len(args):
			return nil, "Option \"" + name + " SUBSCRIBE\" takes an operand"
		default:
			i++
			only = append(only, args[i])
		}
	}
	return only, ""
}

func (s *Server) join(user string, only []string) *stream {
	st := &stream{only: only, queue: make(chan string, s.options.StreamQueue), s: s}
	s.do(func() {
		st.who = s.account(user)
		s.streams[st] = true
		s.wake()
	})
	return st
}

func (s *Server) part(st *stream) {
	s.do(func() {
		delete(s.streams, st)
		s.wake()
	})
}

// taken tells who waits for room in the streams.
func (s *Server) taken() { s.do(s.wake) }

// gather is a batch of what waits, the first among it, as it is written.
func (st *stream) gather(first string) string {
	var out strings.Builder
	st.s.do(func() {
		if st.missed {
			st.missed = false
			out.WriteString(`{"type":"dropped-output","eventCreatedOn":` + strconv.FormatInt(st.s.clock.Now().Unix(), 10) + "}\n")
		}
	})
	out.WriteString(first + "\n")
	for range batch - 1 {
		select {
		case text := <-st.queue:
			out.WriteString(text + "\n")
		default:
			return out.String()
		}
	}
	return out.String()
}

// write writes to the stream; false when the connection has ended, or is ended by it: because a cut was ordered, or because
// the reader takes nothing for too long.
func (r *session) write(text string) bool {
	pass, end := r.s.wire.take(len(text))
	late := time.AfterFunc(r.s.options.StreamWait, func() { _ = r.conn.Close() })
	_, err := r.channel.Write([]byte(text[:pass]))
	late.Stop()
	if end {
		r.conn.end()
	}
	return err == nil && !end
}

// Streams is how many streams are up.
func (s *Server) Streams() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.streams)
}

// AwaitStreams waits until so many streams are up: only then does an event reach them.
func (s *Server) AwaitStreams(ctx context.Context, n int) error {
	for {
		s.mu.Lock()
		up, changed := len(s.streams), s.changed
		s.mu.Unlock()
		if up == n {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
