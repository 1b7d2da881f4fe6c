package session_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// historian are the capabilities with which history can be asked for.
const historian = "account-tag batch draft/chathistory message-tags server-time"

// asked are the requests for history that were written and not looked at.
func (g *stage) asked() (list []string) {
	for _, line := range g.out {
		if request, is := strings.CutPrefix(line, "CHATHISTORY "); is {
			list = append(list, request)
		}
	}
	g.out = nil
	return list
}

// texts are what was heard.
func (g *stage) texts() string {
	var list []string
	for _, line := range g.heard {
		list = append(list, line.Text)
	}
	return strings.Join(list, "|")
}

// TestAFullPageIsAsLongAsTheServersPagesAre: of a server that tells less at a time than we ask for, all is read.
func TestAFullPageIsAsLongAsTheServersPagesAre(t *testing.T) {
	t.Parallel()
	for _, tags := range []string{"msgid=%d;", ""} {
		g := begin(t, "user: h", "", night.Add(-10*time.Minute))
		g.welcome(historian, "CHATHISTORY=2")
		if got := g.asked(); !slices.Contains(got, "AFTER #ptg timestamp=2026-01-02T02:49:58.000Z 2") {
			t.Fatalf("asked %q", got)
		}
		want := "AFTER #ptg msgid=2 2"
		if tags == "" {
			want = "AFTER #ptg timestamp=2026-01-02T02:52:00.000Z 2"
		}
		said := func(n int) string {
			id := tags
			if tags != "" {
				id = fmt.Sprintf(tags, n)
			}
			return fmt.Sprintf("@batch=x;%stime=2026-01-02T02:5%d:00.000Z :ann!a@h PRIVMSG #ptg :#nova next %d", id, n, n)
		}
		_ = g.says(":irc BATCH +x chathistory #ptg", said(1), said(2), ":irc BATCH -x")
		_ = g.passes(5 * time.Second)
		if got := g.asked(); !slices.Equal(got, []string{want}) {
			t.Fatalf("after a full page it asked %q, not for %q", got, want)
		}
		_ = g.says(":irc BATCH +x chathistory #ptg", said(3), ":irc BATCH -x")
		if got := g.texts(); got != "#nova next 1|#nova next 2|#nova next 3" {
			t.Errorf("heard %s", got)
		}
	}
}

// TestWhatWasSaidToUsAloneIsRead: by whom it was, and what; what they say now comes after it, also when we had another name then.
func TestWhatWasSaidToUsAloneIsRead(t *testing.T) {
	t.Parallel()
	g := begin(t, "user: h", "", night.Add(-10*time.Minute))
	g.lets(historian, "CHATHISTORY=100", time.Second)
	if got := g.asked(); !slices.Contains(got, "TARGETS timestamp=2026-01-02T02:49:58.000Z timestamp=2026-01-02T03:00:02.000Z 50") {
		t.Fatalf("asked %q", got)
	}
	live := func(id int, nick, text string) string {
		return fmt.Sprintf("@msgid=l%d;account=%s;time=2026-01-02T03:00:30.000Z :%s!u@h PRIVMSG handsoff :%s", id, nick, nick, text)
	}
	_ = g.says(live(1, "ann", "ann now"), live(2, "carl", "carl now"),
		":irc BATCH +x chathistory #ptg", ":irc BATCH -x",
		":irc BATCH +t draft/chathistory-targets", "@batch=t :irc CHATHISTORY TARGETS #ptg 2026-01-02T02:55:00.000Z",
		"@batch=t :irc CHATHISTORY TARGETS Ann 2026-01-02T02:55:00.000Z", "@batch=t :irc CHATHISTORY TARGETS bob 2026-01-02T02:56:00.000Z",
		":irc BATCH -t", live(3, "ann", "ann again"))
	_ = g.passes(5 * time.Second)
	got := g.asked()
	slices.Sort(got)
	if want := []string{"AFTER Ann timestamp=2026-01-02T02:49:58.000Z 100", "AFTER bob timestamp=2026-01-02T02:49:58.000Z 100"}; !slices.Equal(got, want) {
		t.Fatalf("asked %q", got)
	}
	if got := g.texts(); got != "carl now" || len(g.caught) > 0 {
		t.Fatalf("heard %s, caught up %q", got, g.caught)
	}
	_ = g.says(":irc BATCH +a chathistory Ann",
		"@batch=a;msgid=1;account=ann;time=2026-01-02T02:55:00.000Z :ann!u@h PRIVMSG handsoff_ :ann then",
		"@batch=a;msgid=2;time=2026-01-02T02:55:01.000Z :handsoff_!u@h PRIVMSG ann :I said so",
		"@batch=a;msgid=3;account=ann;time=2026-01-02T01:00:00.000Z :ann!u@h PRIVMSG handsoff :ann long ago",
		":irc BATCH -a")
	if got := g.texts(); got != "carl now|ann then|ann now|ann again" {
		t.Errorf("heard %s", got)
	}
	if line := g.heard[1]; line.Principal != "irc:test/ann" || line.Where != "irc:test/@ann" || line.Overheard {
		t.Errorf("%+v", line)
	}
	_ = g.says("FAIL CHATHISTORY MESSAGE_ERROR AFTER bob :no")
	if !slices.Equal(g.caught, []string{"1 true"}) {
		t.Errorf("caught up: %q", g.caught)
	}
}

// TestAServerThatDoesNotSayWhoHoldsUpNobody: what is said to us alone is heard at once, or when the server fails to say, or after a while.
func TestAServerThatDoesNotSayWhoHoldsUpNobody(t *testing.T) {
	t.Parallel()
	for _, refusal := range []string{"FAIL CHATHISTORY INVALID_PARAMS TARGETS :no", ""} {
		g := begin(t, "user: h", "", night.Add(-10*time.Minute))
		g.lets(historian, "", time.Second)
		_ = g.says(":ann!a@h PRIVMSG handsoff :jobs")
		if refusal != "" {
			_ = g.says(refusal)
		} else {
			_ = g.passes(20 * time.Second)
		}
		if got := g.texts(); got != "jobs" {
			t.Errorf("%q: heard %q", refusal, got)
		}
	}
}

// TestAPastLineHasNobodyElsesRank: a nick that is an operator's now may have been anybody's when the line was said.
func TestAPastLineHasNobodyElsesRank(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ tag, now, want string }{
		{"account=boss;", "Boss", "[irc-op:test/#ptg]"},
		{"account=eve;", "Boss", "[]"},
		{"", "Boss", "[]"},
		{"", "0", "[]"},
		{"account=boss;", "0", "[]"},
	} {
		g := begin(t, "user: h", "", night.Add(-10*time.Minute))
		g.welcome(historian, "WHOX")
		_ = g.says(":irc 354 handsoff 152 boss "+test.now, ":irc BATCH +x chathistory #ptg",
			"@batch=x;msgid=1;"+test.tag+"time=2026-01-02T02:55:00.000Z :boss!b@h PRIVMSG #ptg :~emptydb", ":irc BATCH -x")
		if len(g.heard) != 1 || fmt.Sprint(g.heard[0].Groups) != test.want {
			t.Errorf("said with %q, now %s: %+v", test.tag, test.now, g.heard)
		}
	}
}

// TestWhatWaitsForHistoryIsHandedInAtTheEnd of a connection: the next one asks only for what was said since.
func TestWhatWaitsForHistoryIsHandedInAtTheEnd(t *testing.T) {
	t.Parallel()
	g := begin(t, "user: h", "", night.Add(-10*time.Minute))
	g.lets(historian, "", time.Second)
	_ = g.says("@msgid=1 :ann!a@h PRIVMSG handsoff :alone", ":irc BATCH +x chathistory #ptg", "@msgid=2 :ann!a@h PRIVMSG #ptg :#nova now here")
	if len(g.heard) > 0 {
		t.Fatalf("heard %q before the history", g.texts())
	}
	g.s.Leave()
	if got := g.texts(); got != "alone|#nova now here" {
		t.Errorf("heard %q", got)
	}
}
