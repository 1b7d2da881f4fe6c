package question

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/rule"
)

// Section is what the configuration's section "openstack" says about questions.
type Section struct {
	Owners Owners `yaml:"owners,omitempty"`
	Verify Verify `yaml:"verify,omitempty"`
}

// Owners says how those are told whose servers are on a hypervisor.
type Owners struct {
	Templates map[string]*Message  `yaml:"templates,omitempty"`  // what they are told, by name
	Projects  map[string][]string  `yaml:"projects,omitempty"`   // a project's name or id → addresses: slack:C123, mail:team@example.org
	Users     map[string][]string  `yaml:"users,omitempty"`      // a cloud's user → addresses
	NoEmail   bool                 `yaml:"no_email,omitempty"`   // the address that Keystone has of a user is not used
	Signoff   *command.SignoffSpec `yaml:"signoff,omitempty"`    // who must agree; one approver when absent
	NoSignoff bool                 `yaml:"no_signoff,omitempty"` // nobody must
}

// Message is a template: its values are owner, servers, host, cloud, what, description and when, in {{ }}.
type Message struct {
	Subject string `yaml:"subject"`
	Body    string `yaml:"body"`

	subject, body *rule.Template
}

// Verify says how a cloud is tried out.
type Verify struct {
	Template string `yaml:"template,omitempty"` // of the environment that is made; "small" when empty
}

const (
	maxTemplates = 100
	maxAddresses = 8
)

// Check refuses what cannot work, with the key that is wrong.
func (s *Section) Check() error {
	s.Verify.Template = cmp.Or(s.Verify.Template, "small")
	o := &s.Owners
	if len(o.Templates) > maxTemplates {
		return fmt.Errorf("openstack.owners.templates: more than %d", maxTemplates)
	}
	for _, name := range sorted(o.Templates) {
		if err := o.Templates[name].check(); err != nil {
			return fmt.Errorf("openstack.owners.templates.%s: %w", name, err)
		}
	}
	for key, list := range map[string]map[string][]string{"projects": o.Projects, "users": o.Users} {
		for _, name := range sorted(list) {
			if err := checkAddresses(list[name]); err != nil {
				return fmt.Errorf("openstack.owners.%s.%s: %w", key, name, err)
			}
		}
	}
	if o.Signoff != nil && o.Signoff.Need < 1 {
		return fmt.Errorf("openstack.owners.signoff: need is at least 1; no_signoff: true asks for none")
	}
	return nil
}

func (m *Message) check() error {
	if m == nil || strings.TrimSpace(m.Subject) == "" || strings.TrimSpace(m.Body) == "" {
		return fmt.Errorf("subject and body are needed")
	}
	for _, part := range []struct {
		key, text string
		into      **rule.Template
	}{{"subject", m.Subject, &m.subject}, {"body", m.Body, &m.body}} {
		t, err := rule.ParseTemplate(part.text)
		if err != nil {
			return fmt.Errorf("%s: %w", part.key, err)
		}
		for _, path := range t.Paths() {
			if len(path) > 0 && !slices.Contains(messageValues, path[0]) {
				return fmt.Errorf("%s: there is no value %s; there are %s", part.key, path[0], strings.Join(messageValues, ", "))
			}
		}
		*part.into = t
	}
	return nil
}

// messageValues are the values that a template may use.
var messageValues = []string{"owner", "servers", "host", "cloud", "what", "description", "when"}

func checkAddresses(list []string) error {
	if len(list) == 0 || len(list) > maxAddresses {
		return fmt.Errorf("from 1 to %d addresses are needed", maxAddresses)
	}
	for _, address := range list {
		if !isAddress(address) {
			return fmt.Errorf("%q is not an address; write door:where, such as slack:C123 or mail:ann@example.org", address)
		}
	}
	return nil
}

// isAddress reports whether something can be told there.
func isAddress(text string) bool {
	door, where, ok := strings.Cut(text, ":")
	return ok && door != "" && where != "" && where != "*" && len(text) <= 256 && !config.IsGroup(text) && !strings.ContainsAny(text, " \t\r\n,")
}
