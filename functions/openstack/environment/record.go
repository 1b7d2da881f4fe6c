package environment

import (
	"encoding/json"
	"regexp"
	"slices"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment/template"
)

// State is where an environment stands.
type State string

// The states of an environment.
const (
	// Making has a job that makes it.
	Making State = "making"
	// Ready is whole.
	Ready State = "ready"
	// Stopped is whole, but its servers are stopped, since its time is over.
	Stopped State = "stopped"
	// Kept was not made as a whole, and is kept for inspection.
	Kept State = "kept"
	// Going is being taken back.
	Going State = "going"
	// Left was taken back but for what would not go.
	Left State = "left"
)

// Record is what an environment is to be. Only making it anew changes it.
type Record struct {
	Name       string            `json:"name"`
	Owner      string            `json:"owner"`             // a principal, or the name of a person of the configuration
	Members    []string          `json:"members,omitempty"` // who else may extend and give it back, likewise
	By         string            `json:"by"`                // who asked for it
	Groups     []string          `json:"groups,omitempty"`  // by what else roles knew them
	Address    string            `json:"address,omitempty"` // where they asked
	Bot        string            `json:"bot,omitempty"`     // the word in the marks of its things: the bot's name when it was made
	Cloud      string            `json:"cloud"`
	Project    string            `json:"project,omitempty"` // the id of the account's project that it is in; empty for one of its own
	Template   string            `json:"template"`
	Parameters map[string]any    `json:"parameters,omitempty"`
	Secrets    []Secret          `json:"secrets,omitempty"` // of parameters; what they hold is nowhere in a record
	Policy     template.Policy   `json:"policy"`
	Keep       bool              `json:"keep,omitempty"`  // a failure leaves it for inspection
	Login      string            `json:"login,omitempty"` // the user at its servers
	Key        string            `json:"key,omitempty"`   // its public key was made for it
	Plan       template.Plan     `json:"plan"`
	Created    time.Time         `json:"created"`
	TTL        time.Duration     `json:"ttl"`
	MaxTTL     time.Duration     `json:"max_ttl"`
	Images     map[string]string `json:"images,omitempty"` // what the newest of a family was when it was planned
}

// Secret is one that a plan takes: a word stands for it, and what it holds takes the word's place as the cloud is asked.
type Secret struct {
	Parameter string `json:"parameter"`
	Name      string `json:"name"` // of the secret that the function was given
	Word      string `json:"word"` // nobody could have written it
}

// ItemState is where a thing of an environment stands.
type ItemState string

// The states of a thing.
const (
	// Intended may have been asked for, and may be there.
	Intended ItemState = "intended"
	// Made is there, and not ready yet.
	Made ItemState = "made"
	// Whole is there and as it is to be.
	Whole ItemState = "ready"
	// Leaving was told to go.
	Leaving ItemState = "going"
	// Gone was seen to be gone, or was surely never made.
	Gone ItemState = "gone"
	// Stays would not go.
	Stays ItemState = "left"
)

// Item is one thing in an inventory.
type Item struct {
	Key       string            `json:"key"` // in the plan; of one that was made twice with its id behind a ~
	Kind      string            `json:"kind"`
	Name      string            `json:"name"`
	ID        string            `json:"id,omitempty"` // empty while it is not known whether it is there
	State     ItemState         `json:"state"`
	Job       string            `json:"job"`           // the job that asked for it: its mark
	At        time.Time         `json:"at"`            // of the last change of state
	Why       string            `json:"why,omitempty"` // what is wrong with it, for people
	Addresses []string          `json:"addresses,omitempty"`
	Outputs   map[string]string `json:"outputs,omitempty"` // of a stack, when it was made
	Within    []Inner           `json:"within,omitempty"`  // of a stack, when it was made
	Tries     int               `json:"tries,omitempty"`   // how often it was asked for, or told to go
	Back      bool              `json:"back,omitempty"`    // it was seen to be gone, and was there again
	Lost      time.Time         `json:"lost,omitzero"`     // when it was first asked for without an answer and without a trace: it may still come
}

// Inner is a server in a stack.
type Inner struct {
	Name      string   `json:"name"`
	ID        string   `json:"id"`
	Addresses []string `json:"addresses,omitempty"`
}

// Environment is one with its inventory.
type Environment struct {
	Record

	State   State
	Why     string    // why it is kept, or what is left
	Job     string    // the job that wrote last
	Maker   string    // the job that took the name
	Lease   string    // the job that waits for its end; empty before there is one
	Expires time.Time // when its time is over
	Items   map[string]*Item
}

// Item finds a thing of the inventory; nil when it was never asked for.
func (e *Environment) Item(key string) *Item { return e.Items[key] }

// Inventory lists the things in the plan's order, those that stand in no plan any more behind them.
func (e *Environment) Inventory() []*Item {
	place := make(map[string]int, len(e.Plan.Items))
	for i, item := range e.Plan.Items {
		place[item.Key] = i + 1
	}
	list := make([]*Item, 0, len(e.Items))
	for _, item := range e.Items {
		list = append(list, item)
	}
	slices.SortFunc(list, func(a, b *Item) int {
		pa, pb := place[a.Key], place[b.Key]
		switch {
		case pa == pb:
			return compare(a.Key, b.Key)
		case pa == 0:
			return 1
		case pb == 0:
			return -1
		}
		return pa - pb
	})
	return list
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Belongs reports whether an environment is somebody's own: its owner's or a member's. who is each name by which they are
// known, principals and the name of the person.
func (r *Record) Belongs(who ...string) bool {
	return slices.ContainsFunc(who, func(name string) bool {
		return name != "" && (name == r.Owner || slices.Contains(r.Members, name))
	})
}

// nameForm is what an environment's name looks like: it goes into names of things and into marks.
var nameForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,40}$`)

// IsName reports whether text can be an environment's name. The key pair of one called "took" would be kept where it is noted how long those of the template "key" took.
func IsName(text string) bool { return text != "took" && nameForm.MatchString(text) }

// Fits reports whether a record is not too large to be kept.
func (r *Record) Fits() bool {
	text, err := json.Marshal(r)
	return err == nil && len(text) <= maxRecord
}

// itemField begins the field of a thing.
const itemField = "item:"

// Change is what a job writes: nil and zero fields stay as they are.
type Change struct {
	Record  *Record
	State   State
	Why     *string
	Lease   string
	Expires time.Time
	Items   []*Item
	Forget  []string      // keys of things that leave the inventory: those of an earlier making, all gone
	Took    time.Duration // how long making it took, with Record; counted with a change of state only
	Sealed  string        // a private key that is handed over once
}

// flatten lists the fields and their values.
func (c *Change) flatten(job string) ([]any, error) {
	fields := []any{"job", job}
	if c.Record != nil {
		text, err := json.Marshal(c.Record)
		if err != nil {
			return nil, err
		}
		if len(text) > maxRecord {
			return nil, errTooLarge
		}
		fields = append(fields, "record", text, "owner", c.Record.Owner)
	}
	if c.State != "" {
		fields = append(fields, "state", string(c.State))
	}
	if c.Why != nil {
		fields = append(fields, "why", *c.Why)
	}
	if c.Lease != "" {
		fields = append(fields, "lease", c.Lease)
	}
	if !c.Expires.IsZero() {
		fields = append(fields, "expires", c.Expires.UnixMilli())
	}
	for _, item := range c.Items {
		text, err := json.Marshal(item)
		if err != nil {
			return nil, err
		}
		fields = append(fields, itemField+item.Key, text)
	}
	for _, key := range c.Forget {
		fields = append(fields, itemField+key, "")
	}
	return fields, nil
}
