package github

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const sha = "0123456789abcdef0123456789abcdef01234567"

var appKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// fakeHub is a GitHub with one repository, acme/app, as a transport. It answers what the door asks, and remembers all.
type fakeHub struct {
	mu        sync.Mutex
	now       func() time.Time
	installed bool
	next      int64
	comments  []*fakeComment
	runs      []map[string]any
	statuses  []map[string]any
	reactions []string // "eyes on 99"
	calls     []string
	wrote     []time.Time
	fault     func(call string) *fakeFault // nil for none
}

type fakeComment struct {
	ID      int64          `json:"id"`
	Body    string         `json:"body"`
	User    map[string]any `json:"user"`
	Created time.Time      `json:"created_at"`
	Updated time.Time      `json:"updated_at"`

	edits int
}

// fakeFault is an answer in place of the right one; with did the call did what it should.
type fakeFault struct {
	status  int
	message string
	header  map[string]string
	did     bool
}

func newFakeHub(now func() time.Time) *fakeHub {
	return &fakeHub{now: now, installed: true, next: 1000}
}

func (f *fakeHub) breaks(fault func(call string) *fakeFault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault = fault
}

// RoundTrip answers a request.
func (f *fakeHub) RoundTrip(r *http.Request) (*http.Response, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w := httptest.NewRecorder()
	call := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/api/v3")
	f.calls = append(f.calls, call)
	var fault *fakeFault
	if f.fault != nil {
		fault = f.fault(call)
	}
	if fault == nil || fault.did {
		f.answer(w, r, call)
	}
	if fault != nil {
		w = httptest.NewRecorder()
		for key, value := range fault.header {
			w.Header().Set(key, value)
		}
		say(w, fault.status, map[string]any{"message": fault.message})
	}
	if r.Body != nil {
		_ = r.Body.Close()
	}
	answer := w.Result()
	answer.Request = r
	return answer, nil
}

func (f *fakeHub) answer(w *httptest.ResponseRecorder, r *http.Request, call string) {
	var body map[string]any
	if r.Body != nil {
		_ = json.NewDecoder(r.Body).Decode(&body)
	}
	if r.Method != http.MethodGet && !strings.HasPrefix(call, "POST /app/") {
		f.wrote = append(f.wrote, f.now())
	}
	rest, ours := strings.CutPrefix(call, r.Method+" /repos/acme/app/")
	switch {
	case call == "GET /app":
		say(w, http.StatusOK, map[string]any{"id": 7, "slug": "hands"})
	case call == "GET /app/installations":
		say(w, http.StatusOK, []any{map[string]any{"id": 1}})
	case call == "GET /users/hands[bot]", call == "GET /user":
		say(w, http.StatusOK, map[string]any{"id": 77, "login": "hands[bot]"})
	case call == "POST /app/installations/1/access_tokens":
		say(w, http.StatusCreated, map[string]any{"token": "ghs_x", "expires_at": time.Now().Add(time.Hour)})
	case !ours:
		say(w, http.StatusNotFound, map[string]any{"message": "Not Found"})
	case rest == "installation" && f.installed:
		say(w, http.StatusOK, map[string]any{"id": 1})
	case rest == "issues/comments/99/reactions", rest == "pulls/comments/99/reactions":
		f.react(fmt.Sprint(body["content"]) + " on " + strings.TrimSuffix(rest, "/99/reactions"))
		say(w, http.StatusCreated, map[string]any{"id": 1})
	case strings.HasPrefix(rest, "issues/"):
		f.comment(w, r, rest, body)
	case strings.HasPrefix(rest, "check-runs"), strings.HasPrefix(rest, "commits/"):
		f.run(w, r, rest, body)
	case rest == "statuses/"+sha:
		f.statuses = append(f.statuses, body)
		say(w, http.StatusCreated, body)
	default:
		say(w, http.StatusNotFound, map[string]any{"message": "Not Found"})
	}
}

func (f *fakeHub) react(reaction string) {
	if !slices.Contains(f.reactions, reaction) {
		f.reactions = append(f.reactions, reaction)
	}
}

func (f *fakeHub) comment(w *httptest.ResponseRecorder, r *http.Request, rest string, body map[string]any) {
	text, _ := body["body"].(string)
	switch {
	case r.Method == http.MethodPost && rest == "issues/12/comments":
		f.next++
		c := &fakeComment{
			ID: f.next, Body: text, User: map[string]any{"id": 77, "login": "hands[bot]"}, Created: f.now().UTC(), Updated: f.now().UTC(),
		}
		f.comments = append(f.comments, c)
		say(w, http.StatusCreated, c)
	case r.Method == http.MethodGet && rest == "issues/12/comments":
		since, _ := time.Parse(time.RFC3339, r.URL.Query().Get("since"))
		f.page(w, r, f.since(since))
	default:
		id, _ := strconv.ParseInt(strings.TrimPrefix(rest, "issues/comments/"), 10, 64)
		i := slices.IndexFunc(f.comments, func(c *fakeComment) bool { return c.ID == id })
		if i < 0 || r.Method != http.MethodPatch {
			say(w, http.StatusNotFound, map[string]any{"message": "Not Found"})
			return
		}
		f.comments[i].Body, f.comments[i].Updated = text, f.now().UTC()
		f.comments[i].edits++
		say(w, http.StatusOK, f.comments[i])
	}
}

func (f *fakeHub) since(since time.Time) []any {
	list := []any{}
	for _, c := range f.comments {
		if !c.Updated.Before(since) {
			list = append(list, c)
		}
	}
	return list
}

// page answers with a page of a list, and says where the next one is.
func (f *fakeHub) page(w *httptest.ResponseRecorder, r *http.Request, list []any) {
	per, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	page = max(page, 1)
	from := min((page-1)*per, len(list))
	if from+per < len(list) {
		w.Header().Set("Link", fmt.Sprintf(`<https://hub.example/x?page=%d&per_page=%d>; rel="next"`, page+1, per))
	}
	say(w, http.StatusOK, list[from:min(from+per, len(list))])
}

func (f *fakeHub) run(w *httptest.ResponseRecorder, r *http.Request, rest string, body map[string]any) {
	switch {
	case r.Method == http.MethodGet && rest == "commits/"+sha+"/check-runs":
		found := []any{}
		for _, run := range f.runs {
			if run["name"] == r.URL.Query().Get("check_name") && r.URL.Query().Get("app_id") == "7" && r.URL.Query().Get("filter") == "all" {
				found = append(found, run)
			}
		}
		say(w, http.StatusOK, map[string]any{"total_count": len(found), "check_runs": found})
	case r.Method == http.MethodPost:
		f.next++
		body["id"] = f.next
		f.runs = append(f.runs, body)
		say(w, http.StatusCreated, body)
	default:
		for _, run := range f.runs {
			if fmt.Sprintf("check-runs/%d", run["id"]) == rest {
				maps.Copy(run, body)
				say(w, http.StatusOK, run)
				return
			}
		}
		say(w, http.StatusNotFound, map[string]any{"message": "Not Found"})
	}
}

func say(w *httptest.ResponseRecorder, status int, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}
