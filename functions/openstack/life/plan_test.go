package life

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
	"github.com/handsoff/handsoff/shared/command"
)

// dead is a cloud that never answers, and does not let time pass: it notes for how long it would have been waited for.
type dead struct{ waits chan time.Duration }

// RoundTrip implements http.RoundTripper.
func (d dead) RoundTrip(r *http.Request) (*http.Response, error) {
	wait := time.Duration(-1)
	if end, has := r.Context().Deadline(); has {
		wait = time.Until(end)
	}
	d.waits <- wait
	return nil, context.DeadlineExceeded
}

// A plan takes no longer than whoever asked for it waits: a cloud that is dead is named.
func TestAPlanAtADeadCloud(t *testing.T) {
	t.Parallel()
	server := sandbox.New(sandbox.Options{URL: "http://lab.example.org"})
	defer server.Close()
	way := dead{make(chan time.Duration, 100)}
	clouds, err := cloud.New(cloudtest.Section(), func(string) ([]byte, error) { return server.CloudsYAML("http://lab.example.org"), nil }, cloud.Options{Transport: way})
	if err != nil {
		t.Fatal(err)
	}
	defer clouds.Close()
	b := benchWith(t, clouds, nil)
	answer, err := b.life(b.store, b.rdb).plan(t.Context(), command.Call{Command: planWords, Principal: "telnet:ann", Args: map[string]any{"name": "demo"}})
	if err != nil || answer.Problem == nil || answer.Problem.Code != command.CodeUnavailable || !strings.HasPrefix(answer.Text, "lab's identity service ") {
		t.Errorf("%v %+v", err, answer)
	}
	if len(way.waits) == 0 {
		t.Fatal("it was not asked")
	}
	for range len(way.waits) {
		if wait := <-way.waits; wait < 0 || wait > planWithin {
			t.Errorf("it would have been waited for %s", wait)
		}
	}
}
