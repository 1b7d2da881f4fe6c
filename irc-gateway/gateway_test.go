package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/irc-gateway/irctest"
	"github.com/handsoff/handsoff/shared/command"
)

// TestPeopleAreKnownByTheirAccounts: on InspIRCd with Atheme, with SASL over TLS, whoever says something is known by the
// account that they have at that moment, and by their rank in the channel.
func TestPeopleAreKnownByTheirAccounts(t *testing.T) {
	t.Parallel()
	server := irctest.InspIRCd(t, 0)
	server.Atheme(t)
	w := newWorld(t)
	server.Account(t, "handsoff", "secret-of-the-bot")
	w.secret("irc-test-password", "secret-of-the-bot\n")
	ann := server.Client(t, "Ann")
	ann.Send("JOIN #ptg") // the first one is its operator
	ann.Wait(" 366 ", "the names")
	w.configure(w.network("test", server, "tls: true", "sasl: plain", `channels: ["#ptg"]`))
	w.gateway()
	w.joined("test", "#ptg")

	told := func(c *irctest.Client, text string) {
		t.Helper()
		c.Wait(text, "an answer")
	}
	ann.Say("#ptg", "handsoff: jobs")
	told(ann, "PRIVMSG #ptg :Ann: you said jobs")
	ann.Register("hunter2hunter2")
	ann.Say("#ptg", "handsoff, status")
	told(ann, "PRIVMSG #ptg :Ann: you said status")
	ann.Send("NICK Annie")
	ann.Say("#ptg", "#nova now \x02Cells\x02 \xff")
	told(ann, "PRIVMSG #ptg :Annie: you said #nova now Cells")
	ann.Say("#ptg", "+1")
	ann.Say("#ptg", "nobody: jobs")
	ann.Say("handsoff", "jobs")
	told(ann, "PRIVMSG Annie :you said jobs")
	ann.Send("PRIVMSG NickServ :LOGOUT")
	ann.Wait(" 901 ", "the log-out")
	ann.Send("MODE #ptg +v-o Annie Annie")
	ann.Say("#ptg", "~list")
	told(ann, "PRIVMSG #ptg :Annie: you said ~list")

	want := []string{
		`irc-nick:test/ann [irc-op:test/#ptg] irc:test/#ptg "jobs"`,
		`irc:test/ann [irc-op:test/#ptg] irc:test/#ptg "status"`,
		`irc:test/ann [irc-op:test/#ptg] irc:test/#ptg "#nova now Cells �" overheard`,
		`irc:test/ann [irc-op:test/#ptg] irc:test/@ann "jobs"`,
		`irc-nick:test/annie [irc-voice:test/#ptg] irc:test/#ptg "~list" overheard`,
	}
	if got := w.envelopes(); !slices.Equal(got, want) {
		t.Errorf("the bot heard\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	ann.Send("WHOIS handsoff")
	if lines := ann.Wait(" 330 ", "the bot's account"); !strings.Contains(lines[0], "handsoff handsoff :is logged in as") {
		t.Errorf("%q", lines[0])
	}
}

// TestWithoutAccountsEverybodyIsANick: ngIRCd has none, and no tags.
func TestWithoutAccountsEverybodyIsANick(t *testing.T) {
	t.Parallel()
	server := irctest.NgIRCd(t)
	w := newWorld(t)
	ann := server.Client(t, "Ann")
	ann.Send("JOIN #ptg")
	ann.Wait(" 366 ", "the names")
	w.configure(w.network("plain", server, `channels: ["#ptg"]`))
	w.answers(func(e command.Envelope) (command.Answer, int) {
		if e.Overheard {
			return command.Answer{Text: "I do not know that.", Problem: &command.Problem{Code: command.CodeOverheard}}, http.StatusOK
		}
		return command.Answer{Text: strings.Repeat("a long line\n", 5) + "the end"}, http.StatusOK
	})
	w.gateway()
	w.joined("plain", "#ptg")
	ann.Say("#ptg", "+in Aspen")
	ann.Say("#ptg", "@handsoff jobs")
	ann.Wait("PRIVMSG #ptg :Ann: that is long, so I say it to you alone.", "a hint")
	ann.Wait("PRIVMSG Ann :the end", "the answer")
	want := []string{
		`irc-nick:plain/ann [irc-op:plain/#ptg] irc:plain/#ptg "+in Aspen" overheard`,
		`irc-nick:plain/ann [irc-op:plain/#ptg] irc:plain/#ptg "jobs"`,
	}
	if got := w.envelopes(); !slices.Equal(got, want) {
		t.Errorf("the bot heard\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	ann.Say("handsoff", "\x01VERSION\x01")
	ann.Wait("NOTICE Ann :\x01VERSION handsoff", "the version")
	ann.Say("handsoff", "\x01PING 12 34\x01")
	ann.Wait("NOTICE Ann :\x01PING 12 34\x01", "the ping")
}
