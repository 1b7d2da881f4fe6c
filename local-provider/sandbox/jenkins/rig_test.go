package jenkins_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/jenkins"
)

const (
	user     = "demo"
	token    = "11aa22bb33cc44dd"
	password = "correct horse"
)

// A rig is a Jenkins whose clock stands still, and a client that follows no redirects.
type rig struct {
	*testing.T
	jenkins *jenkins.Server
	url     string
	client  *http.Client
	name    string
	secret  string
}

func newRig(t *testing.T, change ...func(*jenkins.Options)) *rig {
	t.Helper()
	options := jenkins.Options{User: user, Token: token, Password: password, Frozen: true}
	for _, c := range change {
		c(&options)
	}
	server := jenkins.New(options)
	web := httptest.NewServer(server.Handler())
	t.Cleanup(func() {
		web.Close()
		server.Close()
	})
	if err := server.Err(); err != nil {
		t.Fatal(err)
	}
	client := &http.Client{
		Transport:     &http.Transport{},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	t.Cleanup(client.CloseIdleConnections)
	return &rig{T: t, jenkins: server, url: web.URL, client: client, name: user, secret: token}
}

// A reply is an answer, read to its end.
type reply struct {
	*http.Response
	text string
}

// send makes a request; header is a list of names and values.
func (r *rig) send(method, path, body string, header ...string) reply {
	r.Helper()
	got, err := r.try(r.Context(), method, path, body, header...)
	if err != nil {
		r.Fatalf("%s %s: %v", method, path, err)
	}
	return got
}

func (r *rig) try(ctx context.Context, method, path, body string, header ...string) (reply, error) {
	if !strings.HasPrefix(path, "http://") {
		path = r.url + path
	}
	rq, err := http.NewRequestWithContext(ctx, method, path, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	if r.name != "" {
		rq.SetBasicAuth(r.name, r.secret)
	}
	for i := 0; i < len(header); i += 2 {
		rq.Header.Set(header[i], header[i+1])
	}
	rsp, err := r.client.Do(rq)
	if err != nil {
		return reply{}, err
	}
	defer rsp.Body.Close()
	text, err := io.ReadAll(rsp.Body)
	return reply{Response: rsp, text: string(text)}, err
}

func (r *rig) get(path string) reply { r.Helper(); return r.send(http.MethodGet, path, "") }

func (r *rig) post(path string) reply { r.Helper(); return r.send(http.MethodPost, path, "") }

func (r *rig) postForm(path string, form url.Values) reply {
	r.Helper()
	return r.send(http.MethodPost, path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

func (r *rig) postXML(path, xml string) reply {
	r.Helper()
	return r.send(http.MethodPost, path, xml, "Content-Type", "text/xml; charset=utf-8")
}

// want checks a status code.
func (r *rig) want(status int, got reply) reply {
	r.Helper()
	if got.StatusCode != status {
		r.Fatalf("%s %s: %s, want %d\n%s", got.Request.Method, got.Request.URL, got.Status, status, got.text)
	}
	return got
}

// object is a JSON object.
type object map[string]any

// at walks into an object by keys and indices: at("actions", 1, "causes", 0, "userId").
func (o object) at(path ...any) any {
	var v any = map[string]any(o)
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

// json reads an object of the API.
func (r *rig) json(path string) object {
	r.Helper()
	got := r.want(http.StatusOK, r.get(path))
	var o object
	if err := json.Unmarshal([]byte(got.text), &o); err != nil {
		r.Fatalf("%s: %v\n%s", path, err, got.text)
	}
	return o
}

// build asks for a build of a demo job and returns the path of its queue item.
func (r *rig) build(job string, parameters ...string) string {
	r.Helper()
	form := url.Values{}
	for i := 0; i < len(parameters); i += 2 {
		form.Set(parameters[i], parameters[i+1])
	}
	got := r.want(http.StatusCreated, r.postForm("/job/demo/job/"+job+"/buildWithParameters", form))
	return strings.TrimPrefix(got.Header.Get("Location"), r.url)
}

// start asks for a build and waits for its quiet period to end.
func (r *rig) start(job string, parameters ...string) string {
	r.Helper()
	item := r.build(job, parameters...)
	r.jenkins.Advance(5 * time.Second)
	return item
}

// check compares values of an object with what they should be; JSON numbers are float64.
func (r *rig) check(o object, want map[string]any) {
	r.Helper()
	for path, value := range want {
		var steps []any
		for step := range strings.SplitSeq(path, ".") {
			if len(step) == 1 && step[0] >= '0' && step[0] <= '9' {
				steps = append(steps, int(step[0]-'0'))
				continue
			}
			steps = append(steps, step)
		}
		if got := o.at(steps...); got != value {
			r.Errorf("%s = %#v, want %#v", path, got, value)
		}
	}
}

const (
	demo = "/job/demo/job/"
	api  = "/api/json"
)
