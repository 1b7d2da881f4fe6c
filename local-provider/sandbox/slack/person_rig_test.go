package slack_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/local-provider/sandbox/slack"
)

const (
	appToken  = "xoxb-sandbox-test"
	appSecret = "8f742231b10e8888abcd99yyyzzz85a5"
)

// A received is one request that the app got.
type received struct {
	header http.Header
	body   string
}

// payload is an interaction.
func (r received) payload(t *testing.T) map[string]any {
	t.Helper()
	form, err := url.ParseQuery(r.body)
	if err != nil {
		t.Fatal(err)
	}
	return object(t, form.Get("payload"))
}

func object(t *testing.T, text string) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return out
}

// A stage is a Slack and an app behind it.
type stage struct {
	*testing.T
	slack *slack.Server
	url   string
	web   *goslack.Client

	mu     sync.Mutex
	got    []received
	answer func(received) (status int, kind, body string)
	came   chan received
}

// newStage starts both. The app takes everything unless the test says otherwise.
func newStage(t *testing.T, change ...func(*slack.Options)) *stage {
	t.Helper()
	s := &stage{T: t, came: make(chan received, 100)}
	app := httptest.NewServer(s)
	t.Cleanup(app.Close)
	options := slack.Options{
		Token: appToken, SigningSecrets: []string{appSecret}, EventsURL: app.URL, RetryScale: 1e-9, Unlimited: true,
		Manifest: manifest(t), Patience: time.Minute, // for a busy machine
	}
	for _, c := range change {
		c(&options)
	}
	s.slack = slack.New(options)
	t.Cleanup(s.slack.Close)
	door := httptest.NewServer(s.slack)
	t.Cleanup(door.Close)
	s.url = door.URL
	s.slack.SetURL(door.URL)
	s.web = goslack.New(appToken, goslack.OptionAPIURL(door.URL+"/api/"))
	return s
}

// manifest is the app's own.
func manifest(t testing.TB) *slack.Manifest {
	t.Helper()
	text, err := os.ReadFile("../../../deploy/slack/manifest.yml")
	if err != nil {
		t.Fatal(err)
	}
	m, err := slack.ReadManifest(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// ServeHTTP is the app.
func (s *stage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.Error(err)
	}
	rq := received{header: r.Header.Clone(), body: string(body)}
	s.mu.Lock()
	s.got = append(s.got, rq)
	answer := s.answer
	s.mu.Unlock()
	status, kind, text := http.StatusOK, "", ""
	if answer != nil {
		status, kind, text = answer(rq)
	}
	if kind != "" {
		w.Header().Set("Content-Type", kind)
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
	s.came <- rq
}

func (s *stage) answers(f func(received) (int, string, string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = f
}

// next is the next request that the app gets.
func (s *stage) next() received {
	s.Helper()
	select {
	case rq := <-s.came:
		return rq
	case <-s.Context().Done():
		s.Fatal("the app was sent nothing")
		return received{}
	}
}

// event is the next request as an event.
func (s *stage) event() (outer, inner map[string]any) {
	s.Helper()
	outer = object(s.T, s.next().body)
	inner, _ = outer["event"].(map[string]any)
	return outer, inner
}

func (s *stage) person(name string) *slack.Person {
	s.Helper()
	p, err := s.slack.Person(name)
	if err != nil {
		s.Fatal(err)
	}
	return p
}

// say says something and returns its ts.
func (s *stage) say(who string, what slack.Saying) string {
	s.Helper()
	ts, err := s.person(who).Say(what)
	if err != nil {
		s.Fatal(err)
	}
	return ts
}

// post is a message of the app.
func (s *stage) post(channel string, options ...goslack.MsgOption) string {
	s.Helper()
	_, ts, err := s.web.PostMessageContext(s.Context(), channel, options...)
	if err != nil {
		s.Fatal(err)
	}
	return ts
}

// order sends an order to the control.
func (s *stage) order(path, body string) (status int, answer map[string]any) {
	s.Helper()
	return s.send(http.MethodPost, path, body, appToken)
}

func (s *stage) send(method, path, body, token string) (status int, answer map[string]any) {
	s.Helper()
	rq, err := http.NewRequestWithContext(s.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	rq.Header.Set("Authorization", "Bearer "+token)
	rsp, err := http.DefaultClient.Do(rq)
	if err != nil {
		s.Fatal(err)
	}
	defer rsp.Body.Close()
	text, err := io.ReadAll(rsp.Body)
	if err != nil {
		s.Fatal(err)
	}
	_ = json.Unmarshal(text, &answer)
	return rsp.StatusCode, answer
}

// lines is what a person sees of a conversation, without times.
func (s *stage) lines(who, channel, thread string) []slack.Seen {
	s.Helper()
	list, err := s.person(who).See(channel, thread)
	if err != nil {
		s.Fatal(err)
	}
	return list
}

// body is what a request is answered with, which must be 200.
func (s *stage) body(rq *http.Request) string {
	s.Helper()
	rsp, err := http.DefaultClient.Do(rq)
	if err != nil {
		s.Fatal(err)
	}
	defer rsp.Body.Close()
	text, err := io.ReadAll(rsp.Body)
	if err != nil || rsp.StatusCode != http.StatusOK {
		s.Fatalf("%s: %d %s, %v", rq.URL, rsp.StatusCode, text, err)
	}
	return string(text)
}
