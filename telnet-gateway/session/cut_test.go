package session

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/telnet-gateway/telnettest"
)

// numbered matches an entry as it is shown, but not in the summary after a login, which is set in.
var numbered = regexp.MustCompile(`[\r\n](?:\x1b\[[0-9;]*[AKm])*@k3f2(?:\x1b\[0m)? entry-(\d\d)\.`)

// numbers are the entries that a client saw, in the order in which it saw them.
func numbers(text string) (list []string) {
	for _, m := range numbered.FindAllStringSubmatch(text, -1) {
		list = append(list, m[1])
	}
	return list
}

// TestCutsLoseNothing cuts the connection at many points of a conversation. Whatever the client had not processed must be
// shown in the next session, and nothing may come out of its order.
func TestCutsLoseNothing(t *testing.T) {
	t.Parallel()
	const cuts, first, last = 120, 60, 1100 // bytes: from the login's questions to the end of the conversation
	p := open(t)
	var users strings.Builder
	for i := range cuts {
		fmt.Fprintf(&users, "user%d:%s\n", i, cheap)
	}
	if err := os.WriteFile(p.users, []byte(users.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	defer wait.Wait()
	places := make(chan struct{}, 8)
	for i := range cuts {
		cut := first + (last-first)*i/cuts + rand.IntN(9)
		wait.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			if !t.Failed() {
				cutOnce(t, p, fmt.Sprintf("user%d", i), telnettest.Manner{Terminal: "xterm", CutAfter: cut})
			}
		})
	}
}

func cutOnce(t *testing.T, p *place, user string, manner telnettest.Manner) {
	t.Helper()
	next := 0
	entries := func(n int) {
		for range n {
			p.say(t, user, "k3f2", fmt.Sprintf("entry-%02d.", next))
			next++
		}
	}
	entries(4)
	dying := telnettest.Dial(t, p.address, manner)
	script := "\r" + user + "\r\x00" + password + "\r\x00missed\r\x00"
	_, _ = dying.Conn.Write([]byte(script[1:])) // it may be dead already
	entries(3)
	end := time.Now().Add(2 * time.Minute)
	for waiting := true; waiting && time.Now().Before(end); { // until it died, or has seen everything
		select {
		case <-dying.Done():
			waiting = false
		default:
			waiting = len(numbers(dying.Text())) < next
			time.Sleep(time.Millisecond)
		}
	}
	dying.Close()
	entries(3)
	manner.CutAfter = 0
	after := telnettest.Dial(t, p.address, manner)
	after.Login(t, user, password)
	after.Type(t, "missed")
	seenBy(t, next, dying, after)
	after.Type(t, "quit")
	after.ExpectEnd(t)
	for _, c := range []*telnettest.Client{dying, after} {
		inOrder(t, c.Text())
	}
	jobtest.Eventually(t, "the record of what was seen", func() bool {
		s, err := p.door.Seen.Look(t.Context(), "telnet:"+user)
		return err == nil && len(s.Gaps) == 0
	})
}

// seenBy waits until the clients together have seen all of n entries.
func seenBy(t *testing.T, n int, clients ...*telnettest.Client) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(time.Millisecond) {
		var text strings.Builder
		for _, c := range clients {
			text.WriteString(c.Text() + "\n=====\n")
		}
		seen := numbers(text.String())
		slices.Sort(seen)
		if len(slices.Compact(seen)) == n {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("of %d entries only %v were seen:\n%q", n, seen, text.String())
		}
	}
}

// inOrder checks that the live output is in order, and so is what was missed: at most two ascending runs.
func inOrder(t *testing.T, text string) {
	t.Helper()
	seen := numbers(text)
	runs := 1
	for i := 1; i < len(seen); i++ {
		if seen[i] <= seen[i-1] {
			runs++
		}
	}
	if runs > 2 {
		t.Errorf("shown in the order %v", seen)
	}
}

// TestClientThatThrowsOutputAwayGetsItAgain interrupts a line-mode client again and again while output pours in. Between
// an interrupt and the answer to its timing mark such a client shows nothing.
func TestClientThatThrowsOutputAwayGetsItAgain(t *testing.T) {
	t.Parallel()
	p := open(t)
	c := p.enter(t, "ann", telnettest.Manner{Terminal: "xterm", LineMode: true})
	const many = 60
	for i := range many {
		p.say(t, "ann", "k3f2", fmt.Sprintf("entry-%02d.", i))
		if i%4 == 0 {
			c.Interrupt(t)
		}
	}
	seenBy(t, many, c)
	c.Type(t, "status")
	c.Expect(t, "you said: status")
}

func TestMissedOutput(t *testing.T) {
	t.Parallel()
	p := open(t)
	for i := range 250 {
		p.say(t, "ann", []string{"k3f2", "m2p9"}[i%2], fmt.Sprintf("line %d.", i))
	}
	p.tell(t, "ann", progress("m2p9", 40, "40 %; demo #12"))
	c := p.enter(t, "ann", dumb)
	c.Expect(t, "While you were away: 250 lines from 2 jobs. Type `missed` to see them, `missed drop` to forget them.")
	c.Expect(t, "@k3f2 line 248.")
	c.Expect(t, "@m2p9 40 %; demo #12 (running)")
	p.say(t, "ann", "zzzz", "live")
	c.Expect(t, "@zzzz live")
	c.Type(t, "quit")
	c.ExpectEnd(t)

	again := p.enter(t, "ann", dumb) // it was only offered, so it is still there
	again.Expect(t, "While you were away: 250 lines from 2 jobs.")
	again.Type(t, "missed")
	again.Type(t, "after")
	for i := range 250 {
		again.Expect(t, fmt.Sprintf("line %d.", i))
	}
	again.Expect(t, "That was all.")
	again.Expect(t, "you said: after")
	again.Type(t, "missed")
	again.Expect(t, "You missed nothing.")
	again.Type(t, "quit")
	again.ExpectEnd(t)
	if text := p.enter(t, "ann", dumb); strings.Contains(text.Text(), "While you were away") {
		t.Errorf("offered again: %q", text.Text())
	}
}

func TestMissedOutputIsForgottenOnWish(t *testing.T) {
	t.Parallel()
	p := open(t)
	p.say(t, "ann", "k3f2", "line")
	c := p.enter(t, "ann", dumb)
	c.Expect(t, "While you were away: 1 line from 1 job.")
	c.Type(t, "Missed  DROP")
	c.Expect(t, "What you missed is forgotten.")
	c.Type(t, "missed")
	c.Expect(t, "You missed nothing.")
}

func TestClientThatDoesNotReadIsDroppedAndHoldsUpNobody(t *testing.T) {
	t.Parallel()
	p := open(t, func(s *Settings) { s.Stall = 5 * time.Second })
	deaf := telnettest.Dial(t, p.address, telnettest.Manner{Terminal: "xterm"})
	deaf.Login(t, "ann", password)
	deaf.Deafen()
	reading := p.enter(t, "ann", dumb)
	bob := p.enter(t, "bob", dumb)
	line := strings.Repeat("x", 8<<10)
	const many = 150 // 1.2 MB: more than may be unconfirmed
	for i := range many {
		p.say(t, "ann", "k3f2", fmt.Sprintf("%s line %d.", line, i))
	}
	p.say(t, "bob", "m2p9", "for bob")
	bob.Expect(t, "for bob")
	reading.Expect(t, fmt.Sprintf("line %d.", many-1))
	for end := time.Now().Add(2 * time.Minute); !strings.Contains(p.audit(t), "telnet:ann logout not reading"); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the deaf one is still there:\n%s", p.audit(t))
		}
	}
}

func TestSessionOutlivesRedis(t *testing.T) {
	t.Parallel()
	p := open(t)
	c := p.enter(t, "ann", dumb)
	p.say(t, "ann", "k3f2", "before")
	c.Expect(t, "before")
	jobtest.Eventually(t, "the cursor", func() bool {
		s, err := p.door.Seen.Look(t.Context(), "telnet:ann")
		return err == nil && s.Cursor != "0-0"
	})
	p.server.Kill(t)
	c.Expect(t, "Redis does not answer. What your jobs have to say comes when it is back.")
	c.Type(t, "status")
	c.Expect(t, "you said: status")
	stranger := telnettest.Dial(t, p.address, dumb)
	stranger.Expect(t, "User: ")
	stranger.Type(t, "bob")
	stranger.Expect(t, "Password: ")
	stranger.Type(t, password)
	stranger.Expect(t, "Logins cannot be checked right now")
	p.server.Start(t)
	c.Expect(t, "Redis answers again.")
	p.say(t, "ann", "k3f2", "after")
	c.Expect(t, "@k3f2 after")
	told := regexp.MustCompile(`Redis (does not answer|answers again)\.`).FindAllString(c.Text(), -1)
	for i, word := range told { // on a busy machine it may be away for a moment again
		if word != told[i%2] || len(told)%2 != 0 {
			t.Errorf("told more than once: %q", told)
		}
	}
}
