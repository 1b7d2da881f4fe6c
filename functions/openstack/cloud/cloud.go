package cloud

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/gophercloud/gophercloud/v2"
)

// Cloud is a cloud as one account sees it, in one project. It is safe for concurrent use.
type Cloud struct {
	site    *site
	login   string // the entry of clouds.yaml
	project string // an id; empty for the entry's own
}

// Name is the cloud's name in the configuration.
func (c *Cloud) Name() string { return c.site.name }

// Region is the region of its services; empty when the cloud has but one.
func (c *Cloud) Region() string { return c.site.region }

// Horizon is the dashboard's address without a slash at its end; empty when none is configured.
func (c *Cloud) Horizon() string { return c.site.horizon() }

// Environments reports whether environments may be made there.
func (c *Cloud) Environments() bool {
	allowed := c.site.entry.Environments
	return allowed == nil || *allowed
}

// Role is the role, as the configuration names it, that an act of this grade takes here.
func (c *Cloud) Role(g Grade) string { return cmp.Or(c.site.entry.Roles[g.String()], g.String()) }

// Pace is how often to look at a thing of this kind: "server", "stack".
func (c *Cloud) Pace(kind string) time.Duration {
	return cmp.Or(c.site.clouds.section.Pace[kind], defaultPace)
}

// HasAdmin reports whether there are administrator's credentials for it.
func (c *Cloud) HasAdmin() bool { return c.site.entry.Admin != "" }

// Admin is the same cloud with administrator's credentials. It gives a Fault when the configuration has none.
func (c *Cloud) Admin() (*Cloud, error) {
	if !c.HasAdmin() {
		return nil, &Fault{Kind: Missing, Cloud: c.Name(), Message: fmt.Sprintf(
			"that takes an administrator's account of %s, and openstack.clouds.%s.admin names none", c.Name(), c.Name())}
	}
	return &Cloud{site: c.site, login: c.site.entry.Admin}, nil
}

// InProject is the same account in another project, by its id. An account that is for one project only gives a Fault.
func (c *Cloud) InProject(_ context.Context, id string) (*Cloud, error) {
	a, err := c.site.clouds.account(c.login)
	if err != nil {
		return nil, &Fault{Kind: Denied, Cloud: c.Name(), Service: Identity, Message: err.Error(), Err: err}
	}
	if a.bound {
		return nil, &Fault{Kind: Missing, Cloud: c.Name(), Message: fmt.Sprintf(
			"the account of %s (entry %s) is an application credential, which is for one project only; another project takes a user with a password", c.Name(), c.login)}
	}
	return &Cloud{site: c.site, login: c.login, project: id}, nil
}

// Client is gophercloud's client of a service, with a token that lasts, and a microversion that the service knows. It gives a
// Fault: Missing when the catalogue has no such service.
func (c *Cloud) Client(ctx context.Context, s Service) (*gophercloud.ServiceClient, error) {
	return c.session().client(ctx, s)
}

// Has reports whether the catalogue has a service.
func (c *Cloud) Has(ctx context.Context, s Service) (bool, error) {
	grant, err := c.session().fresh(ctx)
	if err != nil {
		return false, err
	}
	_, is := grant.endpoint(s)
	return is, nil
}

// Supports reports whether a service knows a microversion: "2.52".
func (c *Cloud) Supports(ctx context.Context, s Service, microversion string) (bool, error) {
	want, err := parseMicro(microversion)
	if err != nil {
		return false, err
	}
	v, err := c.session().versions(ctx, s)
	if err != nil {
		return false, err
	}
	return v.holds(want), nil
}

// Project is the project's id and name.
func (c *Cloud) Project(ctx context.Context) (id, name string, err error) {
	grant, err := c.session().fresh(ctx)
	if err != nil {
		return "", "", err
	}
	return grant.Project.ID, grant.Project.Name, nil
}

// Account is who we are in the cloud, until when the present token lasts, and what the catalogue offers.
func (c *Cloud) Account(ctx context.Context) (*Grant, error) {
	grant, err := c.session().fresh(ctx)
	if err != nil {
		return nil, err
	}
	return grant, nil
}

// session is what this cloud shares with every other of the same account and project.
func (c *Cloud) session() *session { return c.site.clouds.session(c) }
