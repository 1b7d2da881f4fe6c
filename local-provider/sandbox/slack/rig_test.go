package slack_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/local-provider/sandbox/slack"
)

// A rig is a Slack whose clock stands still, and two ways to call it: slack-go's client, and by hand.
type rig struct {
	*testing.T
	slack *slack.Server
	url   string
	token string
	web   *goslack.Client
	http  *http.Client
}

func newRig(t *testing.T, change ...func(*slack.Options)) *rig {
	t.Helper()
	options := slack.Options{Token: appToken, Frozen: true, Unlimited: true}
	for _, c := range change {
		c(&options)
	}
	server := slack.New(options)
	t.Cleanup(server.Close)
	door := httptest.NewServer(server)
	t.Cleanup(door.Close)
	server.SetURL(door.URL)
	if err := server.Err(); err != nil {
		t.Fatal(err)
	}
	client := &http.Client{
		Transport:     &http.Transport{},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	t.Cleanup(client.CloseIdleConnections)
	return &rig{
		T: t, slack: server, url: door.URL, token: appToken, http: client,
		web: goslack.New(appToken, goslack.OptionAPIURL(door.URL+"/api/")),
	}
}

// scopes gives the app only some scopes.
func scopes(names ...string) func(*slack.Options) {
	return func(o *slack.Options) {
		o.Manifest = &slack.Manifest{Name: "handsoff", Scopes: names, Home: true, Messages: true}
	}
}

// A got is an answer, read to its end.
type got struct {
	*http.Response
	text string
	body map[string]any // when it is a JSON object
}

func (r *rig) send(method, path, kind, body string) got {
	r.Helper()
	if !strings.HasPrefix(path, "http://") {
		path = r.url + path
	}
	rq, err := http.NewRequestWithContext(r.Context(), method, path, strings.NewReader(body))
	if err != nil {
		r.Fatal(err)
	}
	if r.token != "" {
		rq.Header.Set("Authorization", "Bearer "+r.token)
	}
	if kind != "" {
		rq.Header.Set("Content-Type", kind)
	}
	rsp, err := r.http.Do(rq)
	if err != nil {
		r.Fatalf("%s %s: %v", method, path, err)
	}
	defer rsp.Body.Close()
	text, err := io.ReadAll(rsp.Body)
	if err != nil {
		r.Fatal(err)
	}
	out := got{Response: rsp, text: string(text)}
	if strings.HasPrefix(rsp.Header.Get("Content-Type"), "application/json") && strings.HasPrefix(out.text, "{") {
		out.body = object(r.T, out.text)
	}
	return out
}

const formType = "application/x-www-form-urlencoded"

// call calls a method with names and values.
func (r *rig) call(method string, arguments ...string) got {
	r.Helper()
	form := url.Values{}
	for i := 0; i < len(arguments); i += 2 {
		form.Set(arguments[i], arguments[i+1])
	}
	return r.send(http.MethodPost, "/api/"+method, formType, form.Encode())
}

// ok is call for what must succeed.
func (r *rig) ok(method string, arguments ...string) map[string]any {
	r.Helper()
	out := r.call(method, arguments...)
	if out.body["ok"] != true {
		r.Fatalf("%s %v: %s", method, arguments, out.text)
	}
	return out.body
}

// refused checks that a call is refused with a code.
func (r *rig) refused(code, method string, arguments ...string) got {
	r.Helper()
	out := r.call(method, arguments...)
	if out.body["ok"] != false || out.body["error"] != code {
		r.Errorf("%s %.300v: %d %.300s, want the error %s", method, arguments, out.StatusCode, out.text, code)
	}
	return out
}

// post posts a message and returns its ts.
func (r *rig) post(channel, text string, more ...string) string {
	r.Helper()
	ts, _ := r.ok("chat.postMessage", append([]string{"channel", channel, "text", text}, more...)...)["ts"].(string)
	return ts
}

// at walks into an object: at(body, "messages", 0, "text").
func at(v any, path ...any) any {
	for _, step := range path {
		switch s := step.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok {
				return nil
			}
			v = m[s]
		case int:
			l, ok := v.([]any)
			if !ok || s >= len(l) {
				return nil
			}
			v = l[s]
		}
	}
	return v
}

// texts are the texts of a list of messages.
func texts(v any) string {
	list, _ := v.([]any)
	var out []string
	for _, m := range list {
		text, _ := at(m, "text").(string)
		out = append(out, text)
	}
	return strings.Join(out, " ")
}
