package faasd_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/handsoff/handsoff/deploy/deploytest"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// patience is how long something that must come may take on a busy machine.
const patience = 2 * time.Minute

// The world reaches four functions and nothing else, whatever it writes into a path or a header.
func TestWhatTheWorldReaches(t *testing.T) {
	t.Parallel()
	var asked atomic.Value
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked.Store(fmt.Sprintf("%s %s %s%s%s", r.Method, r.RequestURI, body, r.Header.Get("X-Handsoff-Signature"), r.Header.Get("Authorization")))
	}))
	t.Cleanup(gateway.Close)
	address, logs := web(t, gateway.Listener.Addr().String())
	for request, want := range map[string]string{
		"POST /function/slack":                                 "POST /function/slack body",
		"POST /function/github":                                "POST /function/github body",
		"GET /function/dashboard/jobs?state=running":           "GET /function/dashboard/jobs?state=running body",
		"GET /function/ptg/a%20b":                              "GET /function/ptg/a%20b body",
		"GET /function/ptg/a%0d%0aX:1":                         "GET /function/ptg/a%0D%0AX:1 body",
		"GET /function/dashboard/../command":                   "",
		"GET /function/dashboard/%2e%2e/command":               "",
		"GET /function/dashboard/..%2fcommand":                 "",
		"GET /function/slackbot":                               "",
		"POST /function/command":                               "",
		"POST /function/jobs":                                  "",
		"POST /async-function/slack":                           "",
		"GET /system/functions":                                "",
		"GET /":                                                "",
		"GET /ui/":                                             "",
		"GET /function/slack/_/health":                         "",
		"GET /function/dashboard//_/health":                    "",
		"GET /function/ptg/x HTTP/1.1\r\nAuthorization: Basic": "GET /function/ptg/x body",
	} {
		asked.Store("")
		line, header, _ := strings.Cut(request, " HTTP/1.1\r\n")
		if header != "" {
			header += "\r\n"
		}
		send(t, address, line+" HTTP/1.1\r\nHost: handsoff.example.org\r\nX-Handsoff-Signature: sha256=00\r\nContent-Length: 4\r\nConnection: close\r\n"+header+"\r\nbody")
		if got := strings.TrimSpace(asked.Load().(string)); got != want {
			t.Errorf("%q asks the platform %q, want %q", request, got, want)
		}
	}
	send(t, address, "GET /function/dashboard/metrics HTTP/1.1\r\nHost: handsoff.example.org\r\nAuthorization: Bearer token\r\nConnection: close\r\n\r\n")
	if got := asked.Load().(string); got != "GET /function/dashboard/metrics Bearer token" {
		t.Errorf("Prometheus asks %q", got)
	}
	login := "/function/dashboard/login/with/github/back?code=t0psecret&state=t0psecret"
	send(t, address, "GET "+login+" HTTP/1.1\r\nHost: handsoff.example.org\r\nReferer: https://handsoff.example.org"+login+"\r\nConnection: close\r\n\r\n")
	if got := strings.TrimSpace(asked.Load().(string)); got != "GET "+login {
		t.Errorf("a login asks %q", got)
	}
	gateway.Close() // what goes wrong is logged, too
	send(t, address, "GET "+login+" HTTP/1.1\r\nHost: handsoff.example.org\r\nConnection: close\r\n\r\n")
	logged := func() string { return deploytest.Read(t, filepath.Join(logs, "handsoff.access.log")) }
	for end := time.Now().Add(patience); !strings.Contains(logged(), "/back HTTP/1.1\" 502") && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond) // a request is logged when it is over
	}
	text := logged() + deploytest.Read(t, filepath.Join(logs, "handsoff.error.log"))
	if strings.Contains(text, "t0psecret") || strings.Count(text, `"GET /function/dashboard/login/with/github/back HTTP/1.1"`) != 2 {
		t.Errorf("of logins the logs say\n%s", text)
	}
}

// web is nginx with the virtual host that install writes; it returns its address, and where it logs.
func web(t *testing.T, gateway string) (address, logs string) {
	t.Helper()
	h := newHost(t)
	h.install(t)
	dir, plain, secure := t.TempDir(), jobtest.FreeAddress(t), jobtest.FreeAddress(t)
	text := strings.NewReplacer("/etc/handsoff/", h.root+"/etc/handsoff"+"/", "127.0.0.1:8080", gateway,
		"listen 80;", "listen "+plain+";", "listen [::]:80;", "", "listen 443 ", "listen "+secure+" ", "listen [::]:443 ssl http2;", "", "/var/log/nginx", dir).
		Replace(deploytest.Read(t, h.root+"/etc/nginx/sites-enabled/handsoff.conf"))
	deploytest.Write(t, filepath.Join(dir, "nginx.conf"), fmt.Sprintf("daemon off;\nmaster_process off;\npid %[1]s/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n"+
		"client_body_temp_path %[1]s/body;\nproxy_temp_path %[1]s/proxy;\nfastcgi_temp_path %[1]s/f;\nuwsgi_temp_path %[1]s/u;\nscgi_temp_path %[1]s/s;\n%[2]s}\n",
		dir, text), 0o600)
	nginx := exec.Command("nginx", "-p", dir, "-e", "stderr", "-c", filepath.Join(dir, "nginx.conf"))
	var said strings.Builder
	nginx.Stderr = &said
	if err := nginx.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = nginx.Process.Kill()
		_ = nginx.Wait()
		if t.Failed() {
			t.Log(said.String())
		}
	})
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial("tcp", secure)
		if err == nil {
			_ = conn.Close()
			return secure, dir
		}
		if time.Now().After(end) {
			t.Fatal("nginx does not come up")
		}
	}
}

// send sends a request as it stands, which a client would tidy.
func send(t *testing.T, address, request string) {
	t.Helper()
	conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true}) // what is looked at is the path
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
}
