// Package link keeps the gateway connected to one network: it connects, has a session speak with the server, and connects
// again. Everything that may wait, for Redis or for a turn to speak, is done beside the session, which only reads, writes
// and counts time.
package link

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/irc-gateway/delivery"
	"github.com/handsoff/handsoff/irc-gateway/session"
	"github.com/handsoff/handsoff/irc-gateway/wire"
	"github.com/handsoff/handsoff/shared/irc"
)

// Times are those of a link.
type Times struct {
	Beat           time.Duration // how often the session is told the time
	First, Slowest time.Duration // waits before connecting again
	Steady         time.Duration // a connection that held so long was of use
	Dial           time.Duration // how long connecting may take
	Hold           time.Duration // how long a network stays in the hand of a process that died
	Look           time.Duration // how often the configuration is looked at
	Deaf           time.Duration // from when on people are told that we are not connected
	Parting        time.Duration // how long the last lines may take
}

// Usual are the times for the world.
func Usual() Times {
	return Times{
		Beat: 250 * time.Millisecond, First: time.Second, Slowest: 2 * time.Minute, Steady: time.Minute, Dial: 30 * time.Second,
		Hold: 15 * time.Second, Look: 5 * time.Second, Deaf: 10 * time.Minute, Parting: 2 * time.Second,
	}
}

// Options of a Link. All but Clock must be set.
type Options struct {
	Network *irc.Network
	Version string
	Redis   redis.UniversalClient
	Times   Times
	// Secret reads a secret; it is read for every connection, so that a new one counts.
	Secret func(name string) ([]byte, error)
	// Put keeps lines for the bot; after an error they are put again.
	Put func(ctx context.Context, lines []session.Line) error
	// Kick says that there are some.
	Kick func()
	// Tell tells those who run the bot something, once a day for the same key.
	Tell func(ctx context.Context, key, text string) error
	Log  *slog.Logger
	// Clock gives the time to sessions instead of the real one, with each beat.
	Clock <-chan time.Time
	// Process names this process.
	Process string
}

// Link is that of one network.
type Link struct {
	Options

	state    *irc.State
	out      *irc.Outgoing
	delivery delivery.Delivery
	clerk    *clerk
	heard    chan session.Line
	wake     chan struct{}

	mu       sync.Mutex
	channels []string // to be in
	wrong    []string
	last     time.Time // when something was heard last
	ours     []string  // channels in which we were then; nil while that is not known
	gap      string    // the id of the gap that is open
	from     time.Time // since when
	slower   int       // how often a server said that we write too fast
	told     bool      // people were told that we are deaf
	leaves   bool      // for good
	alert    string
	known    bool // the alert is
}

// mostHeard is how many lines may wait to be kept.
const mostHeard = 1000

// New makes one; Run must be called.
func New(o Options) *Link {
	out := irc.NewOutgoing(o.Redis, o.Network.Name)
	return &Link{
		Options: o, state: irc.NewState(o.Redis, o.Network.Name), out: out,
		delivery: delivery.Delivery{Out: out, Log: o.Log, Now: time.Now, Most: o.Network.Pace.Burst},
		channels: o.Network.Channels, clerk: newClerk(o.Log), heard: make(chan session.Line, mostHeard), wake: make(chan struct{}, 1),
		wrong: []string{o.Network.Name + " is not connected yet"},
	}
}

// Wrong says what keeps it from its work, a sentence each.
func (l *Link) Wrong() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.wrong
}

// SetChannels says in which channels to be instead of those of the options.
func (l *Link) SetChannels(names []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.channels = names
}

// Leave says that the network is left for good when Run's context ends.
func (l *Link) Leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.leaves = true
}

func (l *Link) isLeft() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.leaves
}

func (l *Link) theChannels() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.channels
}

func (l *Link) setWrong(wrong ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wrong = wrong
}

// errHeld says that another process is connected to the network.
var errHeld = errors.New("another process is connected to the network")

// Run is connected until ctx ends.
func (l *Link) Run(ctx context.Context) {
	inner, stop := context.WithCancel(context.WithoutCancel(ctx))
	var aside sync.WaitGroup
	aside.Go(func() { l.clerk.run(inner) })
	aside.Go(func() { l.keep(inner) })
	aside.Go(func() { l.listen(inner) })
	l.connections(ctx)
	l.clerk.flush(l.Times.Parting)
	stop()
	aside.Wait()
	last, done := context.WithTimeout(context.WithoutCancel(ctx), l.Times.Parting)
	defer done()
	if err := l.state.LetGo(last, l.Process); err != nil {
		l.Log.WarnContext(ctx, "let go of the network", "error", err) // it lapses
	}
}

// connections connects, again and again.
func (l *Link) connections(ctx context.Context) {
	wait := l.Times.First
	var since time.Time // not connected since
	for ctx.Err() == nil {
		began := time.Now()
		settled, err := l.connection(ctx)
		if ctx.Err() != nil {
			return
		}
		if settled || since.IsZero() {
			since = time.Now()
		}
		if settled && time.Since(began) >= l.Times.Steady {
			wait = l.Times.First
		}
		l.disconnected(since, err)
		if errors.Is(err, session.ErrFlood) {
			l.slower++
		}
		pause(ctx, wait-rand.N(wait/2+1))
		if !errors.Is(err, errHeld) { // whose turn may come at any moment
			wait = min(2*wait, l.Times.Slowest)
		}
	}
}

// disconnected says that we are not connected, and why; people are told when it lasts.
func (l *Link) disconnected(since time.Time, err error) {
	l.setWrong(fmt.Sprintf("%s is not connected: %v", l.Network.Name, err))
	if errors.Is(err, errHeld) {
		return
	}
	l.Log.Warn("the network is not connected", "error", err)
	if time.Since(since) < l.Times.Deaf || l.told {
		return
	}
	l.told = true
	l.tell("deaf", fmt.Sprintf("I am not connected to the IRC network %s: %v. I try again all the time; what I have to say there waits.", l.Network.Name, err))
}

func (l *Link) tell(key, text string) {
	l.clerk.do("tell those who run the bot", func(ctx context.Context) error { return l.Tell(ctx, l.Network.Name+" "+key, text) }, nil)
}

// connection is one connection, from dialling to its end. settled says that it was of use.
func (l *Link) connection(ctx context.Context) (settled bool, err error) {
	mine, err := l.state.Hold(ctx, l.Process, l.Times.Hold)
	if err != nil {
		return false, err
	}
	if !mine {
		return false, errHeld
	}
	if err := l.recall(ctx); err != nil {
		return false, err
	}
	security, password, err := l.credentials()
	if err != nil {
		return false, err
	}
	dialling, done := context.WithTimeout(ctx, l.Times.Dial)
	conn, err := wire.Dial(dialling, wire.Options{Address: l.Network.Server, TLS: security})
	done()
	if err != nil {
		return false, err
	}
	defer conn.Close()
	talk := newTalk(l, conn, password)
	return talk.run(ctx)
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
