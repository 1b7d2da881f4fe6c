package queue

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/handsoff/handsoff/local-provider/invoke"
)

const (
	// callbackTries is how often a result is offered; callbackPause is the first pause between, doubled each time.
	callbackTries = 3
	callbackPause = 250 * time.Millisecond
)

// callback sends a result to where the caller wanted it. A callback that cannot be reached is given up after a few
// tries: the call itself was made, and is not made again because nobody hears of it.
func (d *delivery) callback(ctx context.Context, m *Message, r result) {
	if m.Callback == "" {
		return
	}
	pause := callbackPause
	for try := 1; ; try++ {
		err := d.post(ctx, m, r)
		if err == nil {
			return
		}
		if try == callbackTries || ctx.Err() != nil {
			slog.Warn("the result of a call cannot be delivered", "function", m.Function, "id", m.ID, "error", err)
			return
		}
		rest(ctx, pause)
		pause *= 2
	}
}

func (d *delivery) post(ctx context.Context, m *Message, r result) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, m.Callback, bytes.NewReader(r.body))
	if err != nil {
		return fmt.Errorf("send the result: %w", err)
	}
	if kind := r.header.Get("Content-Type"); kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	request.Header.Set("X-Function-Name", m.Function)
	request.Header.Set("X-Function-Status", strconv.Itoa(r.status))
	request.Header.Set(invoke.HeaderDuration, fmt.Sprintf("%f", r.took.Seconds()))
	for _, name := range []string{invoke.HeaderCallID, invoke.HeaderHops} {
		if value := m.Header.Get(name); value != "" {
			request.Header.Set(name, value)
		}
	}
	response, err := d.callbacks.Do(request)
	if err != nil {
		return fmt.Errorf("send the result: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, MaxBody))
	if response.StatusCode >= http.StatusInternalServerError || response.StatusCode == http.StatusTooManyRequests {
		return fmt.Errorf("send the result: the receiver answered %d", response.StatusCode)
	}
	return nil
}
