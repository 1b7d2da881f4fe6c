package wire_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/irc-gateway/irctest"
	"github.com/handsoff/handsoff/irc-gateway/wire"
)

// patience is how long what must come may take on a busy machine.
const patience = 2 * time.Minute

// pair is a connection and its server's end.
func pair(t *testing.T) (*wire.Conn, net.Conn) {
	t.Helper()
	ours, theirs := net.Pipe()
	conn := wire.Open(ours)
	t.Cleanup(func() { _ = theirs.Close(); conn.Close() })
	_ = theirs.SetDeadline(time.Now().Add(patience)) // a pipe has deadlines
	return conn, theirs
}

// next is the next line of the server, as its parameters; empty at the end.
func next(t *testing.T, c *wire.Conn) string {
	t.Helper()
	select {
	case m, more := <-c.Lines:
		if !more {
			return ""
		}
		return m.Command + " " + strings.Join(m.Params, "|")
	case <-time.After(patience):
		t.Fatal("no line comes")
		return ""
	}
}

// TestLinesComeAndGo: what is no line of IRC is passed over, and one that is longer than any may be ends the connection.
func TestLinesComeAndGo(t *testing.T) {
	t.Parallel()
	c, server := pair(t)
	go func() {
		_, _ = io.WriteString(server, "@time=x;account=ann :ann!a@h PRIVMSG #ptg :hello  you\r\n\r\n:\r\n \nPING :\xff\nPONG a b\r\n")
		_, _ = io.WriteString(server, strings.Repeat("x", 20_000)+"\r\n")
	}()
	for _, want := range []string{"PRIVMSG #ptg|hello  you", "PING \xff", "PONG a|b", ""} {
		if got := next(t, c); got != want {
			t.Fatalf("%q, not %q", got, want)
		}
	}
	if err := c.Err(); err == nil || !strings.Contains(err.Error(), "read") {
		t.Errorf("%v", err)
	}
	if err := c.Send("PING", "x"); err != nil {
		t.Errorf("after the end: %v", err) // nobody waits for it; the end is told by Lines
	}
}

// TestNothingIsSmuggledIn: a text cannot become two lines, nor a parameter the one before it.
func TestNothingIsSmuggledIn(t *testing.T) {
	t.Parallel()
	c, server := pair(t)
	for _, params := range [][]string{
		{"#ptg", "x\r\nQUIT :y"}, {"#ptg", "x\nQUIT"}, {"#p tg", "x"}, {"", "x"}, {":x", "y"}, {"#ptg", "x\x00y"}, {"#ptg", strings.Repeat("x", 600)},
	} {
		if err := c.Send("PRIVMSG", params...); !errors.Is(err, wire.ErrUnsayable) {
			t.Errorf("%q: %v", params, err)
		}
	}
	if err := c.Send("PRIVMSG", "#ptg", ":) hello"); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(server).ReadString('\n')
	if err != nil || line != "PRIVMSG #ptg ::) hello\r\n" {
		t.Errorf("%q, %v", line, err)
	}
}

// TestWhatWasHandedOverIsSentAtTheEnd.
func TestWhatWasHandedOverIsSentAtTheEnd(t *testing.T) {
	t.Parallel()
	c, server := pair(t)
	const lines = 20
	for i := range lines {
		if err := c.Send("PRIVMSG", "#ptg", fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	all := make(chan string, 1)
	go func() {
		text, _ := io.ReadAll(server)
		all <- string(text)
	}()
	c.Close()
	if got := <-all; strings.Count(got, "\r\n") != lines || !strings.HasSuffix(got, " 19\r\n") {
		t.Errorf("sent %q", got)
	}
	if !errors.Is(c.Err(), net.ErrClosed) {
		t.Errorf("%v", c.Err())
	}
}

// TestAServerThatReadsNothingHoldsUpNobody: sending never waits, and ends the connection in the end.
func TestAServerThatReadsNothingHoldsUpNobody(t *testing.T) {
	t.Parallel()
	c, server := pair(t)
	var err error
	for i := 0; err == nil && i < 1000; i++ {
		err = c.Send("PING", "x")
	}
	if !errors.Is(err, wire.ErrStuck) || !errors.Is(c.Err(), wire.ErrStuck) {
		t.Errorf("%v, %v", err, c.Err())
	}
	_ = server.Close()
	if got := next(t, c); got != "" {
		t.Errorf("%q", got)
	}
}

// TestAServerMustBeWhoItSaysItIs: one whose certificate nobody vouches for, or is of another host, is told nothing.
func TestAServerMustBeWhoItSaysItIs(t *testing.T) {
	t.Parallel()
	certificate := irctest.Certificate(t, "server") // of 127.0.0.1
	own, err := tls.X509KeyPair(certificate, certificate)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.WriteString(conn, "PING :hello\r\n") }()
		}
	}()
	believed := x509.NewCertPool()
	believed.AppendCertsFromPEM(certificate)
	for name, test := range map[string]struct {
		config *tls.Config
		ok     bool
	}{
		"believed": {&tls.Config{RootCAs: believed, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}, true},
		"unknown":  {&tls.Config{RootCAs: x509.NewCertPool(), ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}, false},
		"another":  {&tls.Config{RootCAs: believed, ServerName: "irc.example.org", MinVersion: tls.VersionTLS12}, false},
	} {
		c, err := wire.Dial(t.Context(), wire.Options{Address: listener.Addr().String(), TLS: test.config})
		if (err == nil) != test.ok {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			if got := next(t, c); got != "PING hello" {
				t.Errorf("%s: %q", name, got)
			}
			c.Close()
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := wire.Dial(ended, wire.Options{Address: listener.Addr().String()}); err == nil {
		t.Error("it connects after the end")
	}
}
