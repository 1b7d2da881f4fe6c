package roster_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ergochat/irc-go/ircmsg"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/irc-gateway/roster"
	"github.com/handsoff/handsoff/shared/irc"
)

// hears has a roster hear what a server says, and gives the last news.
func hears(tb testing.TB, r *roster.Roster, lines ...string) (news roster.News) {
	tb.Helper()
	for _, line := range lines {
		m, err := ircmsg.ParseLine(line)
		if err != nil {
			tb.Fatalf("%q: %v", line, err)
		}
		news = r.Handle(&m)
	}
	return news
}

// in is a roster in #ptg with boss, ann and bob.
func in(tb testing.TB, multi bool) *roster.Roster {
	tb.Helper()
	r := roster.New("handsoff")
	if multi {
		r.MultiPrefix()
	}
	hears(tb, r, ":irc 001 handsoff :hi", ":irc 005 handsoff PREFIX=(qaohv)~&@%+ CHANMODES=beI,k,l,imnpst CASEMAPPING=rfc1459 :are supported",
		":handsoff!h@host JOIN #ptg", ":irc 353 handsoff = #ptg :@boss handsoff %ann +bob", ":irc 366 handsoff #ptg :end")
	return r
}

// ranks are the groups of some nicks.
func ranks(r *roster.Roster, nicks ...string) string {
	var list []string
	for _, nick := range nicks {
		var letters string
		for _, group := range r.Groups("test", nick, "voice") {
			letters += map[string]string{irc.Op("test", "#ptg"): "o", irc.Voice("test", "#ptg"): "v"}[group]
		}
		list = append(list, nick+":"+letters)
	}
	return strings.Join(list, " ")
}

func TestRanksFollow(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		line, want string
	}{
		{"", "boss:o ann:v bob:v"},
		{":boss!b@h MODE #ptg +o-v ann bob", "boss:o ann:ov bob:"},
		{":boss!b@h MODE #ptg +bkl-o+v *!*@x secret 5 boss boss", "boss:v ann:v bob:v"},
		{":boss!b@h MODE #ptg +imq bob", "boss:o ann:v bob:ov"},
		{":boss!b@h MODE #ptg -l+o bob", "boss:o ann:v bob:ov"},
		{":boss!b@h MODE #ptg +o-o bob bob", "boss:o ann:v bob:v"},
		{":boss!b@h MODE #other +o ann", "boss:o ann:v bob:v"},
		{":boss!b@h MODE #ptg +o", "boss:o ann:v bob:v"},
		{":boss!b@h MODE #ptg +o nobody", "boss:o ann:v bob:v"},
		{":BOSS!b@h NICK ann^", "boss: ann:v bob:v"},
		{":boss!b@h PART #ptg :bye", "boss: ann:v bob:v"},
		{":boss!b@h PART #other,#ptg", "boss: ann:v bob:v"},
		{":boss!b@h QUIT :bye", "boss: ann:v bob:v"},
		{":ann!a@h KICK #ptg Boss :out", "boss: ann:v bob:v"},
		{":boss!b@h JOIN #ptg", "boss: ann:v bob:v"},
		{":handsoff!h@host PART #ptg", "boss: ann: bob:"},
	} {
		r := in(t, true)
		if test.line != "" {
			hears(t, r, test.line)
		}
		if got := ranks(r, "boss", "ann", "bob"); got != test.want {
			t.Errorf("after %q: %s, not %s", test.line, got, test.want)
		}
	}
}

// TestARankThatMayBeLeftIsAskedFor: without multi-prefix a server tells only the highest.
func TestARankThatMayBeLeftIsAskedFor(t *testing.T) {
	t.Parallel()
	for _, multi := range []bool{true, false} {
		r := in(t, multi)
		news := hears(t, r, ":x!x@h MODE #ptg -o boss")
		if want := map[bool]string{false: "#ptg"}[multi]; news.Ask != want {
			t.Errorf("multi-prefix %v: it asks for %q", multi, news.Ask)
		}
		news = hears(t, r, ":irc 353 handsoff = #ptg :+boss handsoff", ":irc 353 handsoff = #ptg ~&@+ann!a@h", ":irc 366 handsoff #ptg :end")
		if got := ranks(r, "boss", "ann", "bob"); got != "boss:v ann:ov bob:" || news.Named != "#ptg" || r.Members("#PTG") != 3 {
			t.Errorf("then %s, %+v, %d members", got, news, r.Members("#PTG"))
		}
	}
}

// TestHalfOperatorsAreWhatIsConfigured.
func TestHalfOperatorsAreWhatIsConfigured(t *testing.T) {
	t.Parallel()
	r := in(t, true)
	if got := fmt.Sprint(r.Groups("test", "ann", "op")); got != "[irc-op:test/#ptg]" {
		t.Errorf("as op: %s", got)
	}
	if got := fmt.Sprint(r.Groups("test", "ann", "voice")); got != "[irc-voice:test/#ptg]" {
		t.Errorf("as voice: %s", got)
	}
}

// TestNamesAreComparedAsTheServerDoes.
func TestNamesAreComparedAsTheServerDoes(t *testing.T) {
	t.Parallel()
	for mapping, same := range map[string]map[string]bool{
		"ascii":          {"Ann": true, "ann[]": false, "ann\\": false, "ann^": false},
		"rfc1459":        {"Ann": true, "ann[]": true, "ann\\": true, "ann^": true},
		"strict-rfc1459": {"Ann": true, "ann[]": true, "ann\\": true, "ann^": false},
	} {
		r := roster.New("handsoff")
		hears(t, r, ":irc 005 handsoff CASEMAPPING="+mapping+" :are supported")
		for name, want := range same {
			lower := strings.NewReplacer("A", "a", "[", "{", "]", "}", "\\", "|", "^", "~").Replace(name)
			if r.Same(name, lower) != want {
				t.Errorf("%s: %s and %s", mapping, name, lower)
			}
		}
	}
}

// TestAnAccountIsWhereItWasLastHeard, and nowhere once its owner is gone.
func TestAnAccountIsWhereItWasLastHeard(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	at := func(r *roster.Roster) string {
		target, ok := r.Target(irc.Place{Network: "test", Account: "zoe"})
		return fmt.Sprint(target, " ", ok)
	}
	r := in(t, true)
	if got := at(r); got != " false" || r.Accounts()["zoe"] {
		t.Errorf("nobody: %s", got)
	}
	hears(t, r, ":irc 354 handsoff 152 ann Zoe", ":bob!b@h ACCOUNT zoe")
	if got := at(r); got != "ann true" || !r.Accounts()["zoe"] {
		t.Errorf("two of her: %s", got)
	}
	r.Spoke("bob", "Zoe", 1, now)
	if got := at(r); got != "bob true" {
		t.Errorf("the one that spoke: %s", got)
	}
	hears(t, r, ":bob!b@h NICK bobby")
	if got := at(r); got != "bobby true" {
		t.Errorf("with a new nick: %s", got)
	}
	hears(t, r, ":bobby!b@h ACCOUNT *")
	if got := at(r); got != "ann true" {
		t.Errorf("logged out: %s", got)
	}
	r.Gone("ANN")
	if got := at(r); got != " false" || r.Members("#ptg") != 3 {
		t.Errorf("unknown to the server: %s", got)
	}
}

// TestAStrangerIsBelievedForAWhile: of who is in no channel of ours nobody tells us that they went, and that somebody else has their nick.
func TestAStrangerIsBelievedForAWhile(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	zoe := irc.Place{Network: "test", Account: "zoe"}
	r := in(t, true)
	r.Spoke("stranger", "zoe", 1, now)
	r.Spoke("ann", "ann", 2, now)
	r.Forget(now.Add(4 * time.Minute))
	if target, ok := r.Target(zoe); target != "stranger" || !ok {
		t.Errorf("after four minutes: %s %v", target, ok)
	}
	r.Forget(now.Add(6 * time.Minute))
	if target, ok := r.Target(zoe); ok || r.Knows("stranger") || !r.Knows("ann") {
		t.Errorf("after six minutes: %s %v", target, ok)
	}
	r.Spoke("stranger", "zoe", 3, now)
	hears(t, r, ":stranger!s@h JOIN #ptg zoe :x")
	r.Forget(now.Add(time.Hour))
	if target, ok := r.Target(zoe); target != "stranger" || !ok {
		t.Errorf("in a channel of ours: %s %v", target, ok)
	}
	for i := range 600 {
		r.Spoke(fmt.Sprint("one", i), "", int64(i), now)
	}
	if r.Knows("one99") || !r.Knows("one100") {
		t.Error("not as many strangers are remembered as may be")
	}
}

// TestALineFitsAsOthersSeeIt: the room that is left is what our own source leaves.
func TestALineFitsAsOthersSeeIt(t *testing.T) {
	t.Parallel()
	r := in(t, true)
	for _, test := range []struct{ line, mask string }{
		{"", "h@host"},
		{":irc 396 handsoff hidden.example :is now your host", "h@hidden.example"},
		{":handsoff!h@hidden.example CHGHOST user longer.example", "user@longer.example"},
		{":irc 352 handsoff #ptg u h.example irc handsoff H :0 x", "u@h.example"},
		{":irc 352 handsoff #ptg other far.example irc ann H :0 x", "u@h.example"},
	} {
		if test.line != "" {
			hears(t, r, test.line)
		}
		line := ":handsoff!" + test.mask + " PRIVMSG #ptg :" + strings.Repeat("x", r.Room("PRIVMSG", "#ptg")) + "\r\n"
		if len(line) != 512 {
			t.Errorf("after %q it is %d bytes", test.line, len(line))
		}
	}
}

// TestWhoIsCountedIsThere: whatever comes in whatever order, people share as many channels as they are members of, which nobody sees but
// in who is forgotten.
func TestWhoIsCountedIsThere(t *testing.T) {
	t.Parallel()
	nicks := []string{"ann", "Bob", "carl", "handsoff"}
	rapid.Check(t, func(rt *rapid.T) {
		r := roster.New("handsoff")
		members := map[string]map[string]bool{}
		fold := strings.ToLower
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			nick, channel := rapid.SampledFrom(nicks).Draw(rt, "nick"), rapid.SampledFrom([]string{"#a", "#b"}).Draw(rt, "channel")
			switch rapid.SampledFrom([]string{"JOIN", "JOIN", "PART", "QUIT", "KICK"}).Draw(rt, "what") {
			case "JOIN":
				hears(t, r, ":"+nick+"!u@h JOIN "+channel)
				if nick == "handsoff" {
					members[channel] = map[string]bool{}
				}
				if members[channel] != nil {
					members[channel][fold(nick)] = true
				}
			case "QUIT":
				if nick != "handsoff" {
					hears(t, r, ":"+nick+"!u@h QUIT :x")
					for _, all := range members {
						delete(all, fold(nick))
					}
				}
			case "PART", "KICK":
				hears(t, r, ":"+nick+"!u@h PART "+channel)
				delete(members[channel], fold(nick))
				if nick == "handsoff" {
					delete(members, channel)
				}
			}
		}
		for _, nick := range nicks {
			there := slices.ContainsFunc([]string{"#a", "#b"}, func(c string) bool { return members[c][fold(nick)] })
			if r.Knows(nick) != there {
				rt.Fatalf("%s: known %v, there %v (%v)", nick, r.Knows(nick), there, members)
			}
		}
		for _, channel := range []string{"#a", "#b"} {
			if r.Members(channel) != len(members[channel]) {
				rt.Fatalf("%s has %d, not %v", channel, r.Members(channel), members[channel])
			}
		}
	})
}
