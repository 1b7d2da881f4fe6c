package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/irc-gateway/irctest"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/gap"
	"github.com/handsoff/handsoff/shared/irc"
	"github.com/handsoff/handsoff/shared/job"
)

// TestSeveralNetworks are two real ones, of different kinds: InspIRCd with services, which puts no account before what people say, and
// ngIRCd. Each test has a bot of its own there.
func TestSeveralNetworks(t *testing.T) {
	t.Parallel()
	lab, lan := irctest.InspIRCd(t, 0, "ircv3_accounttag"), irctest.NgIRCd(t)
	lab.Atheme(t)
	for name, test := range map[string]func(t *testing.T, lab, lan *irctest.Server){
		"at once": atOnce, "followed": followed, "accounts": accountsAreFollowed, "ghost": ghosts,
	} {
		t.Run(name, func(t *testing.T) { t.Parallel(); test(t, lab, lan) })
	}
}

// comes has somebody come to a channel, and waits until the bot knows them: the server told it before anything that is said there.
func comes(t *testing.T, server *irctest.Server, nick, channel string) *irctest.Client {
	t.Helper()
	c := server.Client(t, nick)
	c.Send("JOIN " + channel)
	c.Wait(" 366 "+nick+" "+channel, "the names")
	return c
}

// atOnce: who is on two networks is two, and what one does is nothing to the other.
func atOnce(t *testing.T, lab, lan *irctest.Server) {
	t.Helper()
	w := newWorld(t)
	w.configure(w.as("once", "lab", lab, `channels: ["#once"]`), w.as("once", "lan", lan, `channels: ["#once"]`))
	ann, annie := comes(t, lab, "ann1", "#once"), comes(t, lan, "ann1", "#once")
	w.gateway()
	w.joined("lab", "#once")
	w.joined("lan", "#once")
	ann.Say("#once", "once: here")
	ann.Wait("you said here", "an answer")
	annie.Say("#once", "once: there")
	annie.Wait("you said there", "an answer")
	annie.Send("KICK #once once :out")
	annie.Wait(" KICK ", "the kick")
	w.says("irc:lab/#once", "said meanwhile")
	ann.Wait("said meanwhile", "what is said on the other network")
	annie.Say("once", "alone")
	annie.Wait("you said alone", "an answer")
	want := []string{
		`irc-nick:lab/ann1 [irc-op:lab/#once] irc:lab/#once "here"`,
		`irc-nick:lan/ann1 [irc-op:lan/#once] irc:lan/#once "there"`,
		`irc-nick:lan/ann1 [] irc:lan/ann1 "alone"`,
	}
	got := w.envelopes()
	got[2] = strings.Replace(got[2], "[irc-op:lan/#once]", "[]", 1) // its channel may be ours again
	if !slices.Equal(got, want) {
		t.Errorf("the bot heard\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// followed: networks and channels come and go with the configuration; of what cannot be used nothing counts.
func followed(t *testing.T, lab, lan *irctest.Server) {
	t.Helper()
	w := newWorld(t)
	w.configure(w.as("follow", "lab", lab, `channels: ["#one"]`))
	ann, annie := comes(t, lab, "ann2", "#one"), comes(t, lan, "ann2", "#three")
	ann.Send("JOIN #two")
	ann.Wait(" 366 ann2 #two", "the names")
	ask := w.gatewayWithHealth()
	w.joined("lab", "#one")

	w.configure(w.as("follow", "lab", lab, `channels: ["#one", "#two"]`), w.as("follow", "lan", lan, `channels: ["#three"]`))
	w.joined("lab", "#two")
	w.joined("lan", "#three")
	for c, channel := range map[*irctest.Client]string{ann: "#two", annie: "#three"} {
		c.Say(channel, "follow: jobs")
		c.Wait("PRIVMSG "+channel+" :ann2: you said jobs", "an answer")
	}

	w.secret("handsoff-config", "irc: {networks: [{name: lab, server: ''}]}\n")
	const bad = `config: irc.networks[0].server: ":6697" is not a server`
	w.eventually("that the mistake is said", func() bool {
		status, text := ask("/readyz")
		return status == http.StatusServiceUnavailable && strings.Contains(text, bad)
	})
	w.eventually("that ann is told", func() bool {
		return slices.ContainsFunc(w.notices(), func(text string) bool { return strings.Contains(text, bad) })
	})
	ann.Say("#two", "follow: status")
	ann.Wait("you said status", "an answer: what was before holds")

	w.configure(w.as("follow", "lab", lab, `channels: ["#two"]`), w.as("other", "lan", lan, `channels: ["#three"]`))
	ann.Wait(" PART ", "the parting")
	annie.Wait(" QUIT ", "that it is set up anew")
	annie.Wait(":other!", "that it comes by its other name")
	annie.Say("#three", "other: jobs")
	annie.Wait("PRIVMSG #three :ann2: you said jobs", "an answer")
	w.eventually("that nothing is wrong", func() bool { status, _ := ask("/readyz"); return status == http.StatusOK })

	w.configure(w.as("follow", "lab", lab, `channels: ["#two"]`))
	annie.Wait(" QUIT ", "that it leaves")
	w.eventually("that the network that is left is forgotten", func() bool {
		return w.rdb.Exists(t.Context(), irc.ChannelsKey("lan"), irc.StateKey("lan"), irc.TopicsKey("lan")).Val() == 0
	})
	ann.Say("#two", "follow: jobs")
	ann.Wait("you said jobs", "an answer")
	if channels := w.rdb.SMembers(t.Context(), irc.ChannelsKey("lab")).Val(); !slices.Equal(channels, []string{"#two"}) {
		t.Errorf("it is in %q", channels)
	}
	if ann.Saw(" QUIT ") {
		t.Error("the network whose channels changed was left")
	}
	gaps, err := gap.List(t.Context(), w.rdb, "irc:lab", 10)
	if err != nil || len(gaps) > 0 {
		t.Errorf("there were gaps: %+v, %v", gaps, err)
	}
}

// TestANetworkThatWentIsNew when it comes back, also when it went while no gateway ran: its gap is closed, and there is none since then.
func TestANetworkThatWentIsNew(t *testing.T) {
	t.Parallel()
	lab, lan := irctest.NgIRCd(t), irctest.NgIRCd(t)
	w := newWorld(t)
	both := []string{w.as("back", "lab", lab, `channels: ["#one"]`), w.as("back", "lan", lan, `channels: ["#one"]`)}
	gaps := func() (open, closed int) {
		t.Helper()
		list, err := gap.List(t.Context(), w.rdb, "irc:lan", 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range list {
			if g.Closed.IsZero() {
				open++
			} else {
				closed++
			}
		}
		return open, closed
	}
	w.configure(both...)
	stop := w.gateway()
	w.joined("lan", "#one")
	w.eventually("that something was heard", func() bool { return w.rdb.HExists(t.Context(), irc.StateKey("lan"), "heard").Val() })
	lan.Kill()
	w.eventually("an open gap", func() bool { open, _ := gaps(); return open == 1 })
	stop()
	w.configure(both[0])
	w.gateway()
	w.eventually("that the network is forgotten", func() bool { return w.rdb.Exists(t.Context(), irc.StateKey("lan")).Val() == 0 })
	if open, closed := gaps(); open != 0 || closed != 1 {
		t.Errorf("%d gaps are open and %d closed", open, closed)
	}
	lan.Start(t)
	w.configure(both...)
	w.joined("lan", "#one")
	if open, closed := gaps(); open != 0 || closed != 1 {
		t.Errorf("it is new, and %d gaps are open and %d closed", open, closed)
	}
}

// accountsAreFollowed: a server that puts no account before a line tells of log-ins and log-outs, which count at once.
func accountsAreFollowed(t *testing.T, lab, _ *irctest.Server) {
	t.Helper()
	w := newWorld(t)
	lab.Account(t, "ann3", "hunter2hunter2")
	lab.Account(t, "zoe3", "hunter2hunter2")
	ann := comes(t, lab, "ann3", "#who")
	w.configure(w.as("who", "lab", lab, `channels: ["#who"]`))
	w.gateway()
	w.joined("lab", "#who")
	n := 0
	is := func(want string) {
		t.Helper()
		n++
		mark := fmt.Sprint("number ", n)
		ann.Say("#who", "who: "+mark)
		ann.Wait("you said "+mark, "an answer")
		w.mu.Lock()
		defer w.mu.Unlock()
		if e := w.heard[slices.IndexFunc(w.heard, func(e command.Envelope) bool { return e.Text == mark })]; e.Principal != want {
			t.Errorf("%s: she is %s, not %s", mark, e.Principal, want)
		}
	}
	login := func(account string) {
		ann.Send("PRIVMSG NickServ :IDENTIFY " + account + " hunter2hunter2")
		ann.Wait(" 900 ", "the log-in")
	}
	logout := func() {
		ann.Send("PRIVMSG NickServ :LOGOUT")
		ann.Wait(" 901 ", "the log-out")
	}
	is("irc-nick:lab/ann3")
	login("ann3")
	is("irc:lab/ann3")
	ann.Send("NICK someone")
	is("irc:lab/ann3")
	logout()
	is("irc-nick:lab/someone")
	login("zoe3")
	is("irc:lab/zoe3")
	ann.Send("PART #who")
	ann.Send("JOIN #who")
	ann.Wait(" 366 someone #who", "the names")
	is("irc:lab/zoe3")
	logout()
	ann.Send("NICK ann3")
	is("irc-nick:lab/ann3")
}

// ghosts: where the services know us, they send away who has our nick.
func ghosts(t *testing.T, lab, _ *irctest.Server) {
	t.Helper()
	w := newWorld(t)
	lab.Account(t, "haunted", "the-bots-password")
	w.secret("irc-lab-password", "the-bots-password")
	thief := lab.Client(t, "haunted")
	boss := comes(t, lab, "boss4", "#ghost")
	w.configure(w.as("haunted", "lab", lab, "tls: true", "sasl: plain", `channels: ["#ghost"]`))
	w.gateway()
	thief.Wait("ERROR", "the end of who had its nick")
	boss.Wait(" NICK :haunted", "its nick")
	boss.Say("#ghost", "haunted: jobs")
	boss.Wait("you said jobs", "an answer")
}

// notices are what those are told who run the bot.
func (w *world) notices() (texts []string) {
	w.Helper()
	for _, key := range w.rdb.Keys(w.Context(), job.Prefix+"job:*:watchers").Val() {
		texts = append(texts, w.rdb.HGet(w.Context(), strings.TrimSuffix(key, ":watchers"), "text").Val())
	}
	return texts
}
