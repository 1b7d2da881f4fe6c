package mail

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// world is a door with a real mail server behind it.
type world struct {
	testing.TB
	door  *Door
	store *job.Store
	inbox string // the folder of what the server took
}

func newWorld(tb testing.TB, rdb *redis.Client, password string) *world {
	tb.Helper()
	dir := tb.TempDir()
	w := &world{TB: tb, store: jobtest.Open(tb, rdb, job.Options{}), inbox: filepath.Join(dir, "inbox")}
	certificate, key, address := w.certificate(dir), filepath.Join(dir, "key.pem"), jobtest.FreeAddress(tb)
	if err := os.Mkdir(w.inbox, 0o700); err != nil {
		tb.Fatal(err)
	}
	cmd := exec.CommandContext(tb.Context(), "/usr/bin/python3", "testdata/server.py", w.inbox, certificate, key, address[strings.LastIndex(address, ":")+1:])
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = cmd.Wait() }) // ended with the test's context
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		tb.Fatal(line, err)
	}
	section := &Section{
		Server: address, From: "handsoff <bot@example.org>", User: "bot", CA: "mail-ca",
	}
	if err := section.check(); err != nil {
		tb.Fatal(err)
	}
	client, err := section.client(func(name string) ([]byte, error) {
		if name == "mail-ca" {
			return os.ReadFile(certificate)
		}
		return []byte(password + "\n"), nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	w.door = &Door{
		section: section, send: client.send, rdb: rdb, log: slog.New(slog.DiscardHandler),
		alerts: door.Alerts{Jobs: w.store, To: []string{"telnet:ops"}},
	}
	return w
}

func (w *world) certificate(dir string) string {
	w.Helper()
	path := filepath.Join(dir, "certificate.pem")
	out, err := exec.CommandContext(w.Context(), "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
		"-keyout", filepath.Join(dir, "key.pem"), "-out", path, "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1").CombinedOutput()
	if err != nil {
		w.Fatalf("%v: %s", err, out)
	}
	return path
}

// letters are the mails that the server took, in the order in which it did.
func (w *world) letters() []*mail.Message {
	w.Helper()
	paths, err := filepath.Glob(filepath.Join(w.inbox, "*.eml"))
	if err != nil {
		w.Fatal(err)
	}
	var all []*mail.Message
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			w.Fatal(err)
		}
		m, err := mail.ReadMessage(bytes.NewReader(content))
		if err != nil {
			w.Fatal(err)
		}
		text, err := io.ReadAll(m.Body)
		if err != nil {
			w.Fatal(err)
		}
		m.Body = strings.NewReader(strings.NewReplacer("\r", "", "=\n", "", "=3D", "=").Replace(string(text)))
		all = append(all, m)
	}
	return all
}

// follow accepts a job that an address follows.
func (w *world) follow(address string, changes ...func(*job.Request)) string {
	w.Helper()
	a, err := w.store.Accept(w.Context(), jobtest.Request(append([]func(*job.Request){func(r *job.Request) { r.Watch = []string{address} }}, changes...)...))
	if err != nil {
		w.Fatal(err)
	}
	return a.ID
}

// show shows an address all that there is.
func (w *world) show(id, address string) (job.Shown, error) {
	w.Helper()
	j, err := w.store.Get(w.Context(), id)
	if err != nil {
		w.Fatal(err)
	}
	watchers, err := w.store.Watchers(w.Context(), id)
	if err != nil {
		w.Fatal(err)
	}
	story, err := w.store.Story(w.Context(), id, watchers[address].Story, 100)
	if err != nil {
		w.Fatal(err)
	}
	return w.door.Show(w.Context(), address, door.View{Job: j, Story: story, Now: j.Created}, watchers[address])
}

const ann = "mail:ann@example.org"

// TestMail: what is said goes out once, with the end; progress does not.
func TestMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t, jobtest.Redis(t).Client(t), "opensesame-mail")
	id := w.follow(ann)
	if shown, err := w.show(id, ann); err != nil || shown.Version == 0 {
		t.Fatal(shown, err)
	}
	if n := len(w.letters()); n != 0 {
		t.Fatalf("%d mails of nothing", n)
	}
	if _, _, err := w.store.Tell(t.Context(), id, "soon", "demo expires in 1 h\r\nBcc: eve@example.org, Grüße"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := w.show(id, ann); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.store.Cancel(t.Context(), id, "telnet:ann", "enough"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := w.show(id, ann); err != nil {
			t.Fatal(err)
		}
	}
	letters := w.letters()
	if len(letters) != 2 {
		t.Fatalf("%d mails", len(letters))
	}
	first, second := letters[0], letters[1]
	if subject := first.Header.Get("Subject"); strings.Contains(subject, "\n") || first.Header.Get("Bcc") != "" {
		t.Errorf("%q, Bcc %q", subject, first.Header.Get("Bcc"))
	}
	for _, m := range letters {
		if m.Header.Get("In-Reply-To") == "" || m.Header.Get("In-Reply-To") != first.Header.Get("In-Reply-To") || m.Header.Get("Auto-Submitted") != "auto-generated" ||
			m.Header.Get("To") != "<ann@example.org>" || m.Header.Get("From") != `"handsoff" <bot@example.org>` {
			t.Errorf("%v", m.Header)
		}
	}
	for m, want := range map[*mail.Message]string{first: "demo expires in 1 h", second: "cancelled before it began"} {
		if text, _ := io.ReadAll(m.Body); !strings.Contains(string(text), want) || !strings.Contains(string(text), "unwatch "+id) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
}

// TestMailTwiceTheSame: a mail that was taken just before a crash goes out again under the same Message-ID.
func TestMailTwiceTheSame(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	w := newWorld(t, rdb, "opensesame-mail")
	id := w.follow(ann)
	if _, err := w.store.Cancel(t.Context(), id, "telnet:ann", ""); err != nil {
		t.Fatal(err)
	}
	before, err := w.store.Watchers(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	after, err := w.show(id, ann)
	if err != nil {
		t.Fatal(err)
	}
	if err := door.NewHand(rdb, nil, id, ann, after).Record(t.Context(), before[ann]); err != nil {
		t.Fatal(err)
	}
	if _, err := w.show(id, ann); err != nil {
		t.Fatal(err)
	}
	letters := w.letters()
	if len(letters) != 2 || letters[0].Header.Get("Message-ID") != letters[1].Header.Get("Message-ID") {
		t.Errorf("%d mails", len(letters))
	}
}

// TestMailRefused: who is told what, when the server does not take a mail.
func TestMailRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		address, password string
		first             func(error) bool // how the first try ends
		alert             string           // what who runs the bot is told; empty for nothing
		mails             int              // after a second try
	}{
		"later": {address: "mail:grey@example.org", password: "opensesame-mail", first: func(err error) bool {
			_, refused := err.(door.RefusedError) //nolint:errorlint // it must be it
			return err != nil && !refused
		}, mails: 1},
		"nobody there": {address: "mail:nobody@example.org", password: "opensesame-mail", first: func(err error) bool { return err == nil }, alert: "No mail reaches nobody@example.org"},
		"our account": {address: ann, password: "wrong", first: func(err error) bool {
			_, refused := err.(door.RefusedError) //nolint:errorlint // it must be it
			return refused && !strings.Contains(err.Error(), "wrong")
		}, alert: "refuses our account"},
		"not allowed": {address: "mail:ann@elsewhere.example", password: "opensesame-mail", first: func(err error) bool { return err == nil }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, jobtest.Redis(t).Client(t), c.password)
			id := w.follow(c.address)
			if _, err := w.store.Cancel(t.Context(), id, "telnet:ann", ""); err != nil {
				t.Fatal(err)
			}
			if _, err := w.show(id, c.address); !c.first(err) {
				t.Error(err)
			}
			_, _ = w.show(id, c.address)
			if n := len(w.letters()); n != c.mails {
				t.Errorf("%d mails", n)
			}
			if told := w.told(); (c.alert == "") != (told == "") || !strings.Contains(told, c.alert) {
				t.Errorf("who runs the bot is told %q", told)
			}
		})
	}
}

// told is what who runs the bot has been told.
func (w *world) told() string {
	w.Helper()
	jobs, err := w.door.rdb.Keys(context.Background(), "handsoff:job:*:watchers").Result()
	if err != nil {
		w.Fatal(err)
	}
	var all []string
	for _, key := range jobs {
		id := strings.Split(key, ":")[2]
		if j, err := w.store.Get(w.Context(), id); err == nil && j.IsNotice() {
			all = append(all, j.Text)
		}
	}
	return strings.Join(all, "\n")
}

func TestSection(t *testing.T) {
	t.Parallel()
	for text, s := range map[string]Section{
		"host:port":     {Server: "mail.example.org", From: "a@b.example"},
		"not an addr":   {Server: "mail.example.org:587", From: "handsoff"},
		"none of":       {Server: "mail.example.org:587", From: "a@b.example", TLS: "ssl"},
		"this machine":  {Server: "mail.example.org:25", From: "a@b.example", TLS: "none"},
		"without a use": {Server: "127.0.0.1:25", From: "a@b.example", TLS: "none", User: "bot"},
		"not a pattern": {Server: "mail.example.org:587", From: "a@b.example", Allow: []string{"[@x"}},
	} {
		if err := s.check(); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%+v: %v", s, err)
		}
	}
	s := Section{Server: "mail.example.org:587", From: "Bot <bot@b.example>", Allow: []string{"*@a.example", "ann@c.example"}}
	if err := s.check(); err != nil {
		t.Fatal(err)
	}
	for to, want := range map[string]bool{
		"x@a.example": true, "X@A.EXAMPLE": true, "ann@c.example": true, "bob@c.example": false, "a/b@a.example": false, "": false,
		"x@a.example, eve@d.example": false, "Eve <x@a.example>": false, "x@a.example\r\nRCPT TO:<eve@d.example>": false,
	} {
		if got := s.allows(to); got != want {
			t.Errorf("%q is allowed: %v", to, got)
		}
	}
}

func FuzzAllows(f *testing.F) {
	f.Add("ann@example.org")
	s := Section{Server: "mail.example.org:587", From: "bot@example.org"}
	if err := s.check(); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, to string) {
		if s.allows(to) && (strings.ContainsAny(to, "\r\n ,<>") || !strings.HasSuffix(strings.ToLower(to), "@example.org")) {
			t.Errorf("%q", to)
		}
	})
}

func TestFaultOf(t *testing.T) {
	t.Parallel()
	if faultOf(nil) != fine || faultOf(fmt.Errorf("dial: %w", context.DeadlineExceeded)) != passing {
		t.Error("a server that is away is no fault of the mail")
	}
}
