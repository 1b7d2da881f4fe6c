package attend

import "time"

// keeperName is the keeper's argv[0]: by it a program knows that it is to be one, and a person reads it in ps.
const keeperName = "handsoff-keeper"

// Where the keeper finds what it is given. Its own output is where the function's errors go, for a crash's trace.
const (
	controlDescriptor = 3 + iota
	inputDescriptor
	outputDescriptor
	errorsDescriptor
	eventsDescriptor
)

// order is what the function says to its keeper; an empty one says that the function is there.
type order struct {
	Begin *beginning `json:"begin,omitempty"`
	Go    bool       `json:"go,omitempty"`
	Stop  *Waits     `json:"stop,omitempty"`
}

// beginning is the first order.
type beginning struct {
	Path       string        `json:"path"`
	Args       []string      `json:"args"`
	Env        []string      `json:"env"`
	Dir        string        `json:"dir"`
	Events     bool          `json:"events"`
	Patience   time.Duration `json:"patience"`
	Stragglers time.Duration `json:"stragglers"`
	Polite     time.Duration `json:"polite"`
}

// notice is what the keeper says to the function. One of the fields is set.
type notice struct {
	Ready    bool     `json:"ready,omitempty"`
	Started  int      `json:"started,omitempty"` // the identifier of the program and of its group
	Refused  string   `json:"refused,omitempty"`
	Stopping bool     `json:"stopping,omitempty"`
	Sent     string   `json:"sent,omitempty"`
	Exited   *Exit    `json:"exited,omitempty"`
	Left     []string `json:"left,omitempty"`
	Stuck    []string `json:"stuck,omitempty"`
	Trouble  string   `json:"trouble,omitempty"`
	Gone     bool     `json:"gone,omitempty"`
}
