package queue

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/handsoff/handsoff/local-provider/function"
)

const (
	kindDone  = "done"
	kindRetry = "retry"
	kindDead  = "dead"
	kindAgain = "again"
)

// maxResult bounds what of a function's answer is read, in bytes; more is not sent to a callback.
const maxResult = 8 << 20

// maxRetryAfter bounds the Retry-After that is honoured.
const maxRetryAfter = time.Hour

// delivery makes the calls.
type delivery struct {
	caller    Caller
	options   Options
	callbacks *http.Client
}

func newDelivery(caller Caller, o Options) *delivery {
	const callbackLimit = 30 * time.Second
	return &delivery{caller: caller, options: o, callbacks: &http.Client{
		Timeout:       callbackLimit,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// result is what a call came to.
type result struct {
	status int
	header http.Header
	body   []byte
	// after is the pause that the function, or the provider, asks for.
	after time.Duration
	err   error
	took  time.Duration
}

// run delivers a message once and says what is to become of it; false when the queue ends meanwhile.
func (d *delivery) run(ctx context.Context, m *Message) (verdict, bool) {
	if m.Broken != nil {
		return verdict{kind: kindDead, at: time.Now(), reason: "unreadable: " + m.Broken.Error()}, true
	}
	if d.options.Weak != nil {
		return d.runWeakly(ctx, m)
	}
	if m.Tries > d.options.Tries {
		return verdict{kind: kindDead, at: time.Now(), reason: "the provider ended each time it delivered this message"}, true
	}
	r := d.call(ctx, m)
	if ctx.Err() != nil {
		return verdict{}, false
	}
	v := d.judge(m, r)
	if v.kind != kindRetry {
		d.callback(ctx, m, r)
	}
	return v, ctx.Err() == nil
}

func (d *delivery) judge(m *Message, r result) verdict {
	if !again(r) {
		return verdict{kind: kindDone}
	}
	reason := fmt.Sprintf("status %d", r.status)
	if r.err != nil {
		reason = r.err.Error()
	}
	if m.Tries >= d.options.Tries {
		slog.Error("a message is given up and kept as a dead letter; see `local-provider dead-letters list`",
			"function", m.Function, "id", m.ID, "tries", m.Tries, "reason", reason)
		return verdict{kind: kindDead, at: time.Now(), reason: reason}
	}
	pause := max(r.after, d.pause(m.Tries))
	slog.Info("a message is tried again", "function", m.Function, "id", m.ID, "tries", m.Tries, "in", pause, "reason", reason)
	return verdict{kind: kindRetry, at: time.Now().Add(pause), reason: reason}
}

// again reports whether another try may help: too busy, a failure, or no connection. A function that does not exist is
// an answer (404), as it is behind the real gateway.
func again(r result) bool {
	return r.status == http.StatusTooManyRequests || r.status >= http.StatusInternalServerError
}

// pause grows by half to one and a half of the doubled base, so that messages that failed together do not come back
// together.
func (d *delivery) pause(tries int) time.Duration {
	const maxShift = 20
	whole := min(d.options.Limit, d.options.Base<<min(tries-1, maxShift))
	return whole/2 + rand.N(whole)
}

func (d *delivery) call(ctx context.Context, m *Message) result {
	began := time.Now()
	r := d.ask(ctx, m)
	r.took = time.Since(began)
	return r
}

func (d *delivery) ask(ctx context.Context, m *Message) result {
	url := "http://function" + m.Path
	if m.Query != "" {
		url += "?" + m.Query
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(m.Body))
	if err != nil {
		return result{status: http.StatusBadRequest, err: fmt.Errorf("call %s: %w", m.Function, err)}
	}
	request.Header = m.Header.Clone()
	if request.Header == nil {
		request.Header = make(http.Header)
	}
	request.Header.Set("User-Agent", "handsoff/local-provider-queue")
	response, err := d.caller.Do(m.Function, request)
	if err != nil {
		return failed(m, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxResult))
	if err != nil {
		return result{status: http.StatusServiceUnavailable, err: fmt.Errorf("read what %s answers: %w", m.Function, err)}
	}
	return result{
		status: response.StatusCode, header: response.Header, body: body,
		after: retryAfter(response.Header.Get("Retry-After"), time.Now()),
	}
}

func failed(m *Message, err error) result {
	var backingOff *function.BackingOffError
	switch {
	case errors.Is(err, function.ErrNotDeployed):
		slog.Warn("a message is for a function that does not exist, and is dropped", "function", m.Function, "id", m.ID)
		return result{status: http.StatusNotFound, err: err}
	case errors.As(err, &backingOff):
		return result{status: http.StatusServiceUnavailable, after: backingOff.After, err: err}
	default:
		return result{status: http.StatusServiceUnavailable, err: err}
	}
}

// retryAfter reads seconds or a date (RFC 9110, 10.2.3); 0 when there is none.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, maxRetryAfter)
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(0, at.Sub(now)), maxRetryAfter)
	}
	return 0
}
