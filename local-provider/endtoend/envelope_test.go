package endtoend

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/sign"
	"github.com/handsoff/handsoff/shared/sign/signtest"
)

// envelope is what a door of ann's would send.
func envelope(text string) command.Envelope {
	return command.Envelope{
		ID: rand.Text(), Nonce: rand.Text(), Time: time.Now(), Principal: "telnet:ann",
		Origin: job.Origin{Door: "telnet"}, Text: text,
	}
}

// hand delivers an envelope, signed with the first of some keys.
func (s *system) hand(e command.Envelope, keys sign.Keys) (status int, a command.Answer) {
	s.Helper()
	body, err := json.Marshal(e)
	s.must(err)
	signature := ""
	if keys != nil {
		signature = keys.Sign(body)
	}
	status, text := s.deliver("/function/command", body, signature)
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		s.Fatalf("%d %s", status, text)
	}
	return status, a
}

func (s *system) internalKeys() sign.Keys {
	s.Helper()
	text, err := s.home.ReadSecret(home.SecretKey)
	s.must(err)
	keys, err := sign.Parse([]byte(text))
	s.must(err)
	return keys
}

// stranger is a key that nobody knows.
var stranger = signtest.Keys("nobody knows this key")

// counted is a counter that `status` shows, as it does once something was counted.
func (s *system) counted(name string) int {
	s.Helper()
	text := s.post("ops", "status")
	found := regexp.MustCompile(name + ` (\d+)`).FindStringSubmatch(text)
	if found == nil {
		s.Fatalf("status does not tell how often it was %s:\n%s", name, text)
	}
	n, err := strconv.Atoi(found[1])
	s.must(err)
	return n
}

// TestDistrust: what is not signed, too old, from the future, or seen before is refused, counted, and starts nothing.
func TestDistrust(t *testing.T) {
	t.Parallel()
	s := start(t)
	keys := s.internalKeys()
	const line = "jenkins build demo/slow"
	fresh := envelope(line)
	if status, a := s.hand(fresh, keys); status != http.StatusOK || a.Job == "" {
		t.Fatalf("a good one: %d %+v", status, a)
	}
	again := fresh
	again.Nonce = rand.Text()
	if status, a := s.hand(again, keys); status != http.StatusOK || a.Job == "" {
		t.Fatalf("sent again after a lost answer: %d %+v", status, a)
	}
	refused := make(map[string]int)
	for _, c := range []struct {
		name, counter string
		change        func(*command.Envelope)
		keys          sign.Keys
	}{
		{"replayed", "refused replayed", func(e *command.Envelope) { *e = fresh }, keys}, // before it is too old
		{"unsigned", "refused unsigned", func(*command.Envelope) {}, nil},
		{"signed with a wrong key", "refused unsigned", func(*command.Envelope) {}, stranger},
		{"too old", "refused stale", func(e *command.Envelope) { e.Time = time.Now().Add(-6 * time.Minute) }, keys},
		{"from the future", "refused stale", func(e *command.Envelope) { e.Time = time.Now().Add(time.Hour) }, keys},
		{"with a nonce that was used", "refused replayed", func(e *command.Envelope) { e.Nonce = fresh.Nonce }, keys},
		{"of nobody", "refused malformed", func(e *command.Envelope) { e.Principal = "" }, keys},
	} {
		e := envelope(line)
		c.change(&e)
		status, a := s.hand(e, c.keys)
		if status != http.StatusUnauthorized && status != http.StatusBadRequest || a.Job != "" || a.Problem == nil {
			t.Errorf("%s: %d %+v", c.name, status, a)
		}
		refused[c.counter]++
		if n := s.counted(c.counter); n != refused[c.counter] {
			t.Errorf("%s: %s is %d, not %d", c.name, c.counter, n, refused[c.counter])
		}
	}
	// A person's own key speaks for that person only.
	e := envelope(line)
	status, a := s.hand(e, signtest.Keys(cliKey(guest)))
	if status != http.StatusOK || a.Job != "" || a.Problem == nil || a.Problem.Code != command.CodeForbidden {
		t.Errorf("a guest who says to be ann: %d %+v", status, a)
	}
	if n := s.jobsOf("telnet:ann"); n != 1 {
		t.Errorf("%d jobs", n)
	}
}

// TestKeysRotate has a second key believed, then used, and then takes the first away, as the page of operations says. While functions with
// the one and with the other order of both run side by side, none of them refuses another.
func TestKeysRotate(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.jenkins.order("clock?speed=10")
	watcher := s.telnet("ann")
	old := s.internalKeys()
	const next = "the key that is to be used from now on"
	now := signtest.Keys(next)
	works := func(what string, keys sign.Keys, want int) {
		t.Helper()
		if status, a := s.hand(envelope("ping"), keys); status != want {
			t.Errorf("%s: %d %+v", what, status, a)
		}
	}
	builds := func() {
		t.Helper()
		watcher.Say("jenkins build demo/results")
		id := ""
		s.eventually("it is accepted", func() bool { id = jobIn(watcher.Heard()); return id != "" })
		if j := s.ended(id); j.State != job.Succeeded {
			t.Errorf("a job across a change of keys: %s %s", j.State, j.Error)
		}
		watcher.see("@" + id + " succeeded in")
	}
	secret, err := s.home.ReadSecret(home.SecretKey)
	s.must(err)
	s.must(s.home.WriteSecret(home.SecretKey, secret+"\n"+next+"\n"))
	s.run("deploy", "-home", string(s.home), "-force")
	s.eventually("the new key is known", func() bool {
		status, _ := s.hand(envelope("ping"), now)
		return status == http.StatusOK
	})
	works("a key that nobody knows", stranger, http.StatusUnauthorized)
	refused := s.counted("refused unsigned")
	s.must(s.home.WriteSecret(home.SecretKey, next+"\n"+secret+"\n"))
	for _, name := range []string{"notify", "clock", "jobs", "jenkins", "command"} {
		s.replace(name)
		builds() // the gateway still signs with the old key
	}
	works("the old key behind the new one", old, http.StatusOK)
	if n := s.counted("refused unsigned"); n != refused {
		t.Errorf("%d calls were refused meanwhile", n-refused)
	}

	s.must(s.home.WriteSecret(home.SecretKey, next+"\n"))
	s.back(theTelnet, s.kill(theTelnet)) // starts with the new key
	s.run("deploy", "-home", string(s.home), "-force")
	s.eventually("the old key is forgotten", func() bool {
		status, _ := s.hand(envelope("ping"), old)
		return status == http.StatusUnauthorized
	})
	works("the new key alone", now, http.StatusOK)
	again := s.telnet("ann")
	again.Say("ping")
	again.see("pong")
}
