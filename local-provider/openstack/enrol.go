package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
)

// region is the only one.
const region = "RegionOne"

// provider logs in as the administrator.
func (m *machine) provider(ctx context.Context) (*gophercloud.ProviderClient, error) {
	url := "http://" + m.address("keystone") + "/v3"
	client, err := openstack.NewClient(url)
	if err != nil {
		return nil, fmt.Errorf("log in: %w", err)
	}
	// The server around Keystone closes a connection after each answer, sometimes just when it is used again.
	client.HTTPClient.Transport = &http.Transport{DisableKeepAlives: true}
	err = openstack.Authenticate(ctx, client, gophercloud.AuthOptions{
		IdentityEndpoint: url, Username: "admin", Password: m.Password, DomainName: "Default",
		Scope: &gophercloud.AuthScope{ProjectName: "admin", DomainName: "Default"},
	})
	if err != nil {
		return nil, fmt.Errorf("log in: %w", err)
	}
	return client, nil
}

// registry makes what Keystone is to know, unless it does.
type registry struct {
	client *gophercloud.ServiceClient
	err    error // the first one; after it nothing more is done
}

// ensure gives the id of the one that has these fields, and makes it where there is none. more is only for making it.
func (r *registry) ensure(ctx context.Context, kind string, fields, more map[string]string) string {
	if r.err != nil {
		return ""
	}
	plural, query := kind+"s", url.Values{}
	for name, value := range fields {
		query.Set(name, value)
	}
	var found map[string]any
	if _, r.err = r.client.Get(ctx, r.client.ServiceURL(plural)+"?"+query.Encode(), &found, nil); r.err != nil { //nolint:bodyclose // it was read into what follows
		return ""
	}
	if list, _ := found[plural].([]any); len(list) > 0 {
		return idOf(list[0])
	}
	all := maps.Clone(fields)
	maps.Copy(all, more)
	var made map[string]any
	_, r.err = r.client.Post(ctx, r.client.ServiceURL(plural), map[string]any{kind: all}, &made, nil) //nolint:bodyclose // it was read into what follows, or has none
	return idOf(made[kind])
}

func idOf(thing any) string {
	fields, _ := thing.(map[string]any)
	id, _ := fields["id"].(string)
	return id
}

// grant gives a user a role; where is "projects" or "domains" and its id.
func (r *registry) grant(ctx context.Context, where, id, user, role string) {
	if r.err == nil {
		_, r.err = r.client.Put(ctx, r.client.ServiceURL(where, id, "users", user, "roles", role), nil, nil, //nolint:bodyclose // it has none
			&gophercloud.RequestOpts{OkCodes: []int{http.StatusNoContent}})
	}
}

// enrol makes the services' users, a project and a user for tests, Heat's own domain, and the catalogue.
func (m *machine) enrol(ctx context.Context, all bool) error {
	provider, err := m.provider(ctx)
	if err != nil {
		return err
	}
	client, err := openstack.NewIdentityV3(provider, gophercloud.EndpointOpts{})
	if err != nil {
		return fmt.Errorf("find keystone: %w", err)
	}
	r := &registry{client: client}
	role := func(name string) string { return r.ensure(ctx, "role", map[string]string{"name": name}, nil) }
	project := func(name string) string {
		return r.ensure(ctx, "project", map[string]string{"name": name, "domain_id": "default"}, nil)
	}
	user := func(name, domain string) string {
		return r.ensure(ctx, "user", map[string]string{"name": name, "domain_id": domain}, map[string]string{"password": m.Password})
	}
	admin, member, owner, servant := role("admin"), role("member"), role("heat_stack_owner"), role("service")
	role("heat_stack_user") // Heat gives it to those that it makes
	theirs := project("service")
	for _, s := range services(all) {
		id := user(s.name, "default")
		r.grant(ctx, "projects", theirs, id, admin)
		r.grant(ctx, "projects", theirs, id, servant)
	}
	demo, someone := project("demo"), user("demo", "default")
	r.grant(ctx, "projects", demo, someone, member)
	r.grant(ctx, "projects", demo, someone, owner)
	r.grant(ctx, "projects", project("admin"), user("admin", "default"), owner)
	domain := r.ensure(ctx, "domain", map[string]string{"name": "heat"}, nil)
	r.grant(ctx, "domains", domain, user("heat_domain_admin", domain), admin)
	for _, s := range services(all) {
		id := r.ensure(ctx, "service", map[string]string{"type": s.kind}, map[string]string{"name": s.name})
		for _, side := range []string{"public", "internal", "admin"} {
			r.ensure(ctx, "endpoint", map[string]string{"service_id": id, "interface": side},
				map[string]string{"region_id": region, "url": "http://" + m.address(s.name) + s.path})
		}
	}
	if r.err != nil {
		return fmt.Errorf("tell keystone: %w", r.err)
	}
	return nil
}

// service is an entry of the catalogue; the name is that of its user and of its part of the machine.
type service struct{ name, kind, path string }

func services(all bool) []service {
	catalogue := []service{{"heat", "orchestration", "/v1/%(tenant_id)s"}}
	if all {
		catalogue = append(catalogue, service{"placement", "placement", ""}, service{"glance", "image", ""},
			service{"neutron", "network", ""}, service{"nova", "compute", "/v2.1"})
	}
	return catalogue
}
