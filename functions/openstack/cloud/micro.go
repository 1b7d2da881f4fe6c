package cloud

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/handsoff/handsoff/shared/chat"
)

// micro is a microversion: 2.87.
type micro struct{ major, minor int }

func parseMicro(text string) (micro, error) {
	major, minor, ok := strings.Cut(text, ".")
	a, errA := strconv.Atoi(major)
	b, errB := strconv.Atoi(minor)
	if !ok || errA != nil || errB != nil || a < 0 || b < 0 {
		return micro{}, fmt.Errorf("%q is no microversion, such as 2.52", chat.Brief(text, 20))
	}
	return micro{a, b}, nil
}

func (m micro) String() string { return fmt.Sprintf("%d.%d", m.major, m.minor) }

func (m micro) less(o micro) bool {
	return m.major < o.major || m.major == o.major && m.minor < o.minor
}

// versions is what a service's root says: the versions of its API, and its microversions.
type versions struct {
	newest   string // the API's current version, "v2.1"
	min, max micro
}

// holds reports whether a microversion is among them. A service without microversions has none.
func (v versions) holds(m micro) bool {
	return v.max != micro{} && !m.less(v.min) && !v.max.less(m)
}

// document is a service's root in its two forms: a list, and Keystone's list in a list. Placement and Nova name the highest
// microversion differently.
type document struct {
	Versions json.RawMessage `json:"versions"`
}

type documented struct {
	ID     string `json:"id"`
	Status string `json:"status"`
	Min    string `json:"min_version"`
	Max    string `json:"max_version"`
	Max2   string `json:"version"`
}

func (d document) read() (versions, bool) {
	var list []documented
	if json.Unmarshal(d.Versions, &list) != nil {
		var inner struct {
			Values []documented `json:"values"`
		}
		if json.Unmarshal(d.Versions, &inner) != nil {
			return versions{}, false
		}
		list = inner.Values
	}
	var v versions
	for _, one := range list {
		if v.newest == "" || strings.EqualFold(one.Status, "current") || strings.EqualFold(one.Status, "stable") {
			v.newest = chat.Brief(one.ID, 20)
		}
		top, err := parseMicro(first(one.Max, one.Max2))
		if err != nil || !v.max.less(top) {
			continue
		}
		v.max, v.min = top, micro{}
		if low, err := parseMicro(one.Min); err == nil {
			v.min = low
		}
	}
	return v, len(list) > 0
}

// versions asks a service's root, once an hour.
func (s *session) versions(ctx context.Context, of Service) (versions, error) {
	grant, err := s.fresh(ctx)
	if err != nil {
		return versions{}, err
	}
	endpoint, is := grant.endpoint(of)
	if !is {
		return versions{}, s.absent(of)
	}
	now := s.site.clouds.options.Now()
	s.mu.Lock()
	if now.Sub(s.knownAt) > versionsLast || s.known == nil {
		s.known, s.knownAt = map[Service]versions{}, now
	}
	v, is := s.known[of]
	s.mu.Unlock()
	if is {
		return v, nil
	}
	if v, err = s.askRoot(ctx, endpoint); err != nil {
		return versions{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known[of] = v
	return v, nil
}

func (s *session) askRoot(ctx context.Context, e Endpoint) (versions, error) {
	s.mu.Lock()
	p := s.provider
	s.mu.Unlock()
	client := &gophercloud.ServiceClient{ProviderClient: p, MoreHeaders: map[string]string{serviceHeader: e.Type}}
	if e.Service != "" {
		client.MoreHeaders[serviceHeader] = string(e.Service)
	}
	var d document
	_, err := client.Get(ctx, e.root, &d, &gophercloud.RequestOpts{OkCodes: []int{http.StatusOK, http.StatusMultipleChoices}}) //nolint:bodyclose // gophercloud has read and closed it
	if err != nil {
		return versions{}, s.named(While(err, "asking for its versions"), e)
	}
	v, ok := d.read()
	if !ok {
		return versions{}, s.named(&Fault{Kind: Odd, Doing: "asking for its versions"}, e)
	}
	return v, nil
}

// knock asks whether anybody answers at all: every status but a server's error will do, since no manners of the service are known.
func (s *session) knock(ctx context.Context, e Endpoint) error {
	s.mu.Lock()
	p := s.provider
	s.mu.Unlock()
	client := &gophercloud.ServiceClient{ProviderClient: p, MoreHeaders: map[string]string{serviceHeader: e.Type}}
	_, err := client.Get(ctx, e.root, nil, nil) //nolint:bodyclose // gophercloud has read and closed it
	if f := Judge(err); f != nil && (f.Kind == Away || f.Kind == Lost || f.Kind == Busy || f.Kind == Broken) {
		return s.named(While(err, "knocking"), e)
	}
	return nil
}

// named says whose fault it is, where the answer could not.
func (s *session) named(err error, e Endpoint) error {
	f := *Judge(err)
	f.Cloud = s.site.name
	if f.Service == "" {
		f.Service = Service(first(string(e.Service), e.Type))
	}
	return &f
}

// microversion is the highest that the service and we know; empty for a service that has none.
func (s *session) microversion(ctx context.Context, of Service) (string, error) {
	ours := manners[of].micro
	if ours == "" {
		return "", nil
	}
	theirs, err := s.versions(ctx, of)
	if err != nil {
		return "", err
	}
	want, err := parseMicro(ours)
	if err != nil {
		return "", err
	}
	if theirs.max.less(want) {
		want = theirs.max
	}
	if want == (micro{}) || want.less(theirs.min) {
		return "", nil
	}
	return want.String(), nil
}

// Version is a service's version, with its highest microversion: "v2.1 (to 2.93)".
func (c *Cloud) Version(ctx context.Context, s Service) (string, error) {
	v, err := c.session().versions(ctx, s)
	if err != nil {
		return "", err
	}
	if v.max == (micro{}) {
		return v.newest, nil
	}
	return fmt.Sprintf("%s (to %s)", v.newest, v.max), nil
}

// Answers asks an endpoint of the catalogue, also one of a service that is not spoken to, for its versions.
func (c *Cloud) Answers(ctx context.Context, e Endpoint) error {
	s := c.session()
	if _, err := s.fresh(ctx); err != nil {
		return err
	}
	if e.Service != "" {
		_, err := s.askRoot(ctx, e)
		return err
	}
	return s.knock(ctx, e)
}
