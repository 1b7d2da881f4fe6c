package cloud

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"
)

// Grant is what a login gave: who we are, and what there is.
type Grant struct {
	Expires time.Time
	User    Named
	Project Named // its domain too
	Domain  Named // the project's
	Roles   []string
	Offers  []Endpoint // in this region, one for each service that the catalogue names, by its type

	token   string
	login   string // Keystone's address
	renewAt time.Time
}

// String tells who we are, and never the token.
func (g Grant) String() string {
	return fmt.Sprintf("%s in the project %s", g.User.Name, g.Project.Name)
}

// Format likewise, for every verb.
func (g Grant) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(g.String())) }

// Named is a thing of Keystone's.
type Named struct{ ID, Name string }

// Endpoint is where a service is reached.
type Endpoint struct {
	Type    string  // in the catalogue
	Service Service // empty for one that is not spoken to
	URL     string  // with the API's version and a slash at its end

	root string // without version
}

// early is how long before its end a token is renewed, at most.
const early = 5 * time.Minute

// logIn asks for a token.
func (s *session) logIn(ctx context.Context) (*Grant, gophercloud.AuthResult, error) {
	a, err := s.site.clouds.account(s.login)
	if err != nil {
		return nil, nil, &Fault{Kind: Denied, Cloud: s.site.name, Service: Identity, Message: err.Error(), Err: err}
	}
	if s.project != "" {
		a = a.inProject(s.project)
	}
	now := s.site.clouds.options.Now()
	p := &gophercloud.ProviderClient{HTTPClient: s.carrier.client()} // another than the one that waits for this token
	p.UserAgent.Prepend("handsoff")
	keystone := &gophercloud.ServiceClient{
		ProviderClient: p, Endpoint: a.url, Type: "identity", MoreHeaders: map[string]string{serviceHeader: string(Identity)},
	}
	result := tokens.Create(ctx, keystone, &a.options)
	grant, err := s.granted(a, result)
	if err != nil {
		return nil, nil, s.noLogin(err)
	}
	grant.renewAt = grant.Expires.Add(-min(early, grant.Expires.Sub(now)/10))
	return grant, result, nil
}

// noLogin says why there is no token.
func (s *session) noLogin(err error) error {
	f := *Judge(err)
	f.Cloud, f.Service, f.Doing = s.site.name, Identity, "logging in"
	if f.Kind == Denied {
		f.Message = "" // "The request you have made requires authentication."
		f.Advice = fmt.Sprintf("Put the right ones into the secret %s (entry %s), then try again.", s.site.clouds.section.CloudsFile, s.login)
	}
	return &f
}

func (s *session) granted(a *account, result tokens.CreateResult) (*Grant, error) {
	token, err := result.ExtractToken()
	if err != nil {
		return nil, err
	}
	catalogue, err := result.ExtractServiceCatalog()
	if err != nil {
		return nil, err
	}
	g := &Grant{Expires: token.ExpiresAt, token: token.ID, login: a.url}
	if g.token == "" {
		return nil, &Fault{Kind: Odd, Message: "a token is missing in it"}
	}
	if user, err := result.ExtractUser(); err == nil && user != nil {
		g.User = Named{user.ID, user.Name}
	}
	if project, err := result.ExtractProject(); err == nil && project != nil {
		g.Project, g.Domain = Named{project.ID, project.Name}, Named{project.Domain.ID, project.Domain.Name}
	}
	if roles, err := result.ExtractRoles(); err == nil {
		for _, r := range roles {
			g.Roles = append(g.Roles, r.Name)
		}
	}
	slices.Sort(g.Roles)
	g.Offers = offers(catalogue, s.site.region, a.face)
	return g, nil
}

// offers are the endpoints of a region.
func offers(catalogue *tokens.ServiceCatalog, region, face string) []Endpoint {
	var found []Endpoint
	for _, entry := range catalogue.Entries {
		for _, e := range entry.Endpoints {
			if e.Interface != face || region != "" && e.Region != region && e.RegionID != region || e.URL == "" {
				continue
			}
			found = append(found, newEndpoint(entry.Type, e.URL))
			break
		}
	}
	slices.SortStableFunc(found, func(a, b Endpoint) int { return strings.Compare(a.Type, b.Type) })
	return found
}

// newEndpoint gives an address the API's version where it has none.
func newEndpoint(kind, address string) Endpoint {
	e := Endpoint{Type: kind, URL: strings.TrimRight(address, "/") + "/"}
	for service, m := range manners {
		if slices.Contains(m.types, kind) {
			e.Service = service
		}
	}
	e.root = e.URL
	if at := versionAt(e.URL); at >= 0 {
		e.root = e.URL[:at]
		return e
	}
	if v := manners[e.Service].version; v != "" {
		e.URL += v + "/"
	}
	return e
}

// versionAt is where the API's version begins in an address ("v2.1/"), or -1.
func versionAt(address string) int {
	rest, at := address, 0
	if _, after, ok := strings.Cut(rest, "://"); ok {
		at = len(rest) - len(after)
		rest = after
	}
	for {
		slash := strings.IndexByte(rest, '/')
		if slash < 0 {
			return -1
		}
		at += slash + 1
		rest = rest[slash+1:]
		if len(rest) > 1 && rest[0] == 'v' && rest[1] >= '0' && rest[1] <= '9' {
			return at
		}
	}
}

// endpoint is where a service is; the usual type of the catalogue is taken before its older names.
func (g *Grant) endpoint(s Service) (Endpoint, bool) {
	for _, kind := range manners[s].types {
		if i := slices.IndexFunc(g.Offers, func(e Endpoint) bool { return e.Type == kind }); i >= 0 {
			return g.Offers[i], true
		}
	}
	return Endpoint{}, false
}
