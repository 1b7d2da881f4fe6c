package unfurl

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// Forge is what kind of site a link leads to.
type Forge int

// The forges.
const (
	GitHub Forge = iota
	Gerrit
)

// Site is one that the configuration names.
type Site struct {
	Forge Forge
	Web   *url.URL // where people see it, https://review.example.org/r, without a slash at its end
	API   *url.URL // where its API is, with a slash at its end
}

// NewSite reads a site's addresses as configured. An empty api stands for the usual one: https://api.github.com for
// github.com, /api/v3 for a GitHub of one's own, the site itself for Gerrit.
func NewSite(forge Forge, web, api string) (*Site, error) {
	at, err := address(web)
	if err != nil {
		return nil, err
	}
	s := &Site{Forge: forge, Web: at}
	switch {
	case api != "":
		if s.API, err = address(api); err != nil {
			return nil, err
		}
	case forge == GitHub && at.Host == "github.com":
		s.API = &url.URL{Scheme: at.Scheme, Host: "api.github.com"}
	case forge == GitHub:
		s.API = at.JoinPath("api", "v3")
	default:
		s.API = at
	}
	s.API = s.API.JoinPath("/")
	return s, nil
}

func address(text string) (*url.URL, error) {
	at, err := url.Parse(strings.TrimSuffix(text, "/"))
	switch {
	case err != nil:
		return nil, fmt.Errorf("unfurl: %w", err)
	case at.Scheme != "https" && at.Scheme != "http" || at.Host == "":
		return nil, fmt.Errorf("unfurl: %q is not the address of a site", text)
	case at.User != nil || at.RawQuery != "" || at.Fragment != "":
		return nil, errors.New("unfurl: the address of a site has no password, query or fragment")
	}
	at.Host = strings.ToLower(at.Host)
	return at, nil
}

// path is what a link says below the site's own address, without the slash at its beginning; false for a link to
// somewhere else.
func (s *Site) path(link *url.URL) (string, bool) {
	if host(link) != host(s.Web) {
		return "", false
	}
	return strings.CutPrefix(link.EscapedPath(), s.Web.EscapedPath()+"/")
}

// host is an address's host and port. http and https of the same host are the same site to people.
func host(at *url.URL) string {
	name, port := strings.ToLower(at.Hostname()), at.Port()
	if port == "80" && at.Scheme == "http" || port == "443" && at.Scheme == "https" {
		port = ""
	}
	return net.JoinHostPort(strings.TrimSuffix(name, "."), port)
}
