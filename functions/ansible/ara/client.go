// Package ara speaks to an ARA API server (1.x), which records what Ansible did: https://ara.readthedocs.io/en/latest/api-documentation.html.
package ara

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Options say where a server is.
type Options struct {
	URL       string // of the API, http://127.0.0.1:8000
	PublicURL string // as people reach it; empty when it is the same
	User      string // for HTTP basic authentication; empty for none
	Password  func() ([]byte, error)
	Timeout   time.Duration     // of one request; 0 is five seconds
	Transport http.RoundTripper // nil for the usual one
}

// Client asks a server. Its methods may be called from many goroutines; all of them give an *Error.
type Client struct {
	base, public string
	opts         Options
	http         *http.Client
}

// New makes a client. Nothing is asked yet.
func New(opts Options) (*Client, error) {
	base, err := clean(opts.URL)
	if err != nil {
		return nil, fmt.Errorf("ara.url: %w", err)
	}
	public := base
	if opts.PublicURL != "" {
		if public, err = clean(opts.PublicURL); err != nil {
			return nil, fmt.Errorf("ara.public_url: %w", err)
		}
	}
	if opts.Timeout <= 0 {
		opts.Timeout = 5 * time.Second
	}
	return &Client{base: base, public: public, opts: opts, http: &http.Client{
		Timeout: opts.Timeout, Transport: opts.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // credentials stay here
	}}, nil
}

func clean(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", errors.New("an address like http://ara.example.org:8000 is needed")
	}
	if u.User != nil {
		return "", errors.New("a user and a password do not belong into the address; write user, and password with the name of a secret")
	}
	return strings.TrimRight(text, "/"), nil
}

// URL is the server's address for programs.
func (c *Client) URL() string { return c.base }

// Public is the server's address for people.
func (c *Client) Public() string { return c.public }

// HangUp lets go of its connections.
func (c *Client) HangUp() { c.http.CloseIdleConnections() }

// Error is an answer that was none, or a refusal.
type Error struct {
	What   string // "read playbook 12"
	Status int    // of HTTP; 0 when nobody answered
	Text   string
}

func (e *Error) Error() string {
	if e.Status == 0 {
		return fmt.Sprintf("ARA does not answer (%s): %s", e.What, e.Text)
	}
	return fmt.Sprintf("ARA answers %d %s (%s)", e.Status, http.StatusText(e.Status), e.What)
}

// Missing reports whether an error says that there is no such thing.
func Missing(err error) bool {
	fault, ok := errors.AsType[*Error](err)
	return ok && fault.Status == http.StatusNotFound
}

// maxAnswer bounds an answer, in bytes.
const maxAnswer = 8 << 20

// ask makes one request; in and out may be nil.
func (c *Client) ask(ctx context.Context, what, method, path string, in, out any) error {
	var body io.Reader = http.NoBody
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+"/api/v1/"+path, body)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	request.Header.Set("Accept", "application/json")
	if in != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if err := c.sign(request); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return &Error{What: what, Text: brief(err)}
	}
	defer func() { _ = response.Body.Close() }() // only read
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return &Error{What: what, Text: brief(err)}
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return &Error{What: what, Status: response.StatusCode}
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return &Error{What: what, Text: "what answers at " + c.base + " is no ARA API server"}
	}
	return nil
}

func (c *Client) sign(request *http.Request) error {
	if c.opts.User == "" || c.opts.Password == nil {
		return nil
	}
	password, err := c.opts.Password()
	if err != nil {
		return err
	}
	request.SetBasicAuth(c.opts.User, string(password))
	return nil
}

// brief is why nobody answered, without the address that the caller knows.
func brief(err error) string {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if n, ok := errors.AsType[net.Error](err); ok && n.Timeout() {
		return "it took too long"
	}
	return err.Error()
}

// Ping asks whether a server is there.
func (c *Client) Ping(ctx context.Context) error {
	return c.ask(ctx, "look for it", http.MethodGet, "", nil, new(map[string]any))
}
