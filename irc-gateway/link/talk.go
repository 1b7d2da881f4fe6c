package link

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/ergochat/irc-go/ircmsg"

	"github.com/handsoff/handsoff/irc-gateway/delivery"
	"github.com/handsoff/handsoff/irc-gateway/roster"
	"github.com/handsoff/handsoff/irc-gateway/session"
	"github.com/handsoff/handsoff/irc-gateway/wire"
	"github.com/handsoff/handsoff/shared/irc"
)

// mostPosts is how much may wait for a session at once.
const mostPosts = 1000

// talk is one connection: a session, and what is done beside it.
type talk struct {
	link    *Link
	conn    *wire.Conn
	roster  *roster.Roster
	session *session.Session

	posts   chan func()   // is called where the session is
	says    chan say      // lines whose turn it may be
	changed chan struct{} // somebody may be there who was not
	silent  chan struct{} // nothing more may be said
	hush    func()        // closes it
	over    chan struct{} // the connection is
	said    chan struct{} // all that was said has arrived, or cannot
	settled bool
	noted   time.Time // when it was taken down last that something was heard
	held    time.Time // when the network was last taken in hand

	leaving <-chan time.Time // when it is over, whatever has not arrived; nil while we stay
	spoken  bool             // all that was said has arrived, or cannot
	quitted bool             // farewell was said
}

// say is a line that waits for its turn.
type say struct {
	place  irc.Place
	target string
	line   string
	done   chan error
}

func newTalk(l *Link, conn *wire.Conn, password string) *talk {
	t := &talk{
		link: l, conn: conn, roster: roster.New(l.Network.Nick), posts: make(chan func(), mostPosts),
		says: make(chan say), changed: make(chan struct{}, 1), silent: make(chan struct{}), over: make(chan struct{}),
		said: make(chan struct{}), held: time.Now(),
	}
	t.hush = sync.OnceFunc(func() { close(t.silent) })
	network := *l.Network // the session's own: its channels change
	network.Channels = l.theChannels()
	t.session = session.New(session.Options{
		Network: &network, Version: l.Version, Password: password, Since: l.last, Ours: l.ours, Roster: t.roster, Desk: t,
		Log: l.Log, Now: time.Now(), Write: t.write,
	})
	t.session.Slower(l.slower)
	return t
}

// write sends a line. What is none, such as one to a name that no server allows, is left out.
func (t *talk) write(command string, params ...string) error {
	err := t.conn.Send(command, params...)
	if errors.Is(err, wire.ErrUnsayable) {
		t.link.Log.Error("a line cannot be sent", "error", err)
		return nil
	}
	return err
}

// run speaks until the connection is over or ctx ends. settled says that it was of use.
func (t *talk) run(ctx context.Context) (settled bool, err error) {
	beside, stop := context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(t.said)
		t.link.delivery.Run(beside, t, t.roster, t.link.wake, t.changed)
	}()
	defer func() {
		t.session.Leave()
		t.hush()
		close(t.over)
		expired := time.AfterFunc(t.link.Times.Parting, stop) // what has arrived is still taken down
		<-t.said
		expired.Stop()
		stop()
		t.gone()
	}()
	beats, end := t.beats()
	defer end()
	for err == nil {
		err = t.step(ctx, beats)
		t.quit()
	}
	return t.settled, err
}

func (t *talk) beats() (beats <-chan time.Time, end func()) {
	if t.link.Clock != nil {
		return t.link.Clock, func() {}
	}
	ticker := time.NewTicker(t.link.Times.Beat)
	return ticker.C, ticker.Stop
}

// errStopping is why a connection ends with the process.
var errStopping = errors.New("the gateway is being stopped")

// step waits for one thing to happen.
func (t *talk) step(ctx context.Context, beats <-chan time.Time) error {
	var says chan say
	stopping, said := ctx.Done(), chan struct{}(nil)
	switch {
	case t.leaving != nil:
		stopping = nil
		if !t.spoken {
			said = t.said
		}
	case t.session.MaySpeak():
		says = t.says
	}
	select {
	case <-stopping:
		t.leave()
	case <-said:
		t.spoken = true
	case <-t.leaving:
		return errStopping
	case m, more := <-t.conn.Lines:
		if !more {
			return t.conn.Err()
		}
		return t.handle(&m)
	case now := <-beats:
		return t.beat(now)
	case s := <-says:
		s.done <- t.speak(s)
	case do := <-t.posts:
		do()
	}
	return t.session.Err()
}

// restoring is how long topics may take to say what they said before an alert, where a network is left for good.
const restoring = 10 * time.Second

// leave has nothing more said but what is under way.
func (t *talk) leave() {
	t.hush()
	limit := t.link.Times.Parting
	if t.link.isLeft() {
		limit = max(limit, restoring)
		t.session.Farewell()
	}
	t.leaving = time.After(limit)
}

// quit says farewell when nothing is left to do. What the server has told by then still counts; it ends the connection behind that.
func (t *talk) quit() {
	if !t.spoken || t.quitted || t.link.isLeft() && t.session.Busy() {
		return
	}
	t.quitted = true
	t.leaving = time.After(t.link.Times.Parting)
	_ = t.conn.Send("QUIT", "I am stopped, or set up anew") // as far as it goes
}

func (t *talk) handle(m *ircmsg.Message) error {
	err := t.session.Handle(m)
	t.settled = t.settled || t.session.Settled()
	return err
}

func (t *talk) speak(s say) error {
	if target, ok := t.roster.Target(s.place); target != s.target || !ok && s.place.Nick == "" {
		return delivery.ErrMoved
	}
	t.session.Speak(s.target, s.line)
	return t.session.Err()
}

// beat tells the time, and takes down from time to time that something was heard.
func (t *talk) beat(now time.Time) error {
	if alert, known := t.link.theAlert(); known && t.leaving == nil {
		t.session.SetAlert(alert)
	}
	if t.leaving == nil {
		t.session.SetChannels(t.link.theChannels())
	}
	err := t.session.Tick(now)
	wrong := t.session.Wrong()
	if !t.session.Settled() {
		wrong = []string{t.link.Network.Name + " has not let us in yet"}
	}
	t.link.setWrong(wrong...)
	const every = 5 * time.Second
	if here := time.Now(); t.settled && here.Sub(t.noted) >= every {
		t.noted = here
		t.note()
	}
	t.hold()
	return err
}

// note takes down when something was heard last.
func (t *talk) note() {
	heard := t.session.LastHeard()
	t.link.last = heard
	t.link.clerk.do("take down when something was heard", func(ctx context.Context) error { return t.link.state.Heard(ctx, heard) }, nil)
}

// hold keeps the network in hand; who lost it leaves.
func (t *talk) hold() {
	if time.Since(t.held) < t.link.Times.Hold/3 {
		return
	}
	t.held = time.Now()
	mine := true
	t.link.clerk.do("keep the network in hand", func(ctx context.Context) (err error) {
		mine, err = t.link.state.Hold(ctx, t.link.Process, t.link.Times.Hold)
		return err
	}, t.post(func() {
		if !mine {
			t.conn.Close()
		}
	}))
}

// gone takes down that the connection is over.
func (t *talk) gone() {
	if t.settled {
		t.note()
	}
	t.link.clerk.do("take down that we are not connected", func(ctx context.Context) error {
		return t.link.state.Connected(ctx, "", time.Time{})
	}, nil)
}

// post makes of something that is to be done where the session is what may be called anywhere. When the connection is
// over, nothing is done.
func (t *talk) post(do func()) func() {
	return func() {
		select {
		case t.posts <- do:
		case <-t.over:
		}
	}
}
