package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/outbox"
	"github.com/handsoff/handsoff/telnet-gateway/login"
)

// Commander hands what people type to the bot; *command.Client does.
type Commander interface {
	// Do hands in an envelope and brings the answer, trying until ctx ends.
	Do(ctx context.Context, e command.Envelope) (command.Answer, error)
	// Catalogue brings the commands that a principal may use.
	Catalogue(ctx context.Context, principal string, groups ...string) ([]command.Declared, error)
}

// Jobs knows which jobs there are; *job.Store does.
type Jobs interface {
	// Browse walks through the jobs, the newest first.
	Browse(ctx context.Context, b job.Browse) (*job.Browsed, error)
}

// Door accepts people. Fill in all fields before Serve.
type Door struct {
	Settings Settings // completed
	Commands Commander
	Jobs     Jobs
	Gate     *login.Gate
	Trail    login.Trail
	Watcher  *outbox.Watcher
	Seen     *outbox.Seen
	Redis    redis.UniversalClient
	Log      *slog.Logger

	mu      sync.Mutex
	all     int
	knocks  map[string]int // sources with logins under way
	present map[string]int // users with sessions
	listens map[string]int // users with sessions that show output

	arrivals sync.Mutex // held while it is looked what a session begins with
}

// errShutdown is why sessions end when the process does.
var errShutdown = errors.New("the telnet gateway is being stopped")

// Serve accepts connections until ctx ends; it returns when all sessions have ended.
func (d *Door) Serve(ctx context.Context, listener net.Listener) error {
	d.knocks, d.present, d.listens = map[string]int{}, map[string]int{}, map[string]int{}
	live, end := context.WithCancelCause(context.WithoutCancel(ctx))
	var sessions sync.WaitGroup
	defer sessions.Wait()
	defer context.AfterFunc(ctx, func() {
		_ = listener.Close() // Accept says what matters
		end(errShutdown)
	})()
	for {
		conn, err := listener.Accept()
		if ctx.Err() != nil {
			if err == nil {
				_ = conn.Close() // nothing was promised yet
			}
			return nil
		}
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				end(errShutdown)
				return fmt.Errorf("accept: %w", err)
			}
			d.Log.WarnContext(ctx, "accept", "error", err)
			if !sleep(ctx, 100*time.Millisecond) { // out of files, most likely
				return nil
			}
			continue
		}
		sessions.Go(func() { d.handle(live, conn) })
	}
}

// handle serves one connection.
func (d *Door) handle(ctx context.Context, conn net.Conn) {
	source := login.Source(conn)
	if refusal := d.admit(source); refusal != "" {
		_ = conn.SetDeadline(time.Now().Add(time.Second)) // a stranger's connection
		_, _ = conn.Write([]byte(refusal + "\r\n"))       // as far as they listen
		_ = conn.Close()
		return
	}
	s := newSession(d, conn, source)
	s.run(ctx)
	d.leave(s)
}

// admit takes a place for a new connection, or says why there is none.
func (d *Door) admit(source string) (refusal string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.all >= d.Settings.Sessions.Most:
		return fmt.Sprintf("All %d places are taken. Try again when somebody has left.", d.Settings.Sessions.Most)
	case d.knocks[source] >= d.Settings.Login.Places:
		return fmt.Sprintf("%d logins from here are under way already. Finish or close one, then try again.", d.knocks[source])
	}
	d.all++
	d.knocks[source]++
	return ""
}

// welcome turns a login into a session. It reports whether the user has room for one more.
func (d *Door) welcome(s *session, user string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.present[user] >= d.Settings.Sessions.PerUser {
		return false
	}
	d.present[user]++
	d.unknock(s)
	s.user = user
	return true
}

// arrive reads what a session begins with. What was missed becomes a gap only when nobody listens; and nobody else may
// begin to meanwhile, or the same output would be a gap for one session and live for the other.
func (d *Door) arrive(ctx context.Context, s *session) (outbox.State, error) {
	d.arrivals.Lock()
	defer d.arrivals.Unlock()
	d.mu.Lock()
	read := d.Seen.Look
	if d.listens[s.user] == 0 {
		read = d.Seen.Arrive
	}
	d.mu.Unlock()
	state, err := read(ctx, s.principal)
	if err != nil {
		return state, fmt.Errorf("begin a session: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	s.listens = true
	d.listens[s.user]++
	return state, nil
}

func (d *Door) leave(s *session) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all--
	d.unknock(s)
	if s.user != "" {
		if d.present[s.user]--; d.present[s.user] == 0 {
			delete(d.present, s.user)
		}
	}
	if s.listens {
		if d.listens[s.user]--; d.listens[s.user] == 0 {
			delete(d.listens, s.user)
		}
	}
}

func (d *Door) unknock(s *session) {
	if !s.knocking {
		return
	}
	s.knocking = false
	if d.knocks[s.source]--; d.knocks[s.source] == 0 {
		delete(d.knocks, s.source)
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
