package session_test

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ergochat/irc-go/ircmsg"

	"github.com/handsoff/handsoff/irc-gateway/irctest"
	"github.com/handsoff/handsoff/irc-gateway/roster"
	"github.com/handsoff/handsoff/irc-gateway/session"
	"github.com/handsoff/handsoff/irc-gateway/wire"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/irc"
)

// patience is how long what must come may take on a busy machine.
const patience = 2 * time.Minute

// live is a session with a real server, to which the test tells the time.
type live struct {
	*stage

	conn  *wire.Conn
	joins []time.Time // when it asked to be let into a channel
	nick  string      // who it is; empty until it was welcomed
}

func (l *live) Ready(nick string) { l.nick = nick }

// meet connects a session; section is the rest of its network in YAML.
func meet(tb testing.TB, server *irctest.Server, nick, section, password string) *live {
	tb.Helper()
	file, err := config.Parse(fmt.Appendf(nil, "irc: {networks: [{name: test, tls: false, server: %q, nick: %s, pace: {burst: 1000, per_second: 1000}, %s}]}\n",
		irctest.Address(server.Plain), nick, section))
	if err != nil {
		tb.Fatal(err)
	}
	read, err := irc.Read(file)
	if err != nil {
		tb.Fatal(err)
	}
	conn, err := wire.Dial(tb.Context(), wire.Options{Address: irctest.Address(server.Plain)})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(conn.Close)
	l := &live{stage: &stage{TB: tb, now: night, roster: roster.New(nick), topics: map[string]string{}}, conn: conn}
	l.s = session.New(session.Options{
		Network: read.Networks[0], Version: "1", Password: password, Roster: l.roster, Desk: l,
		Log: slog.New(slog.NewTextHandler(tb.Output(), nil)), Now: night,
		Write: func(command string, params ...string) error {
			if command == "JOIN" {
				l.joins = append(l.joins, l.now)
			}
			return conn.Send(command, params...)
		},
	})
	return l
}

// hears hands on what the server says until something is true.
func (l *live) hears(what string, ok func() bool) {
	l.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for !ok() {
		var m ircmsg.Message
		more := true
		select {
		case m, more = <-l.conn.Lines:
		case <-deadline.C:
			l.Fatalf("%s does not come", what)
		}
		if !more {
			l.Fatalf("the connection ended before %s: %v", what, l.conn.Err())
		}
		if err := l.s.Handle(&m); err != nil {
			l.Fatal(err)
		}
		l.now = l.now.Add(time.Millisecond) // what waits for its turn has it
		if err := l.s.Tick(l.now); err != nil {
			l.Fatal(err)
		}
	}
}

// in waits until it is in a channel.
func (l *live) in(channel string) {
	l.Helper()
	l.hears("that it is in "+channel, func() bool { return l.roster.In(channel) })
}

// passes lets time pass, in steps after each of which the server has answered all that was written.
func (l *live) passes(d time.Duration) {
	l.Helper()
	const step = time.Second
	for end := l.now.Add(d); l.now.Before(end); {
		l.now = l.now.Add(step)
		if err := l.s.Tick(l.now); err != nil {
			l.Fatal(err)
		}
		answered := false
		l.s.Fence(func(map[string]string) { answered = true })
		l.hears("an answer", func() bool { return answered })
	}
}

// waits are the times between tries to be let into a channel, from a moment on.
func (l *live) waits(from time.Time) (waits []time.Duration) {
	for _, at := range l.joins {
		if at.After(from) {
			waits = append(waits, at.Sub(from).Round(5*time.Second)) // time passes in steps
			from = at
		}
	}
	return waits
}

// TestOnARealServer, with services, which go without SASL and GHOST.
func TestOnARealServer(t *testing.T) {
	t.Parallel()
	server := irctest.InspIRCd(t, 0, "sasl", "nickserv/ghost")
	server.Atheme(t)
	boss := server.Client(t, "boss")
	boss.Register("hunter2hunter2")
	op := func(channel string) {
		boss.Send("JOIN " + channel)
		boss.Wait(" 366 boss "+channel, "the names")
	}
	for _, channel := range []string{"#kick", "#ban", "#known", "#back"} {
		op(channel)
	}
	boss.Send("MODE #known +R")
	boss.Wait(" MODE #known ", "the mode")
	server.Account(t, "known", "the-bots-password")
	server.Account(t, "keeper", "the-bots-password")
	server.Account(t, "wrong", "the-bots-password")

	t.Run("kicked, it comes back, later each time, and soon again when it was there for a while", func(t *testing.T) {
		t.Parallel()
		l := meet(t, server, "kicked", `channels: ["#kick"]`, "")
		l.in("#kick")
		var waits []time.Duration
		kick := func() {
			boss.Send("KICK #kick kicked :out")
			l.hears("the kick", func() bool { return !l.roster.In("#kick") })
			from := l.now
			for !l.roster.In("#kick") {
				l.passes(time.Second)
			}
			waits = append(waits, l.waits(from)...)
		}
		for range 4 {
			kick()
		}
		l.passes(11 * time.Minute)
		kick()
		want := []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second, 40 * time.Second, 5 * time.Second}
		if !slices.Equal(waits, want) {
			t.Errorf("it waited %v, not %v", waits, want)
		}
	})

	t.Run("banned, it tries ever more seldom, says so, and comes back when it may", func(t *testing.T) {
		t.Parallel()
		l := meet(t, server, "banned", `channels: ["#ban"]`, "")
		l.in("#ban")
		boss.Send("MODE #ban +b banned!*@*")
		boss.Send("KICK #ban banned :out")
		l.hears("the kick", func() bool { return !l.roster.In("#ban") })
		from := l.now
		l.passes(31 * time.Minute)
		want := []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second, 40 * time.Second, 80 * time.Second, 160 * time.Second, 320 * time.Second, 600 * time.Second, 600 * time.Second}
		if got := l.waits(from); !slices.Equal(got, want) {
			t.Errorf("it waited %v, not %v", got, want)
		}
		if wrong := strings.Join(l.s.Wrong(), "\n"); !strings.Contains(wrong, "#ban of test is not joined: 474") {
			t.Errorf("it says %q", wrong)
		}
		if !strings.HasPrefix(strings.Join(l.told, "\n"), "I am not in #ban of the IRC network test: 474 ") {
			t.Errorf("people are told %q", l.told)
		}
		boss.Send("MODE #ban -b banned!*@*")
		boss.Wait(" -b", "the end of the ban")
		l.passes(10 * time.Minute)
		if !l.roster.In("#ban") || len(l.s.Wrong()) > 0 {
			t.Errorf("it is not back: %q", l.s.Wrong())
		}
	})

	t.Run("NickServ is told who we are, where there is no SASL, before channels are joined", func(t *testing.T) {
		t.Parallel()
		l := meet(t, server, "known", `sasl: plain, nickserv: true, channels: ["#known"]`, "the-bots-password")
		l.in("#known")
		if len(l.joins) != 1 {
			t.Errorf("it tried %d times", len(l.joins))
		}
		ann := server.Client(t, "asks")
		ann.Send("WHOIS known")
		ann.Wait(" 330 asks known known ", "its account")
	})

	t.Run("a password that NickServ does not know is told of, and channels are joined without", func(t *testing.T) {
		t.Parallel()
		l := meet(t, server, "wrong", `nickserv: true, channels: ["#back"]`, "another-password")
		l.hears("its welcome", func() bool { return l.nick != "" })
		l.passes(12 * time.Second)
		if !l.roster.In("#back") || !strings.HasPrefix(strings.Join(l.told, "\n"), "NickServ of the IRC network test has not said that it knows my account wrong.") {
			t.Errorf("in the channel: %v; people are told %q", l.roster.In("#back"), l.told)
		}
	})

	t.Run("a nick that somebody has is regained, where the services know no GHOST", func(t *testing.T) {
		t.Parallel()
		server.Client(t, "keeper") // who has it
		l := meet(t, server, "keeper", `nickserv: true, channels: ["#back"]`, "the-bots-password")
		l.in("#back")
		if l.nick != "keeper_" {
			t.Errorf("it is called %s", l.nick)
		}
		l.passes(29 * time.Second)
		if l.nick != "keeper_" {
			t.Errorf("it is called %s, by a GHOST that there is not", l.nick)
		}
		l.passes(2 * time.Second)
		l.hears("its nick", func() bool { return l.nick == "keeper" })
	})
}
