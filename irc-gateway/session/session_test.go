package session_test

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ergochat/irc-go/ircmsg"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/irc-gateway/roster"
	"github.com/handsoff/handsoff/irc-gateway/session"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/irc"
)

var night = time.Date(2026, time.January, 2, 3, 0, 0, 0, time.UTC)

// stage is a session without a server: the test is it.
type stage struct {
	testing.TB

	s      *session.Session
	roster *roster.Roster
	now    time.Time
	out    []string // what was written and not looked at
	heard  []session.Line
	told   []string
	caught []string
	topics map[string]string
}

func (g *stage) Heard(line session.Line)    { g.heard = append(g.heard, line) }
func (g *stage) Ready(string)               {}
func (g *stage) Joined(string)              {}
func (g *stage) Left(string)                {}
func (g *stage) Changed()                   {}
func (g *stage) Tell(_, text string)        { g.told = append(g.told, text) }
func (g *stage) DropTopic(channel string)   { delete(g.topics, channel) }
func (g *stage) CaughtUp(n int, whole bool) { g.caught = append(g.caught, fmt.Sprint(n, whole)) }
func (g *stage) KeepTopic(channel, topic string, _ bool, then func()) {
	g.topics[channel] = topic
	then()
}
func (g *stage) Topics(then func(map[string]string)) { then(maps.Clone(g.topics)) }

// begin begins a session; section is its network in YAML.
func begin(tb testing.TB, section, password string, since time.Time) *stage {
	tb.Helper()
	return beginAt(tb, night, section, password, since)
}

// beginAt is begin at another time.
func beginAt(tb testing.TB, now time.Time, section, password string, since time.Time) *stage {
	tb.Helper()
	return beginIn(tb, now, section, password, since, []string{"#ptg"})
}

// beginIn is beginAt of one that was in other channels before.
func beginIn(tb testing.TB, now time.Time, section, password string, since time.Time, ours []string) *stage {
	tb.Helper()
	file, err := config.Parse([]byte("irc: {networks: [{name: test, server: localhost, nick: handsoff, channels: [\"#ptg\"], " + section + "}]}\n"))
	if err != nil {
		tb.Fatal(err)
	}
	read, err := irc.Read(file)
	if err != nil {
		tb.Fatal(err)
	}
	g := &stage{TB: tb, now: now, roster: roster.New("handsoff"), topics: map[string]string{}}
	g.s = session.New(session.Options{
		Network: read.Networks[0], Version: "1", Password: password, Since: since, Ours: ours, Roster: g.roster, Desk: g,
		Log: slog.New(slog.DiscardHandler), Now: now,
		Write: func(command string, params ...string) error {
			m := ircmsg.MakeMessage(nil, "", command, params...)
			line, err := m.LineBytesStrict(true, 512)
			if err == nil {
				g.out = append(g.out, strings.TrimRight(string(line), "\r\n"))
			}
			return nil
		},
	})
	return g
}

// says has the server say lines.
func (g *stage) says(lines ...string) error {
	g.Helper()
	var err error
	for _, line := range lines {
		m, bad := ircmsg.ParseLine(line)
		if bad != nil {
			g.Fatalf("%q: %v", line, bad)
		}
		err = g.s.Handle(&m)
	}
	return err
}

// passes lets time pass, a second at a time.
func (g *stage) passes(d time.Duration) error {
	for end := g.now.Add(d); g.now.Before(end); {
		g.now = g.now.Add(time.Second)
		if err := g.s.Tick(g.now); err != nil {
			return err
		}
	}
	return nil
}

// wrote checks what was written since it was last looked.
func (g *stage) wrote(want ...string) {
	g.Helper()
	if got := g.out; !slices.Equal(got, want) {
		g.Errorf("wrote\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	g.out = nil
}

// welcome lets it in, and into its channel, slowly.
func (g *stage) welcome(caps, support string) {
	g.Helper()
	g.lets(caps, support, 20*time.Second)
}

// lets lets it in, and into its channel after a while.
func (g *stage) lets(caps, support string, after time.Duration) {
	g.Helper()
	_ = g.says("CAP * LS :" + caps)
	if caps != "" {
		_ = g.says("CAP * ACK :" + caps)
	}
	_ = g.says(":irc 001 handsoff :hi", ":irc 005 handsoff PREFIX=(ov)@+ "+support+" :are supported", ":irc 376 handsoff :end")
	_ = g.passes(after)
	_ = g.says(":handsoff!h@host JOIN #ptg", ":irc 353 handsoff = #ptg :@boss handsoff +ann", ":irc 366 handsoff #ptg :end")
	_ = g.passes(5 * time.Second)
}

func TestASilentServerIsNoticedWithinAMinute(t *testing.T) {
	t.Parallel()
	g := begin(t, "user: h", "", time.Time{})
	g.welcome("", "")
	g.out = nil
	_ = g.says(":ann!a@h PRIVMSG #ptg :hello")
	if err := g.passes(19 * time.Second); err != nil || len(g.out) > 0 {
		t.Fatalf("%v, %q", err, g.out)
	}
	if err := g.passes(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	g.wrote("PING alive")
	if err := g.says(":irc PONG irc alive"); err != nil {
		t.Fatal(err)
	}
	began := g.now
	err := g.passes(time.Hour)
	if took := g.now.Sub(began); !errors.Is(err, session.ErrSilent) || took > time.Minute {
		t.Errorf("after %s: %v", took, err)
	}
	silent := begin(t, "user: h", "", time.Time{})
	if err := silent.passes(time.Hour); err == nil || silent.now.Sub(night) > 2*time.Minute {
		t.Errorf("one that does not let us in: %v after %s", err, silent.now.Sub(night))
	}
}

func TestSASLAndWhatComesInstead(t *testing.T) {
	t.Parallel()
	const hello = "CAP LS 302"
	user := []string{"NICK handsoff", "USER handsoff 0 * handsoff"}
	t.Run("plain", func(t *testing.T) {
		t.Parallel()
		g := begin(t, "sasl: plain", "secret", time.Time{})
		g.wrote(append([]string{hello}, user...)...)
		_ = g.says("CAP * LS * :multi-prefix", "CAP * LS :sasl=PLAIN,EXTERNAL unknown")
		g.wrote("CAP REQ :multi-prefix sasl")
		_ = g.says("CAP * ACK :multi-prefix sasl")
		g.wrote("AUTHENTICATE PLAIN")
		_ = g.says("AUTHENTICATE :+")
		g.wrote("AUTHENTICATE AGhhbmRzb2ZmAHNlY3JldA==")
		_ = g.says(":irc 900 * h!h@h handsoff :you are", ":irc 903 * :done")
		g.wrote("CAP END")
	})
	t.Run("refused", func(t *testing.T) {
		t.Parallel()
		g := begin(t, "sasl: plain", "secret", time.Time{})
		_ = g.says("CAP * LS :sasl", "CAP * ACK :sasl", "AUTHENTICATE +", ":irc 904 * :no")
		if !slices.Contains(g.out, "CAP END") || len(g.told) != 1 || strings.Contains(g.told[0], "\x00") {
			t.Errorf("%q, %q", g.out, g.told)
		}
	})
	t.Run("never answered", func(t *testing.T) {
		t.Parallel()
		g := begin(t, "sasl: external", "", time.Time{})
		_ = g.says("CAP * LS :sasl=EXTERNAL", "CAP * ACK :sasl", "AUTHENTICATE +")
		if _ = g.passes(30 * time.Second); !slices.Contains(g.out, "AUTHENTICATE +") || !slices.Contains(g.out, "CAP END") {
			t.Errorf("%q", g.out)
		}
	})
	t.Run("a refusal of all", func(t *testing.T) {
		t.Parallel()
		g := begin(t, "user: h", "", time.Time{})
		_ = g.says("CAP * LS :multi-prefix account-tag", "CAP * NAK :account-tag multi-prefix")
		g.out = g.out[3:]
		g.wrote("CAP REQ :account-tag multi-prefix", "CAP REQ account-tag", "CAP REQ multi-prefix")
		_ = g.says("CAP * NAK account-tag", "CAP * ACK multi-prefix")
		g.wrote("CAP END")
	})
	t.Run("NickServ", func(t *testing.T) {
		t.Parallel()
		g := begin(t, "nickserv: true", "secret", time.Time{})
		_ = g.says("CAP * LS :multi-prefix", "CAP * ACK multi-prefix", ":irc 001 handsoff :hi", ":irc 376 handsoff :end")
		g.out = nil
		_ = g.passes(2 * time.Second)
		g.wrote("PRIVMSG NickServ :IDENTIFY handsoff secret")
		_ = g.says(":irc 900 handsoff h!h@h handsoff :you are")
		g.wrote("JOIN #ptg")
	})
}

// TestHistoryIsReadOnce: what was said in a gap is asked for, page by page, handed in before what is said now, and only from
// who said it then with the account that they had.
func TestHistoryIsReadOnce(t *testing.T) {
	t.Parallel()
	g := begin(t, "user: h", "", night.Add(-10*time.Minute))
	g.welcome("account-tag batch draft/chathistory message-tags server-time", "CHATHISTORY=100")
	if !slices.Contains(g.out, "CHATHISTORY AFTER #ptg timestamp=2026-01-02T02:49:58.000Z 100") {
		t.Errorf("wrote %q", g.out)
	}
	_ = g.says(":irc BATCH +t draft/chathistory-targets", ":irc BATCH -t",
		"@msgid=9;account=ann;time=2026-01-02T03:00:20.000Z :ann!a@h PRIVMSG #ptg :#nova now last")
	if len(g.heard) > 0 {
		t.Errorf("what is said now comes first: %+v", g.heard)
	}
	_ = g.says(
		":irc BATCH +x chathistory #ptg",
		"@batch=x;msgid=1;account=ann;time=2026-01-02T02:55:00.000Z :ann!a@h PRIVMSG #ptg :#nova now first",
		"@batch=x;msgid=2;time=2026-01-02T02:56:00.000Z :ann!a@h PRIVMSG #ptg :handsoff: second",
		"@batch=x;msgid=3;time=2026-01-02T02:57:00.000Z :ann!a@h PRIVMSG #ptg :among people",
		"@batch=x;msgid=4;time=2026-01-02T01:00:00.000Z :ann!a@h PRIVMSG #ptg :#nova now too old",
		"@batch=x;msgid=5;time=2026-01-02T02:58:00.000Z :bob!b@h MODE #ptg +o ann",
		":irc BATCH -x")
	var got []string
	for _, line := range g.heard {
		got = append(got, fmt.Sprint(line.ID, " ", line.Principal, " ", line.Groups, " ", line.Text))
	}
	want := []string{
		"irc:test:1 irc:test/ann [irc-voice:test/#ptg] #nova now first",
		"irc:test:2 irc-nick:test/ann [] second", // whoever had the nick then
		"irc:test:9 irc:test/ann [irc-voice:test/#ptg] #nova now last",
	}
	if !slices.Equal(got, want) {
		t.Errorf("heard\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if !slices.Equal(g.caught, []string{"2 true"}) {
		t.Errorf("caught up: %q", g.caught)
	}
}

// TestAServerThatTellsNoHistoryHoldsUpNobody.
func TestAServerThatTellsNoHistoryHoldsUpNobody(t *testing.T) {
	t.Parallel()
	g := begin(t, "user: h", "", night.Add(-time.Minute))
	g.welcome("batch draft/chathistory message-tags server-time", "")
	_ = g.says(":ann!a@h PRIVMSG #ptg :#nova now on")
	_ = g.passes(40 * time.Second)
	if len(g.heard) != 1 || !slices.Equal(g.caught, []string{"0 true"}) {
		t.Errorf("%+v, %q", g.heard, g.caught)
	}
}

// TestAccountsAreBelievedOnlyWhileChangesAreTold.
func TestAccountsAreBelievedOnlyWhileChangesAreTold(t *testing.T) {
	t.Parallel()
	who := func(caps string, lines ...string) string {
		g := begin(t, "user: h", "", time.Time{})
		g.welcome(caps, "WHOX")
		_ = g.says(append(lines, ":ann!a@h PRIVMSG handsoff :jobs")...)
		return g.heard[0].Principal
	}
	whox := ":irc 354 handsoff 152 ann Ann"
	for _, test := range []struct {
		caps  string
		lines []string
		want  string
	}{
		{"account-notify extended-join", []string{whox}, "irc:test/ann"},
		{"account-notify extended-join", []string{whox, ":ann!a@h ACCOUNT *"}, "irc-nick:test/ann"},
		{"account-notify extended-join", []string{":ann!a@h PART #ptg", ":ann!a@h JOIN #ptg Zoe :x"}, "irc:test/zoe"},
		{"account-notify extended-join", []string{whox, ":ann!a@h QUIT :x", ":ann!a@h JOIN #ptg * :x"}, "irc-nick:test/ann"},
		{"account-tag account-notify", []string{whox}, "irc-nick:test/ann"},
		{"multi-prefix", []string{whox}, "irc-nick:test/ann"},
	} {
		if got := who(test.caps, test.lines...); got != test.want {
			t.Errorf("with %s, %q: %s", test.caps, test.lines, got)
		}
	}
}

// TestNobodyIsAnsweredWhoIsNoPerson: servers, services, bots, notices, ourselves.
func TestNobodyIsAnsweredWhoIsNoPerson(t *testing.T) {
	t.Parallel()
	g := begin(t, "user: h", "", time.Time{})
	g.welcome("message-tags", "")
	_ = g.says(":irc PRIVMSG handsoff :jobs", ":NickServ!s@s PRIVMSG handsoff :jobs", "@bot :b!b@h PRIVMSG handsoff :jobs",
		":ann!a@h NOTICE handsoff :jobs", ":handsoff!h@host PRIVMSG #ptg :#nova now x", ":ann!a@h PRIVMSG #other :#nova now x",
		":ann!a@h PRIVMSG #ptg :\x01ACTION #nova now x\x01", ":\xff!a@h PRIVMSG handsoff :jobs", ":ann!a@h PRIVMSG @#ptg :handsoff: jobs")
	if len(g.heard) > 0 {
		t.Errorf("%+v", g.heard)
	}
}

// TestWhateverAServerSays, nothing panics, nothing is written that is no line, and time goes on.
func TestWhateverAServerSays(t *testing.T) {
	t.Parallel()
	words := []string{
		"handsoff", "#ptg", "ann", "boss", "*", "+ov", "-o+b", "=", "@ann +boss handsoff", ":", "chathistory", "+x", "-x", "x", "LS", "ACK", "NAK",
		"NEW", "DEL", "sasl", "+", "152", "Ann", "#NOVA", "0", "PREFIX=(qaohv)~&@%+", "CASEMAPPING=ascii", "CHANMODES=b,k,l,imnt", "\x01PING\x01", "handsoff: x",
	}
	commands := []string{
		"PING", "PONG", "CAP", "AUTHENTICATE", "900", "903", "904", "001", "005", "376", "433", "PRIVMSG", "NOTICE", "BATCH", "315", "401", "403", "404",
		"471", "477", "482", "FAIL", "TOPIC", "332", "331", "JOIN", "PART", "QUIT", "KICK", "NICK", "MODE", "353", "366", "352", "354", "ACCOUNT", "CHGHOST", "396",
	}
	rapid.Check(t, func(rt *rapid.T) {
		g := begin(t, "sasl: plain, nickserv: true", "secret", night.Add(-time.Minute))
		for range rapid.IntRange(1, 60).Draw(rt, "lines") {
			if rapid.IntRange(0, 4).Draw(rt, "time") == 0 {
				_ = g.passes(time.Second)
				continue
			}
			m := ircmsg.MakeMessage(nil, rapid.SampledFrom([]string{"", "irc", "ann!a@h", "handsoff!h@h", "boss!b@h"}).Draw(rt, "source"),
				rapid.SampledFrom(commands).Draw(rt, "command"), rapid.SliceOfN(rapid.SampledFrom(words), 0, 5).Draw(rt, "params")...)
			if rapid.Bool().Draw(rt, "batch") {
				m.SetTag("batch", "x")
				m.SetTag("time", "2026-01-02T02:59:30.000Z")
			}
			_ = g.s.Handle(&m)
		}
		for _, line := range g.out {
			if line == "" || strings.ContainsAny(line, "\r\n\x00") {
				rt.Fatalf("wrote %q", line)
			}
		}
	})
}

// FuzzLine is what any server may send.
func FuzzLine(f *testing.F) {
	for _, line := range []string{
		"@time=2026-01-02T03:04:05.000Z;msgid=1;account=ann :ann!a@h PRIVMSG #ptg :#nova now x", ":irc 353 handsoff = #ptg :@+ann %bob", ":irc 005 handsoff PREFIX=() :x",
		":boss!b@h MODE #ptg +ovk ann", "@batch=x PRIVMSG", ":irc BATCH +x chathistory #ptg", "AUTHENTICATE +", "CAP", "PING", ":ann!a@h NICK", "ERROR :flood",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		m, err := ircmsg.ParseLine(line)
		if err != nil {
			return
		}
		g := begin(t, "nickserv: true", "secret", night)
		g.welcome("account-tag batch server-time message-tags", "WHOX")
		g.out = nil
		_ = g.s.Handle(&m)
		_ = g.passes(2 * time.Second)
		for _, line := range g.heard {
			if !strings.HasPrefix(line.Principal, "irc") || line.Text == "" || line.Where == "" || line.ID == "" {
				t.Errorf("%+v", line)
			}
		}
	})
}
