// Package invoke calls functions: for requests from outside, for the queue and for the clock, by one and the same way.
package invoke

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/handsoff/handsoff/local-provider/function"
)

// The reasons for which a call is cut short.
var (
	// ErrExecTimeout is the end of exec_timeout, or of a shorter X-Timeout.
	ErrExecTimeout = errors.New("the function did not answer within its exec_timeout")
	// ErrWriteTimeout is the end of write_timeout.
	ErrWriteTimeout = errors.New("the function's answer was not complete within its write_timeout")
	// ErrReadTimeout is the end of read_timeout.
	ErrReadTimeout = errors.New("the request was not complete within the function's read_timeout")
	// ErrUnreachable wraps a connection that failed: the process ended while it served the call.
	ErrUnreachable = errors.New("the function's process broke off")
)

// dialTries bounds how often a process that has just ended is replaced by another for the same call.
const dialTries = 5

// Functions is where processes come from.
type Functions interface {
	Acquire(ctx context.Context, name string) (*function.Lease, error)
}

// Invoker calls functions.
type Invoker struct {
	functions Functions
	transport *http.Transport
}

// New returns an invoker. Connections to processes are kept open between calls.
func New(functions Functions) *Invoker {
	return &Invoker{functions: functions, transport: &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     30 * time.Second,
		// What a function answers is passed on as it is, compressed or not.
		DisableCompression: true,
		WriteBufferSize:    8 << 10,
		ReadBufferSize:     8 << 10,
	}}
}

// Close drops the idle connections.
func (i *Invoker) Close() { i.transport.CloseIdleConnections() }

// Do sends a request to a function; the URL's host is replaced by a process' address. The process is in use until the
// answer's body is closed. Timeouts of the function's environment and X-Timeout bound the call: the error is, or the
// body's reading fails with, one of this package's errors.
func (i *Invoker) Do(name string, request *http.Request) (*http.Response, error) {
	body := &replayable{ReadCloser: request.Body, limit: readLimit(request.Context())}
	for try := 1; ; try++ {
		lease, err := i.functions.Acquire(request.Context(), name)
		if err != nil {
			return nil, err
		}
		response, err := i.call(lease, request, body)
		if err == nil {
			return response, nil
		}
		lease.Release()
		if !neverSent(err) || body.touched.Load() || try == dialTries {
			return nil, err
		}
		// The process has ended and the pool is about to see it.
		select {
		case <-lease.Exited():
		case <-time.After(50 * time.Millisecond):
		case <-request.Context().Done():
		}
	}
}

func (i *Invoker) call(lease *function.Lease, request *http.Request, body *replayable) (*http.Response, error) {
	ctx, cancel := bounded(request, lease.Timeouts)
	out := request.Clone(ctx)
	out.URL.Scheme, out.URL.Host = "http", lease.Address
	out.RequestURI = ""
	if request.Body != nil && request.Body != http.NoBody {
		body.begin(lease.Timeouts.Read)
		out.Body = body
	}
	response, err := i.transport.RoundTrip(out)
	if err != nil {
		cause := context.Cause(ctx)
		cancel()
		body.end()
		if body.late.Load() {
			return nil, fmt.Errorf("%w: %w", ErrReadTimeout, err)
		}
		if cause != nil {
			return nil, fmt.Errorf("%w: %w", cause, err)
		}
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	response.Body = hold(ctx, response.Body, func() {
		cancel()
		body.end()
		lease.Release()
	})
	return response, nil
}

// bounded gives a call its time. X-Timeout can only shorten exec_timeout, as with of-watchdog.
func bounded(request *http.Request, limits function.Timeouts) (context.Context, context.CancelFunc) {
	exec := limits.Exec
	if asked, err := time.ParseDuration(request.Header.Get("X-Timeout")); err == nil && asked > 0 &&
		(exec == 0 || asked < exec) {
		exec = asked
	}
	ctx, cancel := request.Context(), context.CancelFunc(func() {})
	if exec > 0 {
		ctx, cancel = context.WithTimeoutCause(ctx, exec, ErrExecTimeout)
	}
	if limits.Write > 0 {
		outer := cancel
		inner, stop := context.WithTimeoutCause(ctx, limits.Write, ErrWriteTimeout)
		return inner, func() { stop(); outer() }
	}
	return ctx, cancel
}

// neverSent reports an error of the connecting: the function has seen nothing of the request.
func neverSent(err error) bool {
	var failed *net.OpError
	return errors.As(err, &failed) && failed.Op == "dial"
}
