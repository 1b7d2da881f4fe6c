package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/function/functiontest"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/sign"
	"github.com/handsoff/handsoff/shared/sign/signtest"
	"github.com/handsoff/handsoff/shared/telemetry"
	"github.com/handsoff/handsoff/shared/trace"
)

// span is one as a collector reads it.
type span struct {
	TraceID      string      `json:"traceId"`
	SpanID       string      `json:"spanId"`
	ParentSpanID string      `json:"parentSpanId"`
	Name         string      `json:"name"`
	Kind         int         `json:"kind"`
	Flags        int         `json:"flags"`
	Start        string      `json:"startTimeUnixNano"`
	End          string      `json:"endTimeUnixNano"`
	Attributes   []attribute `json:"attributes"`
	Status       struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"status"`
}

type attribute struct {
	Key   string `json:"key"`
	Value struct {
		Text string `json:"stringValue"`
	} `json:"value"`
}

// request is what a process sends.
type request struct {
	Resources []struct {
		Resource struct {
			Attributes []attribute `json:"attributes"`
		} `json:"resource"`
		Scopes []struct {
			Scope struct {
				Name string `json:"name"`
			} `json:"scope"`
			Spans []span `json:"spans"`
		} `json:"scopeSpans"`
	} `json:"resourceSpans"`
}

func (s span) detail(name string) string {
	for _, a := range s.Attributes {
		if a.Key == name {
			return a.Value.Text
		}
	}
	return ""
}

// collector takes traces as an OpenTelemetry collector does.
type collector struct {
	*httptest.Server

	mu    sync.Mutex
	spans []span
}

func newCollector(t *testing.T) *collector {
	t.Helper()
	c := new(collector)
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/json" ||
			r.Header.Get("Authorization") != "Bearer s3cret" {
			t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
		}
		var body request
		in := json.NewDecoder(r.Body)
		in.DisallowUnknownFields()
		if err := in.Decode(&body); err != nil {
			t.Error(err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, resource := range body.Resources {
			if name := (span{Attributes: resource.Resource.Attributes}).detail("service.name"); name != "worker" {
				t.Errorf("the service is %q", name)
			}
			for _, scope := range resource.Scopes {
				c.spans = append(c.spans, scope.Spans...)
			}
		}
		_, _ = io.WriteString(w, "{}")
	}))
	t.Cleanup(c.Close)
	return c
}

// find is the one span of a name with a detail.
func (c *collector) find(t *testing.T, name, detail, value string) span {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.spans {
		if s.Name == name && (detail == "" || s.detail(detail) == value) {
			return s
		}
	}
	t.Fatalf("there is no %q with %s %q among %+v", name, detail, value, c.spans)
	return span{}
}

// has reports whether there is a span of a trace.
func (c *collector) has(trace string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.spans, func(s span) bool { return s.TraceID == trace })
}

// knock sends a worker something, with a trace.
func (w *world) knock(t *testing.T, path, trace, signature string, status int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.worker+path, strings.NewReader("knock"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Traceparent", "00-"+trace+"-b7ad6b7169203331-01")
	req.Header.Set(sign.Header, signature)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != status {
		t.Errorf("knocking at /%s gives %s", path, res.Status)
	}
}

// world is a gateway with the function command, the function worker, and a queue between them.
type world struct {
	t       *testing.T
	gateway *httptest.Server
	jobs    *job.Store
	keys    sign.Keys
	door    *command.Client
	worker  string // its URL
	log     *slog.Logger
}

func (w *world) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	switch r.URL.Path {
	case "/function/command":
		ctx := trace.Receive(r.Context(), r.Header, true)
		var e command.Envelope
		if err := json.Unmarshal(body, &e); err != nil {
			w.t.Error(err)
		}
		accepted, err := w.jobs.Accept(ctx, job.Request{
			Function: "worker", Command: e.Text, Text: e.Text, Principal: e.Principal, Parent: e.Parent, Origin: e.Origin, Key: e.ID,
		})
		if err != nil {
			w.t.Error(err)
			return
		}
		gateway := function.NewGateway(function.Environment{GatewayURL: w.gateway.URL}, w.keys)
		for _, p := range accepted.Nudge {
			if err := gateway.Nudge(ctx, p); err != nil {
				w.t.Error(err)
			}
		}
		_ = json.NewEncoder(out).Encode(command.Answer{Job: accepted.ID})
	case "/async-function/worker": // the queue keeps headers
		req, err := http.NewRequestWithContext(context.WithoutCancel(r.Context()), http.MethodPost, w.worker, bytes.NewReader(body))
		if err != nil {
			w.t.Error(err)
			return
		}
		req.Header = r.Header.Clone()
		req.Header.Set(trace.CallHeader, queued)
		if res, err := http.DefaultClient.Do(req); err == nil { // else it is still starting; the test nudges again
			_ = res.Body.Close()
		}
		out.WriteHeader(http.StatusAccepted)
	default:
		out.WriteHeader(http.StatusAccepted)
	}
}

// queued is the call by which the queue hands a nudge over.
const queued = "call-of-the-queue"

// Step starts a child, once, and is done.
func (w *world) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	w.log.InfoContext(ctx, "a step that names nothing")
	if run.Job().Command == "parent" {
		if _, err := w.door.Do(ctx, command.Envelope{ID: "child", Text: "child", Principal: "telnet:ann", Parent: run.Job().ID}); err != nil {
			return job.Outcome{}, err
		}
	}
	return job.Done(nil), nil
}

// TestAllThatIsDoneForALineIsOneTrace goes through the gateway, the queue, a job, and what it starts, to a collector.
func TestAllThatIsDoneForALineIsOneTrace(t *testing.T) { // a process records for one collector
	c := newCollector(t)
	redis := jobtest.Redis(t)
	w := &world{t: t, jobs: jobtest.Open(t, redis.Client(t), job.Options{}), keys: signtest.Keys(functiontest.Key)}
	w.gateway = httptest.NewServer(w)
	defer w.gateway.Close()
	w.door = command.NewClient(w.gateway.URL, w.keys, &http.Client{Timeout: time.Minute})
	dir := t.TempDir()
	_, port, _ := net.SplitHostPort(jobtest.FreeAddress(t))
	w.worker = "http://127.0.0.1:" + port + "/"
	for name, text := range map[string]string{
		"handsoff-key": functiontest.Key, "collector": "Authorization: Bearer s3cret\n",
		"handsoff-config": "bot: {name: padre}\ntelemetry: {endpoint: \"" + c.URL + "\", headers_secret: collector}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{
		"port": port, "bind": "127.0.0.1", "redis_address": redis.Address, "secret_mount_path": dir, "gateway_url": w.gateway.URL,
	}
	lines := new(functiontest.Lines)
	log := slog.New(trace.Handler(slog.NewJSONHandler(lines, nil))).With("function", "worker")
	w.log = log
	ctx, stop := context.WithCancel(t.Context())
	ended, began := make(chan error, 1), make(chan struct{})
	go func() {
		ended <- function.Run(ctx, "worker", func(name string) string { return env[name] }, log,
			func(context.Context, *function.Platform) (*function.Parts, error) {
				close(began)
				return &function.Parts{Steps: map[string]job.Stepper{"parent": w, "child": w}}, nil
			})
	}()
	<-began
	answer, err := w.door.Do(t.Context(), command.Envelope{ID: "line", Text: "parent", Principal: "telnet:ann", Origin: job.Origin{Door: "telnet"}})
	if err != nil {
		t.Fatal(err)
	}
	gateway := function.NewGateway(function.Environment{GatewayURL: w.gateway.URL}, w.keys)
	var ended2 []*job.Job
	jobtest.Eventually(t, "both jobs to end", func() bool {
		open, err := jobtest.List(t.Context(), w.jobs, job.Browse{Open: true})
		for _, j := range open { // as the clock does
			_ = gateway.Nudge(t.Context(), job.Pointer{ID: j.ID, Function: "worker"})
		}
		ended2, _ = jobtest.List(t.Context(), w.jobs, job.Browse{})
		return err == nil && len(open) == 0 && len(ended2) == 2
	})
	const strange, ours = "0af7651916cd43dd8448eb211c80319c", "4bf92f3577b34da6a3ce929d0e0e4736"
	w.knock(t, "", strange, "sha256="+strings.Repeat("0", 64), http.StatusUnauthorized)
	w.knock(t, "a/path/of/many", ours, w.keys.Sign([]byte("knock")), http.StatusNotFound)
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if c.has(strange) {
		t.Error("a stranger, whose signature is wrong, began a trace here")
	}
	if s := c.find(t, "worker ?", "", ""); s.TraceID != ours {
		t.Errorf("%+v", s)
	}

	root := c.find(t, "hand in", "message", "line")
	if root.ParentSpanID != "" || root.detail("job") != answer.Job || root.detail("door") != "telnet" || root.Kind != 3 {
		t.Errorf("%+v", root)
	}
	step := c.find(t, "step parent", "job", answer.Job)
	handed := c.find(t, "hand in", "message", "child")
	child := c.find(t, "step child", "job", handed.detail("job"))
	nudge := c.find(t, "call worker", "path", "/async-function/worker")
	for _, s := range []span{step, handed, child, nudge, c.find(t, "worker /", "", "")} {
		if s.TraceID != root.TraceID || s.ParentSpanID == "" || s.Flags != 1 || s.Start > s.End {
			t.Errorf("%s is of another trace than %s: %+v", s.Name, root.TraceID, s)
		}
	}
	if handed.ParentSpanID != step.SpanID || step.ParentSpanID != root.SpanID {
		t.Errorf("the child was handed in by %s, and not by the step %s of what %s handed in", handed.ParentSpanID, step.SpanID, root.SpanID)
	}
	for _, j := range ended2 {
		if !strings.Contains(j.Trace, root.TraceID) {
			t.Errorf("the record of %s has the trace %q", j.ID, j.Trace)
		}
		if !regexp.MustCompile(`a step that names nothing.*"call":"`+queued+`".*"job":"`+j.ID+`"`).MatchString(lines.String()) ||
			!regexp.MustCompile(`"msg":"request".*"job":"`+j.ID+`".*"trace":"`+root.TraceID).MatchString(lines.String()) {
			t.Errorf("%s is not in the log:\n%s", j.ID, lines)
		}
	}
	if strings.Contains(lines.String(), "s3cret") {
		t.Error("the secret is in the log")
	}
}

// TestWithoutASectionNothingIsCarried also shows what is turned away.
func TestWithoutASectionNothingIsCarried(t *testing.T) {
	file := func(text string) *config.File {
		f, err := config.Parse([]byte("bot: {name: padre}\n" + text))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	start := func(text string) error {
		stop, err := telemetry.Start(telemetry.Options{Name: "x", Config: file(text), Log: slog.New(slog.DiscardHandler), Secret: func(string) ([]byte, error) {
			return []byte("no header"), nil
		}})
		if err == nil {
			err = stop(t.Context())
		}
		return err
	}
	if err := start(""); err != nil {
		t.Error(err)
	}
	ctx, span := trace.Begin(t.Context(), trace.Inside, "x")
	header := make(http.Header)
	trace.Send(ctx, header)
	span.End(nil)
	if ctx != t.Context() || trace.Carry(ctx) != "" || len(header) != 0 {
		t.Error(ctx, header)
	}
	for _, wrong := range []string{
		`telemetry: {endpoint: "otel:4318"}`, `telemetry: {}`, `telemetry: {endpoint: "http://u:p@otel:4318"}`, `telemetry: {endpoint: "ftp://otel"}`,
		`telemetry: {endpoint: "http://otel:4318", sample: 2}`, `telemetry: {endpoint: "http://otel:4318", sample: .nan}`,
	} {
		if err := start(wrong); err == nil || strings.Contains(err.Error(), "no header") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

// TestACollectorThatIsAwayHoldsNobodyUp: what cannot be sent is dropped, and said once a minute.
func TestACollectorThatIsAwayHoldsNobodyUp(t *testing.T) {
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	defer broken.Close()
	f, err := config.Parse([]byte("bot: {name: padre}\ntelemetry: {endpoint: \"" + broken.URL + "\"}\n"))
	if err != nil {
		t.Fatal(err)
	}
	lines := new(functiontest.Lines)
	stop, err := telemetry.Start(telemetry.Options{Name: "worker", Config: f, Log: slog.New(slog.NewJSONHandler(lines, nil))})
	if err != nil {
		t.Fatal(err)
	}
	for range 2000 { // several batches
		_, span := trace.Begin(t.Context(), trace.Inside, "x", "job", "k3f7")
		span.End(io.EOF)
	}
	if err := stop(t.Context()); err != nil {
		t.Error(err)
	}
	if n := strings.Count(lines.String(), "traces could not be sent"); n != 1 {
		t.Errorf("said %d times: %s", n, lines)
	}
}

// TestNoRedirectIsFollowed: what the collector is sent may carry a secret.
func TestNoRedirectIsFollowed(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s with %v", r.URL, r.Header) }))
	defer elsewhere.Close()
	away := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer away.Close()
	f, err := config.Parse([]byte("telemetry: {endpoint: \"" + away.URL + "\", headers_secret: otel-headers}\n"))
	if err != nil {
		t.Fatal(err)
	}
	lines := new(functiontest.Lines)
	stop, err := telemetry.Start(telemetry.Options{
		Name: "worker", Config: f, Log: slog.New(slog.NewJSONHandler(lines, nil)),
		Secret: func(string) ([]byte, error) { return []byte("Api-Key: s3cret"), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	_, span := trace.Begin(t.Context(), trace.Inside, "x")
	span.End(nil)
	if err := stop(t.Context()); err != nil {
		t.Error(err)
	}
	if !strings.Contains(lines.String(), "307 Temporary Redirect") {
		t.Error(lines)
	}
}

// TestWithoutItsSecretNothingIsTraced, and all else goes on.
func TestWithoutItsSecretNothingIsTraced(t *testing.T) {
	f, err := config.Parse([]byte("telemetry: {endpoint: \"http://127.0.0.1:1\", headers_secret: handsoff-otel-headers}\n"))
	if err != nil {
		t.Fatal(err)
	}
	lines := new(functiontest.Lines)
	stop, err := telemetry.Start(telemetry.Options{
		Name: "worker", Config: f, Log: slog.New(slog.NewJSONHandler(lines, nil)),
		Secret: func(string) ([]byte, error) { return nil, os.ErrNotExist },
	})
	if err != nil || stop(t.Context()) != nil {
		t.Fatal(err)
	}
	if !strings.Contains(lines.String(), "nothing is traced") || !strings.Contains(lines.String(), "headers_secret") {
		t.Error(lines)
	}
}
