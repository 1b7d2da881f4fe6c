package ptg_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// patience is how long something that must come may take on a busy machine.
const patience = 2 * time.Minute

// web is nginx with the role's virtual host, before a platform that says what it was asked.
type web struct {
	client      *http.Client
	http, https int
	platform    *httptest.Server
	asked       atomic.Value // string
	next        chan string  // what the platform's stream says next
}

func startWeb(t *testing.T) *web {
	t.Helper()
	w := &web{next: make(chan string), http: freePort(t), https: freePort(t)}
	w.platform = httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(w.platform.Close)
	dir := t.TempDir()
	certificate, key := filepath.Join(dir, "certificate.pem"), filepath.Join(dir, "key.pem")
	if out, err := exec.CommandContext(t.Context(), "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
		"-days", "2", "-subj", "/CN="+domain, "-addext", "subjectAltName=DNS:"+domain, "-keyout", key, "-out", certificate).CombinedOutput(); err != nil {
		t.Fatalf("openssl: %v\n%s", err, out)
	}
	address, err := url.Parse(w.platform.URL)
	if err != nil {
		t.Fatal(err)
	}
	rendered := render(t, map[string]any{
		"ptg_tls_certificate": certificate, "ptg_tls_key": key, "ptg_gateway_port": address.Port(), "ptg_acme_root": dir,
		"ptg_http_port": w.http, "ptg_https_port": w.https, "ptg_web_ipv6": false, "ptg_slack": true,
	})
	files, err := filepath.Abs("roles/ptg/files")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("/var/log/nginx", dir, "/usr/local/share/handsoff", files, "/etc/nginx/proxy_params", "/dev/null").
		Replace(read(t, filepath.Join(rendered, "nginx.conf")))
	write(t, filepath.Join(dir, "nginx.conf"), fmt.Sprintf("daemon off;\nmaster_process off;\npid %[1]s/pid;\nerror_log stderr;\nevents {}\nhttp {\n"+
		"client_body_temp_path %[1]s/body;\nproxy_temp_path %[1]s/proxy;\nfastcgi_temp_path %[1]s/f;\nuwsgi_temp_path %[1]s/u;\nscgi_temp_path %[1]s/s;\n%[2]s}\n",
		dir, text), 0o600)
	run(t, exec.Command("nginx", "-p", dir, "-e", "stderr", "-c", filepath.Join(dir, "nginx.conf")))
	w.client = client(t, certificate, func(ctx context.Context, address string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", address)
	})
	await(t, func() bool {
		conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(w.https)))
		return err == nil && conn.Close() == nil
	})
	return w
}

// serve is the platform.
func (w *web) serve(out http.ResponseWriter, r *http.Request) {
	w.asked.Store(r.Method + " " + r.URL.RequestURI() + " " + r.Header.Get("X-Handsoff-Signature") + r.Header.Get("Authorization"))
	switch r.URL.Path {
	case "/function/ptg/live":
		out.Header().Set("Content-Type", "text/event-stream")
		for text := range w.next {
			fmt.Fprintf(out, "data: %s\n\n", text)
			out.(http.Flusher).Flush()
		}
	case "/function/ptg/down":
		out.WriteHeader(http.StatusBadGateway)
	default:
		out.Header().Set("Content-Security-Policy", "the page's own")
		out.Header().Set("X-Call-Id", "the platform's")
		_, _ = io.WriteString(out, "page")
	}
}

// run starts a process that ends with the test.
func run(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

// client is a browser that believes in one certificate, and finds the pages wherever dial leads.
func client(t *testing.T, certificate string, dial func(ctx context.Context, address string) (net.Conn, error)) *http.Client {
	t.Helper()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM([]byte(read(t, certificate))) {
		t.Fatal("no certificate")
	}
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
			_, port, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			return dial(ctx, net.JoinHostPort("127.0.0.1", port))
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (w *web) get(t *testing.T, method, path string) (*http.Response, string) {
	t.Helper()
	w.asked.Store("")
	request, err := http.NewRequestWithContext(t.Context(), method, "https://"+domain+":"+strconv.Itoa(w.https), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.URL.RawPath, request.URL.RawQuery, _ = strings.Cut(path, "?") // as it stands
	if request.URL.Path, err = url.PathUnescape(request.URL.RawPath); err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Handsoff-Signature", "forged")
	request.Header.Set("Authorization", "Basic forged")
	response, err := w.client.Do(request)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func TestWeb(t *testing.T) {
	t.Parallel()
	w := startWeb(t)
	t.Run("only the pages are outside", w.onlyPages)
	t.Run("streams pass as they come", w.streams)
}

// Only the function ptg can be reached, and only to read; whatever is done to a path leads nowhere else.
func (w *web) onlyPages(t *testing.T) {
	for _, c := range []struct {
		method, path string
		status       int
		asked        string
	}{
		{"GET", "/", 200, "GET /function/ptg/ "},
		{"HEAD", "/schedule", 200, "HEAD /function/ptg/schedule "},
		{"GET", "/at/fall-2026/track/nova?q=a%20b", 200, "GET /function/ptg/at/fall-2026/track/nova?q=a%20b "},
		{"GET", "/system/functions", 200, "GET /function/ptg/system/functions "},
		{"GET", "/function/command", 200, "GET /function/ptg/function/command "},
		{"GET", "/x/../y", 200, "GET /function/ptg/y "},
		{"GET", "//y", 200, "GET /function/ptg/y "},
		{"GET", "/..%2fcommand", 400, ""},
		{"GET", "/%2e%2e/command", 400, ""},
		{"GET", "/at/%2e%2e/%2e%2e/%2e%2e/system/functions", 400, ""},
		{"GET", "/_/health", 404, ""},
		{"GET", "/%5f/health", 404, ""},
		{"GET", "/x/../_/health", 404, ""},
		{"POST", "/", 403, ""},
		{"PUT", "/schedule", 403, ""},
		{"DELETE", "/", 403, ""},
		{"OPTIONS", "/", 403, ""},
		{"POST", "/slack", 200, "POST /function/slack forgedBasic forged"},
		{"GET", "/slack", 405, ""},
		{"POST", "/slack/x", 403, ""},
		{"GET", "/down", 502, "GET /function/ptg/down "},
	} {
		response, body := w.get(t, c.method, c.path)
		if asked := w.asked.Load(); response.StatusCode != c.status || asked != c.asked {
			t.Errorf("%s %s: %d, and the platform was asked %q; want %d, %q", c.method, c.path, response.StatusCode, asked, c.status, c.asked)
		}
		if policy := response.Header.Get("Content-Security-Policy"); policy == "" || response.Header.Get("X-Call-Id") != "" && c.path != "/slack" {
			t.Errorf("%s %s: the headers are %v", c.method, c.path, response.Header)
		}
		if hsts := response.Header.Get("Strict-Transport-Security"); hsts == "" && c.path != "/down" {
			t.Errorf("%s %s: a browser may come back without TLS", c.method, c.path)
		}
		if c.path == "/down" && (!strings.Contains(body, "Back in a moment") || response.Header.Get("Retry-After") != "5") {
			t.Errorf("what is down says %s", body)
		}
	}
	plain, err := w.client.Get("http://" + net.JoinHostPort(domain, strconv.Itoa(w.http)) + "/schedule?q=1")
	if err != nil {
		t.Fatal(err)
	}
	_ = plain.Body.Close()
	if to := plain.Header.Get("Location"); plain.StatusCode != http.StatusMovedPermanently || to != "https://"+net.JoinHostPort(domain, strconv.Itoa(w.https))+"/schedule?q=1" {
		t.Errorf("without TLS: %d to %s", plain.StatusCode, to)
	}
}

// What the platform says in a stream is there before it says more.
func (w *web) streams(t *testing.T) {
	go func() { w.next <- "first" }()
	response, err := w.client.Get("https://" + net.JoinHostPort(domain, strconv.Itoa(w.https)) + "/live")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.ProtoMajor != 2 {
		t.Errorf("it is %s, of which a browser has six connections", response.Proto)
	}
	lines := bufio.NewScanner(response.Body)
	for _, want := range []string{"first", "second"} {
		if !lines.Scan() || lines.Text() != "data: "+want || !lines.Scan() {
			t.Fatalf("it says %q, %v; want %s", lines.Text(), lines.Err(), want)
		}
		if want == "first" {
			w.next <- "second"
		}
	}
	close(w.next)
}

func freePort(t *testing.T) int {
	t.Helper()
	_, port, _ := net.SplitHostPort(jobtest.FreeAddress(t))
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return number
}

// await looks again until something is so.
func await(t *testing.T, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it has not come")
		}
	}
}
