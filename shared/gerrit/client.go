package gerrit

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/handsoff/handsoff/shared/function"
)

const (
	// maxAnswer bounds an answer, in bytes.
	maxAnswer = 10 << 20
	// maxComplaint bounds what is read of an answer that says why something failed.
	maxComplaint = 4 << 10
	// maxRedirects is how often a server may send us on.
	maxRedirects = 3
)

// Client speaks to one Gerrit. It is safe for concurrent use.
type Client struct {
	server *Server
	secret func(name string) ([]byte, error)
	http   *http.Client
	ahead  atomic.Int64 // how far the server's clock was ahead of ours at its last answer, a time.Duration
}

// Options are for tests and for those who have a transport.
type Options struct {
	Transport http.RoundTripper // nil for one of its own
}

// New makes a client for a server that [Read] gave; it sends nothing. secret reads a secret at every request, so that a
// password may be replaced; nil speaks anonymously.
func New(s *Server, secret func(name string) ([]byte, error), o Options) *Client {
	transport := o.Transport
	if transport == nil {
		transport = &http.Transport{
			Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: 10 * time.Second,
			MaxIdleConnsPerHost: 4, IdleConnTimeout: 30 * time.Second, ForceAttemptHTTP2: true,
		}
	}
	return &Client{server: s, secret: secret, http: &http.Client{Transport: transport, CheckRedirect: sameHost}}
}

// Anonymous is a client for a site that is only read from, and that need not be in the configuration. url is without a
// slash at its end; timeout bounds a request.
func Anonymous(url string, timeout time.Duration, transport http.RoundTripper) *Client {
	host := strings.TrimPrefix(strings.TrimPrefix(url, "https://"), "http://")
	return New(&Server{Name: host, URL: url, Timeout: timeout}, nil, Options{Transport: transport})
}

// Server is the server it speaks to.
func (c *Client) Server() *Server { return c.server }

// Close ends idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Now is the time by the server's clock, as far as its last answer told it, to the second; ours before there was any.
func (c *Client) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// clock takes the server's time from an answer.
func (c *Client) clock(res *http.Response) {
	if at, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		c.ahead.Store(int64(time.Until(at).Truncate(time.Second)))
	}
}

// password is the account's; empty to speak anonymously.
func (c *Client) password() (string, error) {
	if c.secret == nil || c.server.Password == "" {
		return "", nil
	}
	text, err := c.secret(c.server.Password)
	if errors.Is(err, function.ErrNoSecret) && c.server.optional {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// sameHost lets a server send us on within itself only.
func sameHost(req *http.Request, via []*http.Request) error {
	switch {
	case len(via) > maxRedirects:
		return errors.New("too many redirects")
	case req.URL.Host != via[0].URL.Host || req.URL.Scheme != via[0].URL.Scheme:
		return errors.New("a redirect to another host is not followed")
	}
	return nil
}
