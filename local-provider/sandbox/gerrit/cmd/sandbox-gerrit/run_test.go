package main

import (
	"crypto/ed25519"
	"encoding/pem"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/handsoff/handsoff/local-provider/sandbox/program/programtest"
)

const password = "a-password"

func TestMain(m *testing.M) { programtest.Main(m, main) }

// A process is a running sandbox-gerrit.
type process struct {
	*programtest.Process

	url, ssh string
}

// keyPair is a signer, and both its halves as files have them.
func keyPair(t *testing.T) (key ssh.Signer, private, public string) {
	t.Helper()
	_, secret, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(secret, "")
	if err != nil {
		t.Fatal(err)
	}
	if key, err = ssh.NewSignerFromKey(secret); err != nil {
		t.Fatal(err)
	}
	return key, string(pem.EncodeToMemory(block)), string(ssh.MarshalAuthorizedKey(key.PublicKey()))
}

var addresses = regexp.MustCompile(`(http://\S+)/ and ssh://(\S+)/`)

func start(t *testing.T, args ...string) *process {
	t.Helper()
	p := programtest.Start(t, append([]string{
		"-listen", "127.0.0.1:0", "-ssh-listen", "127.0.0.1:0", "-http-password-file", programtest.File(t, "password", password+"\n"),
	}, args...)...)
	at := addresses.FindStringSubmatch(p.Line)
	if len(at) == 0 {
		t.Fatalf("it prints %q", p.Line)
	}
	return &process{p, at[1], at[2]}
}

// ask asks over HTTP as handsoff, which must succeed.
func (p *process) ask(method, path, body string) string {
	p.Helper()
	rq, err := http.NewRequestWithContext(p.Context(), method, p.url+path, strings.NewReader(body))
	if err != nil {
		p.Fatal(err)
	}
	rq.SetBasicAuth("handsoff", password)
	rq.Header.Set("Content-Type", "application/json")
	rsp, err := http.DefaultClient.Do(rq)
	if err != nil {
		p.Fatal(err)
	}
	defer rsp.Body.Close()
	text, err := io.ReadAll(rsp.Body)
	if err != nil || rsp.StatusCode >= 300 {
		p.Fatalf("%s %s: %d %s, %v", method, path, rsp.StatusCode, text, err)
	}
	return string(text)
}

// TestKilledProgram finds everything again that it had told of.
func TestKilledProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key, _, public := keyPair(t)
	_, host, _ := keyPair(t)
	flags := []string{"-dir", dir, "-ssh-user-key-file", programtest.File(t, "user.pub", public), "-host-key-file", programtest.File(t, "host", host), "-events-log-lag", "0s"}
	p := start(t, flags...)
	for range 5 {
		p.ask("POST", "/a/changes/", `{"project":"acme/app","branch":"main","subject":"Kept"}`)
	}
	p.Kill()
	p = start(t, flags...)
	if n := strings.Count(p.ask("GET", "/a/changes/?q=message:kept", ""), `"_number"`); n != 5 {
		t.Errorf("%d changes survived", n)
	}
	if n := strings.Count(p.ask("GET", "/a/plugins/events-log/events/", ""), `"patchset-created"`); n != 5 {
		t.Errorf("%d events survived", n)
	}
	signer, err := ssh.ParsePrivateKey([]byte(host))
	if err != nil {
		t.Fatal(err)
	}
	client, err := ssh.Dial("tcp", p.ssh, &ssh.ClientConfig{
		User: "handsoff", Auth: []ssh.AuthMethod{ssh.PublicKeys(key)}, HostKeyCallback: ssh.FixedHostKey(signer.PublicKey()),
	})
	if err != nil {
		t.Fatal(err)
	}
	_ = client.Close()
}

func TestStop(t *testing.T) {
	t.Parallel()
	p := start(t, "-events-log=false", "-url", "https://review.example.com/")
	if text := p.ask("GET", "/a/plugins/", ""); strings.Contains(text, "events-log") {
		t.Errorf("the plugin is there: %s", text)
	}
	p.Stop()
}

func TestBadSettings(t *testing.T) {
	t.Parallel()
	empty, good := programtest.File(t, "empty", " \n"), programtest.File(t, "good", password)
	programtest.Run(run).Refuses(t, map[string]string{
		"":                                   "a password is needed",
		"-http-password-file " + empty:       "is empty",
		"-http-password-file /none":          "read the password",
		"-password":                          "read the flags",
		"-http-password-file " + good + " x": `unexpected argument "x"`,
		"-http-password-file " + good + " -ssh-user-key-file /none":                      "read the user's public key",
		"-http-password-file " + good + " -ssh-user-key-file " + good:                    "read the user's public key",
		"-http-password-file " + good + " -host-key-file /none":                          "read the host key",
		"-http-password-file " + good + " -host-key-file " + good:                        "read the host key",
		"-http-password-file " + good + " -listen nowhere":                               "listen on nowhere",
		"-http-password-file " + good + " -listen 127.0.0.1:0 -ssh-listen nowhere":       "listen on nowhere",
		"-http-password-file " + good + " -listen 127.0.0.1:0 -dir " + good + "/state":   "open the sandbox's folder",
		"-http-password-file " + good + " -listen 127.0.0.1:0 -events-log-lag yesterday": "read the flags",
	}, "-http-password-file")
}

// TestRunInProcess covers run itself, which the other tests start as a process.
func TestRunInProcess(t *testing.T) {
	t.Parallel()
	programtest.Run(run).Ends(t, "-listen", "127.0.0.1:0", "-ssh-listen", "127.0.0.1:0", "-http-password-file", programtest.File(t, "password", password))
}
