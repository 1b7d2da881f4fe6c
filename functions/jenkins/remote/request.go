package remote

import (
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bndr/gojenkins"
)

// ask is one request.
type ask struct {
	doing string // for the error, "reading demo/slow #12"
	path  string // of the thing, escaped, below the root: "/job/demo/job/slow"
	leaf  string // what of it: "api/json", "stop"
	query map[string]string
	form  url.Values // of a POST
	limit int64      // bytes of the answer
}

// reply is an answer as it came.
type reply struct {
	status int
	header http.Header
	body   string
	cut    bool
}

// now is Jenkins' own clock at the time of the answer, to whole seconds; ours when it does not say.
func (r *reply) now() time.Time {
	if at, err := http.ParseTime(r.header.Get("Date")); err == nil {
		return at
	}
	return time.Now()
}

// read makes a GET and decodes its JSON into v. Only 200 with a JSON body is an answer.
func (c *Client) read(ctx context.Context, a ask, v any) (*reply, error) {
	a.leaf = "api/json"
	if a.limit == 0 {
		a.limit = maxJSON
	}
	got, err := c.send(ctx, http.MethodGet, a)
	if err != nil {
		return nil, err
	}
	if got.status != http.StatusOK {
		return nil, refusal(a.doing, got)
	}
	return got, decode(a.doing, got, v)
}

func decode(doing string, got *reply, v any) error {
	if kind, _, err := mime.ParseMediaType(got.header.Get("Content-Type")); err == nil && kind != "application/json" {
		return &Error{Doing: doing, Fault: Strange, Status: got.status, Detail: "it sent " + describeType(kind)}
	}
	if got.cut {
		return &Error{Doing: doing, Fault: TooLarge, Status: got.status}
	}
	if err := json.Unmarshal([]byte(got.body), v); err != nil {
		return &Error{Doing: doing, Fault: Strange, Status: got.status, Detail: "its answer is cut short or garbled", Err: err}
	}
	return nil
}

func describeType(kind string) string {
	if kind == "text/html" {
		return "a web page instead of data; is that the right address, or does something stand in front of it?"
	}
	return kind + " instead of data"
}

// post sends a form and returns the answer whatever its status is.
func (c *Client) post(ctx context.Context, a ask) (*reply, error) {
	if a.limit == 0 {
		a.limit = maxPage
	}
	return c.send(ctx, http.MethodPost, a)
}

func (c *Client) send(ctx context.Context, method string, a ask) (*reply, error) {
	requester, err := c.requester()
	if err != nil {
		return nil, &Error{Doing: a.doing, Fault: Denied, Unsent: true, Detail: "its token cannot be read", Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	bounded, allowance := withAllowance(ctx, a.limit)
	var body string
	// Endpoint ends in a slash and the last word is the suffix, since gojenkins puts a slash after every GET's endpoint.
	response, err := requester.Do(bounded, c.apiRequest(method, a), &body, a.query) //nolint:bodyclose // gojenkins has read and closed it
	if err != nil {
		return nil, networkError(ctx, a.doing, err)
	}
	return &reply{status: response.StatusCode, header: response.Header, body: body, cut: allowance.cut}, nil
}

func (c *Client) apiRequest(method string, a ask) *gojenkins.APIRequest {
	var payload io.Reader
	if method == http.MethodPost {
		payload = strings.NewReader(a.form.Encode())
	}
	request := gojenkins.NewAPIRequest(method, a.path+"/", payload)
	request.Suffix = a.leaf
	if method == http.MethodPost {
		request.SetHeader("Content-Type", "application/x-www-form-urlencoded")
	}
	return request.SetHeader("User-Agent", "handsoff")
}
