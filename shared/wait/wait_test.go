package wait_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/handsoff/handsoff/shared/wait"
)

func TestFor(t *testing.T) {
	t.Parallel()
	var tasks sync.WaitGroup
	if err := wait.For(t.Context(), &tasks); err != nil {
		t.Error("nothing to wait for:", err)
	}
	end := make(chan struct{})
	tasks.Go(func() { <-end })
	impatient, stop := context.WithCancelCause(t.Context())
	reason := errors.New("it takes too long")
	stop(reason)
	if err := wait.For(impatient, &tasks); !errors.Is(err, reason) {
		t.Error("while a task runs:", err)
	}
	close(end)
	if err := wait.For(t.Context(), &tasks); err != nil {
		t.Error("when it is over:", err)
	}
}
