package gerrit_test

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/handsoff/handsoff/local-provider/sandbox/gerrit"
)

const password = "a-password"

// A rig is a Gerrit with both its doors open, and a user who can come in by them.
type rig struct {
	*testing.T
	gerrit  *gerrit.Server
	url     string
	ssh     string        // host:port
	first   ssh.PublicKey // the host key at the start
	key     ssh.Signer
	keyFile string
	user    string
	pass    string
	http    *http.Client
}

func newRig(t *testing.T, change ...func(*gerrit.Options)) *rig {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	known, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	options := gerrit.Options{Password: password, Key: ssh.MarshalAuthorizedKey(known)}
	for _, c := range change {
		c(&options)
	}
	server := gerrit.New(options)
	t.Cleanup(server.Close)
	if err := server.Err(); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server.Handler())
	t.Cleanup(web.Close)
	if options.URL == "" {
		server.SetURL(web.URL)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.ServeSSH(listener) }()
	t.Cleanup(func() {
		server.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	r := &rig{
		T: t, gerrit: server, url: web.URL, ssh: listener.Addr().String(), key: key, first: server.HostKey(), user: "handsoff", pass: password,
		http: &http.Client{
			Transport:     &http.Transport{},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	t.Cleanup(r.http.CloseIdleConnections)
	r.keyFile = r.writeKey(private)
	return r
}

func (r *rig) writeKey(private ed25519.PrivateKey) string {
	r.Helper()
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		r.Fatal(err)
	}
	return r.file("key", string(pem.EncodeToMemory(block)))
}

// file makes a file and returns its path.
func (r *rig) file(name, text string) string {
	r.Helper()
	file := filepath.Join(r.TempDir(), name)
	r.ok(os.WriteFile(file, []byte(text), 0o600))
	return file
}

// as is somebody who acts.
func (r *rig) as(name string) *gerrit.Person {
	r.Helper()
	p, err := r.gerrit.Person(name)
	if err != nil {
		r.Fatal(err)
	}
	return p
}

// ok fails the test at an error.
func (r *rig) ok(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// push makes a change of bob's.
func (r *rig) push(u gerrit.Upload) int {
	r.Helper()
	if u.Project == "" {
		u.Project = "acme/app"
	}
	if u.Subject == "" {
		u.Subject = "Try it"
	}
	number, err := r.as("bob").Push(u)
	r.ok(err)
	return number
}

// approve gives a change what it needs to be submitted.
func (r *rig) approve(number int) {
	r.Helper()
	r.ok(r.as("ann").Review(number, gerrit.Review{Labels: map[string]int{"Code-Review": 2}}))
	r.ok(r.as("jenkins").Review(number, gerrit.Review{Labels: map[string]int{"Verified": 1}}))
}

// dial logs in by SSH.
func (r *rig) dial() (*ssh.Client, error) {
	return ssh.Dial("tcp", r.ssh, &ssh.ClientConfig{
		User: r.user, Auth: []ssh.AuthMethod{ssh.PublicKeys(r.key)}, HostKeyCallback: ssh.FixedHostKey(r.gerrit.HostKey()),
		Timeout: time.Minute,
	})
}

func (r *rig) client() *ssh.Client {
	r.Helper()
	client, err := r.dial()
	r.ok(err)
	r.Cleanup(func() { _ = client.Close() })
	return client
}

// run runs a command: what it prints, what it complains of, and its exit status.
func (r *rig) run(command string) (out, complaint string, status int) {
	r.Helper()
	session, err := r.client().NewSession()
	r.ok(err)
	defer session.Close()
	var stdout, stderr strings.Builder
	session.Stdout, session.Stderr = &stdout, &stderr
	err = session.Run(command)
	if exit := (*ssh.ExitError)(nil); errors.As(err, &exit) {
		status = exit.ExitStatus()
	} else {
		r.ok(err)
	}
	return stdout.String(), stderr.String(), status
}

// A tap is a stream of events that is up.
type tap struct {
	*rig
	lines *bufio.Reader
	end   func()
}

// stream opens stream-events and waits until it is up.
func (r *rig) stream(args ...string) *tap {
	r.Helper()
	client := r.client()
	session, err := client.NewSession()
	r.ok(err)
	out, err := session.StdoutPipe()
	r.ok(err)
	up := r.gerrit.Streams() + 1
	r.ok(session.Start(strings.Join(append([]string{"gerrit stream-events"}, args...), " ")))
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Minute)
	defer cancel()
	r.ok(r.gerrit.AwaitStreams(ctx, up))
	return &tap{rig: r, lines: bufio.NewReader(out), end: func() { _ = client.Close() }}
}

// next is the next event.
func (t *tap) next() map[string]any {
	t.Helper()
	line, err := t.lines.ReadString('\n')
	if err != nil {
		t.Fatalf("the stream ended with %q: %v", line, err)
	}
	return object(t.T, line)
}

// await is the next event of a type.
func (t *tap) await(kind string) map[string]any {
	t.Helper()
	for {
		if e := t.next(); e["type"] == kind {
			return e
		}
	}
}

// rest is what comes until the stream ends.
func (t *tap) rest() string {
	t.Helper()
	text, _ := io.ReadAll(t.lines)
	return string(text)
}

func object(t *testing.T, text string) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("%v in %.300s", err, text)
	}
	return out
}

// A got is an answer, read to its end.
type got struct {
	*http.Response
	text string
}

// send asks over HTTP, with the user's password where the path begins with /a/.
func (r *rig) send(method, path, body string) got {
	r.Helper()
	rsp, err := r.try(method, path, body)
	if err != nil {
		r.Fatalf("%s %s: %v", method, path, err)
	}
	return rsp
}

func (r *rig) try(method, path, body string) (got, error) {
	rq, err := http.NewRequestWithContext(r.Context(), method, r.url+path, strings.NewReader(body))
	if err != nil {
		return got{}, err
	}
	if strings.HasPrefix(path, "/a/") && r.user != "" {
		rq.SetBasicAuth(r.user, r.pass)
	}
	if body != "" {
		rq.Header.Set("Content-Type", "application/json; charset=UTF-8")
	}
	rsp, err := r.http.Do(rq)
	if err != nil {
		return got{}, err
	}
	defer rsp.Body.Close()
	text, err := io.ReadAll(rsp.Body)
	return got{Response: rsp, text: string(text)}, err
}

// json is a good answer without its guard.
func (r *rig) json(method, path, body string, into any) {
	r.Helper()
	rsp := r.send(method, path, body)
	text, guarded := strings.CutPrefix(rsp.text, ")]}'\n")
	if rsp.StatusCode >= 300 || !guarded {
		r.Fatalf("%s %s: %d %.300s", method, path, rsp.StatusCode, rsp.text)
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		r.Fatalf("%s %s: %v in %.300s", method, path, err, rsp.text)
	}
}

// refused checks that a request is refused so.
func (r *rig) refused(method, path, body string, status int, text string) {
	r.Helper()
	rsp := r.send(method, path, body)
	if rsp.StatusCode != status || strings.TrimSpace(rsp.text) != text {
		r.Errorf("%s %s: %d %.300q, want %d %q", method, path, rsp.StatusCode, rsp.text, status, text)
	}
}

// at walks into an object: at(body, "change", "owner", "name").
func at(v any, path ...any) any {
	for _, step := range path {
		switch s := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[s]
		case int:
			l, _ := v.([]any)
			if s >= len(l) {
				return nil
			}
			v = l[s]
		}
	}
	return v
}

// unix is the sandbox's time in seconds, as events tell it.
func unix(r *rig) string { return strconv.FormatInt(r.gerrit.Now().Unix(), 10) }
