package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/irc-gateway/irctest"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/irc"
)

// groupsOf asks, by a line of their own, which ranks the bot knows somebody to have.
func (w *world) groupsOf(c *irctest.Client, mark string) []string {
	w.Helper()
	c.Say("#ptg", "handsoff: "+mark)
	c.Wait("you said "+mark, "the answer")
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.IndexFunc(w.heard, func(e command.Envelope) bool { return e.Text == mark })
	return w.heard[i].Groups
}

// TestRanksAreAlwaysRight: whatever is given and taken, also where a server tells only the highest rank.
func TestRanksAreAlwaysRight(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(testing.TB) *irctest.Server{
		"inspircd": func(tb testing.TB) *irctest.Server { tb.Helper(); return irctest.InspIRCd(tb, 0) },
		"ngircd":   irctest.NgIRCd,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t)
			w := newWorld(t)
			boss, ann := server.Client(t, "boss"), server.Client(t, "ann")
			boss.Send("JOIN #ptg")
			boss.Wait(" 366 ", "the names")
			ann.Send("JOIN #ptg")
			ann.Wait(" 366 ", "the names")
			boss.Send("MODE #ptg +ov ann ann")
			w.configure(w.network("test", server, `channels: ["#ptg"]`))
			w.gateway()
			w.joined("test", "#ptg")
			n, op, voice := 0, irc.Op("test", "#ptg"), irc.Voice("test", "#ptg")
			step := func(want []string, lines ...string) {
				t.Helper()
				for _, line := range lines {
					boss.Send(line)
				}
				boss.Send(fmt.Sprintf("PRIVMSG #ptg :step %d", n))
				ann.Wait(fmt.Sprintf("step %d", n), "the change")
				if got := w.groupsOf(ann, fmt.Sprint("step", n)); !slices.Equal(got, want) {
					t.Errorf("after %q she has %v, not %v", lines, got, want)
				}
				n++
			}
			step([]string{op, voice})
			step([]string{voice}, "MODE #ptg -o ann")
			step([]string{op, voice}, "MODE #ptg +o ann")
			step([]string{op}, "MODE #ptg -v ann")
			step(nil, "MODE #ptg -o+k ann key", "MODE #ptg -k key")
			step([]string{voice}, "MODE #ptg +bv *!*@nowhere ann")
			ann.Send("NICK anna")
			ann.Nick = "anna"
			step([]string{voice})
			step([]string{op, voice}, "MODE #ptg +lo 99 anna")
			ann.Send("PART #ptg")
			ann.Wait(" PART ", "the parting")
			ann.Send("JOIN #ptg")
			ann.Wait(" 366 ", "the names")
			step(nil)
			step([]string{op}, "MODE #ptg +o anna")
			boss.Send("KICK #ptg anna :out")
			ann.Wait(" KICK ", "the kick")
			ann.Send("JOIN #ptg")
			ann.Wait(" 366 ", "the names")
			step(nil)
		})
	}
}

// TestKickedAndBannedItComesBack, and what is to be said there waits.
func TestKickedAndBannedItComesBack(t *testing.T) {
	t.Parallel()
	server := irctest.InspIRCd(t, 0)
	w := newWorld(t)
	boss := witness(t, server)
	w.configure(w.network("test", server, `channels: ["#ptg"]`))
	w.gateway()
	w.joined("test", "#ptg")
	boss.Send("KICK #ptg handsoff :go away")
	boss.Wait(" KICK ", "the kick")
	w.eventually("that it is not in the channel", func() bool {
		return !w.rdb.SIsMember(t.Context(), irc.ChannelsKey("test"), "#ptg").Val()
	})
	w.says("irc:test/#ptg", "said while it was out")
	boss.Wait("said while it was out", "what was said meanwhile")
	w.joined("test", "#ptg")
}

// TestOurNickIsTakenBack, as soon as whoever has it leaves. Until then we are spoken to by the name that we have.
func TestOurNickIsTakenBack(t *testing.T) {
	t.Parallel()
	server := irctest.NgIRCd(t)
	w := newWorld(t)
	thief := server.Client(t, "handsoff")
	thief.Send("JOIN #ptg")
	thief.Wait(" 366 ", "the names")
	ann := witness(t, server)
	w.configure(w.network("test", server, `channels: ["#ptg"]`))
	w.gateway()
	w.joined("test", "#ptg")
	ann.Say("#ptg", "handsoff: not to me")
	ann.Say("#ptg", "handsoff_: to me")
	ann.Wait("you said to me", "an answer")
	thief.Send("QUIT")
	ann.Wait(" NICK :handsoff", "the nick")
	ann.Say("#ptg", "handsoff: again")
	ann.Wait("you said again", "an answer")
	if got := strings.Join(w.envelopes(), "\n"); strings.Contains(got, "not to me") {
		t.Error(got)
	}
}

// TestWhatIsSaidToSomebodyWaitsForThem: to who has an account under whichever name they come, and to no other one.
func TestWhatIsSaidToSomebodyWaitsForThem(t *testing.T) {
	t.Parallel()
	server := irctest.InspIRCd(t, 0)
	server.Atheme(t)
	w := newWorld(t)
	server.Account(t, "ann", "hunter2hunter2")
	other := server.Client(t, "ann")
	other.Send("JOIN #ptg")
	other.Wait(" 366 ", "the names")
	w.configure(w.network("test", server, `channels: ["#ptg"]`))
	w.says(irc.AccountAddress("test", "ann"), "only for ann")
	w.gateway()
	w.joined("test", "#ptg")
	w.says(irc.NickAddress("test", "nobody"), "for nobody")
	w.says("irc:test/#ptg", "for all")
	other.Wait("for all", "what is for all")
	ann := server.Client(t, "somebody")
	ann.Send("JOIN #ptg")
	ann.Wait(" 366 ", "the names")
	ann.Send("PRIVMSG NickServ :IDENTIFY ann hunter2hunter2")
	ann.Wait("only for ann", "what was said to her")
	if other.Saw("only for ann") || ann.Saw("for nobody") {
		t.Error("it was said to somebody else")
	}
}

// TestTopicsSayTheAlert, and then what they said before, whoever changed what meanwhile.
func TestTopicsSayTheAlert(t *testing.T) {
	t.Parallel()
	server := irctest.InspIRCd(t, 0)
	w := newWorld(t)
	boss := witness(t, server)
	boss.Send("MODE #ptg -t")
	boss.Send("TOPIC #ptg :the PTG")
	boss.Wait(" TOPIC #ptg :the PTG", "the topic")
	w.configure(w.network("test", server, `channels: ["#ptg"]`))
	state := irc.NewState(w.rdb, "test")
	set := func(text string) {
		t.Helper()
		if err := state.SetAlert(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	set("fire in the hall")
	stop := w.gateway()
	boss.Wait(" TOPIC #ptg :fire in the hall", "the alert")
	stop()
	w.gateway()
	w.joined("test", "#ptg")
	set("")
	boss.Wait(" TOPIC #ptg :the PTG", "what it was before")
	w.eventually("nothing kept", func() bool { return w.rdb.HLen(t.Context(), irc.TopicsKey("test")).Val() == 0 })
	set("all is well again")
	boss.Wait(" TOPIC #ptg :all is well again", "the next alert")
	boss.Send("TOPIC #ptg :PTG, day two")
	boss.Wait(" TOPIC #ptg :PTG, day two", "a new topic")
	w.eventually("the new topic kept", func() bool { return w.rdb.HGet(t.Context(), irc.TopicsKey("test"), "#ptg").Val() == "PTG, day two" })
	boss.Forget()
	set("")
	w.eventually("nothing kept", func() bool { return w.rdb.HLen(t.Context(), irc.TopicsKey("test")).Val() == 0 })
	if boss.Saw("TOPIC #ptg :the PTG") {
		t.Error("an older topic came back")
	}
}

// TestWhatIsLeftDoesNotKeepTheAlert: a channel that is left, and one of a network that is, say what they said before.
func TestWhatIsLeftDoesNotKeepTheAlert(t *testing.T) {
	t.Parallel()
	server, other := irctest.InspIRCd(t, 0), irctest.NgIRCd(t)
	w := newWorld(t)
	boss := witness(t, server)
	for _, line := range []string{"JOIN #hall", "MODE #ptg -t", "MODE #hall -t", "TOPIC #ptg :the PTG", "TOPIC #hall :the hall"} {
		boss.Send(line)
	}
	boss.Wait(" TOPIC #hall :the hall", "the topic")
	stays := w.network("stays", other, `channels: ["#ptg"]`)
	w.configure(stays, w.network("test", server, `channels: ["#ptg", "#hall"]`))
	if err := irc.NewState(w.rdb, "test").SetAlert(t.Context(), "fire"); err != nil {
		t.Fatal(err)
	}
	w.gateway()
	boss.Wait(" TOPIC #ptg :fire", "the alert")
	boss.Wait(" TOPIC #hall :fire", "the alert")
	boss.Forget()
	w.configure(stays, w.network("test", server, `channels: ["#ptg"]`))
	boss.Wait(" PART ", "that it leaves the channel")
	if !boss.Saw(" TOPIC #hall :the hall") {
		t.Errorf("it left the alert: %q", boss.Lines())
	}
	w.eventually("one topic kept", func() bool { return w.rdb.HLen(t.Context(), irc.TopicsKey("test")).Val() == 1 })
	w.configure(stays)
	boss.Wait(" QUIT ", "that it leaves the network")
	if !boss.Saw(" TOPIC #ptg :the PTG") {
		t.Errorf("it left the alert: %q", boss.Lines())
	}
	w.eventually("nothing kept", func() bool { return w.rdb.HLen(t.Context(), irc.TopicsKey("test")).Val() == 0 })
}

// TestAFloodIsBounded: in order, and who floods is told once.
func TestAFloodIsBounded(t *testing.T) {
	t.Parallel()
	server := irctest.NgIRCd(t)
	w := newWorld(t)
	ann := witness(t, server)
	w.configure(w.network("test", server, `channels: ["#ptg"]`))
	w.gateway()
	w.joined("test", "#ptg")
	const many = 100
	for i := range many {
		ann.Say("handsoff", fmt.Sprintf("number %03d", i))
	}
	ann.Wait("NOTICE Ann :That is too fast", "a word")
	ann.Wait("you said number 019", "the last answer")
	w.mu.Lock()
	defer w.mu.Unlock()
	texts := make([]string, len(w.heard))
	for i, e := range w.heard {
		texts[i] = e.Text
	}
	if !slices.IsSorted(texts) || len(texts) < 20 || len(texts) > many/2 {
		t.Errorf("the bot heard %q", texts)
	}
}

// TestWhatWasSaidInAGapIsCaughtUp: InspIRCd tells who joins what was said of late. Commands among it are carried out once, but not those in a
// channel that became ours in the gap.
func TestWhatWasSaidInAGapIsCaughtUp(t *testing.T) {
	t.Parallel()
	server := irctest.InspIRCd(t, 0)
	w := newWorld(t)
	ann := witness(t, server)
	ann.Send("MODE #ptg +H 50:1h")
	ann.Wait(" MODE #ptg +H", "the mode")
	ann.Send("JOIN #late")
	ann.Wait(" 366 Ann #late", "the names")
	ann.Send("MODE #late +H 50:1h")
	ann.Wait(" MODE #late +H", "the mode")
	w.configure(w.network("test", server, `channels: ["#ptg"]`))
	stop := w.gateway()
	w.joined("test", "#ptg")
	ann.Say("#ptg", "#nova now one")
	ann.Wait("you said #nova now one", "the answer")
	stop()
	ann.Say("#ptg", "#nova next two")
	ann.Say("#ptg", "nothing for a bot")
	ann.Say("#ptg", "handsoff: three")
	ann.Say("#late", "#nova now before it was ours")
	w.configure(w.network("test", server, `channels: ["#ptg", "#late"]`))
	w.gateway()
	ann.Wait("you said three", "the answer")
	w.joined("test", "#late")
	ann.Say("#late", "handsoff: four")
	ann.Wait("you said four", "the answer")
	var texts []string
	for _, e := range w.heard {
		texts = append(texts, e.Text)
	}
	if want := []string{"#nova now one", "#nova next two", "three", "four"}; !slices.Equal(texts, want) {
		t.Errorf("the bot heard %q", texts)
	}
}
