package openstack

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A person asks a cloud without a network between them.
type person struct {
	testing.TB
	cloud   *Server
	token   string
	project string
}

// demo is a person who has logged in to a cloud whose clock stands still.
func demo(tb testing.TB, cloud *Server) *person {
	tb.Helper()
	p := &person{TB: tb, cloud: cloud}
	cloud.do(func() {
		u, home := cloud.namedUser("demo"), cloud.namedProject("demo")
		t := &token{User: u.ID, Project: home.ID, Roles: []string{"member", "reader"}}
		cloud.issue(t)
		p.token, p.project = t.ID, home.ID
	})
	return p
}

func frozen(tb testing.TB) *person {
	tb.Helper()
	cloud := New(Options{Frozen: true})
	tb.Cleanup(cloud.Close)
	if err := cloud.Err(); err != nil {
		tb.Fatal(err)
	}
	return demo(tb, cloud)
}

// ask makes a call: "POST /network/v2.0/networks".
func (p *person) ask(call, body string) (int, object) {
	p.Helper()
	method, path, _ := strings.Cut(call, " ")
	path = strings.ReplaceAll(path, "{project}", p.project)
	r := httptest.NewRequestWithContext(p.Context(), method, path, strings.NewReader(body))
	r.Header.Set("X-Auth-Token", p.token)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	p.cloud.ServeHTTP(w, r)
	out := object{}
	_ = json.Unmarshal(w.Body.Bytes(), &out) // some answers are null, or no JSON at all
	return w.Code, out
}

// must is ask that fails the test when the answer is none of the good ones.
func (p *person) must(call, body string) object {
	p.Helper()
	status, out := p.ask(call, body)
	if status >= http.StatusMultipleChoices {
		p.Fatalf("%s: %d %v", call, status, out)
	}
	return out
}

// at is a value in an answer: "stack.stack_status".
func at(body object, path string) any {
	var v any = body
	for name := range strings.SplitSeq(path, ".") {
		m, _ := v.(object)
		v = m[name]
	}
	return v
}

// until moves the clock ahead, second by second, until a value in an answer is as wanted.
func (p *person) until(call, path, want string) object {
	p.Helper()
	var out object
	for range 120 {
		_, out = p.ask(call, "")
		if fmt.Sprint(at(out, path)) == want {
			return out
		}
		p.cloud.Advance(time.Second)
	}
	p.Fatalf("%s never had %s: %v", call, want, out)
	return nil
}
