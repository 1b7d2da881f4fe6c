package openstack

import (
	"bytes"
	"strconv"
	"strings"
)

// CloudsYAML is a clouds.yaml for this cloud at a root URL: ops-admin and ops-demo with passwords, and ops-app with an application
// credential of demo's.
func (s *Server) CloudsYAML(url string) []byte {
	app, region, password := "", s.options.Region, s.options.Password
	s.do(func() {
		if c := s.credentials.find(func(c *credential) bool { return c.Name == appCredential }); c != nil {
			app = c.ID
		}
	})
	url = strings.TrimSuffix(url, "/") + s.identity.url
	var out bytes.Buffer
	out.WriteString("clouds:\n")
	entry := func(name, more, auth string) {
		out.WriteString("  " + name + ":\n    region_name: " + strconv.Quote(region) + "\n    identity_api_version: 3\n" + more +
			"    auth:\n      auth_url: " + strconv.Quote(url) + "\n" + auth)
	}
	for _, name := range []string{"admin", "demo"} {
		entry("ops-"+name, "", "      username: "+name+"\n      password: "+strconv.Quote(password)+"\n      project_name: "+name+
			"\n      user_domain_name: Default\n      project_domain_name: Default\n")
	}
	entry("ops-app", "    auth_type: v3applicationcredential\n", "      application_credential_id: "+app+
		"\n      application_credential_secret: "+strconv.Quote(password)+"\n")
	return out.Bytes()
}
