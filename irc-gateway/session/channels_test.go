package session_test

import (
	"slices"
	"testing"
	"time"
)

// TestChannelsComeAndGo while it is connected: what was said before a channel was ours is not for us.
func TestChannelsComeAndGo(t *testing.T) {
	t.Parallel()
	g := begin(t, "user: h", "", night.Add(-10*time.Minute))
	g.welcome(historian, "")
	_ = g.says(":irc BATCH +t draft/chathistory-targets", ":irc BATCH -t", ":irc BATCH +x chathistory #ptg", ":irc BATCH -x")
	g.out = nil
	g.s.SetChannels([]string{"#ptg"})
	_ = g.passes(time.Second)
	g.wrote()

	g.s.SetChannels([]string{"#hall", "#ptg"})
	_ = g.passes(time.Second)
	g.wrote("JOIN #hall")
	_ = g.says(":handsoff!h@host JOIN #hall", ":irc 353 handsoff = #hall :@boss handsoff", ":irc 366 handsoff #hall :end")
	_ = g.passes(time.Second)
	if got := g.asked(); !slices.Equal(got, []string{"AFTER #hall timestamp=2026-01-02T03:00:26.000Z 100"}) {
		t.Errorf("asked %q", got)
	}
	_ = g.says(":irc BATCH +y chathistory #hall",
		"@batch=y;msgid=1;time=2026-01-02T03:00:20.000Z :ann!a@h PRIVMSG #hall :#nova now before",
		"@batch=y;msgid=2;time=2026-01-02T03:00:27.000Z :ann!a@h PRIVMSG #hall :#nova now since",
		":irc BATCH -y", "@msgid=3 :ann!a@h PRIVMSG #ptg :#nova now here")
	if got := g.texts(); got != "#nova now since|#nova now here" {
		t.Errorf("heard %q", got)
	}

	g.s.SetChannels([]string{"#hall"})
	_ = g.passes(time.Second)
	g.wrote("PART #ptg")
	_ = g.says("@msgid=4 :ann!a@h PRIVMSG #ptg :#nova now too late", ":handsoff!h@host PART #ptg",
		"@msgid=5 :ann!a@h PRIVMSG #hall :#nova now there")
	if got := g.texts(); got != "#nova now since|#nova now here|#nova now there" {
		t.Errorf("heard %q", got)
	}
	_ = g.passes(15 * time.Minute)
	if slices.Contains(g.out, "JOIN #ptg") {
		t.Error("a channel that was left is joined again")
	}
}

// TestAChannelThatGoesBeforeItIsJoinedIsLeft as soon as the server says that we are in it; and nothing waits for its history.
func TestAChannelThatGoesBeforeItIsJoinedIsLeft(t *testing.T) {
	t.Parallel()
	g := begin(t, "user: h", "", night.Add(-10*time.Minute))
	_ = g.says("CAP * LS :", ":irc 001 handsoff :hi", ":irc 376 handsoff :end")
	_ = g.passes(time.Second)
	g.out = nil
	g.s.SetChannels([]string{"#hall"})
	_ = g.passes(time.Second)
	g.wrote("JOIN #hall")
	_ = g.says(":handsoff!h@host JOIN #hall", ":irc 353 handsoff = #hall :handsoff", ":irc 366 handsoff #hall :end", ":handsoff!h@host JOIN #ptg")
	_ = g.passes(time.Second)
	g.wrote("PART #ptg")
	if !slices.Equal(g.caught, []string{"0 false"}) {
		t.Errorf("caught up: %q", g.caught)
	}
}

// TestAChannelThatCameMeanwhile, while it was not connected: what was said there before is not for us, whether asked for or told unasked.
func TestAChannelThatCameMeanwhile(t *testing.T) {
	t.Parallel()
	for _, caps := range []string{historian, "batch message-tags server-time"} {
		g := beginIn(t, night, "user: h", "", night.Add(-10*time.Minute), []string{"#hall"})
		g.welcome(caps, "")
		if got := g.asked(); caps == historian && !slices.Contains(got, "AFTER #ptg timestamp=2026-01-02T03:00:00.000Z 100") {
			t.Errorf("asked %q", got)
		}
		_ = g.says(":irc BATCH +t draft/chathistory-targets", ":irc BATCH -t", ":irc BATCH +y chathistory #ptg",
			"@batch=y;msgid=1;time=2026-01-02T02:59:59.000Z :ann!a@h PRIVMSG #ptg :#nova now before",
			"@batch=y;msgid=2;time=2026-01-02T03:00:10.000Z :ann!a@h PRIVMSG #ptg :#nova now since",
			":irc BATCH -y")
		if got := g.texts(); got != "#nova now since" {
			t.Errorf("heard %q", got)
		}
	}
}
