package unfurl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	// readTime bounds the reading of one pull request or change.
	readTime = 5 * time.Second
	// maxAnswer bounds what GitHub may answer, in bytes; shared/gerrit bounds Gerrit.
	maxAnswer = 1 << 20
	// maxRedirects is how often a forge may send us on, as GitHub does for a repository that was renamed.
	maxRedirects = 3
)

// Found is what stands behind a link.
type Found struct {
	Title  string
	URL    string // made from the configuration, not taken from the link
	Name   string // "openstack/nova#12"
	State  State
	Author string
	Branch string   // where it is to go, "main" or "main ← fix-it"
	Added  int      // lines
	Gone   int      // lines
	Notes  []string // labels and votes worth a word
}

// State is how a pull request or change stands.
type State string

// The states.
const (
	Open      State = "open"
	Draft     State = "draft"
	Merged    State = "merged"
	Closed    State = "closed"
	Abandoned State = "abandoned"
)

// Reader reads from forges. It is safe for concurrent use.
type Reader struct {
	http  *http.Client
	token string
	first *Site // the one that the token is for
}

// NewReader makes one. The token may be empty; it is sent to the first GitHub among the sites and to nobody else.
func NewReader(transport http.RoundTripper, sites []*Site, token string) *Reader {
	r := &Reader{token: token, http: &http.Client{
		Transport: transport, Timeout: readTime, CheckRedirect: sameHost,
	}}
	for _, s := range sites {
		if s.Forge == GitHub {
			r.first = s
			break
		}
	}
	return r
}

// Read reads what a target of a forge is.
func (r *Reader) Read(ctx context.Context, t Target) (*Found, error) {
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	if t.Site.Forge == Gerrit {
		return r.change(ctx, t)
	}
	return r.pullRequest(ctx, t)
}

// get reads a path below the API of a GitHub. Errors name the path, never a header.
func (r *Reader) get(ctx context.Context, s *Site, path string, header map[string]string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.API.String()+path, nil)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	req.Header.Set("Accept", "application/json")
	for name, value := range header {
		req.Header.Set(name, value)
	}
	res, err := r.http.Do(req)
	if err != nil {
		return fmt.Errorf("read from %s: %w", s.Web.Host, err)
	}
	defer func() { _ = res.Body.Close() }() // only read
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("read %s: %s answered %d", path, s.API.Host, res.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

// sameHost lets a forge send us on within itself only.
func sameHost(req *http.Request, via []*http.Request) error {
	switch {
	case len(via) > maxRedirects:
		return errors.New("too many redirects")
	case req.URL.Host != via[0].URL.Host || req.URL.Scheme != via[0].URL.Scheme:
		return errors.New("a redirect to another host is not followed")
	}
	return nil
}
