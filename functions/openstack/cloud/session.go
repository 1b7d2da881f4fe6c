package cloud

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gophercloud/gophercloud/v2"
)

// site is one region of a cloud.
type site struct {
	name   string
	entry  *Entry
	region string
	clouds *Clouds
	base   http.RoundTripper
}

func (s *site) horizon() string { return strings.TrimRight(s.entry.Horizon, "/") }

// session is an account's token in one project.
type session struct {
	site    *site
	login   string
	project string
	carrier *carrier
	turn    chan struct{} // one at a time logs in or asks for versions; others wait for what comes of it

	mu       sync.Mutex
	provider *gophercloud.ProviderClient // nil before the first login
	grant    *Grant
	known    map[Service]versions
	knownAt  time.Time
	used     time.Time
}

// versionsLast is how long a service's versions are believed.
const versionsLast = time.Hour

// session finds or makes a session.
func (c *Clouds) session(of *Cloud) *session {
	key := strings.Join([]string{of.site.name, of.login, of.project}, "\x00")
	now := c.options.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.sessions[key]
	if s == nil {
		c.forgetOne()
		s = &session{site: of.site, login: of.login, project: of.project, turn: make(chan struct{}, 1)}
		s.carrier = newCarrier(of.site)
		c.sessions[key] = s
	}
	s.used = now
	return s
}

// forgetOne makes room for a session.
func (c *Clouds) forgetOne() {
	if len(c.sessions) < maxSessions {
		return
	}
	oldest := ""
	for key, s := range c.sessions {
		if oldest == "" || s.used.Before(c.sessions[oldest].used) {
			oldest = key
		}
	}
	delete(c.sessions, oldest)
}

// fresh is what the account has, with a token that does not end soon.
func (s *session) fresh(ctx context.Context) (*Grant, error) {
	if grant := s.lasting(); grant != nil {
		return grant, nil
	}
	if err := s.wait(ctx); err != nil {
		return nil, err
	}
	defer s.pass()
	if grant := s.lasting(); grant != nil { // somebody else's login
		return grant, nil
	}
	s.mu.Lock()
	provider, old := s.provider, s.grant
	s.mu.Unlock()
	if provider == nil {
		return s.renew(ctx)
	}
	if err := provider.Reauthenticate(ctx, old.token); err != nil {
		return nil, Judge(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.grant, nil
}

// lasting is the present grant, nil when it ends soon.
func (s *session) lasting() *Grant {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.grant == nil || !s.site.clouds.options.Now().Before(s.grant.renewAt) {
		return nil
	}
	return s.grant
}

// wait waits for this session's turn.
func (s *session) wait(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return &Fault{
			Kind: Away, Cloud: s.site.name, Service: Identity, Doing: "logging in", Message: "no answer within the time there was", Err: context.Cause(ctx),
		}
	}
}

func (s *session) pass() { <-s.turn }

// renew logs in and keeps what comes of it. Nobody else does at the same time: see fresh, and gophercloud's Reauthenticate.
func (s *session) renew(ctx context.Context) (*Grant, error) {
	grant, result, err := s.logIn(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.provider == nil {
		s.provider = s.newProvider(grant)
	}
	if err := s.provider.SetTokenAndAuthResult(result); err != nil {
		return nil, Judge(err)
	}
	s.grant = grant
	s.carrier.trust(grant)
	return grant, nil
}

// newProvider makes gophercloud's client of the cloud. It renews a token that is refused, once a request.
func (s *session) newProvider(grant *Grant) *gophercloud.ProviderClient {
	p := &gophercloud.ProviderClient{IdentityBase: strings.TrimSuffix(grant.login, "v3/"), IdentityEndpoint: grant.login, HTTPClient: s.carrier.client()}
	p.UserAgent.Prepend("handsoff")
	p.UseTokenLock()
	p.ReauthFunc = func(ctx context.Context) error {
		_, err := s.renew(ctx)
		if err != nil {
			return err
		}
		return nil
	}
	return p
}

// client makes a service's client.
func (s *session) client(ctx context.Context, of Service) (*gophercloud.ServiceClient, error) {
	grant, err := s.fresh(ctx)
	if err != nil {
		return nil, err
	}
	endpoint, is := grant.endpoint(of)
	if !is {
		return nil, s.absent(of)
	}
	micro, err := s.microversion(ctx, of)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return &gophercloud.ServiceClient{
		ProviderClient: s.provider, Endpoint: endpoint.URL, Type: manners[of].client, Microversion: micro,
		MoreHeaders: map[string]string{serviceHeader: string(of)},
	}, nil
}

func (s *session) absent(of Service) *Fault {
	where := s.site.name
	if s.site.region != "" {
		where += " (region " + s.site.region + ")"
	}
	return &Fault{Kind: Missing, Cloud: s.site.name, Message: where + " has no " + string(of) + " service: its catalogue does not list one"}
}
