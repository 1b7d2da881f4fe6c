package endtoend

import (
	"errors"
	"net"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/handsoff/handsoff/local-provider/home"
)

// TestGuarded holds the conversations in testdata/guarded, about what stands between an event and what it leads to, and then shows
// Gerrit's listener another host key.
func TestGuarded(t *testing.T) { // its parts share one system, in turn
	t.Parallel()
	s := start(t)
	s.jenkins.order("clock?speed=10")
	t.Run("talks", func(t *testing.T) { s.forgeTalks(t, "guarded") })
	t.Run("a changed host key", func(t *testing.T) { newEvents(s.in(t)).strangerAnswers() })
}

// strangerAnswers changes Gerrit's host key. It is not listened to any more, and people are told so, until somebody puts the new key
// among the known ones; then what was missed is had again.
func (e *events) strangerAnswers() {
	e.Helper()
	e.changes("Before the stranger")
	e.whole()
	e.gerrit.order("hostkey", map[string]any{"changed": true}, nil)
	e.gerrit.order("cut", map[string]any{"hard": true}, nil)
	e.changes("While a stranger answers")

	const changed = `the host key of \S+ was changed, or somebody else answers there: it is now SHA256:\S+ and SHA256:\S+ is known`
	status, want := "", regexp.MustCompile(`review is not heard: `+strings.ReplaceAll(changed, " ", `\s+`))
	e.eventually("status says why Gerrit is not heard", func() bool {
		status = e.post("ops", "status")
		return want.MatchString(status)
	})
	if first, _, _ := strings.Cut(status, "\n"); !strings.Contains(first, "I do not hear Gerrit review.") {
		e.Errorf("the first line does not say so:\n%s", status)
	}
	admin := e.workspace().join("ann")
	admin.finds("C0ADMIN", "", "Gerrit review is not listened to: "+changed)
	if n := e.gerrit.streams(); n != 0 {
		e.Errorf("a stranger is listened to by %d", n)
	}

	e.must(e.home.WriteSecret(home.SecretGerritHosts, knownhosts.Line([]string{e.ports.GerritSSH()}, e.hostKey())+"\n"))
	e.listens()
	e.whole()
	admin.finds("C0ADMIN", "", "Gerrit review is heard again, after ")
	e.gapsClose()
}

// hostKey is what ssh-keyscan would show.
func (s *system) hostKey() (found ssh.PublicKey) {
	s.Helper()
	scanned := errors.New("scanned")
	_, err := ssh.Dial("tcp", s.ports.GerritSSH(), &ssh.ClientConfig{HostKeyCallback: func(_ string, _ net.Addr, key ssh.PublicKey) error {
		found = key
		return scanned
	}})
	if found == nil {
		s.Fatal(err)
	}
	return found
}
