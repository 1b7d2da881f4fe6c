package irctest

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Client is somebody on IRC: raw lines, as the server sends them.
type Client struct {
	tb   testing.TB
	Nick string
	conn net.Conn

	mu    sync.Mutex
	lines []string
	more  chan struct{} // closed with the next line
	ended bool
}

// Client connects somebody, and waits until the server has let them in. They know the message tags and accounts.
func (s *Server) Client(tb testing.TB, nick string) *Client {
	tb.Helper()
	conn, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", Address(s.Plain))
	if err != nil {
		tb.Fatal(err)
	}
	return Open(tb, conn, nick)
}

// SecureClient is Client over TLS, with a certificate of its own if one is given.
func (s *Server) SecureClient(tb testing.TB, nick string, pair *tls.Certificate) *Client {
	tb.Helper()
	config := &tls.Config{InsecureSkipVerify: true} //nolint:gosec // the server is ours
	if pair != nil {
		config.Certificates = []tls.Certificate{*pair}
	}
	conn, err := (&tls.Dialer{Config: config}).DialContext(context.Background(), "tcp", Address(s.TLS))
	if err != nil {
		tb.Fatal(err)
	}
	return Open(tb, conn, nick)
}

// Open lets somebody in over a connection that is there.
func Open(tb testing.TB, conn net.Conn, nick string) *Client {
	tb.Helper()
	c := &Client{tb: tb, Nick: nick, conn: conn, more: make(chan struct{})}
	go c.read()
	tb.Cleanup(c.Close)
	c.Send("NICK " + nick)
	c.Send("USER " + strings.ToLower(nick) + " 0 * :" + nick)
	c.Wait(" 001 ", "welcome")
	return c
}

func (c *Client) read() {
	scanner := bufio.NewScanner(c.conn)
	for scanner.Scan() {
		line := strings.TrimRight(scanner.Text(), "\r")
		if token, isPing := strings.CutPrefix(line, "PING "); isPing {
			c.Send("PONG " + token)
			continue
		}
		c.mu.Lock()
		c.lines = append(c.lines, line)
		close(c.more)
		c.more = make(chan struct{})
		c.mu.Unlock()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	close(c.more)
	c.more = make(chan struct{})
}

// Send sends a line.
func (c *Client) Send(line string) { _, _ = fmt.Fprintf(c.conn, "%s\r\n", line) } // a connection that ended shows in Wait

// Say says something to a channel or somebody.
func (c *Client) Say(target, text string) { c.Send("PRIVMSG " + target + " :" + text) }

// Close leaves.
func (c *Client) Close() { _ = c.conn.Close() }

// Lines are all lines until now.
func (c *Client) Lines() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string{}, c.lines...)
}

// Saw reports whether a line with a text has come.
func (c *Client) Saw(text string) bool {
	for _, line := range c.Lines() {
		if strings.Contains(line, text) {
			return true
		}
	}
	return false
}

// Forget forgets all lines until now.
func (c *Client) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines = nil
}

// Wait waits for a line with a text, and returns it and those after it; it is forgotten.
func (c *Client) Wait(text, what string) []string {
	c.tb.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for at := 0; ; {
		c.mu.Lock()
		for ; at < len(c.lines); at++ {
			if strings.Contains(c.lines[at], text) {
				found := append([]string{}, c.lines[at:]...)
				c.lines = slices.Delete(c.lines, at, at+1)
				c.mu.Unlock()
				return found
			}
		}
		more, ended := c.more, c.ended
		c.mu.Unlock()
		if ended {
			c.tb.Fatalf("%s: the connection ended before %s (%q); it saw\n%s", c.Nick, what, text, strings.Join(c.Lines(), "\n"))
		}
		select {
		case <-more:
		case <-deadline.C:
			c.tb.Fatalf("%s: %s (%q) did not come; it saw\n%s", c.Nick, what, text, strings.Join(c.Lines(), "\n"))
		}
	}
}

// Told are the texts that somebody said to this client, or to a channel in which it is, until now.
func (c *Client) Told(by string) []string {
	var texts []string
	for _, line := range c.Lines() {
		rest, theirs := strings.CutPrefix(line, ":"+by+"!")
		if _, rest, _ = strings.Cut(rest, " "); theirs && strings.HasPrefix(rest, "PRIVMSG ") {
			_, said, _ := strings.Cut(rest, " :")
			texts = append(texts, said)
		}
	}
	return texts
}

// Register makes an account of this client's nick, and logs it in.
func (c *Client) Register(password string) {
	c.tb.Helper()
	c.Send("PRIVMSG NickServ :REGISTER " + password + " " + c.Nick + "@example.org")
	c.Wait(" 900 ", "the account")
}

// Account makes an account of a nick, and leaves.
func (s *Server) Account(tb testing.TB, nick, password string) {
	tb.Helper()
	c := s.Client(tb, nick)
	c.Register(password)
	c.Send("QUIT")
	c.Wait("ERROR", "the end")
	c.Close()
}

// CertificateAccount is Account for a certificate, as PEM: who shows it is logged in.
func (s *Server) CertificateAccount(tb testing.TB, nick, password string, pair []byte) {
	tb.Helper()
	certificate, err := tls.X509KeyPair(pair, pair)
	if err != nil {
		tb.Fatal(err)
	}
	c := s.SecureClient(tb, nick, &certificate)
	c.Register(password)
	c.Send("PRIVMSG NickServ :CERT ADD")
	c.Wait("NickServ!", "the certificate")
	c.Send("QUIT")
	c.Wait("ERROR", "the end")
	c.Close()
}
