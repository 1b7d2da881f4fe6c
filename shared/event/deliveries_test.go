package event_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestAQuietSourceIsFound among all that is kept of a loud one.
func TestAQuietSourceIsFound(t *testing.T) {
	t.Parallel()
	_, rdb := jobtest.New(t)
	box := event.Box(rdb)
	const kept = 2000
	list := make([]inbox.Delivery, kept+1)
	for i := range list {
		source := "github"
		if i < 2 {
			source = "gerrit"
		}
		e := &event.Event{ID: fmt.Sprintf("%s-%d", source, i), Topic: source + ".x", Source: source, Subject: "one after the other"}
		var err error
		if list[i], err = e.Delivery(); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := box.PutAll(t.Context(), list, nil); err != nil {
		t.Fatal(err)
	}
	w := inbox.NewWorker(box, func(context.Context, *inbox.Claim) error { return nil }, inbox.WorkerOptions{})
	defer func() { _ = w.Stop(context.WithoutCancel(t.Context())) }()
	jobtest.Eventually(t, "all to be dealt with", func() bool {
		n, err := box.Waiting(t.Context())
		return err == nil && n == 0
	})
	found, err := event.Deliveries(t.Context(), rdb, "gerrit", 5)
	if err != nil || len(found) != 1 || found[0].ID != "gerrit-1" { // the one before fell off
		t.Errorf("%+v %v", found, err)
	}
}
