package openstack_test

import (
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/openstack"
)

// loginAs is the body of a login with a password.
func loginAs(name, password, scope string) string {
	return `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"` + name + `","domain":{"name":"Default"},"password":"` +
		password + `"}}}` + scope + `}}`
}

const (
	demoScope = `,"scope":{"project":{"name":"demo","domain":{"name":"Default"}}}`
	perhaps   = `description` // what is null with one, and a text with the other
)

// grants are a credential's roles: Keystone keeps what it has read of a role, and tells its links only once somebody has asked for it.
var grants = []string{"roles"}

// identityExchanges are what people, and this product, ask of Keystone.
var identityExchanges = []exchange{
	{name: "version", ask: "GET identity "},
	{name: "login", ask: "POST identity /auth/tokens", body: loginAs("demo", "{password}", demoScope)},
	{name: "login without catalogue", ask: "POST identity /auth/tokens?nocatalog", body: loginAs("demo", "{password}", demoScope)},
	{name: "login unscoped", ask: "POST identity /auth/tokens", body: loginAs("demo", "{password}", `,"scope":"unscoped"`)},
	{name: "login wrong", ask: "POST identity /auth/tokens", body: loginAs("demo", "wrong", demoScope)},
	{name: "login nobody", ask: "POST identity /auth/tokens", body: loginAs("nobody", "wrong", demoScope)},
	{name: "login elsewhere", ask: "POST identity /auth/tokens", body: loginAs("demo", "{password}", `,"scope":{"project":{"name":"service","domain":{"id":"default"}}}`)},
	{name: "login nowhere", ask: "POST identity /auth/tokens", body: loginAs("demo", "{password}", `,"scope":{"project":{"name":"none","domain":{"id":"default"}}}`)},
	{name: "login domain", ask: "POST identity /auth/tokens", body: loginAs("demo", "{password}", `,"scope":{"domain":{"id":"default"}}`)},
	{name: "login system", ask: "POST identity /auth/tokens", body: loginAs("admin", "{password}", `,"scope":{"system":{"all":true}}`)},
	{name: "login empty", ask: "POST identity /auth/tokens", body: `{}`},
	{name: "login torn", ask: "POST identity /auth/tokens", body: `{"auth":`},
	{name: "login odd", ask: "POST identity /auth/tokens", body: `{"auth":{"identity":{"methods":["magic"],"magic":{}}}}`},
	{name: "login again", ask: "POST identity /auth/tokens", body: loginAs("demo", "{password}", demoScope), quiet: true},
	{name: "token of token", ask: "POST identity /auth/tokens", body: `{"auth":{"identity":{"methods":["token"],"token":{"id":"{subject}"}},"scope":{"project":{"id":"{demo_project}"}}}}`},
	{name: "look at token", as: "demo", ask: "GET identity /auth/tokens", head: map[string]string{"X-Subject-Token": "{subject}"}},
	{name: "look at token briefly", as: "admin", ask: "HEAD identity /auth/tokens", head: map[string]string{"X-Subject-Token": "{subject}"}},
	{name: "end token", as: "demo", ask: "DELETE identity /auth/tokens", head: map[string]string{"X-Subject-Token": "{subject}"}},
	{name: "look at ended token", as: "admin", ask: "GET identity /auth/tokens", head: map[string]string{"X-Subject-Token": "{subject}"}},
	{name: "look at no token", as: "demo", ask: "GET identity /auth/tokens", head: map[string]string{"X-Subject-Token": "none"}},
	{name: "catalogue", as: "demo", ask: "GET identity /auth/catalog"},
	{name: "my projects", as: "demo", ask: "GET identity /auth/projects", loose: []string{perhaps}},
	{name: "my domains", as: "demo", ask: "GET identity /auth/domains"},

	{name: "no token", ask: "GET identity /projects"},
	{name: "nothing there", as: "admin", ask: "GET identity /nothing"},
	{name: "projects", as: "admin", ask: "GET identity /projects?name=demo", loose: []string{perhaps}},
	{name: "projects by demo", as: "demo", ask: "GET identity /projects"},
	{name: "projects of demo", as: "demo", ask: "GET identity /users/{demo}/projects", loose: []string{perhaps}},
	{name: "make project", as: "admin", ask: "POST identity /projects", body: `{"project":{"name":"d-{run}","description":"handsoff:env=d","tags":["handsoff","a"]}}`, save: map[string]string{"project": "project.id"}},
	{name: "make project twice", as: "admin", ask: "POST identity /projects", body: `{"project":{"name":"d-{run}"}}`},
	{name: "make project by demo", as: "demo", ask: "POST identity /projects", body: `{"project":{"name":"d2-{run}"}}`},
	{name: "make nameless project", as: "admin", ask: "POST identity /projects", body: `{"project":{"description":"x"}}`},
	{name: "project", as: "admin", ask: "GET identity /projects/{project}"},
	{name: "project by demo", as: "demo", ask: "GET identity /projects/{project}"},
	{name: "own project", as: "demo", ask: "GET identity /projects/{demo_project}", loose: []string{perhaps}},
	{name: "no project", as: "admin", ask: "GET identity /projects/nothing"},
	{name: "projects by tag", as: "admin", ask: "GET identity /projects?tags=handsoff,a&name=d-{run}"},
	{name: "projects by no tag", as: "admin", ask: "GET identity /projects?tags=handsoff,b&name=d-{run}"},
	{name: "change project", as: "admin", ask: "PATCH identity /projects/{project}", body: `{"project":{"description":"other"}}`},
	{name: "tags", as: "admin", ask: "GET identity /projects/{project}/tags"},
	{name: "put tags", as: "admin", ask: "PUT identity /projects/{project}/tags", body: `{"tags":["x","y"]}`},
	{name: "add tag", as: "admin", ask: "PUT identity /projects/{project}/tags/z"},
	{name: "remove tag", as: "admin", ask: "DELETE identity /projects/{project}/tags/z"},

	{name: "users", as: "admin", ask: "GET identity /users?name=demo"},
	{name: "users by demo", as: "demo", ask: "GET identity /users"},
	{name: "user", as: "demo", ask: "GET identity /users/{demo}"},
	{name: "other user", as: "demo", ask: "GET identity /users/{admin}"},
	{name: "no user", as: "admin", ask: "GET identity /users/nothing"},
	{name: "make user", as: "admin", ask: "POST identity /users", body: `{"user":{"name":"d-{run}","password":"x","email":"d@example.org"}}`, save: map[string]string{"user": "user.id"}},
	{name: "make user twice", as: "admin", ask: "POST identity /users", body: `{"user":{"name":"d-{run}","password":"x"}}`},
	{name: "change user", as: "admin", ask: "PATCH identity /users/{user}", body: `{"user":{"enabled":false}}`},

	{name: "roles", as: "admin", ask: "GET identity /roles?name=member", save: map[string]string{"member": "roles[name=member].id"}, loose: []string{perhaps}},
	{name: "roles by demo", as: "demo", ask: "GET identity /roles"},
	{name: "role", as: "admin", ask: "GET identity /roles/{member}", loose: []string{perhaps}},
	{name: "grant", as: "admin", ask: "PUT identity /projects/{project}/users/{user}/roles/{member}"},
	{name: "granted", as: "admin", ask: "HEAD identity /projects/{project}/users/{user}/roles/{member}"},
	{name: "grants", as: "admin", ask: "GET identity /projects/{project}/users/{user}/roles", loose: []string{perhaps}},
	{name: "grant nobody", as: "admin", ask: "PUT identity /projects/{project}/users/nobody/roles/{member}"},
	{name: "assignments", as: "admin", ask: "GET identity /role_assignments?scope.project.id={project}"},
	{name: "assignments with names", as: "admin", ask: "GET identity /role_assignments?scope.project.id={project}&include_names=True"},
	{name: "effective assignments", as: "admin", ask: "GET identity /role_assignments?user.id={user}&effective"},
	{name: "assignments by demo", as: "demo", ask: "GET identity /role_assignments"},
	{name: "take grant", as: "admin", ask: "DELETE identity /projects/{project}/users/{user}/roles/{member}"},
	{name: "take grant twice", as: "admin", ask: "DELETE identity /projects/{project}/users/{user}/roles/{member}"},

	{name: "make credential", as: "demo", ask: "POST identity /users/{demo}/application_credentials", body: `{"application_credential":{"name":"d-{run}","secret":"s3"}}`, save: map[string]string{"credential": "application_credential.id"}, loose: grants},
	{name: "make credential twice", as: "demo", ask: "POST identity /users/{demo}/application_credentials", body: `{"application_credential":{"name":"d-{run}","secret":"s3"}}`},
	{name: "make credential with expiry", as: "demo", ask: "POST identity /users/{demo}/application_credentials", body: `{"application_credential":{"name":"e-{run}","expires_at":"2099-01-01T00:00:00.000000","roles":[{"name":"member"}]}}`, save: map[string]string{"credential2": "application_credential.id"}, loose: grants},
	{name: "credentials", as: "demo", ask: "GET identity /users/{demo}/application_credentials?name=d-{run}", loose: grants},
	{name: "credential", as: "demo", ask: "GET identity /users/{demo}/application_credentials/{credential}", loose: grants},
	{name: "credentials of another", as: "demo", ask: "GET identity /users/{admin}/application_credentials"},
	{name: "login by credential", ask: "POST identity /auth/tokens", body: `{"auth":{"identity":{"methods":["application_credential"],"application_credential":{"id":"{credential}","secret":"s3"}}}}`},
	{name: "login by credential's name", ask: "POST identity /auth/tokens", body: `{"auth":{"identity":{"methods":["application_credential"],"application_credential":{"name":"d-{run}","user":{"name":"demo","domain":{"id":"default"}},"secret":"s3"}}}}`},
	{name: "login by credential, wrong", ask: "POST identity /auth/tokens", body: `{"auth":{"identity":{"methods":["application_credential"],"application_credential":{"id":"{credential}","secret":"no"}}}}`},
	{name: "login by credential elsewhere", ask: "POST identity /auth/tokens", body: `{"auth":{"identity":{"methods":["application_credential"],"application_credential":{"id":"{credential}","secret":"s3"}},"scope":{"project":{"id":"{admin_project}"}}}}`},
	{name: "remove credential", as: "demo", ask: "DELETE identity /users/{demo}/application_credentials/{credential}"},
	{name: "remove credential twice", as: "demo", ask: "DELETE identity /users/{demo}/application_credentials/{credential}"},
	{name: "remove other credential", as: "demo", ask: "DELETE identity /users/{demo}/application_credentials/{credential2}"},

	{name: "domains", as: "admin", ask: "GET identity /domains?name=Default"},
	{name: "domain", as: "admin", ask: "GET identity /domains/default"},
	{name: "regions", as: "demo", ask: "GET identity /regions"},
	{name: "services", as: "admin", ask: "GET identity /services?type=orchestration", save: map[string]string{"service": "services[type=orchestration].id"}},
	{name: "endpoints", as: "admin", ask: "GET identity /endpoints?service_id={service}"},
	{name: "remove user", as: "admin", ask: "DELETE identity /users/{user}"},
	{name: "remove project", as: "admin", ask: "DELETE identity /projects/{project}"},
	{name: "remove project twice", as: "admin", ask: "DELETE identity /projects/{project}"},
}

func TestIdentityConforms(t *testing.T) {
	t.Parallel()
	conform(t, "identity.json", identityExchanges, newRig(t, openstack.Options{Frozen: true}))
}
