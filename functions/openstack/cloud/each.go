package cloud

import (
	"context"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
)

// Reply is what one cloud answered.
type Reply[T any] struct {
	Cloud *Cloud
	Value T
	Err   error // a *Fault, or whatever ask returned
}

// Each asks clouds side by side, each for at most patience, and gives their replies in the clouds' order. A cloud that does not
// answer holds nobody up, even where ask does not heed its context.
func Each[T any](ctx context.Context, clouds []*Cloud, patience time.Duration, ask func(context.Context, *Cloud) (T, error)) []Reply[T] {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	pending := make([]chan Reply[T], len(clouds))
	for i, c := range clouds {
		pending[i] = make(chan Reply[T], 1) // whoever comes late leaves its answer there
		go func() {
			value, err := ask(ctx, c)
			pending[i] <- Reply[T]{Cloud: c, Value: value, Err: err}
		}()
	}
	replies := make([]Reply[T], len(clouds))
	for i, c := range clouds {
		replies[i] = await(ctx, c, pending[i], patience)
	}
	return replies
}

// grace is how long a cloud has after its time to say itself how far it came.
const grace = 100 * time.Millisecond

func await[T any](ctx context.Context, c *Cloud, pending <-chan Reply[T], patience time.Duration) Reply[T] {
	select {
	case reply := <-pending:
		return reply
	case <-ctx.Done():
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case reply := <-pending:
		return reply
	case <-timer.C:
		return Reply[T]{Cloud: c, Err: &Fault{
			Kind: Lost, Cloud: c.Name(), Message: "nothing within " + chat.Duration(patience), Err: context.Cause(ctx),
		}}
	}
}
