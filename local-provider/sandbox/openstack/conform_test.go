package openstack_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// An exchange is a call that is made of the sandbox and of a real OpenStack alike.
type exchange struct {
	name string
	as   string // admin or demo; nobody when empty
	ask  string // "POST compute /servers": method, service, and what follows the endpoint
	body string // JSON; {names} in it and in ask stand for what was saved
	at   string // the header OpenStack-API-Version
	head map[string]string
	// save keeps parts of the body: "id" → "server.id", or "image" → "images[name=tiny].id".
	save map[string]string
	// until asks again until a part of the body has a value, "server.status=ACTIVE", or the status is one: "404".
	until string
	// loose are keys whose values are not looked at.
	loose []string
	// quiet says that only the status must agree.
	quiet bool
}

// An outcome is what matters of what was answered.
type outcome struct {
	Status int               `json:"status"`
	Header map[string]string `json:"header,omitempty"`
	Shape  any               `json:"shape,omitempty"`
}

// A target is a cloud that is asked.
type target struct {
	auth   string
	tokens map[string]string
	ends   map[string]string
	vars   map[string]string
	dump   string
}

// patience is how long a real OpenStack may take for one thing.
const patience = 10 * time.Minute

var headers = []string{"OpenStack-API-Version", "X-OpenStack-Nova-API-Version", "Content-Type", "Retry-After", "Vary"}

func newTarget(t *testing.T, auth, password string) *target {
	t.Helper()
	g := &target{
		auth: auth, tokens: map[string]string{}, ends: map[string]string{},
		vars: map[string]string{"run": strconv.FormatInt(time.Now().UnixNano()%1e9, 36), "password": password},
	}
	for _, name := range []string{"admin", "demo"} {
		g.login(t, name, password)
	}
	return g
}

type named struct {
	ID string `json:"id"`
}

func (g *target) login(t *testing.T, name, password string) {
	t.Helper()
	body := fmt.Sprintf(`{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":%q,"domain":{"id":"default"},
		"password":%q}}},"scope":{"project":{"name":%[1]q,"domain":{"id":"default"}}}}}`, name, password)
	rsp, text := g.send(t, http.MethodPost, g.auth+"/auth/tokens", body, nil)
	if rsp.StatusCode != http.StatusCreated {
		t.Fatalf("login: %d %s", rsp.StatusCode, text)
	}
	g.tokens[name] = rsp.Header.Get("X-Subject-Token")
	var in struct {
		Token struct {
			User    named `json:"user"`
			Project named `json:"project"`
			Catalog []struct {
				Type      string `json:"type"`
				Endpoints []struct {
					Interface string `json:"interface"`
					URL       string `json:"url"`
				} `json:"endpoints"`
			} `json:"catalog"`
		} `json:"token"`
	}
	if err := json.Unmarshal(text, &in); err != nil {
		t.Fatal(err)
	}
	g.vars[name], g.vars[name+"_project"] = in.Token.User.ID, in.Token.Project.ID
	for _, s := range in.Token.Catalog {
		for _, e := range s.Endpoints {
			if e.Interface == "public" {
				g.ends[name+" "+s.Type] = strings.TrimSuffix(e.URL, "/")
			}
		}
	}
}

func (g *target) send(t *testing.T, method, url, body string, head http.Header) (*http.Response, []byte) {
	t.Helper()
	rq, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	rq.Close = true // the real Keystone does not keep connections well
	maps.Copy(rq.Header, head)
	if body != "" && rq.Header.Get("Content-Type") == "" {
		rq.Header.Set("Content-Type", "application/json")
	}
	rsp, err := http.DefaultClient.Do(rq)
	if err != nil {
		t.Fatal(err)
	}
	defer rsp.Body.Close()
	text, err := io.ReadAll(rsp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return rsp, text
}

// fill puts what was saved into a text.
func (g *target) fill(text string) string {
	for name, value := range g.vars {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return text
}

func (g *target) once(t *testing.T, x exchange) (outcome, any) {
	t.Helper()
	words := strings.SplitN(x.ask, " ", 3)
	who := x.as
	if who == "" {
		who = "admin"
	}
	root := g.ends[who+" "+words[1]]
	if words[1] == "identity" {
		root = g.auth
	}
	head := http.Header{}
	if x.as != "" {
		head.Set("X-Auth-Token", g.tokens[x.as])
	}
	if x.at != "" {
		head.Set("Openstack-Api-Version", x.at)
	}
	for name, value := range x.head {
		head.Set(name, g.fill(value))
	}
	rsp, text := g.send(t, words[0], root+g.fill(words[2]), g.fill(x.body), head)
	out := outcome{Status: rsp.StatusCode, Header: map[string]string{}}
	for _, name := range headers {
		if v := rsp.Header.Values(name); len(v) > 0 {
			out.Header[name] = strings.ToLower(strings.Join(v, ", "))
		}
	}
	if rsp.Header.Get("X-Subject-Token") != "" {
		g.vars["subject"] = rsp.Header.Get("X-Subject-Token")
	}
	if g.dump != "" {
		g.keep(t, x, rsp, text)
	}
	var body any
	if json.Unmarshal(text, &body) == nil {
		out.Shape = shape(body, x.loose)
	}
	if x.quiet {
		return outcome{Status: out.Status}, body
	}
	return out, body
}

// keep writes down what was answered, for people.
func (g *target) keep(t *testing.T, x exchange, rsp *http.Response, text []byte) {
	t.Helper()
	var pretty bytes.Buffer
	if json.Indent(&pretty, text, "", " ") != nil {
		pretty.Reset()
		pretty.Write(text)
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s\n%s\n%s\n%d\n", x.ask, x.at, x.body, rsp.StatusCode)
	_ = rsp.Header.Write(&out)
	out.WriteByte('\n')
	out.Write(pretty.Bytes())
	if err := os.WriteFile(filepath.Join(g.dump, strings.ReplaceAll(x.name, "/", "_")), out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// play makes exchanges one after the other.
func (g *target) play(t *testing.T, list []exchange, tick func()) map[string]outcome {
	t.Helper()
	out := map[string]outcome{}
	for _, x := range list {
		if _, twice := out[x.name]; twice {
			t.Fatalf("two exchanges are called %q", x.name)
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		got, body := g.once(t, x)
		for x.until != "" && !met(x.until, got, body) {
			tick()
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				t.Errorf("%s: never %s: %v", x.name, x.until, body)
				break
			}
			got, body = g.once(t, x)
		}
		cancel()
		for name, path := range x.save {
			v, ok := pick(body, g.fill(path)).(string)
			if !ok {
				t.Errorf("%s: nothing at %s: %v", x.name, path, body)
			}
			g.vars[name] = v
		}
		out[x.name] = got
	}
	return out
}

func met(until string, got outcome, body any) bool {
	path, want, is := strings.Cut(until, "=")
	if !is {
		return strconv.Itoa(got.Status) == until
	}
	return fmt.Sprint(pick(body, path)) == want
}

// pick is a part of a body: "servers[name=x].id".
func pick(body any, path string) any {
	inside := false
	parts := strings.FieldsFunc(path, func(c rune) bool {
		inside = inside && c != ']' || c == '['
		return c == '.' && !inside
	})
	for _, part := range parts {
		name, which, listed := strings.Cut(part, "[")
		m, ok := body.(map[string]any)
		if !ok {
			return nil
		}
		body = m[name]
		if !listed {
			continue
		}
		list, _ := body.([]any)
		body = nil
		key, value, _ := strings.Cut(strings.TrimSuffix(which, "]"), "=")
		for _, e := range list {
			if m, ok := e.(map[string]any); ok && body == nil && fmt.Sprint(m[key]) == value {
				body = e
			}
		}
	}
	return body
}

// shape is a body's keys and types, without its values; of a list, what is in any of its things.
func shape(body any, loose []string) any {
	switch v := body.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, value := range v {
			if slices.Contains(loose, key) {
				out[key] = "any"
			} else {
				out[key] = shape(value, loose)
			}
		}
		return out
	case []any:
		if len(v) == 0 {
			return []any{}
		}
		one := shape(v[0], loose)
		for _, e := range v[1:] {
			one = union(one, shape(e, loose))
		}
		return []any{one}
	case string:
		return "text"
	case float64:
		return "number"
	case bool:
		return "bool"
	}
	return "null"
}

// union is a shape of what has either.
func union(a, b any) any {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok {
			break
		}
		for key, value := range y {
			if old, both := x[key]; both {
				value = union(old, value)
			}
			x[key] = value
		}
		return x
	case []any:
		y, ok := b.([]any)
		switch {
		case !ok:
		case len(x) == 0:
			return y
		case len(y) == 0:
			return x
		default:
			return []any{union(x[0], y[0])}
		}
	case string:
		if y, ok := b.(string); ok && x != y {
			words := append(strings.Split(x, "|"), strings.Split(y, "|")...)
			slices.Sort(words)
			return strings.Join(slices.Compact(words), "|")
		}
	}
	return a
}

// conform plays exchanges of the sandbox, and compares what it answers with what a real one does when HANDSOFF_OPENSTACK names its
// clouds.yaml, and did by what was written down otherwise. HANDSOFF_OPENSTACK_RECORD=1 writes it down.
func conform(t *testing.T, file string, list []exchange, ours *rig) {
	t.Helper()
	file = filepath.Join("testdata", file)
	got := newTarget(t, ours.url+"/identity/v3", "secret").play(t, list, func() { ours.cloud.Advance(time.Second) })
	want := map[string]outcome{}
	if clouds := os.Getenv("HANDSOFF_OPENSTACK"); clouds != "" {
		want = theirs(t, clouds, list)
	}
	if len(want) > 0 && os.Getenv("HANDSOFF_OPENSTACK_RECORD") != "" {
		text, err := json.MarshalIndent(want, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(text, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if len(want) == 0 {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range list {
		w, there := want[x.name]
		if !there {
			t.Errorf("%s was never asked of a real one", x.name)
		}
		compare(t, x, got[x.name], w)
	}
}

func compare(t *testing.T, x exchange, got, want outcome) {
	t.Helper()
	if got.Status != want.Status {
		t.Errorf("%s: %d, the real one: %d", x.name, got.Status, want.Status)
		return
	}
	for _, name := range headers {
		if got.Header[name] != want.Header[name] {
			t.Errorf("%s: header %s is %q, the real one's %q", x.name, name, got.Header[name], want.Header[name])
		}
	}
	for _, line := range difference("", got.Shape, want.Shape) {
		t.Errorf("%s: %s", x.name, line)
	}
}

// difference are the places where two shapes differ. An empty list is like any other, where it stands inside something.
func difference(at string, got, want any) []string {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			break
		}
		var out []string
		for _, key := range slices.Sorted(maps.Keys(w)) {
			if _, there := g[key]; !there {
				out = append(out, fmt.Sprintf("%s.%s is missing (%v)", at, key, w[key]))
				continue
			}
			out = append(out, difference(at+"."+key, g[key], w[key])...)
		}
		for _, key := range slices.Sorted(maps.Keys(g)) {
			if _, there := w[key]; !there {
				out = append(out, fmt.Sprintf("%s.%s is not in the real one (%v)", at, key, g[key]))
			}
		}
		return out
	case []any:
		g, ok := got.([]any)
		if !ok {
			break
		}
		if len(g) == 0 || len(w) == 0 {
			if len(g) != len(w) {
				return []string{fmt.Sprintf("%s: %v, the real one: %v", at, g, w)}
			}
			return nil
		}
		return difference(at+"[]", g[0], w[0])
	default:
		if fmt.Sprint(got) == fmt.Sprint(want) {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s is %v, the real one's %v", at, got, want)}
}

// alone is held by whoever plays with a real one: a server without a network has its project's only one, while nobody makes another.
var alone sync.Mutex // there is one real cloud

// theirs is what a real one answers.
func theirs(t *testing.T, clouds string, list []exchange) map[string]outcome {
	t.Helper()
	alone.Lock()
	defer alone.Unlock()
	text, err := os.ReadFile(clouds)
	if err != nil {
		t.Fatal(err)
	}
	var in struct {
		Clouds map[string]struct {
			Auth struct {
				URL      string `yaml:"auth_url"`
				Password string `yaml:"password"`
			} `yaml:"auth"`
		} `yaml:"clouds"`
	}
	if err := yaml.Unmarshal(text, &in); err != nil {
		t.Fatal(err)
	}
	auth := in.Clouds["ops-admin"].Auth
	g := newTarget(t, auth.URL, auth.Password)
	g.dump = os.Getenv("HANDSOFF_OPENSTACK_DUMP")
	for _, x := range list {
		service := strings.Fields(x.ask)[1]
		if _, there := g.ends["admin "+service]; !there && service != "identity" {
			t.Skipf("this cloud has no %s service", service)
		}
	}
	return g.play(t, list, func() { time.Sleep(500 * time.Millisecond) })
}
