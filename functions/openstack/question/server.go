package question

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/chat"
)

// server is what is read of one of Nova's: https://docs.openstack.org/api-ref/compute/#show-server-details.
type server struct {
	ID        string               `json:"id"`
	Name      string               `json:"name"`
	Status    string               `json:"status"`
	Task      string               `json:"OS-EXT-STS:task_state"`
	Created   time.Time            `json:"created"`
	Launched  string               `json:"OS-SRV-USG:launched_at"`
	Zone      string               `json:"OS-EXT-AZ:availability_zone"`
	Host      string               `json:"OS-EXT-SRV-ATTR:hypervisor_hostname"` // for administrators
	Project   string               `json:"tenant_id"`
	User      string               `json:"user_id"`
	Image     optionalID           `json:"image"`
	Flavor    flavor               `json:"flavor"`
	Addresses map[string][]address `json:"addresses"`
	Fault     *serverFault         `json:"fault"`
	Metadata  map[string]string    `json:"metadata"`
	Locked    bool                 `json:"locked"`
	Key       string               `json:"key_name"`
}

type flavor struct {
	Name string `json:"original_name"` // since 2.47
	ID   string `json:"id"`            // before
	CPUs int    `json:"vcpus"`
	RAM  int    `json:"ram"`
	Disk int    `json:"disk"`
}

type address struct {
	Addr string `json:"addr"`
	Type string `json:"OS-EXT-IPS:type"` // fixed or floating
}

type serverFault struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// optionalID is a thing's id, or an empty text where there is none: a server from a volume has no image.
type optionalID string

// UnmarshalJSON implements json.Unmarshaler.
func (o *optionalID) UnmarshalJSON(text []byte) error {
	var thing struct {
		ID string `json:"id"`
	}
	if len(text) == 0 || text[0] != '{' {
		*o = ""
		return nil
	}
	if err := json.Unmarshal(text, &thing); err != nil {
		return err
	}
	*o = optionalID(thing.ID)
	return nil
}

// mark is ours, if it bears one.
func (s *server) mark() (resource.Mark, bool) {
	var words []string
	for key, value := range s.Metadata {
		if strings.HasPrefix(key, "handsoff:") && !strings.ContainsAny(value, " \t\n") {
			words = append(words, key+"="+value)
		}
	}
	return resource.ParseMark(strings.Join(words, " "))
}

// addresses are all of its addresses, sorted.
func (s *server) addresses() []address {
	var all []address
	for _, list := range s.Addresses {
		all = append(all, list...)
	}
	slices.SortFunc(all, func(a, b address) int { return strings.Compare(a.Type+a.Addr, b.Type+b.Addr) })
	return all
}

// plainAddresses are its addresses, floating ones marked.
func (s *server) plainAddresses() string {
	var texts []string
	for _, a := range s.addresses() {
		text := chat.OneLine(a.Addr)
		if a.Type != "" {
			text += " (" + chat.OneLine(a.Type) + ")"
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
}

// state is its status, with what is being done to it.
func (s *server) state() string {
	text := s.Status
	if s.Task != "" {
		text += ", " + s.Task
	}
	if s.Locked {
		text += ", locked"
	}
	return chat.OneLine(text)
}

// flavorText is its flavor with what that is.
func (s *server) flavorText() string {
	if s.Flavor.Name == "" {
		return chat.OneLine(s.Flavor.ID)
	}
	return chat.OneLine(s.Flavor.Name)
}
