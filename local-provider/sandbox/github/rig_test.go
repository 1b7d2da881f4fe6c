package github_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/bradleyfalzon/ghinstallation/v2"
	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/local-provider/sandbox/github"
)

const (
	botToken = "ghp_0123456789abcdef"
	secret   = "it is a secret"
)

// appKey is the App's private key; making one takes a while.
var appKey = sync.OnceValue(func() []byte {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
})

// A rig is a GitHub whose clock stands still, who takes its webhooks, and clients of it.
type rig struct {
	*testing.T
	github *github.Server
	url    string
	inbox  *inbox
	http   *http.Client
}

func newRig(t *testing.T, change ...func(*github.Options)) *rig {
	t.Helper()
	in := &inbox{}
	door := httptest.NewServer(in)
	t.Cleanup(door.Close)
	options := github.Options{
		Token: botToken, AppKey: appKey(), WebhookSecret: secret, EventsURL: door.URL + "/hook", Frozen: true, Unlimited: true,
	}
	for _, c := range change {
		c(&options)
	}
	server := github.New(options)
	t.Cleanup(server.Close)
	at := httptest.NewServer(server)
	t.Cleanup(at.Close)
	server.SetURL(at.URL)
	if err := server.Err(); err != nil {
		t.Fatal(err)
	}
	client := &http.Client{
		Transport:     &http.Transport{},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	t.Cleanup(client.CloseIdleConnections)
	r := &rig{T: t, github: server, url: at.URL, inbox: in, http: client}
	r.settled()
	in.take() // the pings
	return r
}

// client is go-github with a token, or anonymous.
func (r *rig) client(token string) *gogithub.Client {
	r.Helper()
	c, err := gogithub.NewClient(r.http).WithEnterpriseURLs(r.url, r.url)
	if err != nil {
		r.Fatal(err)
	}
	if token != "" {
		c = c.WithAuthToken(token)
	}
	return c
}

// as is a person's client.
func (r *rig) as(login string) *gogithub.Client { return r.client(r.github.Token(login)) }

// app is the App's own client, installed its installation's.
func (r *rig) app() *gogithub.Client {
	r.Helper()
	transport, err := ghinstallation.NewAppsTransport(http.DefaultTransport, 4711, appKey())
	if err != nil {
		r.Fatal(err)
	}
	transport.BaseURL = r.url + "/api/v3"
	c, err := gogithub.NewClient(&http.Client{Transport: transport}).WithEnterpriseURLs(r.url, r.url)
	if err != nil {
		r.Fatal(err)
	}
	return c
}

func (r *rig) installed() *gogithub.Client {
	r.Helper()
	in, _, err := r.app().Apps.FindOrganizationInstallation(r.Context(), "acme")
	if err != nil {
		r.Fatal(err)
	}
	transport, err := ghinstallation.New(http.DefaultTransport, 4711, in.GetID(), appKey())
	if err != nil {
		r.Fatal(err)
	}
	transport.BaseURL = r.url + "/api/v3"
	c, err := gogithub.NewClient(&http.Client{Transport: transport}).WithEnterpriseURLs(r.url, r.url)
	if err != nil {
		r.Fatal(err)
	}
	return c
}

func (r *rig) settled() {
	r.Helper()
	if err := r.github.Settled(r.Context()); err != nil {
		r.Fatal(err)
	}
}

// must stops the test at an error.
func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// A got is an answer, read to its end.
type got struct {
	*http.Response
	text string
	body map[string]any // when it is a JSON object
}

// send makes a request by hand.
func (r *rig) send(method, path, token, body string, header ...string) got {
	r.Helper()
	rq, err := http.NewRequestWithContext(r.Context(), method, r.url+path, strings.NewReader(body))
	r.must(err)
	if token != "" {
		rq.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(header); i += 2 {
		rq.Header.Set(header[i], header[i+1])
	}
	rsp, err := r.http.Do(rq)
	if err != nil {
		r.Fatalf("%s %s: %v", method, path, err)
	}
	defer rsp.Body.Close()
	text, err := io.ReadAll(rsp.Body)
	r.must(err)
	out := got{Response: rsp, text: string(text)}
	_ = json.Unmarshal(text, &out.body)
	return out
}

// refused checks that a request is refused with a status and a message.
func (r *rig) refused(g got, status int, message string) {
	r.Helper()
	if said, _ := g.body["message"].(string); g.StatusCode != status || !strings.Contains(said, message) {
		r.Errorf("%s %s: %d %.300s, want %d %s", g.Request.Method, g.Request.URL.Path, g.StatusCode, g.text, status, message)
	}
}

// An inbox takes webhooks.
type inbox struct {
	mu     sync.Mutex
	came   []webhook
	answer func(webhook) int // 202 when nil
}

type webhook struct {
	header http.Header
	body   []byte
	event  string
	action string
	parsed map[string]any
}

func (i *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	h := webhook{header: r.Header, body: body, event: r.Header.Get("X-Github-Event")}
	_ = json.Unmarshal(body, &h.parsed)
	h.action, _ = h.parsed["action"].(string)
	i.mu.Lock()
	i.came = append(i.came, h)
	answer := i.answer
	i.mu.Unlock()
	status := http.StatusAccepted
	if answer != nil {
		status = answer(h)
	}
	w.WriteHeader(status)
}

// take empties the inbox.
func (i *inbox) take() []webhook {
	i.mu.Lock()
	defer i.mu.Unlock()
	out := i.came
	i.came = nil
	return out
}

func (i *inbox) answers(how func(webhook) int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.answer = how
}

// names are the events that came to a kind of hook, with their actions.
func names(came []webhook, kind string) string {
	var out []string
	for _, h := range came {
		if h.header.Get("X-Github-Hook-Installation-Target-Type") == kind {
			out = append(out, strings.TrimSuffix(h.event+"."+h.action, "."))
		}
	}
	return strings.Join(out, " ")
}
