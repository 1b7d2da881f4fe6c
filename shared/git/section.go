package git

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Section is what every function that uses git takes from the configuration's section "git". The function git has more
// there.
type Section struct {
	Program     string       `yaml:"program,omitempty"`     // "git" when empty
	WorkDir     string       `yaml:"work_dir,omitempty"`    // where caches are kept; the function's own choice when empty
	Protocols   []string     `yaml:"protocols,omitempty"`   // https and ssh when empty
	KnownHosts  string       `yaml:"known_hosts,omitempty"` // the secret with the keys of SSH servers
	CA          string       `yaml:"ca,omitempty"`          // the secret with further certificates to trust
	Credentials []Credential `yaml:"credentials,omitempty"`
}

// Credential says as whom repositories below a URL are reached: of several that fit, the one with the longest URL counts.
type Credential struct {
	URL      string `yaml:"url"`
	User     string `yaml:"user,omitempty"`
	Password string `yaml:"password,omitempty"` // the secret with the password or token
	Key      string `yaml:"key,omitempty"`      // the secret with the private SSH key

	prefix Address
}

// loose reads the section and leaves the function git's own keys alone.
type loose struct {
	Section `yaml:",inline"`

	Rest map[string]yaml.Node `yaml:",inline"`
}

// maxCredentials bounds a configuration's credentials.
const maxCredentials = 200

// Check refuses what cannot work, and fills in what is usual. Errors name the key.
func (s *Section) Check() error {
	if s.Program == "" {
		s.Program = "git"
	}
	if len(s.Protocols) == 0 {
		s.Protocols = []string{"https", "ssh"}
	}
	for _, protocol := range s.Protocols {
		if _, known := usualPorts[protocol]; !known {
			return fmt.Errorf("git.protocols: %q is none of https, ssh, http, git and file", protocol)
		}
	}
	if s.WorkDir != "" && !goodFolder(s.WorkDir) {
		return errors.New("git.work_dir: it has to be an absolute path of letters, digits and . _ - + @")
	}
	if len(s.Credentials) > maxCredentials {
		return fmt.Errorf("git.credentials: more than %d", maxCredentials)
	}
	for i := range s.Credentials {
		if err := s.Credentials[i].check(); err != nil {
			return fmt.Errorf("git.credentials, entry %d: %w", i+1, err)
		}
	}
	return nil
}

// folderForm keeps out what a shell, or ssh in its options, would take for something else.
var folderForm = regexp.MustCompile(`^(/[A-Za-z0-9._+@-]+)+$`)

func goodFolder(path string) bool { return folderForm.MatchString(path) }

func (c *Credential) check() error {
	prefix, err := parsePrefix(c.URL)
	if err != nil {
		return fmt.Errorf("url: %w", err)
	}
	c.prefix = prefix
	switch ssh := prefix.scheme == "ssh"; {
	case prefix.scheme != "ssh" && prefix.scheme != "https" && prefix.scheme != "http":
		return errors.New("url: only https, http and ssh know who somebody is")
	case ssh && (c.Key == "" || c.Password != ""):
		return errors.New("an SSH server wants key, the secret with a private key, and takes no password here")
	case !ssh && (c.Password == "" || c.Key != ""):
		return errors.New("password, the secret with the password or token, is needed, and a key is of no use")
	case !ssh && c.User == "" && prefix.user == "":
		return errors.New("user is needed; with a token most servers take any")
	case c.User != "" && !userForm.MatchString(c.User):
		return errors.New("user: it has characters that no user needs")
	}
	if c.User == "" {
		c.User = prefix.user
	}
	return nil
}

// parsePrefix reads an address that may be a whole server.
func parsePrefix(text string) (Address, error) {
	whole := strings.TrimSuffix(text, "/")
	a, err := ParseAddress(whole + "/x")
	if err != nil {
		return Address{}, err
	}
	a.path = strings.TrimSuffix(a.path, "x")
	a.text = text
	return a, nil
}

// covers reports whether the credential is for an address.
func (c *Credential) covers(a Address) bool {
	p := c.prefix
	if p.scheme != a.scheme || p.host != a.host || p.user != "" && p.user != a.user {
		return false
	}
	if p.scheme != "ssh" && a.user != "" && a.user != c.User {
		return false
	}
	return p.path == "/" || strings.HasPrefix(a.plainPath()+"/", strings.TrimSuffix(strings.TrimSuffix(p.path, "/"), ".git")+"/")
}

// credentialFor is the one with the longest path; nil when none is for the address.
func (s *Section) credentialFor(a Address) *Credential {
	var best *Credential
	for i := range s.Credentials {
		if c := &s.Credentials[i]; c.covers(a) && (best == nil || len(c.prefix.path) > len(best.prefix.path)) {
			best = c
		}
	}
	return best
}

// allows reports whether an address' protocol may be used.
func (s *Section) allows(a Address) bool { return slices.Contains(s.Protocols, a.scheme) }
