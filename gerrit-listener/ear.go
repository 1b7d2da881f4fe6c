package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/gerrit-listener/intake"
	"github.com/handsoff/handsoff/gerrit-listener/stream"
	"github.com/handsoff/handsoff/shared/gerrit"
)

const (
	// most and mostBytes bound what is read and not accepted yet, by lines and bytes.
	most, mostBytes = 10_000, 16 << 20
	// batch is how many events are handed in together.
	batch = 500
)

// pace are the times of an ear.
type pace struct {
	first, slowest time.Duration // waits before connecting again
	settle         time.Duration // how long the server gets to put its stream, its index and its log in order before it is asked what was missed
	hold           time.Duration // how long events wait for those that were missed before them, when these cannot be had
	beat           time.Duration // how often a sign of life is asked for
	deaf           time.Duration // from when on people are told that the bot is deaf
	look           time.Duration // how often the list of known hosts is looked at, when it was wrong
}

func usual() pace {
	return pace{
		first: time.Second, slowest: 2 * time.Minute, settle: 5 * time.Second, hold: 2 * time.Minute,
		beat: 30 * time.Second, deaf: 10 * time.Minute, look: 15 * time.Second,
	}
}

// ear listens to one server.
type ear struct {
	server *gerrit.Server
	stream stream.Options
	rest   *gerrit.Client
	in     *intake.Intake
	redis  redis.UniversalClient
	log    *slog.Logger
	pace   pace
	tell   func(ctx context.Context, key, text string) error

	hears atomic.Bool            // it is connected
	why   atomic.Pointer[string] // it was not, the last time that it was not; nil until then
	gap   window                 // what is missed just now
}

// run listens until ctx ends: it connects, reads until the connection is cut, and waits a little longer each time.
func (e *ear) run(ctx context.Context) {
	defer e.rest.Close()
	wait := e.pace.first
	for ctx.Err() == nil {
		hosts := e.hosts() // before they are read for the connection: they may be changed during that
		heard, err := e.connection(ctx)
		if ctx.Err() != nil {
			break
		}
		why := err.Error()
		e.why.Store(&why)
		e.log.WarnContext(ctx, "the stream is not listened to", "error", err)
		e.deafen(ctx, err)
		if heard {
			wait = e.pace.first
		}
		if stream.KindOf(err) == stream.Stranger {
			e.untilHostsChange(ctx, hosts)
			continue
		}
		pause(ctx, wait-rand.N(wait/2))
		wait = min(2*wait, e.pace.slowest)
	}
	e.leave(ctx)
}

// connection is one connection, from greeting to cut. heard says that it was of use: something came over it, or it held for
// a while.
func (e *ear) connection(ctx context.Context) (heard bool, err error) {
	if err := e.recall(ctx); err != nil {
		return false, err
	}
	options := e.stream
	options.Alive = func() { e.alive(ctx) }
	began := time.Now()
	s, err := stream.Open(ctx, options)
	if err != nil {
		return false, err
	}
	queue := intake.NewQueue(most, mostBytes)
	reading, stop := context.WithCancel(ctx)
	var reader sync.WaitGroup
	var lines atomic.Int64
	reader.Go(func() { queue.End(e.read(reading, s, queue, &lines)) })
	defer func() {
		stop()
		s.Close()
		reader.Wait()
	}()
	e.hears.Store(true)
	defer e.hears.Store(false)
	e.log.InfoContext(ctx, "the stream is listened to")
	err = e.pump(ctx, queue, began)
	return lines.Load() > 0 || time.Since(began) > e.pace.slowest/2, err
}

// errDropped says that the server threw events away.
var errDropped = errors.New("the server threw events away, since they were not read fast enough")

// read brings lines into the queue until the stream is over. What is of no use here is left out.
func (e *ear) read(ctx context.Context, s *stream.Stream, queue *intake.Queue, lines *atomic.Int64) error {
	for {
		line, err := s.Next()
		if errors.Is(err, stream.ErrTooLong) {
			e.unreadable(ctx, "a line is longer than an event may be")
			continue
		}
		if err != nil {
			return err
		}
		lines.Add(1)
		e.gap.sign(time.Now())
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		kind, err := gerrit.Type(line)
		switch {
		case err != nil:
			e.unreadable(ctx, "a line is no event")
		case kind == gerrit.DroppedOutput:
			return errDropped
		case !e.server.Ignored(kind):
			if err := queue.Add(ctx, line); err != nil {
				return err
			}
		}
	}
}

// unreadable counts a line that cannot be used. Nobody can tell it better: it is the server's defect, or that of somebody in
// between.
func (e *ear) unreadable(ctx context.Context, why string) {
	e.log.ErrorContext(ctx, "a line of the stream cannot be used", "why", why)
	if err := e.in.Unreadable(ctx); err != nil {
		e.log.WarnContext(ctx, "count it", "error", err)
	}
}

// untilHostsChange waits until somebody has changed the list of known hosts, or ctx ends: to ask a stranger again would not
// make it known.
func (e *ear) untilHostsChange(ctx context.Context, before string) {
	for ctx.Err() == nil && e.hosts() == before {
		pause(ctx, e.pace.look)
	}
}

func (e *ear) hosts() string {
	text, err := os.ReadFile(e.stream.Hosts)
	if err != nil {
		return "" // also something that changes
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
