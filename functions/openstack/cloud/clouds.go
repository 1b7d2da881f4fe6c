package cloud

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// Options are what clouds are made with besides their configuration.
type Options struct {
	Now       func() time.Time  // time.Now when nil
	Transport http.RoundTripper // for all clouds; nil for one each, with its certificates
	Log       *slog.Logger      // nil for none
}

// Clouds are the clouds that the configuration admits. They are safe for concurrent use.
type Clouds struct {
	section *Section
	secret  func(name string) ([]byte, error)
	options Options
	names   []string // sorted
	clouds  map[string]*Cloud

	mu       sync.Mutex
	sessions map[string]*session // by whose they are, see Cloud.session
}

// maxSessions bounds the projects with a token in memory; above it those that were not asked for longest are forgotten.
const maxSessions = 400

// New checks section and reads clouds.yaml and certificates with secret; it sends nothing. Errors name the key that is wrong.
func New(section *Section, secret func(string) ([]byte, error), o Options) (*Clouds, error) {
	if err := section.Check(); err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c := &Clouds{section: section, secret: secret, options: o, clouds: map[string]*Cloud{}, sessions: map[string]*session{}}
	entries, err := c.entries()
	if err != nil {
		return nil, err
	}
	for name, entry := range entries {
		made, err := c.open(name, entry)
		if err != nil {
			return nil, fmt.Errorf("openstack.clouds.%s: %w", name, err)
		}
		c.clouds[name] = made
	}
	c.names = slices.Sorted(maps.Keys(c.clouds))
	if _, is := c.clouds[section.Default]; section.Default != "" && !is {
		return nil, fmt.Errorf("openstack.default: there is no cloud %s; %s", section.Default, c.there())
	}
	return c, nil
}

// entries are the configuration's clouds, or all of clouds.yaml: one for each region of an entry that has several.
func (c *Clouds) entries() (map[string]*Entry, error) {
	if len(c.section.Clouds) > 0 {
		return c.section.Clouds, nil
	}
	file, err := c.read()
	if err != nil {
		return nil, err
	}
	entries := map[string]*Entry{}
	for name, entry := range file {
		if entry.Region != "" || len(entry.Regions) < 2 {
			entries[name] = &Entry{Entry: name}
			continue
		}
		for _, region := range entry.Regions {
			entries[name+"-"+region.Name] = &Entry{Entry: name, Region: region.Name}
		}
	}
	if len(entries) > maxClouds {
		return nil, fmt.Errorf("the secret %s has more than %d clouds: list those that are meant under openstack.clouds", c.section.CloudsFile, maxClouds)
	}
	for name := range entries {
		if !nameForm.MatchString(name) {
			return nil, fmt.Errorf("the secret %s: %q is no name for a cloud: one word of letters, digits and _ . - is", c.section.CloudsFile, name)
		}
	}
	return entries, nil
}

// open checks what a cloud is made of.
func (c *Clouds) open(name string, entry *Entry) (*Cloud, error) {
	own, err := c.account(entry.Entry)
	if err != nil {
		return nil, err
	}
	accounts := []*account{own}
	if entry.Admin != "" {
		admin, err := c.account(entry.Admin)
		if err != nil {
			return nil, fmt.Errorf("admin: %w", err)
		}
		accounts = append(accounts, admin)
	}
	insecure := false
	for _, a := range accounts {
		insecure = insecure || a.unverify
	}
	if insecure && !entry.Insecure {
		return nil, errors.New("clouds.yaml says verify: false, by which anybody on the way could read the password; name the certificates (ca), or say insecure: true")
	}
	region := entry.Region
	if region == "" && len(own.regions) > 1 {
		return nil, fmt.Errorf("region: one of %s is needed", strings.Join(own.regions, ", "))
	}
	if region == "" && len(own.regions) == 1 {
		region = own.regions[0]
	}
	base := c.options.Transport
	if base == nil {
		if base, err = c.transport(entry, insecure); err != nil {
			return nil, err
		}
	}
	site := &site{name: name, entry: entry, region: region, clouds: c, base: base}
	return &Cloud{site: site, login: entry.Entry}, nil
}

// account reads an entry of clouds.yaml, anew each time, so that the secret may be replaced.
func (c *Clouds) account(entry string) (*account, error) {
	file, err := c.read()
	if err != nil {
		return nil, err
	}
	a, err := accountOf(file, entry)
	if err != nil {
		return nil, fmt.Errorf("the secret %s: %w", c.section.CloudsFile, err)
	}
	return a, nil
}

// Names lists the clouds, sorted.
func (c *Clouds) Names() []string { return slices.Clone(c.names) }

// Default is the cloud that is meant when none is named: the configured one, or the only one there is; else empty.
func (c *Clouds) Default() string {
	if c.section.Default == "" && len(c.names) == 1 {
		return c.names[0]
	}
	return c.section.Default
}

// Patience is how long a search waits for one cloud.
func (c *Clouds) Patience() time.Duration { return c.section.Patience }

// Find is a cloud by its name; empty is the default one. It gives a Fault with what was meant perhaps.
func (c *Clouds) Find(name string) (*Cloud, error) {
	if name == "" {
		if name = c.Default(); name == "" {
			return nil, &Fault{Kind: Unknown, Message: "which cloud is meant? T" + c.there()[1:]}
		}
	}
	if found, is := c.clouds[name]; is {
		return found, nil
	}
	said := chat.Quote(name, 64)
	if near := command.Nearest(name, c.names); len(near) > 0 {
		return nil, &Fault{Kind: Unknown, Message: fmt.Sprintf("there is no cloud %s. Did you mean %s?", said, strings.Join(near, " or "))}
	}
	return nil, &Fault{Kind: Unknown, Message: fmt.Sprintf("there is no cloud %s; %s", said, c.there())}
}

// there names the clouds, as a sentence does.
func (c *Clouds) there() string {
	return "there " + chat.Are(len(c.names)) + " " + strings.Join(c.names, ", ")
}

// All are the clouds, by name.
func (c *Clouds) All() []*Cloud {
	all := make([]*Cloud, 0, len(c.names))
	for _, name := range c.names {
		all = append(all, c.clouds[name])
	}
	return all
}

// Close ends idle connections.
func (c *Clouds) Close() {
	for _, one := range c.clouds {
		if idle, ok := one.site.base.(interface{ CloseIdleConnections() }); ok {
			idle.CloseIdleConnections()
		}
	}
}
