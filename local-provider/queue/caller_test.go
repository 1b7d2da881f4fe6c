package queue_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/local-provider/queue"
)

// call is one delivery that a test sees.
type call struct {
	function, body string
	request        *http.Request
	// answer takes what the function is to answer.
	answer chan<- answer
}

type answer struct {
	status int
	header http.Header
	body   string
	err    error
}

// stage is a queue whose functions are the test itself.
type stage struct {
	*queue.Queue

	calls chan call
	stop  func()
}

// Do hands each call to the test, and answers as the test says.
func (s *stage) Do(name string, request *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(request.Body)
	answers := make(chan answer, 1)
	select {
	case s.calls <- call{name, string(body), request, answers}:
	case <-request.Context().Done():
		return nil, request.Context().Err()
	}
	select {
	case a := <-answers:
		if a.err != nil {
			return nil, a.err
		}
		if a.header == nil {
			a.header = http.Header{}
		}
		return &http.Response{StatusCode: a.status, Header: a.header, Body: io.NopCloser(strings.NewReader(a.body))}, nil
	case <-request.Context().Done():
		return nil, request.Context().Err()
	}
}

func newStage(t *testing.T, client *redis.Client, o queue.Options) *stage {
	t.Helper()
	if o.Worker == "" {
		o.Worker = "w"
	}
	if o.Base == 0 {
		o.Base = time.Millisecond
	}
	s := &stage{calls: make(chan call)}
	s.Queue = queue.New(client, s, o)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { s.Run(ctx, 0) })
	s.stop = func() {
		cancel()
		running.Wait()
	}
	t.Cleanup(s.stop)
	return s
}

func (s *stage) put(t *testing.T, function, body string) {
	t.Helper()
	if err := s.Put(t.Context(), queue.Request{Function: function, Path: "/p", Query: "q=1", Body: []byte(body)}); err != nil {
		t.Fatal(err)
	}
}

// next is the next delivery.
func (s *stage) next(t *testing.T) call {
	t.Helper()
	select {
	case c := <-s.calls:
		return c
	case <-time.After(2 * time.Minute):
		t.Fatal("nothing is delivered")
		return call{}
	}
}

// silent checks that nothing is delivered for a while.
func (s *stage) silent(t *testing.T) {
	t.Helper()
	select {
	case c := <-s.calls:
		t.Errorf("%s %q is delivered too", c.function, c.body)
	case <-time.After(100 * time.Millisecond):
	}
}

func (c call) reply(status int) { c.answer <- answer{status: status} }

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for !condition() {
		if time.Now().After(deadline) {
			t.Fatalf("it never came true that %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}
