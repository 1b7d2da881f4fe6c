package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openfaas/faas-provider/logs"
	"github.com/openfaas/faas-provider/types"

	"github.com/handsoff/handsoff/local-provider/function/functiontest"
)

const probeImage = "ghcr.io/handsoff-test/probe:latest"

// deployment is the JSON of one, with more fields as given.
func deploymentJSON(name string, more string) string {
	if more != "" {
		more = "," + more
	}
	return fmt.Sprintf(`{"service":%q,"image":%q%s}`, name, probeImage, more)
}

func TestAPI(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		says                     string
	}{
		{"create", "POST", "/system/functions", deploymentJSON("a", `"secrets":["handsoff-key"],"labels":{"x":"y"},"annotations":{"topic":"t"}`), 202, ""},
		{"create again", "POST", "/system/functions", deploymentJSON("a", ""), 409, "exists"},
		{"update", "PUT", "/system/functions", deploymentJSON("a", `"envVars":{"k":"v"}`), 202, ""},
		{"update of nothing", "PUT", "/system/functions", deploymentJSON("b", ""), 404, "no such function"},
		{"unknown image", "POST", "/system/functions", `{"service":"b","image":"ghcr.io/x/y:1"}`, 400, "local-provider build"},
		{"not an image", "POST", "/system/functions", `{"service":"b","image":"../../bin/sh"}`, 400, "image reference"},
		{"bad name", "POST", "/system/functions", deploymentJSON("../b", ""), 400, "small letters"},
		{"missing secret", "POST", "/system/functions", deploymentJSON("b", `"secrets":["nothing"]`), 400, "faas-cli secret create nothing"},
		{"bad timeout", "POST", "/system/functions", deploymentJSON("b", `"envVars":{"exec_timeout":"soon"}`), 400, "30s"},
		{"other namespace", "POST", "/system/functions", deploymentJSON("b", `"namespace":"other"`), 400, "openfaas-fn"},
		{"not JSON", "POST", "/system/functions", "x", 400, "JSON"},
		{"huge", "POST", "/system/functions", deploymentJSON("b", fmt.Sprintf(`"annotations":{"x":%q}`, strings.Repeat("x", 2<<20))), 400, ""},
		{"status", "GET", "/system/function/a", "", 200, `"k":"v"`},
		{"status of nothing", "GET", "/system/function/b", "", 404, "no such function"},
		{"scale", "POST", "/system/scale-function/a", `{"serviceName":"a","replicas":2}`, 202, ""},
		{"scale too far", "POST", "/system/scale-function/a", `{"replicas":99}`, 400, "at most 5"},
		{"scale of nothing", "POST", "/system/scale-function/b", `{"replicas":1}`, 404, ""},
		{"list", "GET", "/system/functions", "", 200, `"replicas":2`},
		{"list elsewhere", "GET", "/system/functions?namespace=other", "", 400, "openfaas-fn"},
		{"namespaces", "GET", "/system/namespaces", "", 200, `["openfaas-fn"]`},
		{"namespace", "GET", "/system/namespace/openfaas-fn", "", 200, "openfaas-fn"},
		{"info", "GET", "/system/info", "", 200, `"provider":"local-provider"`},
		{"secret", "POST", "/system/secrets", `{"name":"s","value":"hidden"}`, 202, ""},
		{"secrets", "GET", "/system/secrets", "", 200, `"name":"s"`},
		{"logs of nothing", "GET", "/system/logs?name=b", "", 404, ""},
		{"logs of nobody", "GET", "/system/logs", "", 400, "name is missing"},
		{"logs since when", "GET", "/system/logs?name=a&since=yesterday", "", 422, ""},
		{"delete", "DELETE", "/system/functions", `{"functionName":"a"}`, 202, ""},
		{"delete again", "DELETE", "/system/functions", `{"functionName":"a"}`, 404, ""},
		{"delete nobody", "DELETE", "/system/functions", `{}`, 400, "functionName"},
		{"no such path", "GET", "/system/other", "", 404, ""},
		{"called after its end", "POST", "/function/a", "", 404, "faas-cli list"},
	} {
		if strings.HasPrefix(c.path, "/system") {
			if status, text, _ := m.request(t, c.method, c.path, c.body, false); status != http.StatusUnauthorized && status != http.StatusNotFound {
				t.Errorf("%s without credentials: %d %s", c.name, status, text)
			}
		}
		status, text, _ := m.request(t, c.method, c.path, c.body, true)
		if status != c.status || !strings.Contains(text, c.says) || strings.Contains(text, "hidden") {
			t.Errorf("%s: %d %s; want %d and %q", c.name, status, text, c.status, c.says)
		}
	}
}

func TestFunctionEndToEnd(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	seen := m.echo(t)
	if !slices.Contains(seen.Env, "greeting=hello") || !slices.Contains(seen.Env, "gateway_url="+m.ports.GatewayURL()) ||
		!slices.Contains(seen.Env, "OPENFAAS_NAME=probe") {
		t.Errorf("environment %v", seen.Env)
	}
	for _, entry := range seen.Env {
		if strings.HasPrefix(entry, "fprocess=") || strings.HasPrefix(entry, "GOPATH=") || strings.HasPrefix(entry, "USER=") {
			t.Errorf("the environment holds %s", entry)
		}
	}
	key, err := m.home.ReadSecret("handsoff-key")
	if err != nil {
		t.Fatal(err)
	}
	if _, text, _ := m.request(t, http.MethodGet, "/function/probe/secret?name=handsoff-key", "", false); text != key {
		t.Errorf("its secret is %q", text)
	}
	if status, text, _ := m.request(t, http.MethodGet, "/function/probe/secret?name=redis-password", "", false); status != http.StatusNotFound {
		t.Errorf("it sees another secret: %s", text)
	}
	// A new value is seen without a restart.
	if status, text, _ := m.request(t, http.MethodPut, "/system/secrets", `{"name":"handsoff-key","value":"new"}`, true); status != http.StatusAccepted {
		t.Fatal(status, text)
	}
	if _, text, _ := m.request(t, http.MethodGet, "/function/probe/secret?name=handsoff-key", "", false); text != "new" {
		t.Errorf("its secret still is %q", text)
	}
}

func TestQueueEndToEnd(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	type result struct {
		header http.Header
		call   functiontest.Call
	}
	results := make(chan result, 1)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var c functiontest.Call
		_ = json.NewDecoder(r.Body).Decode(&c)
		results <- result{r.Header, c}
	}))
	defer receiver.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		m.ports.GatewayURL()+"/async-function/probe.openfaas-fn/a%2Fb?x=1", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Callback-Url", receiver.URL)
	request.Header.Set("X-Mine", "kept")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	id := response.Header.Get("X-Call-Id")
	if response.StatusCode != http.StatusAccepted || id == "" {
		t.Fatalf("%d, X-Call-Id %q", response.StatusCode, id)
	}
	got := <-results
	if got.call.Method != http.MethodPost || got.call.URI != "/a%2Fb?x=1" || got.call.Body != "body" || got.call.Header.Get("X-Mine") != "kept" {
		t.Errorf("the function saw %+v", got.call)
	}
	if got.call.Header.Get("X-Call-Id") != id || got.header.Get("X-Call-Id") != id || got.header.Get("X-Function-Status") != "200" {
		t.Errorf("headers %v; callback %v", got.call.Header, got.header)
	}
	for path, want := range map[string]int{"/async-function/nobody": 202, "/async-function/probe": 405} {
		method := http.MethodPost
		if want == http.StatusMethodNotAllowed {
			method = http.MethodGet
		}
		if status, text, _ := m.request(t, method, path, "", false); status != want {
			t.Errorf("%s %s: %d %s", method, path, status, text)
		}
	}
	if out := m.run(t, "dead-letters", "-home", string(m.home), "list"); !strings.Contains(out, "no dead letters") {
		t.Errorf("dead letters: %s", out)
	}
}

func TestCronEndToEnd(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	body := deploymentJSON("ticker", `"annotations":{"topic":"cron-function","schedule":"@every 1s"}`)
	if status, text, _ := m.request(t, http.MethodPost, "/system/functions", body, true); status != http.StatusAccepted {
		t.Fatal(status, text)
	}
	eventually(t, "the clock has called it twice", func() bool {
		_, text, _ := m.request(t, http.MethodGet, "/system/function/ticker", "", true)
		var status types.FunctionStatus
		return json.Unmarshal([]byte(text), &status) == nil && status.InvocationCount >= 2
	})
}

func TestLogsEndToEnd(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.request(t, http.MethodGet, "/function/probe/print?out=one&err=two", "", false)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, m.ports.GatewayURL()+"/system/logs?name=probe&follow=true&tail=2", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	password, err := m.home.ReadSecret("basic-auth-password")
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth("admin", password)
	eventually(t, "what it printed is kept", func() bool {
		_, text, _ := m.request(t, http.MethodGet, "/system/logs?name=probe", "", true)
		return strings.Contains(text, `"text":"one"`) && strings.Contains(text, `"text":"two"`)
	})
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if kind := response.Header.Get("Content-Type"); kind != "application/x-ndjson" {
		t.Errorf("Content-Type %s", kind)
	}
	lines := bufio.NewScanner(response.Body)
	next := func() logs.Message {
		var message logs.Message
		if !lines.Scan() || json.Unmarshal(lines.Bytes(), &message) != nil {
			t.Fatalf("line %q, %v", lines.Text(), lines.Err())
		}
		return message
	}
	first, second := next(), next()
	if first.Text != "one" || second.Text != "two" || first.Namespace != "openfaas-fn" || !strings.HasPrefix(first.Instance, "probe-") {
		t.Errorf("lines %+v, %+v", first, second)
	}
	m.request(t, http.MethodGet, "/function/probe/print?out=three&err=four", "", false)
	if third := next(); third.Text != "three" || third.Timestamp.Before(second.Timestamp) {
		t.Errorf("line %+v", third)
	}
	if _, text, _ := m.request(t, http.MethodGet, "/system/logs?name=probe&instance=other", "", true); text != "" {
		t.Errorf("another instance printed %q", text)
	}
}

// Without redis-server everything works but for what its end forgets.
func TestEmbeddedRedisEndToEnd(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "-embedded-redis", "-queue", "weak")
	if out := m.up(t); !strings.Contains(out, "nothing survives its restart") {
		t.Errorf("it does not say what the embedded Redis lacks:\n%s", out)
	}
	done := make(chan struct{}, 1)
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		select {
		case done <- struct{}{}:
		default:
		}
	}))
	defer receiver.Close()
	for { // the weak queue may lose one
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, m.ports.GatewayURL()+"/async-function/probe", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Callback-Url", receiver.URL)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusAccepted {
			t.Fatalf("status %d", response.StatusCode)
		}
		select {
		case <-done:
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
}
