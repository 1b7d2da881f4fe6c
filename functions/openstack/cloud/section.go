package cloud

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"time"
)

// Section is what the configuration's section "openstack" says about the clouds.
type Section struct {
	CloudsFile string                   `yaml:"clouds_file,omitempty"` // the secret with clouds.yaml; "clouds.yaml" when empty
	Default    string                   `yaml:"default,omitempty"`     // the cloud that is meant when none is named
	Patience   time.Duration            `yaml:"patience,omitempty"`    // for one cloud in a search
	Timeout    time.Duration            `yaml:"timeout,omitempty"`     // of one request
	Pace       map[string]time.Duration `yaml:"pace,omitempty"`        // how often to look at a thing of a kind: server, volume, stack …
	Clouds     map[string]*Entry        `yaml:"clouds,omitempty"`      // all of clouds.yaml when absent
}

// Entry admits one cloud.
type Entry struct {
	Entry        string            `yaml:"entry,omitempty"`        // of clouds.yaml; the cloud's own name when empty
	Admin        string            `yaml:"admin,omitempty"`        // the entry with administrator's credentials
	Region       string            `yaml:"region,omitempty"`       // where the entry has several
	CA           string            `yaml:"ca,omitempty"`           // the secret with PEM certificates to trust besides the system's
	Insecure     bool              `yaml:"insecure,omitempty"`     // permits "verify: false" in clouds.yaml
	Horizon      string            `yaml:"horizon,omitempty"`      // the dashboard, for links
	Environments *bool             `yaml:"environments,omitempty"` // whether environments may be made there; true when absent
	Roles        map[string]string `yaml:"roles,omitempty"`        // viewer, operator, admin → the role's name in the configuration
}

// What is taken where the section says nothing.
const (
	defaultFile     = "clouds.yaml"
	defaultPatience = 10 * time.Second
	defaultTimeout  = 30 * time.Second
	defaultPace     = 2 * time.Second
	maxClouds       = 200
)

var nameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)

// Check refuses what cannot work, with the key that is wrong, and fills in what is not said.
func (s *Section) Check() error {
	s.CloudsFile = cmp.Or(s.CloudsFile, defaultFile)
	s.Patience = cmp.Or(s.Patience, defaultPatience)
	s.Timeout = cmp.Or(s.Timeout, defaultTimeout)
	for key, d := range map[string]time.Duration{"patience": s.Patience, "timeout": s.Timeout} {
		if d < 100*time.Millisecond || d > 10*time.Minute {
			return fmt.Errorf("openstack.%s: %s is not between a tenth of a second and ten minutes", key, d)
		}
	}
	for kind, d := range s.Pace {
		if d < 10*time.Millisecond || d > time.Hour {
			return fmt.Errorf("openstack.pace.%s: %s is not between a hundredth of a second and an hour", kind, d)
		}
	}
	if len(s.Clouds) > maxClouds {
		return fmt.Errorf("openstack.clouds: more than %d", maxClouds)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Clouds)) {
		if s.Clouds[name] == nil {
			s.Clouds[name] = &Entry{}
		}
		if err := s.Clouds[name].check(name); err != nil {
			return fmt.Errorf("openstack.clouds.%s: %w", name, err)
		}
	}
	if _, is := s.Clouds[s.Default]; s.Default != "" && len(s.Clouds) > 0 && !is {
		return fmt.Errorf("openstack.default: there is no cloud %s under openstack.clouds", s.Default)
	}
	return nil
}

func (e *Entry) check(name string) error {
	if !nameForm.MatchString(name) {
		return errors.New("a name is one word of letters, digits and _ . -")
	}
	e.Entry = cmp.Or(e.Entry, name)
	for grade, role := range e.Roles {
		if !slices.Contains([]string{Viewer.String(), Operator.String(), Admin.String()}, grade) || role == "" {
			return fmt.Errorf("roles.%s: viewer, operator or admin, and the name of a role, are needed", grade)
		}
	}
	if e.Horizon != "" {
		u, err := url.Parse(e.Horizon)
		if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "http" && u.Scheme != "https") {
			return errors.New("horizon: it must look like https://cloud.example.org/dashboard")
		}
	}
	return nil
}
