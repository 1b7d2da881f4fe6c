package remote

import (
	"context"
	"io"
	"net/http"
)

// errorHeader is where guard puts Jenkins' X-Error, on which gojenkins would drop the rest of the answer.
const errorHeader = "X-Handsoff-Error"

// allowance bounds the body of one answer. The request's context carries it to guard.
type allowance struct {
	left int64
	cut  bool // the body was longer
}

type allowanceKey struct{}

func withAllowance(ctx context.Context, limit int64) (context.Context, *allowance) {
	a := &allowance{left: limit}
	return context.WithValue(ctx, allowanceKey{}, a), a
}

// guard stands between gojenkins and the network: it bounds bodies and keeps Jenkins' error header readable.
type guard struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (g guard) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := g.next.RoundTrip(request)
	if err != nil {
		return nil, err // http.Client wraps it with the method and address
	}
	if text := response.Header.Get("X-Error"); text != "" {
		response.Header.Del("X-Error")
		response.Header.Set(errorHeader, text)
	}
	if a, ok := request.Context().Value(allowanceKey{}).(*allowance); ok {
		response.Body = &boundedBody{ReadCloser: response.Body, allowance: a}
	}
	return response, nil
}

// boundedBody ends after its allowance, and notes that there was more.
type boundedBody struct {
	io.ReadCloser
	*allowance
}

// Read implements io.Reader.
func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		var one [1]byte
		if n, _ := b.ReadCloser.Read(one[:]); n > 0 {
			b.cut = true
		}
		return 0, io.EOF
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	return n, err // io.EOF must stay itself
}
