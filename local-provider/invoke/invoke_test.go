package invoke_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/function"
	"github.com/handsoff/handsoff/local-provider/function/functiontest"
	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/invoke"
	"github.com/handsoff/handsoff/local-provider/journal"
)

func TestMain(m *testing.M) {
	functiontest.Run()
	os.Exit(m.Run())
}

// gateway serves one function, "f", with an environment.
func gateway(t *testing.T, env map[string]string) string {
	t.Helper()
	stage := functiontest.NewStage(t)
	j := journal.New(stage.In("journals"))
	set := function.NewSet(function.Folders{
		Run: stage.In("run"), Work: stage.In("work"), SecretsOf: stage.In("secrets-of"), Grant: home.Home(stage.Dir).Grant,
	}, stage.Images, j)
	if err := set.Apply(functiontest.Record("f", env)); err != nil {
		t.Fatal(err)
	}
	invoker := invoke.New(set)
	server := httptest.NewServer(invoker.Handler())
	t.Cleanup(func() {
		server.Close()
		invoker.Close()
		set.Close(context.Background())
		j.Close()
	})
	return server.URL
}

func do(t *testing.T, method, url string, body io.Reader, header http.Header) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	if header != nil {
		request.Header = header
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

func echo(t *testing.T, response *http.Response) functiontest.Call {
	t.Helper()
	var call functiontest.Call
	if err := json.NewDecoder(response.Body).Decode(&call); err != nil {
		t.Fatal(err)
	}
	return call
}

func TestRequestIsPassedOn(t *testing.T) {
	t.Parallel()
	url := gateway(t, nil)
	for sent, want := range map[string]string{
		"/function/f":                         "/",
		"/function/f/":                        "/",
		"/function/f.openfaas-fn/a/b":         "/a/b",
		"/function/f/a%2Fb//c/../d?x=1;y&z=%": "/a%2Fb//c/../d?x=1;y&z=%",
		"/function/f?q=1":                     "/?q=1",
	} {
		response := do(t, http.MethodPut, url+sent, strings.NewReader("body of it"), http.Header{
			"X-Mine": {"a", "b"}, "Connection": {"X-Hop"}, "X-Hop": {"gone"}, "Te": {"trailers"},
		})
		call := echo(t, response)
		if call.Method != http.MethodPut || call.URI != want || call.Body != "body of it" {
			t.Errorf("%s arrives as %s %s %q, want %s", sent, call.Method, call.URI, call.Body, want)
		}
		if got := call.Header["X-Mine"]; len(got) != 2 {
			t.Errorf("X-Mine arrives as %q", got)
		}
		if call.Header.Get("X-Hop") != "" || response.Header.Get("X-Own") != "kept" {
			t.Errorf("headers there %v, and back %v", call.Header, response.Header)
		}
		for _, key := range []string{"X-Call-Id", "X-Start-Time", "X-Forwarded-Host", "X-Forwarded-For"} {
			if call.Header.Get(key) == "" {
				t.Errorf("%s is missing", key)
			}
		}
		if call.Header.Get("X-Forwarded-Host") != strings.TrimPrefix(url, "http://") || call.Host != call.Header.Get("X-Forwarded-Host") {
			t.Errorf("host %s, forwarded for %s", call.Host, call.Header.Get("X-Forwarded-Host"))
		}
		if id := response.Header.Get("X-Call-Id"); id != call.Header.Get("X-Call-Id") || response.Header.Get("X-Duration-Seconds") == "" {
			t.Errorf("answered headers %v", response.Header)
		}
	}
}

func TestCallersHeadersAreKept(t *testing.T) {
	t.Parallel()
	url := gateway(t, nil)
	header := http.Header{
		"X-Call-Id": {"mine"}, "X-Forwarded-For": {"10.1.2.3"}, "X-Forwarded-Host": {"chat.example"}, "X-Forwarded-Proto": {"https"},
	}
	call := echo(t, do(t, http.MethodGet, url+"/function/f", nil, header.Clone()))
	for key := range header {
		if call.Header.Get(key) != header.Get(key) {
			t.Errorf("%s became %q", key, call.Header.Get(key))
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	url := gateway(t, map[string]string{"exec_timeout": "10m"})
	for name, c := range map[string]struct {
		method, path string
		header       http.Header
		status       int
	}{
		"unknown":         {http.MethodGet, "/function/nobody", nil, 404},
		"no name":         {http.MethodGet, "/function/", nil, 404},
		"other namespace": {http.MethodGet, "/function/f.other", nil, 404},
		"odd method":      {http.MethodConnect + "X", "/function/f", nil, 405},
		"a circle":        {http.MethodGet, "/function/f", http.Header{"X-Hops": {"32"}}, 508},
		"not a number":    {http.MethodGet, "/function/f", http.Header{"X-Hops": {"-9"}}, 200},
		"own status":      {http.MethodGet, "/function/f/status?code=418", nil, 418},
		"X-Timeout":       {http.MethodGet, "/function/f/sleep?for=1h", http.Header{"X-Timeout": {"50ms"}}, 504},
	} {
		response := do(t, c.method, url+c.path, nil, c.header)
		text, _ := io.ReadAll(response.Body)
		if response.StatusCode != c.status {
			t.Errorf("%s: %d %s, want %d", name, response.StatusCode, text, c.status)
		}
	}
	// Last, since whoever calls just after it may still meet the dying process.
	if response := do(t, http.MethodPost, url+"/function/f/crash", nil, nil); response.StatusCode != http.StatusInternalServerError {
		t.Errorf("crash: %d", response.StatusCode)
	}
}

func TestTimeouts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env    map[string]string
		path   string
		header http.Header
		status int
	}{
		"exec_timeout":            {map[string]string{"exec_timeout": "100ms"}, "/sleep?for=1h", nil, 504},
		"X-Timeout cannot extend": {map[string]string{"exec_timeout": "100ms"}, "/sleep?for=1h", http.Header{"X-Timeout": {"1h"}}, 504},
		"write_timeout":           {map[string]string{"write_timeout": "100ms"}, "/sleep?for=1h", nil, 500},
		"no bound":                {map[string]string{"exec_timeout": "0", "write_timeout": "0"}, "/sleep?for=200ms", nil, 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := gateway(t, c.env)
			response := do(t, http.MethodPost, url+"/function/f"+c.path, strings.NewReader("x"), c.header)
			text, _ := io.ReadAll(response.Body)
			if response.StatusCode != c.status {
				t.Errorf("%d %s, want %d", response.StatusCode, text, c.status)
			}
			if internal := response.Header.Get("X-Openfaas-Internal"); (internal != "") != (c.status != http.StatusOK) {
				t.Errorf("X-OpenFaaS-Internal is %q", internal)
			}
		})
	}
}

func TestTimeoutInTheMiddleOfAnAnswer(t *testing.T) {
	t.Parallel()
	var response *http.Response
	inTime(t, "write_timeout", func(url string, _ time.Duration) bool {
		response = do(t, http.MethodGet, url+"/function/f/slow-body", nil, nil)
		return response.StatusCode != http.StatusInternalServerError
	})
	text, err := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusOK || string(text) != "begun" || err == nil {
		t.Errorf("%d %q, %v; the answer must be cut short visibly", response.StatusCode, text, err)
	}
}

func TestReadTimeout(t *testing.T) {
	t.Parallel()
	url := gateway(t, map[string]string{"read_timeout": "200ms"})
	body, feed := io.Pipe()
	defer func() { _ = feed.Close() }()
	go func() { _, _ = feed.Write([]byte("begun")) }()
	response := do(t, http.MethodPost, url+"/function/f", body, nil)
	if response.StatusCode != http.StatusGatewayTimeout {
		t.Errorf("status %d, want 504", response.StatusCode)
	}
	// A long answer to a short request is no matter of read_timeout.
	text := ""
	inTime(t, "read_timeout", func(url string, limit time.Duration) bool {
		response := do(t, http.MethodPost, url+"/function/f/sleep?for="+(3*limit).String(), strings.NewReader("x"), nil)
		all, _ := io.ReadAll(response.Body)
		text = string(all)
		return text == "slept\n"
	})
	if text != "slept\n" {
		t.Errorf("%q", text)
	}
}

// inTime tries with a short timeout and, where the machine is slower, with longer ones.
func inTime(t *testing.T, timeout string, try func(url string, limit time.Duration) bool) {
	t.Helper()
	for _, limit := range []time.Duration{200 * time.Millisecond, 2 * time.Second, 20 * time.Second} {
		if try(gateway(t, map[string]string{timeout: limit.String()}), limit) {
			return
		}
	}
}

// Each piece is answered before the next is sent: nothing on the way waits for a whole body.
func TestBodiesAreStreamed(t *testing.T) {
	t.Parallel()
	url := gateway(t, nil)
	body, feed := io.Pipe()
	defer func() { _ = feed.Close() }()
	go func() { _, _ = io.WriteString(feed, "one\n") }()
	response := do(t, http.MethodPost, url+"/function/f/stream", body, nil)
	lines := bufio.NewReader(response.Body)
	for _, next := range []string{"two\n", "three\n", ""} {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("%q, %v", line, err)
		}
		if next != "" {
			_, _ = io.WriteString(feed, next)
		}
	}
	_ = feed.Close()
	if rest, err := io.ReadAll(lines); err != nil || len(rest) != 0 {
		t.Errorf("the end is %q, %v", rest, err)
	}
}

// A caller who hangs up frees the function, and its process is not counted as busy for ever.
func TestCallerHangsUp(t *testing.T) {
	t.Parallel()
	url := gateway(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/function/f/slow-body", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	cancel()
	if _, err := io.ReadAll(response.Body); err == nil {
		t.Error("the answer goes on")
	}
	if call := echo(t, do(t, http.MethodGet, url+"/function/f", nil, nil)); call.PID == 0 {
		t.Error("the function does not answer any more")
	}
}

// Calls while the process is killed again and again: a call that had not reached the function yet is made, not refused.
func TestCallsSurviveTheirProcess(t *testing.T) {
	t.Parallel()
	url := gateway(t, nil)
	for range 3 {
		pid := echo(t, do(t, http.MethodGet, url+"/function/f", nil, nil)).PID
		process, err := os.FindProcess(pid)
		if err != nil || process.Kill() != nil {
			t.Fatal(err)
		}
		deadline := time.Now().Add(2 * time.Minute)
		for {
			response := do(t, http.MethodGet, url+"/function/f", nil, nil)
			if response.StatusCode == http.StatusOK {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("status %d long after the kill", response.StatusCode)
			}
		}
	}
}

func FuzzTarget(f *testing.F) {
	f.Add("f/a")
	f.Add("f.openfaas-fn")
	f.Add("//..")
	f.Fuzz(func(t *testing.T, rest string) {
		name, path, ok := invoke.Target(rest)
		if !strings.HasPrefix(path, "/") || strings.Contains(name, "/") || (ok && name == "") || strings.Contains(name, ".") {
			t.Errorf("Target(%q) = %q, %q, %v", rest, name, path, ok)
		}
	})
}
