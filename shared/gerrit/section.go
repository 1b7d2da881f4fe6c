package gerrit

import (
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"time"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/webapi"
)

// Names of the secrets that stand for nothing in the configuration.
const (
	PasswordSecret = "gerrit-http-password" // the account's HTTP password, for REST
	KeySecret      = "gerrit-ssh-key"       // the account's private key, for the stream
	HostsSecret    = "gerrit-known-hosts"   // the servers' host keys, as OpenSSH's known_hosts
)

// Ways to have what was missed told once more.
const (
	EventsLogAuto = "auto" // the plugin events-log where it is installed, else queries
	EventsLogYes  = "yes"  // the plugin; it is an error when it is not there
	EventsLogNo   = "no"   // queries
)

const (
	defaultTimeout = 15 * time.Second
	longestTimeout = 5 * time.Minute
	defaultOverlap = 2 * time.Minute
	longestOverlap = time.Hour
)

// Section is the configuration's section "gerrit".
type Section struct {
	Servers []*Server `yaml:"servers"`
}

// Server is one Gerrit.
type Server struct {
	Name      string        `yaml:"name"`                 // "review"; small letters, digits and -; it is in addresses, subjects and rules
	URL       string        `yaml:"url"`                  // as people see it and REST is reached, https://review.example.org/r
	SSH       string        `yaml:"ssh,omitempty"`        // host:port of its SSH server; without it the stream is not listened to
	User      string        `yaml:"user,omitempty"`       // the bot's account
	Password  string        `yaml:"password,omitempty"`   // the secret with the account's HTTP password; anonymous without one
	Key       string        `yaml:"key,omitempty"`        // the secret with the account's private key; gerrit-ssh-key when empty
	EventsLog string        `yaml:"events_log,omitempty"` // auto, yes or no; auto when empty
	Zone      string        `yaml:"zone,omitempty"`       // the time zone in which the plugin events-log reads times; UTC when empty
	Ignore    []string      `yaml:"ignore,omitempty"`     // types of events that are of no use here, besides those of replication
	Overlap   time.Duration `yaml:"overlap,omitempty"`    // how much before the last event what was missed is asked for; 2 m when 0
	Timeout   time.Duration `yaml:"timeout,omitempty"`    // of one REST request; 15 s when 0

	zone     *time.Location
	optional bool // nobody named the password's secret, so there need not be one
}

// Read reads the section, checked and with what stands for nothing filled in. URLs have no slash at their end. It is nil
// when there is no section.
func Read(f *config.File) (*Section, error) {
	var s Section
	found, err := f.Section("gerrit", &s)
	if err != nil || !found {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("config: gerrit.%w", err)
	}
	return &s, nil
}

// Server is the server of that name; the only one there is when the name is empty. It is nil when there is none such.
func (s *Section) Server(name string) *Server {
	if name == "" && len(s.Servers) == 1 {
		return s.Servers[0]
	}
	for _, server := range s.Servers {
		if server.Name == name {
			return server
		}
	}
	return nil
}

// Names are the servers' names, in the configuration's order.
func (s *Section) Names() []string {
	names := make([]string, len(s.Servers))
	for i, server := range s.Servers {
		names[i] = server.Name
	}
	return names
}

func (s *Section) check() error {
	if len(s.Servers) == 0 {
		return errors.New("servers: name at least one, with name and url")
	}
	for i, server := range s.Servers {
		if server == nil {
			return fmt.Errorf("servers, entry %d: it is empty", i+1)
		}
		// One server's password is not for another: among several, each names its own.
		server.optional = server.Password == "" && len(s.Servers) == 1
		if err := server.check(); err != nil {
			return fmt.Errorf("servers, entry %d: %w", i+1, err)
		}
		if slices.Contains(s.Names()[:i], server.Name) {
			return fmt.Errorf("servers: two are called %s", server.Name)
		}
	}
	return nil
}

var (
	nameForm   = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)
	secretForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,62}$`)
	userForm   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$`)
)

func (s *Server) check() error {
	if !nameForm.MatchString(s.Name) {
		return fmt.Errorf("name: %q is not a name; write small letters, digits and -, such as review", s.Name)
	}
	at, err := webapi.Site(s.URL, "https://review.example.org/path")
	if err != nil {
		return fmt.Errorf("url of %s: %w", s.Name, err)
	}
	s.URL = at
	if err := s.checkAccount(); err != nil {
		return err
	}
	s.fill()
	switch {
	case !slices.Contains([]string{EventsLogAuto, EventsLogYes, EventsLogNo}, s.EventsLog):
		return fmt.Errorf("events_log of %s: %q is none of auto, yes and no", s.Name, s.EventsLog)
	case s.Overlap < time.Second || s.Overlap > longestOverlap:
		return fmt.Errorf("overlap of %s: %s is not between a second and an hour", s.Name, s.Overlap)
	case s.Timeout < time.Second || s.Timeout > longestTimeout:
		return fmt.Errorf("timeout of %s: %s is not between a second and five minutes", s.Name, s.Timeout)
	}
	if s.zone, err = time.LoadLocation(s.Zone); err != nil {
		return fmt.Errorf("zone of %s: %q is not a time zone; write one such as Europe/Berlin", s.Name, s.Zone)
	}
	for _, kind := range s.Ignore {
		if !typeForm.MatchString(kind) {
			return fmt.Errorf("ignore of %s: %q is not a type of events; write one such as ref-updated", s.Name, kind)
		}
	}
	return nil
}

// fill puts in what stands for nothing.
func (s *Server) fill() {
	if s.Password == "" && s.optional {
		s.Password = PasswordSecret
	}
	if s.Key == "" {
		s.Key = KeySecret
	}
	if s.EventsLog == "" {
		s.EventsLog = EventsLogAuto
	}
	if s.Zone == "" {
		s.Zone = "UTC"
	}
	if s.Overlap == 0 {
		s.Overlap = defaultOverlap
	}
	if s.Timeout == 0 {
		s.Timeout = defaultTimeout
	}
}

func (s *Server) checkAccount() error {
	if s.User != "" && !userForm.MatchString(s.User) {
		return fmt.Errorf("user of %s: %q is not the name of an account", s.Name, s.User)
	}
	for _, secret := range []string{s.Password, s.Key} {
		if secret != "" && !secretForm.MatchString(secret) {
			return fmt.Errorf("%s: password and key are names of secrets, such as %s, not what is in them", s.Name, PasswordSecret)
		}
	}
	if s.User == "" && (s.SSH != "" || s.Password != "") {
		return fmt.Errorf("user of %s is needed, since it has ssh or password", s.Name)
	}
	if s.SSH == "" {
		return nil
	}
	host, port, err := net.SplitHostPort(s.SSH)
	if err != nil || host == "" || port == "" {
		return fmt.Errorf("ssh of %s: %q is not host:port; write one such as review.example.org:29418", s.Name, s.SSH)
	}
	return nil
}
