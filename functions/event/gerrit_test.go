package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/gerrit"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// reviews is a Gerrit with one change.
type reviews struct {
	*httptest.Server

	mu       sync.Mutex
	messages []map[string]any
	posts    int
	lose     bool // a review's answer is lost
	refuse   int  // a review is refused with this status
}

func newReviews(t *testing.T) *reviews {
	t.Helper()
	r := &reviews{}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

// ServeHTTP implements http.Handler.
func (r *reviews) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	const change = `{"_number":4711,"project":"p/q","branch":"main","subject":"Fix <it>","status":"NEW","owner":{"name":"Ann"},"current_revision":"` + nextSHA +
		`","revisions":{"` + headSHA + `":{"_number":1},"` + nextSHA + `":{"_number":2}},"labels":{"Verified":{"all":[{"name":"Zuul","value":-1},{"name":"Bob","value":0}]}}}`
	switch path := q.URL.Path; {
	case path == "/changes/4711" || path == "/changes/p/q~4711":
		fmt.Fprint(w, ")]}'\n"+change)
	case path == "/changes/":
		fmt.Fprint(w, ")]}'\n["+change+"]")
	case strings.HasSuffix(path, "/messages"):
		fmt.Fprint(w, ")]}'\n")
		_ = json.NewEncoder(w).Encode(r.messages)
	case strings.HasSuffix(path, "/files/"):
		fmt.Fprint(w, ")]}'\n{\"/COMMIT_MSG\":{},\"a.go\":{}}")
	case strings.HasSuffix(path, "/review"):
		r.review(w, q)
	default:
		http.Error(w, "Not found", http.StatusNotFound)
	}
}

func (r *reviews) review(w http.ResponseWriter, q *http.Request) {
	r.posts++
	if r.refuse > 0 {
		http.Error(w, "change is closed", r.refuse)
		return
	}
	var said gerrit.Review
	body, _ := io.ReadAll(q.Body)
	_ = json.Unmarshal(body, &said)
	patchSet := 2
	if strings.Contains(q.URL.Path, headSHA) {
		patchSet = 1
	}
	r.messages = append(r.messages, map[string]any{"message": "Patch Set 2:\n\n" + said.Message, "_revision_number": patchSet, "labels": said.Labels})
	if r.lose {
		r.lose = false
		panic(http.ErrAbortHandler)
	}
	fmt.Fprint(w, ")]}'\n{}")
}

// office is the commands of Gerrit on a Redis.
func office(t *testing.T, rdb *redis.Client, server *reviews) *hall {
	t.Helper()
	h := &hall{TB: t, gateway: newGateway(t, rdb), config: people + "gerrit: {servers: [{name: review, url: \"" + server.URL + "\", user: bot}]}\n"}
	h.desk = h.makes(rdb)
	if err := h.desk.withGerrit(); err != nil {
		t.Fatal(err)
	}
	h.desk.moreSteps["gerrit review"].(*reviewer).settle = 20 * time.Millisecond
	return h
}

// reviewIt runs a review to its end.
func (h *hall) reviewIt(args map[string]any) *job.Job {
	h.Helper()
	ctx := context.Background()
	h.n++
	accepted, err := h.Jobs.Accept(ctx, job.Request{
		Key: fmt.Sprint(h.n), Function: event.Function, Command: "gerrit review", Text: "gerrit review", Args: args, Principal: "telnet:ann",
		Origin: job.Origin{Door: "telnet", Address: "telnet:ann"},
	})
	if err != nil {
		h.Fatal(err)
	}
	worker := job.NewWorker(h.Jobs, job.WorkerOptions{Function: event.Function, Name: "test", Steps: h.steps()})
	defer func() { _ = worker.Stop(ctx) }()
	var found *job.Job
	jobtest.Eventually(h, "the review's end", func() bool {
		if _, err := worker.Run(ctx, accepted.ID); err != nil {
			h.Fatal(err)
		}
		if found, err = h.Jobs.Get(ctx, accepted.ID); err != nil {
			h.Fatal(err)
		}
		return found.State.Final()
	})
	return found
}

// TestAReviewIsSaidOnce: also when the answer to it is lost; it says whose it is, and our own events about it are known.
func TestAReviewIsSaidOnce(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		server := newReviews(t)
		server.lose = true
		h := office(t, rdb, server)
		j := h.reviewIt(map[string]any{"change": "4711", "message": "well done", "label": []any{"Code-Review+1", "Verified=0"}})
		if j.State != job.Succeeded || server.posts != 1 {
			t.Fatalf("%s, said %d times", jobtest.Describe(j), server.posts)
		}
		want := "Patch Set 2:\n\nwell done\n\nSaid for telnet:ann.\n(handsoff job " + j.ID + ")"
		if said := server.messages[0]; said["message"] != want || fmt.Sprint(said["labels"]) != "map[Code-Review:1 Verified:0]" {
			t.Errorf("%q", said)
		}
		if by := rdb.Get(t.Context(), "handsoff:acted:gerrit:review/4711").Val(); by != j.ID {
			t.Errorf("acted by %q", by)
		}
	})
}

// TestAClockThatIsSetBackHoldsUpNoReview: one that was first missed at a time that lies ahead was missed before the clock was set back. It
// may still be on its way, and is missed from then on.
func TestAClockThatIsSetBackHoldsUpNoReview(t *testing.T) {
	t.Parallel()
	_, rdb := jobtest.New(t)
	h := office(t, rdb, newReviews(t))
	r := h.desk.moreSteps["gerrit review"].(*reviewer)
	r.settle = time.Minute
	looks := func(run *job.Run) {
		for ago, over := range map[time.Duration]bool{0: false, time.Minute: true, -time.Hour: false} {
			now, err := h.desk.Jobs.Now(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			p := &reviewing{Server: "review", ID: "p%2Fq~4711", PatchSet: 2, Looked: now.Add(-ago)}
			if _, sighting, err := r.look(t.Context(), run, p); (sighting == job.Absent) != over || (err == nil) != over {
				t.Errorf("missed %s ago: %v, %v", ago, sighting, err)
			}
			if p.Looked.Sub(now) > time.Minute {
				t.Errorf("missed %s ago: it is waited for until %s", ago, p.Looked)
			}
		}
	}
	jobtest.Step(t, h.desk.Jobs, looks)
}

func TestReviewsThatCannotBe(t *testing.T) {
	t.Parallel()
	_, rdb := jobtest.New(t)
	server := newReviews(t)
	h := office(t, rdb, server)
	for want, args := range map[string]map[string]any{
		"nothing to say":         {"change": "4711"},
		"is not a vote":          {"change": "4711", "label": []any{"good"}},
		"two votes for Verified": {"change": "4711", "label": []any{"Verified+1", "Verified-1"}},
		"is not a change":        {"change": "../x", "message": "m"},
		"has no patch set 7":     {"change": "4711/7", "message": "m"},
		"has no such thing":      {"change": "4712", "message": "m"},
		"no Gerrit server other": {"change": "gerrit:other/4711", "message": "m"},
		"not a link to a change": {"change": "https://evil.example.org/c/p/+/4711", "message": "m"},
	} {
		if j := h.reviewIt(args); j.State != job.Failed || !strings.Contains(j.Error, want) {
			t.Errorf("%s: %s", want, jobtest.Describe(j))
		}
	}
	if server.posts != 0 {
		t.Errorf("%d were said", server.posts)
	}
	server.refuse = http.StatusConflict
	if j := h.reviewIt(map[string]any{"change": server.URL + "/c/p/q/+/4711/1", "message": "m"}); j.State != job.Failed || !strings.Contains(j.Error, "change is closed") || server.posts != 1 {
		t.Errorf("%s, said %d times", jobtest.Describe(j), server.posts)
	}
}

func TestAPatchSetIsReviewed(t *testing.T) {
	t.Parallel()
	_, rdb := jobtest.New(t)
	server := newReviews(t)
	h := office(t, rdb, server)
	if j := h.reviewIt(map[string]any{"change": "4711", "patchset": 1, "message": "m"}); j.State != job.Succeeded || server.messages[0]["_revision_number"] != 1 {
		t.Errorf("%s %v", jobtest.Describe(j), server.messages)
	}
}

func TestShowAndQuery(t *testing.T) {
	t.Parallel()
	_, rdb := jobtest.New(t)
	h := office(t, rdb, newReviews(t))
	for words, test := range map[string]struct {
		args map[string]any
		want string
	}{
		"gerrit show":  {map[string]any{"change": "4711"}, "p/q 4711: Fix <it>\nopen, by Ann, for main, patch set 2, +0 −0\nVerified: -1 Zuul\nhttp"},
		"gerrit query": {map[string]any{"query": "is:open", "limit": 5}, "4711  p/q  main  open  Ann  Fix <it>"},
	} {
		answer, err := h.calls()[words](t.Context(), command.Call{Args: test.args})
		if err != nil || !strings.Contains(answer.Text, test.want) {
			t.Errorf("%s: %q, %v", words, answer.Text, err)
		}
	}
	answer, err := h.calls()["gerrit show"](t.Context(), command.Call{Args: map[string]any{"change": "1"}})
	if err != nil || answer.Problem == nil || answer.Problem.Code != command.CodeConflict {
		t.Errorf("%+v, %v", answer, err)
	}
}

func TestFilesOfAChange(t *testing.T) {
	t.Parallel()
	_, rdb := jobtest.New(t)
	h := office(t, rdb, newReviews(t))
	for subject, want := range map[string]string{"gerrit:review/4711": "[a.go]", "gerrit:review/p/q": "[]"} {
		files, err := h.gerrit.Files(t.Context(), &event.Event{Subject: subject, Revision: nextSHA})
		if err != nil || fmt.Sprint(files) != want {
			t.Errorf("%s: %v, %v", subject, files, err)
		}
	}
	if _, err := h.gerrit.Files(t.Context(), &event.Event{Subject: "gerrit:other/1"}); err == nil {
		t.Error("a server that is not there was asked")
	}
}

func TestNoGerrit(t *testing.T) {
	t.Parallel()
	_, rdb := jobtest.New(t)
	h := newHall(t, rdb, "  []\n")
	if err := h.withGerrit(); err != nil {
		t.Fatal(err)
	}
	answer, err := h.calls()["gerrit query"](t.Context(), command.Call{})
	if err != nil || answer.Problem == nil || answer.Problem.Code != command.CodeMissing {
		t.Errorf("%+v, %v", answer, err)
	}
	if j := h.reviewIt(map[string]any{"change": "1", "message": "m"}); j.State != job.Failed || j.Error != noGerrit {
		t.Error(jobtest.Describe(j))
	}
}

// TestALinkIsReadInAnyCase: people and programs write a host as they like; a path is not so free.
func TestALinkIsReadInAnyCase(t *testing.T) {
	t.Parallel()
	g := &gerrits{
		section: &gerrit.Section{Servers: []*gerrit.Server{{Name: "review", URL: "https://review.example.org/r"}}},
		clients: map[string]*gerrit.Client{"review": {}},
	}
	for link, want := range map[string]string{
		"https://review.example.org/r/c/p/q/+/4711/2": "p%2Fq~4711",
		"https://Review.Example.ORG/r/c/p/q/+/4711":   "p%2Fq~4711",
		"https://review.example.net/r/c/p/q/+/4711":   "",
		"https://review.example.or":                   "",
	} {
		found, err := g.findLink(link)
		if found.id != want || (err == nil) != (want != "") {
			t.Errorf("%s: %+v %v", link, found, err)
		}
	}
}
