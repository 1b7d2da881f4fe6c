package main

import (
	"bufio"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// world plays a Gerrit: OpenSSH's sshd with a forced command that plays its events, and the plugin events-log beside it.
type world struct {
	testing.TB

	dir     string
	address string // of sshd
	port    string // where the forced command comes to
	rest    *httptest.Server
	sshd    *exec.Cmd

	mu       sync.Mutex
	log      []entry
	sessions map[*session]bool
	changed  chan struct{} // closed when a session came or went
	fuse     int           // bytes after which the next session is cut; 0 for never
	kill     bool          // the cut breaks the connection instead of ending the command
	plugin   bool          // whether events-log is there
	answer   func(w http.ResponseWriter, r *http.Request) bool
}

type entry struct {
	at   time.Time
	line string
}

type session struct {
	conn net.Conn
	sshd int // the process of sshd that serves it
}

// newWorld starts one; sshd must be installed.
func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{TB: t, dir: t.TempDir(), sessions: make(map[*session]bool), changed: make(chan struct{}), plugin: true}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, w.port, _ = net.SplitHostPort(listener.Addr().String())
	var serving sync.WaitGroup
	serving.Go(func() { w.accept(listener, &serving) })
	t.Cleanup(func() { listener.Close(); w.cutAll(); serving.Wait() })
	w.rest = httptest.NewServer(http.HandlerFunc(w.serveREST))
	t.Cleanup(w.rest.Close)
	w.write("client", w.newKey("client"))
	w.write("host", w.newKey("host"))
	w.write("rsa", w.newRSA("rsa"))
	w.address = jobtest.FreeAddress(t)
	w.startSSHD()
	return w
}

func (w *world) write(name string, text []byte) string {
	w.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		w.Fatal(err)
	}
	return path
}

// newKey makes a key pair; the public one is written beside.
func (w *world) newKey(name string) []byte {
	w.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		w.Fatal(err)
	}
	return w.pair(name, public, private)
}

// newRSA makes one of another kind.
func (w *world) newRSA(name string) []byte {
	w.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		w.Fatal(err)
	}
	return w.pair(name, &private.PublicKey, private)
}

func (w *world) pair(name string, public any, private crypto.PrivateKey) []byte {
	w.Helper()
	block, err := ssh.MarshalPrivateKey(private, "test")
	if err != nil {
		w.Fatal(err)
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		w.Fatal(err)
	}
	w.write(name+".pub", ssh.MarshalAuthorizedKey(key))
	return pem.EncodeToMemory(block)
}

func (w *world) startSSHD() {
	w.Helper()
	shell, err := filepath.Abs("testdata/gerrit-shell")
	if err != nil {
		w.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(w.address)
	config := w.write("sshd_config", []byte(strings.Join([]string{
		"ListenAddress " + host, "Port " + port, "HostKey " + filepath.Join(w.dir, "host"), "PidFile none",
		"AuthorizedKeysFile " + filepath.Join(w.dir, "client.pub"), "StrictModes no", "UsePAM no", "PasswordAuthentication no",
		"KbdInteractiveAuthentication no", "PermitRootLogin prohibit-password", "PermitTTY no", "MaxStartups 100",
		"HostKey " + filepath.Join(w.dir, "rsa"), "ForceCommand " + shell + " " + w.port + " " + w.dir, "",
	}, "\n")))
	if os.Getuid() == 0 {
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil { // sshd insists on it
			w.Fatal(err)
		}
	}
	w.sshd = exec.CommandContext(context.Background(), "/usr/sbin/sshd", "-D", "-E", filepath.Join(w.dir, "sshd.log"), "-f", config)
	if err := w.sshd.Start(); err != nil {
		w.Fatalf("start sshd (make need installs openssh-server): %v", err)
	}
	sshd := w.sshd
	w.Cleanup(func() { _ = sshd.Process.Kill(); _ = sshd.Wait() })
	jobtest.Eventually(w, "sshd", func() bool {
		conn, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", w.address)
		if err != nil {
			return false
		}
		return conn.Close() == nil
	})
}

// rekey gives sshd another host key.
func (w *world) rekey() {
	w.Helper()
	_ = w.sshd.Process.Kill()
	_ = w.sshd.Wait()
	w.cutAll()
	w.write("host", w.newKey("host"))
	w.startSSHD()
}

// knownHosts is the list that has one of sshd's keys.
func (w *world) knownHosts(kind string) []byte {
	w.Helper()
	public, err := os.ReadFile(filepath.Join(w.dir, kind+".pub"))
	if err != nil {
		w.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(w.address)
	return fmt.Appendf(nil, "[%s]:%s %s", host, port, public)
}

// secrets is a folder with what the listener is given.
func (w *world) secrets(config string) string {
	w.Helper()
	dir := w.TempDir()
	key, err := os.ReadFile(filepath.Join(w.dir, "client"))
	if err != nil {
		w.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"handsoff-config": []byte(config), "handsoff-key": []byte("an-internal-key-of-enough-bytes"),
		"gerrit-ssh-key": key, "gerrit-known-hosts": w.knownHosts("host"), "gerrit-http-password": []byte("a-password"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			w.Fatal(err)
		}
	}
	return dir
}

// config is a configuration with this server, under a name.
func (w *world) config(name, more string) string {
	w.Helper()
	me, err := user.Current()
	if err != nil {
		w.Fatal(err)
	}
	return fmt.Sprintf("{name: %s, url: %q, ssh: %q, user: %s, password: gerrit-http-password, overlap: 1s%s}",
		name, w.rest.URL, w.address, me.Username, more)
}

// accept takes the forced command's connections.
func (w *world) accept(listener net.Listener, serving *sync.WaitGroup) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		serving.Go(func() { w.play(conn) })
	}
}

// play plays one session's Gerrit, until the session goes.
func (w *world) play(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	head, err := in.ReadString('\n')
	pid, command, _ := strings.Cut(strings.TrimSpace(head), " ")
	if err != nil || command != "gerrit stream-events" {
		return
	}
	w.mu.Lock()
	s := &session{conn: conn}
	s.sshd, _ = strconv.Atoi(pid)
	w.sessions[s] = true
	w.notify()
	w.mu.Unlock()
	_, _ = in.ReadByte() // until the other side goes, or we cut
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.sessions, s)
	w.notify()
}

func (w *world) notify() {
	close(w.changed)
	w.changed = make(chan struct{})
}

// emit has something happen: it is in the log, and goes to whoever listens, as far as the fuse lets it.
func (w *world) emit(lines ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, line := range lines {
		w.log = append(w.log, entry{at: time.Now(), line: line})
		for s := range w.sessions {
			w.send(s, line+"\n")
		}
	}
}

func (w *world) send(s *session, text string) {
	cut := w.fuse > 0 && len(text) >= w.fuse
	if cut {
		text = text[:w.fuse]
	} else if w.fuse > 0 {
		w.fuse -= len(text)
	}
	_, _ = s.conn.Write([]byte(text)) // it may have gone
	if cut {
		w.fuse = 0
		w.cut(s)
	}
}

// cut ends a session, or breaks its connection.
func (w *world) cut(s *session) {
	if w.kill && s.sshd > 1 {
		if process, err := os.FindProcess(s.sshd); err == nil {
			_ = process.Kill()
		}
	}
	_ = s.conn.Close()
	delete(w.sessions, s)
	w.notify()
}

func (w *world) cutAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for s := range w.sessions {
		w.cut(s)
	}
}

// set changes how it plays.
func (w *world) set(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change()
}

// listened waits until somebody listens.
func (w *world) listened(ctx context.Context) error {
	for {
		w.mu.Lock()
		n, changed := len(w.sessions), w.changed
		w.mu.Unlock()
		if n > 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

// serveREST plays the plugin.
func (w *world) serveREST(out http.ResponseWriter, r *http.Request) {
	if name, password, ok := r.BasicAuth(); !ok || name == "" || password != "a-password" {
		http.Error(out, "who are you", http.StatusUnauthorized)
		return
	}
	w.mu.Lock()
	answer, plugin := w.answer, w.plugin
	w.mu.Unlock()
	switch {
	case answer != nil && answer(out, r):
	case !plugin:
		http.Error(out, "Not found", http.StatusNotFound)
	case r.URL.Path == "/a/plugins/events-log/":
		fmt.Fprint(out, "ok")
	case r.URL.Path == "/a/plugins/events-log/events/":
		w.serveLog(out, r)
	default:
		http.Error(out, "Not found", http.StatusNotFound)
	}
}

// serveLog tells what happened between two times, seven events at most. It waits a while for somebody to listen, since a real
// Gerrit gets some seconds for that.
func (w *world) serveLog(out http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
	defer cancel()
	_ = w.listened(ctx) // a stream that was cut is listened to again by whoever asks now, later
	from, to, err := times(r.URL.RawQuery)
	if err != nil {
		http.Error(out, err.Error(), http.StatusBadRequest)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	const most = 7
	told, last := 0, time.Time{}
	for _, e := range w.log {
		at := e.at.UTC().Truncate(time.Second)
		if at.Before(from) || at.After(to) {
			continue
		}
		if told >= most && at.After(last) { // a second is told whole
			return
		}
		fmt.Fprintln(out, e.line)
		told, last = told+1, at
	}
}

func times(query string) (from, to time.Time, err error) {
	first, second, _ := strings.Cut(query, ";")
	for _, part := range []struct {
		text, name string
		into       *time.Time
	}{{first, "t1=", &from}, {second, "t2=", &to}} {
		text, unescape := url.QueryUnescape(strings.TrimPrefix(part.text, part.name))
		at, parse := time.Parse(time.DateTime, text)
		*part.into = at
		err = errors.Join(err, unescape, parse)
	}
	return from, to, err
}
