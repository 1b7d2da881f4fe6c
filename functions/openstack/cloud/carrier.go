package cloud

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

const (
	// maxAnswer bounds the body of an answer, in bytes.
	maxAnswer = 32 << 20
	// tries is how often at most a request that only reads is sent.
	tries = 3
	// longestWait is how long a request waits at most because the cloud asked for it; longer is the caller's to decide.
	longestWait = 10 * time.Second
)

// carrier carries a session's requests. It knows what surely was not sent, repeats what may be repeated, and lets no token go
// where the catalogue does not lead.
type carrier struct {
	site  *site
	hosts atomic.Pointer[map[string]string] // host → scheme, of the addresses that were told by Keystone
}

func newCarrier(s *site) *carrier { return &carrier{site: s} }

// trust lets requests with a token go to the catalogue's addresses.
func (c *carrier) trust(g *Grant) {
	hosts := map[string]string{}
	addresses := []string{g.login}
	for _, e := range g.Offers {
		addresses = append(addresses, e.URL)
	}
	for _, address := range addresses {
		if u, err := url.Parse(address); err == nil && hosts[u.Host] != "https" {
			hosts[u.Host] = u.Scheme
		}
	}
	c.hosts.Store(&hosts)
}

// client makes an HTTP client that follows no redirect: a token must not follow one.
func (c *carrier) client() http.Client {
	return http.Client{Transport: c, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// RoundTrip implements http.RoundTripper.
func (c *carrier) RoundTrip(r *http.Request) (*http.Response, error) {
	service := Service(r.Header.Get(serviceHeader))
	r = r.Clone(r.Context())
	r.Header.Del(serviceHeader)
	if err := c.admit(r, service); err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		response, err := c.once(r, service)
		wait, again := c.again(r, response, err, try)
		if !again {
			return response, err
		}
		if response != nil {
			_, _ = io.Copy(io.Discard, response.Body) // bounded; what matters is that the connection can be used again
			_ = response.Body.Close()
		}
		if err := sleep(r.Context(), wait); err != nil {
			return nil, c.fault(r.Context(), service, false, err)
		}
		if r, err = rewound(r); err != nil {
			return nil, err
		}
	}
}

// admit refuses to carry a token to where Keystone has not sent us. Behind a proxy that ends TLS, services link to their next page
// without it; such a link is followed with it.
func (c *carrier) admit(r *http.Request, service Service) error {
	if r.Header.Get("X-Auth-Token") == "" {
		return nil
	}
	hosts := c.hosts.Load()
	if hosts == nil {
		return nil // the first login's own answer
	}
	scheme, known := (*hosts)[r.URL.Host]
	if !known {
		return &Fault{
			Kind: Odd, Cloud: c.site.name, Service: service, Message: "it leads to another host than the catalogue names",
			Advice: "The service's own idea of its address is wrong, most likely: see its public_endpoint.",
		}
	}
	r.URL.Scheme = scheme
	return nil
}

// once sends a request, within its time limit.
func (c *carrier) once(r *http.Request, service Service) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(r.Context(), c.site.clouds.section.Timeout)
	var sent atomic.Bool
	trace := &httptrace.ClientTrace{
		WroteHeaders: func() { sent.Store(true) },
	}
	response, err := c.site.base.RoundTrip(r.WithContext(httptrace.WithClientTrace(ctx, trace)))
	if err != nil {
		defer cancel()
		return nil, c.fault(ctx, service, sent.Load(), err)
	}
	if response.Header == nil {
		response.Header = http.Header{}
	}
	response.Header.Set(cloudHeader, c.site.name)
	response.Header.Set(serviceHeader, string(service))
	response.Body = &bounded{Reader: response.Body, Closer: response.Body, left: maxAnswer, end: cancel, fault: func(err error) error {
		return c.fault(ctx, service, true, err)
	}}
	return response, nil
}

// fault makes a Fault of a request that failed on the way.
func (c *carrier) fault(ctx context.Context, service Service, sent bool, err error) *Fault {
	if f, ok := found(err); ok {
		return f
	}
	f := &Fault{Kind: Away, Cloud: c.site.name, Service: service, Message: reason(ctx, err), Err: err}
	if sent {
		f.Kind = Lost
	}
	return f
}

// again says whether, and after how long, a request is to be sent again.
func (c *carrier) again(r *http.Request, response *http.Response, err error, try int) (time.Duration, bool) {
	if try == tries || r.Context().Err() != nil || !repeatable(r) {
		return 0, false
	}
	if err != nil {
		return backOff(try), true
	}
	asked := retryAfter(response.Header, c.site.clouds.options.Now())
	switch response.StatusCode {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusRequestEntityTooLarge:
		if response.StatusCode == http.StatusRequestEntityTooLarge && asked == 0 {
			return 0, false // a full quota
		}
		return max(asked, backOff(try)), asked <= longestWait
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
		return backOff(try), true
	}
	return 0, false
}

// repeatable reports whether a request may be sent twice: it only reads, or asks for a token.
func repeatable(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead ||
		r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/v3/auth/tokens") && r.GetBody != nil
}

// backOff is how long to wait before another try: about 0.2 s, then 0.8 s.
func backOff(try int) time.Duration {
	base := 200 * time.Millisecond << (2 * (try - 1))
	return base + rand.N(base/2)
}

// rewound is the request as it was before it was sent.
func rewound(r *http.Request) (*http.Request, error) {
	next := r.Clone(r.Context())
	if r.GetBody == nil {
		return next, nil
	}
	body, err := r.GetBody()
	next.Body = body
	return next, err
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// errTooLarge says that an answer was larger than we read.
var errTooLarge = errors.New("the answer is larger than is read")

// bounded is a body that ends its request's time limit when it is closed.
type bounded struct {
	io.Reader
	io.Closer

	left  int64
	end   context.CancelFunc
	fault func(error) error
}

// Read implements io.Reader. What breaks off is a Fault, so that nobody takes a part for the whole.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, &Fault{Kind: Odd, Message: "it is larger than is read", Err: errTooLarge}
	}
	n, err := b.Reader.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = b.fault(err)
	}
	return n, err
}

// Close implements io.Closer.
func (b *bounded) Close() error {
	defer b.end()
	return b.Closer.Close()
}
