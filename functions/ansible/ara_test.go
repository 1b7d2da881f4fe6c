package main

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/handsoff/handsoff/shared/job"
)

// gate stands before the ARA server, and can be shut: then nobody answers, or nobody ever answers.
type gate struct {
	listener net.Listener
	to       string

	mu    sync.Mutex
	shut  bool
	hangs bool
	open  map[net.Conn]bool
}

func newGate(tb testing.TB) *gate {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	g := &gate{listener: listener, to: araServer(tb), open: map[net.Conn]bool{}}
	tb.Cleanup(func() { _ = listener.Close(); g.set(true, false) })
	go g.serve()
	return g
}

func (g *gate) url() string { return "url: http://" + g.listener.Addr().String() + ", timeout: 1m" }

func (g *gate) serve() {
	for {
		client, err := g.listener.Accept()
		if err != nil {
			return
		}
		go g.pass(client)
	}
}

func (g *gate) pass(client net.Conn) {
	g.mu.Lock()
	shut, hangs := g.shut, g.hangs
	g.open[client] = true
	g.mu.Unlock()
	defer func() { _ = client.Close() }()
	if hangs {
		_, _ = io.Copy(io.Discard, client)
		return
	}
	if shut {
		return
	}
	server, err := net.Dial("tcp", g.to)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	go func() { _, _ = io.Copy(server, client); _ = server.(*net.TCPConn).CloseWrite() }()
	_, _ = io.Copy(client, server)
}

// set shuts or opens it; connections that are open break.
func (g *gate) set(shut, hangs bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut, g.hangs = shut, hangs
	for conn := range g.open {
		_ = conn.Close()
	}
	clear(g.open)
}

func TestARADownBefore(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	g.set(true, false)
	b := newBench(t, g.url())
	id := b.ask("ok", map[string]any{"inventory": "one"})
	done := b.run(id)
	b.ends(done, job.Succeeded)
	b.says(b.story(id), "ARA does not answer (look for it): ", "This run is recorded on this machine only, below "+b.set.araFolder())
	if len(done.Links) != 0 {
		t.Error(done.Links)
	}
}

func TestARADownDuring(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	b := newBench(t, g.url())
	args, proceed := b.held()
	id := b.ask("slow", args)
	b.begin(id)
	b.until(id, "the link", func(j *job.Job) bool { return len(j.Links) > 0 && strings.Contains(j.Progress.Line, "Work") })
	g.set(true, false)
	proceed()
	b.until(id, "the end of the program", func(j *job.Job) bool { return strings.Contains(b.log(id), "PLAY RECAP") })
	g.set(false, false)
	done := b.finished(id)
	b.ends(done, job.Succeeded)
	record, err := b.cap.ara.ByLabel(t.Context(), "job:"+id)
	if err != nil || record == nil || record.Status != "completed" || record.Ended.IsZero() {
		t.Errorf("its record was not closed: %+v %v", record, err)
	}
}
