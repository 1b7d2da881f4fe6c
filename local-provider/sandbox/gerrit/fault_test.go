package gerrit_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
	"github.com/handsoff/handsoff/local-provider/sandbox/gerrit"
)

// TestCutAnywhere ends a stream after any number of bytes: exactly those have come then.
func TestCutAnywhere(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	rapid.Check(t, func(p *rapid.T) {
		bytes := rapid.IntRange(0, 6000).Draw(p, "bytes")
		before := len(r.gerrit.Told(0))
		s := r.stream()
		r.gerrit.CutAfter(bytes)
		r.ok(r.gerrit.Burst(t.Context(), gerrit.Burst{Events: 8, Lossy: true}))
		var sent strings.Builder
		for _, e := range r.gerrit.Told(before) {
			sent.WriteString(e.Line + "\n")
		}
		if got := s.rest(); got != sent.String()[:bytes] {
			p.Fatalf("%d bytes came: %.80q…", len(got), got)
		}
		s.end()
		r.ok(r.gerrit.AwaitStreams(t.Context(), 0))
	})
}

// TestCutNow ends streams, and lets them come again.
func TestCutNow(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, hard := range []bool{true, false} {
		s := r.stream()
		if n := r.gerrit.Cut(hard); n == 0 {
			t.Error("there was nothing to cut")
		}
		if text := s.rest(); text != "" {
			t.Errorf("it sent %q", text)
		}
		r.ok(r.gerrit.AwaitStreams(t.Context(), 0))
	}
	s := r.stream("-s", "patchset-created")
	r.push(gerrit.Upload{})
	s.next()
}

func TestRefuse(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	s := r.stream("-s", "patchset-created")
	r.gerrit.Refuse(true)
	if _, err := r.dial(); err == nil {
		t.Error("it was let in")
	}
	r.push(gerrit.Upload{})
	s.next() // who was in stays
	r.gerrit.Refuse(false)
	r.client()
}

// TestHang stops everything without an end: a read, a keepalive, a login. Then all goes on where it was.
func TestHang(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	client := r.client()
	s := r.stream("-s", "patchset-created")
	r.gerrit.Hang(true)
	answered := make(chan error, 1)
	go func() {
		_, _, err := client.SendRequest("keepalive@openssh.com", true, nil)
		answered <- err
	}()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", r.ssh)
	r.ok(err)
	defer conn.Close()
	r.ok(conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond)))
	if n, err := conn.Read(make([]byte, 100)); n != 0 || errors.Is(err, io.EOF) {
		t.Errorf("a new connection read %d bytes, %v", n, err)
	}
	r.push(gerrit.Upload{})
	select {
	case err := <-answered:
		t.Errorf("the keepalive was answered: %v", err)
	default:
	}
	r.gerrit.Hang(false)
	if err := <-answered; err != nil {
		t.Errorf("the keepalive: %v", err)
	}
	s.next()
}

// TestCutWhileItHangs ends what hangs.
func TestCutWhileItHangs(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	s := r.stream()
	r.gerrit.Hang(true)
	r.gerrit.Cut(true)
	if text := s.rest(); text != "" {
		t.Errorf("it sent %q", text)
	}
	r.ok(r.gerrit.AwaitStreams(t.Context(), 0))
}

func TestHostKey(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first := r.gerrit.HostKey()
	r.ok(r.gerrit.ChangeHostKey(true))
	if bytes.Equal(first.Marshal(), r.gerrit.HostKey().Marshal()) {
		t.Error("it is the same key")
	}
	config := &ssh.ClientConfig{User: r.user, Auth: []ssh.AuthMethod{ssh.PublicKeys(r.key)}, HostKeyCallback: ssh.FixedHostKey(first)}
	if _, err := ssh.Dial("tcp", r.ssh, config); err == nil || !strings.Contains(err.Error(), "host key mismatch") {
		t.Errorf("with the key of before: %v", err)
	}
	r.ok(r.gerrit.ChangeHostKey(false))
	if !bytes.Equal(first.Marshal(), r.gerrit.HostKey().Marshal()) {
		t.Error("the first key is gone")
	}
}

// TestDroppedOutput tells a reader who was too slow that something is missing, as Gerrit does.
func TestDroppedOutput(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *gerrit.Options) { o.StreamQueue = 4 })
	s := r.stream()
	r.gerrit.Hang(true)
	r.ok(r.gerrit.Burst(t.Context(), gerrit.Burst{Events: 4000, Lossy: true}))
	r.gerrit.Hang(false)
	s.await("dropped-output")
}

// TestSlowReader is cut off when it takes nothing for too long.
func TestSlowReader(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *gerrit.Options) { o.StreamWait = 50 * time.Millisecond })
	r.stream() // which nobody reads
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for r.gerrit.Streams() > 0 && ctx.Err() == nil {
		r.ok(r.gerrit.Burst(ctx, gerrit.Burst{Events: 1000, Lossy: true}))
	}
	r.ok(r.gerrit.AwaitStreams(ctx, 0))
}

// TestFaultsOfHTTP orders each fault for one request; the next is served well.
func TestFaultsOfHTTP(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const review = `{"message":"hello"}`
	said := func() int {
		c, _ := r.gerrit.Change(4)
		return len(c.Messages)
	}
	for kind, want := range map[gerrit.FaultKind]struct {
		status int // 0: no answer
		said   int
	}{
		gerrit.FaultDown: {0, 0}, gerrit.FaultDrop: {0, 1}, gerrit.FaultTorn: {0, 1}, gerrit.FaultHTML: {200, 0},
		gerrit.FaultInternal: {500, 0}, gerrit.FaultUnavailable: {503, 0}, gerrit.FaultLimited: {429, 0}, gerrit.FaultLogin: {401, 0},
		gerrit.FaultSlow: {200, 1},
	} {
		before := said()
		r.gerrit.Break(gerrit.Fault{Kind: kind, Method: http.MethodPost, Path: "/review", Delay: time.Millisecond, Span: fault.Span{Times: 1}})
		rsp, err := r.try(http.MethodPost, "/a/changes/4/revisions/current/review", review)
		if (err != nil) != (want.status == 0) || (err == nil && rsp.StatusCode != want.status) {
			t.Errorf("%s: %v, %v", kind, rsp.Response, err)
		}
		if n := said() - before; n != want.said {
			t.Errorf("%s: %d messages", kind, n)
		}
	}
	r.send(http.MethodPost, "/a/changes/4/revisions/current/review", review)
	id := r.gerrit.Break(gerrit.Fault{Kind: gerrit.FaultInternal})
	r.refused(http.MethodGet, "/config/server/version", "", 500, "Internal server error")
	r.gerrit.Mend(id)
	r.json(http.MethodGet, "/config/server/version", "", new(string))

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	r.gerrit.Break(gerrit.Fault{Kind: gerrit.FaultHang})
	rq, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url+"/config/server/version", nil)
	r.ok(err)
	if rsp, err := r.http.Do(rq); err == nil {
		rsp.Body.Close()
		t.Error("it answered")
	}
}
