package github

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"

	"github.com/handsoff/handsoff/shared/webapi"
)

const (
	defaultTimeout = 10 * time.Second
	// maxAnswer is how many bytes of one answer are read.
	maxAnswer = 10 << 20
	// maxRefusal is how many bytes are read of an answer that is an error.
	maxRefusal = 64 << 10
	// redirects is how many are followed: GitHub redirects what was renamed.
	redirects = 3
)

// sameHost follows redirects that stay where the API is and repeat the request: of a write that became a read, nothing
// would be written and nobody told.
func sameHost(r *http.Request, via []*http.Request) error {
	first := via[0]
	if len(via) > redirects || r.URL.Host != first.URL.Host || r.URL.Scheme != first.URL.Scheme || r.Method != first.Method {
		return http.ErrUseLastResponse
	}
	return nil
}

// atHome sends requests to the API's host, and to no other: what is below it adds a token to any request.
type atHome struct {
	api  *url.URL
	next http.RoundTripper
}

// RoundTrip sends a request.
func (h atHome) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != h.api.Host || r.URL.Scheme != h.api.Scheme {
		closeBody(r)
		return nil, errors.New("this is not an address of the API")
	}
	return h.next.RoundTrip(r)
}

// withToken adds a token.
type withToken struct {
	token string
	next  http.RoundTripper
}

// RoundTrip sends a request.
func (t withToken) RoundTrip(r *http.Request) (*http.Response, error) {
	mine := r.Clone(r.Context())
	mine.Header.Set("Authorization", "Bearer "+t.token)
	return t.next.RoundTrip(mine)
}

// cloned gives what is below it a request of its own: ghinstallation's transport for an App writes into the one it is given.
type cloned struct{ next http.RoundTripper }

// RoundTrip sends a request.
func (c cloned) RoundTrip(r *http.Request) (*http.Response, error) {
	return c.next.RoundTrip(r.Clone(r.Context()))
}

// renewing gets an installation's token before the request, so that whoever waits for a new one waits no longer than its own
// context: ghinstallation holds a lock over the call.
type renewing struct {
	turn chan struct{} // holds one while nobody asks for the token
	next *ghinstallation.Transport
}

func ready() chan struct{} {
	turn := make(chan struct{}, 1)
	turn <- struct{}{}
	return turn
}

// RoundTrip sends a request.
func (r *renewing) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := r.renew(request.Context()); err != nil {
		closeBody(request)
		return nil, err
	}
	return r.next.RoundTrip(request)
}

func (r *renewing) renew(ctx context.Context) error {
	select {
	case <-r.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { r.turn <- struct{}{} }()
	_, err := r.next.Token(ctx)
	return err
}

// limited lets nobody read more of an answer than maxAnswer, and has read one that is an error: ghinstallation closes none
// of those.
type limited struct{ next http.RoundTripper }

// RoundTrip sends a request.
func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := l.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode >= http.StatusBadRequest {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, maxRefusal)) // what there is of it says enough
		_ = answer.Body.Close()
		answer.Body = io.NopCloser(bytes.NewReader(text))
		return answer, nil
	}
	answer.Body = webapi.Limit(answer.Body, maxAnswer)
	return answer, nil
}

// peek reads the beginning of an error's body and puts it back.
func peek(answer *http.Response) string {
	text, _ := io.ReadAll(answer.Body) // limited has read it before
	answer.Body = io.NopCloser(bytes.NewReader(text))
	return strings.ToValidUTF8(string(text), "")
}
