package irctest

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// Proxy stands between a client and a server, and cuts connections.
type Proxy struct {
	Port   int
	target string

	mu    sync.Mutex
	cut   func(connection, up, down int, line string) bool
	count int
}

// NewProxy makes one. cut is asked before each line is passed on whether the connection is to be cut there: the how manieth
// connection it is, and how many lines went up, to the server, and down.
func NewProxy(tb testing.TB, target string, cut func(connection, up, down int, line string) bool) *Proxy {
	tb.Helper()
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", Address(0))
	if err != nil {
		tb.Fatal(err)
	}
	p := &Proxy{Port: listener.Addr().(*net.TCPAddr).Port, target: target, cut: cut} //nolint:forcetypeassert // of a TCP listener
	var all sync.WaitGroup
	tb.Cleanup(func() {
		_ = listener.Close() // ends the loop
		all.Wait()
	})
	all.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() { p.serve(client) })
		}
	})
	return p
}

// Connections counts them.
func (p *Proxy) Connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count
}

func (p *Proxy) serve(client net.Conn) {
	server, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", p.target)
	if err != nil {
		_ = client.Close()
		return
	}
	p.mu.Lock()
	p.count++
	number := p.count
	p.mu.Unlock()
	var up, down int
	end := func() { _, _ = client.Close(), server.Close() }
	pass := func(to io.Writer, from io.Reader, counted *int) {
		defer end()
		lines := bufio.NewScanner(from)
		for lines.Scan() {
			p.mu.Lock()
			*counted++
			cut := p.cut(number, up, down, lines.Text())
			p.mu.Unlock()
			if cut {
				return
			}
			if _, err := io.WriteString(to, strings.TrimRight(lines.Text(), "\r")+"\r\n"); err != nil {
				return
			}
		}
	}
	var both sync.WaitGroup
	both.Go(func() { pass(server, client, &up) })
	both.Go(func() { pass(client, server, &down) })
	both.Wait()
}
