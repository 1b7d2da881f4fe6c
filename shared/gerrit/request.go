package gerrit

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/webapi"
)

// guard stands before every JSON answer of Gerrit, so that no page can include it as a script
// (https://gerrit-review.googlesource.com/Documentation/rest-api.html#output).
var guard = []byte(")]}'")

// ask is one request.
type ask struct {
	doing  string // "read change 4711"
	method string // GET when empty
	path   string // below the root, escaped, with its query: "changes/4711/detail"
	body   any    // sent as JSON; nil for none
}

// call makes a request and decodes the answer into v, unless that is nil.
func (c *Client) call(ctx context.Context, a ask, v any) error {
	ctx, cancel := context.WithTimeout(ctx, c.server.Timeout)
	defer cancel()
	res, err := c.send(ctx, a)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }() // only read
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return c.broken(ctx, a, err)
	}
	if len(body) > maxAnswer {
		return &Error{Kind: Invalid, Server: c.server.Name, Doing: a.doing, Detail: "its answer is larger than we read", Err: ErrTooLarge}
	}
	if v == nil {
		return nil
	}
	if !bytes.HasPrefix(body, guard) {
		// A log-in page of a proxy comes with status 200 as well.
		return c.fault(a, Down, "it gave an answer that is not from its API")
	}
	if err := json.Unmarshal(body[len(guard):], v); err != nil {
		return c.fault(a, Down, "its answer is garbled")
	}
	return nil
}

// send makes a request; its answer is a good one, and must be closed.
func (c *Client) send(ctx context.Context, a ask) (*http.Response, error) {
	req, err := c.request(ctx, a)
	if err != nil {
		return nil, err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, c.broken(ctx, a, err)
	}
	c.clock(res)
	if res.StatusCode >= http.StatusOK && res.StatusCode < http.StatusMultipleChoices {
		return res, nil
	}
	defer func() { _ = res.Body.Close() }() // only read
	text, _ := io.ReadAll(io.LimitReader(res.Body, maxComplaint))
	return nil, c.refusal(a, res, text)
}

func (c *Client) request(ctx context.Context, a ask) (*http.Request, error) {
	password, err := c.password()
	if err != nil {
		return nil, &Error{Kind: Refused, Server: c.server.Name, Doing: a.doing, Detail: "its password cannot be read", Unsent: true, Err: err}
	}
	root := c.server.URL + "/"
	if password != "" {
		root += "a/" // as somebody: https://gerrit-review.googlesource.com/Documentation/rest-api.html#authentication
	}
	var body io.Reader
	if a.body != nil {
		text, err := json.Marshal(a.body)
		if err != nil {
			return nil, c.fault(a, Invalid, "it cannot be put into JSON")
		}
		body = bytes.NewReader(text)
	}
	method := a.method
	if method == "" {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(ctx, method, root+a.path, body)
	if err != nil {
		return nil, &Error{Kind: Invalid, Server: c.server.Name, Doing: a.doing, Detail: "there is no such address", Unsent: true}
	}
	if password != "" {
		req.SetBasicAuth(c.server.User, password)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "handsoff")
	if a.body != nil {
		req.Header.Set("Content-Type", "application/json; charset=UTF-8")
	}
	return req, nil
}

func (c *Client) fault(a ask, kind Kind, detail string) *Error {
	return &Error{Kind: kind, Server: c.server.Name, Doing: a.doing, Detail: detail}
}

// refusal makes an error of an answer that is none of the good ones. Gerrit says why in a line of plain text.
func (c *Client) refusal(a ask, res *http.Response, text []byte) *Error {
	e := &Error{Kind: Invalid, Server: c.server.Name, Doing: a.doing, Status: res.StatusCode}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/plain") {
		const longest = 300
		e.Detail = chat.Brief(string(text), longest)
	}
	switch s := res.StatusCode; {
	case s == http.StatusTooManyRequests || s >= http.StatusInternalServerError:
		e.Kind, e.After = Down, after(res)
	case s == http.StatusUnauthorized || s == http.StatusForbidden:
		e.Kind = Refused
	case s == http.StatusNotFound || s == http.StatusGone:
		e.Kind = Gone
	case s < http.StatusBadRequest:
		e.Kind, e.Detail = Down, "it sends us elsewhere"
	}
	return e
}

// after reads Retry-After, in seconds; longer than an hour is not believed.
func after(res *http.Response) time.Duration {
	seconds, err := strconv.Atoi(res.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, time.Hour)
}

// broken makes an error of a request that got no whole answer. The address stays out of it.
func (c *Client) broken(ctx context.Context, a ask, err error) error {
	if address, ok := errors.AsType[*url.Error](err); ok {
		err = address.Err
	}
	e := &Error{Kind: Down, Server: c.server.Name, Doing: a.doing, Unsent: webapi.IsUnsent(err), Err: err}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.DeadlineExceeded) {
		e.Detail, e.Err = "stopped", cause
		return e
	}
	e.Detail = reason(ctx, err)
	return e
}

func reason(ctx context.Context, err error) string {
	if ctx.Err() != nil || webapi.IsTimeout(err) {
		return "no answer in time"
	}
	const longest = 120
	return cmp.Or(webapi.Reason(err), "the connection broke: "+chat.Brief(err.Error(), longest))
}
