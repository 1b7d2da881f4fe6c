package cloud

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"

	"github.com/handsoff/handsoff/shared/chat"
)

// account is an entry of a clouds.yaml: where to log in, as whom, for which project.
type account struct {
	url       string // Keystone's, with /v3/
	regions   []string
	face      string // public, internal or admin: which of a service's addresses are used
	unverify  bool   // "verify: false"
	options   tokens.AuthOptions
	bound     bool // an application credential or a trust, which is for one project only
	principal string
}

// accountOf checks one entry.
func accountOf(file map[string]fileEntry, name string) (*account, error) {
	entry, is := file[name]
	if !is {
		return nil, fmt.Errorf("there is no entry %s; there %s %s", name, chat.Are(len(file)), strings.Join(slices.Sorted(maps.Keys(file)), ", "))
	}
	a, err := newAccount(entry)
	if err != nil {
		return nil, fmt.Errorf("entry %s: %w", name, err)
	}
	return a, nil
}

func newAccount(entry fileEntry) (*account, error) {
	if err := refuseForeign(entry); err != nil {
		return nil, err
	}
	a := &account{face: "public", unverify: entry.Verify != nil && !*entry.Verify}
	if entry.Region != "" {
		a.regions = []string{entry.Region}
	} else {
		for _, r := range entry.Regions {
			a.regions = append(a.regions, r.Name)
		}
	}
	for _, face := range []string{entry.Interface, entry.EndpointType} { // the latter wins
		if face = strings.TrimSuffix(face, "URL"); face != "" {
			a.face = face
		}
	}
	if !slices.Contains([]string{"public", "internal", "admin"}, a.face) {
		return nil, fmt.Errorf("interface: %q is none of public, internal and admin", a.face)
	}
	if err := a.address(entry.Auth.URL); err != nil {
		return nil, err
	}
	if err := a.credentials(entry.AuthType, entry.Auth); err != nil {
		return nil, err
	}
	return a, nil
}

// refuseForeign refuses what would be read from elsewhere: this process has its secrets and nothing else.
func refuseForeign(entry fileEntry) error {
	switch {
	case entry.Auth == nil:
		return errors.New("auth is needed")
	case entry.Cloud != "" || entry.Profile != "":
		return errors.New("profiles of vendors are not read; write auth_url and region_name into the entry")
	case entry.CACert != "":
		return errors.New("cacert is the name of a file, which is not there; put the certificates into a secret, and its name into openstack.clouds.….ca")
	case entry.Cert != "" || entry.Key != "":
		return errors.New("client certificates are not used")
	case entry.Identity != "" && !strings.HasPrefix(strings.TrimPrefix(entry.Identity, "v"), "3"):
		return errors.New("identity_api_version: only 3 is spoken")
	}
	return nil
}

func (a *account) address(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("auth_url must look like https://cloud.example.org:5000/v3")
	}
	a.url = strings.TrimSuffix(strings.TrimRight(u.String(), "/"), "/v3") + "/v3/"
	return nil
}

// appCredential is the auth_type of application credentials.
const appCredential = "v3applicationcredential"

// credentials takes a password or an application credential; a token of somebody's could not be renewed.
func (a *account) credentials(kind string, auth *fileAuth) error {
	switch kind {
	case "", "password", "v3password", appCredential:
	default:
		return errors.New("auth_type: only password and v3applicationcredential are used")
	}
	o := &a.options
	o.Username, o.UserID, o.Password = auth.Username, auth.UserID, auth.Password
	if o.UserID == "" {
		o.DomainID, o.DomainName = domain(auth.UserDomainID, auth.UserDomainName, auth)
	}
	o.ApplicationCredentialID, o.ApplicationCredentialName, o.ApplicationCredentialSecret = auth.CredentialID, auth.CredentialName, auth.CredentialSecret
	a.principal = first(auth.Username, auth.UserID, auth.CredentialName, auth.CredentialID)
	switch {
	case o.ApplicationCredentialSecret != "":
		a.bound = true
		if o.ApplicationCredentialID == "" && (o.ApplicationCredentialName == "" || a.principal == "") {
			return errors.New("application_credential_id, or application_credential_name and the user, are needed")
		}
		return nil // its project is its own
	case kind == appCredential:
		return errors.New("application_credential_secret is needed")
	case a.principal == "" || o.Password == "":
		return errors.New("username and password, or an application credential, are needed")
	}
	return a.scope(auth)
}

func (a *account) scope(auth *fileAuth) error {
	s := &a.options.Scope
	switch {
	case auth.TrustID != "":
		s.TrustID, a.bound = auth.TrustID, true
	case auth.ProjectID != "":
		s.ProjectID = auth.ProjectID
	case auth.ProjectName != "":
		s.ProjectName = auth.ProjectName
		s.DomainID, s.DomainName = domain(auth.ProjectDomainID, auth.ProjectDomainName, auth)
	default:
		return errors.New("project_name or project_id is needed")
	}
	return nil
}

// domain is the id or the name of a user's or a project's domain; the one named "default" by its id where none is said.
func domain(id, name string, auth *fileAuth) (string, string) {
	switch {
	case id != "":
		return id, ""
	case name != "":
		return "", name
	case auth.DomainID != "":
		return auth.DomainID, ""
	case auth.DomainName != "":
		return "", auth.DomainName
	case auth.DefaultDomain != "":
		return auth.DefaultDomain, ""
	}
	return "default", ""
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// inProject is the same account in another project.
func (a account) inProject(id string) *account {
	a.options.Scope = tokens.Scope{ProjectID: id}
	return &a
}
