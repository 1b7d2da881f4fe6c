package function

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
)

// errEnded is the reason when a process ends instead of becoming ready.
var errEnded = errors.New("its process ended before it was ready; see its log")

// prober asks one process on the loopback interface; nothing is kept open between two questions.
var prober = &http.Client{
	Timeout: 2 * time.Second,
	Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext:       (&net.Dialer{Timeout: time.Second}).DialContext,
	},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// awaitReady asks until the process says that it is ready, has ended, or ctx is done.
func awaitReady(ctx context.Context, address string, exited <-chan struct{}) error {
	pause := time.Millisecond
	var last error
	for {
		if last = probe(ctx, address); last == nil {
			return nil
		}
		select {
		case <-exited:
			return errEnded
		case <-ctx.Done():
			return fmt.Errorf("it was not ready within %s (%w); it must answer GET /_/health or /_/ready with 200 on the "+
				"port that its environment variable \"port\" names", chat.Duration(startLimit), last)
		case <-time.After(pause):
			pause = min(pause*5/4+time.Millisecond/4, 50*time.Millisecond)
		}
	}
}

// probe asks /_/ready, and /_/health of a function that does not know the former.
func probe(ctx context.Context, address string) error {
	status, err := get(ctx, "http://"+address+"/_/ready")
	if err == nil && status == http.StatusNotFound {
		status, err = get(ctx, "http://"+address+"/_/health")
	}
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("it answered %d", status)
	}
	return nil
}

func get(ctx context.Context, url string) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0, fmt.Errorf("ask %s: %w", url, err)
	}
	response, err := prober.Do(request)
	if err != nil {
		return 0, fmt.Errorf("it does not answer: %w", err)
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<16))
	_ = response.Body.Close()
	return response.StatusCode, nil
}
