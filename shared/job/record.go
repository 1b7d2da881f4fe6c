package job

import (
	"encoding/json"
	"time"
)

// Origin says from where a command came.
type Origin struct {
	Door    string `json:"door"`              // "telnet", "slack", "cli", "schedule", …
	Address string `json:"address,omitempty"` // where to answer, see Job.Watchers; empty where nobody listens
}

// Link is something to click.
type Link struct {
	Title string `json:"title"`
	URL   string `json:"url"`
}

// Progress is how far a job has come. The zero value says nothing is known.
type Progress struct {
	Percent int       // 0 to 100; -1 when unknown
	ETA     time.Time // when it should be done; zero when unknown
	Step    int       // the step under way, from 1; 0 when steps mean nothing here
	Steps   int       // how many there are
	Line    string    // what is happening now, for a person
}

// Part is a part of a job that people see with its state: a step of a pipeline.
type Part struct {
	Name    string    `json:"name"`
	State   string    `json:"state,omitempty"` // a job's state, or PartSkipped, or PartKept; empty before it began
	Job     string    `json:"job,omitempty"`   // the job that does it
	Note    string    `json:"note,omitempty"`  // one line: what it waits for, why it failed
	Started time.Time `json:"started,omitzero"`
	Ended   time.Time `json:"ended,omitzero"`
}

// Offer is a command that fits how a job stands, for whoever sees it to give: a button where there are any. Whoever gives it needs
// what the command needs.
type Offer struct {
	Title  string `json:"title"`            // a button's words: "Extend"
	Text   string `json:"text"`             // the line that is given: "openstack env extend demo"
	Danger bool   `json:"danger,omitempty"` // it destroys something: whoever clicks is asked once more
}

// What a part may be besides what a job may.
const (
	PartSkipped = "skipped" // it was not to be done
	PartKept    = "kept"    // an earlier job, which this one repeats, had done it
)

// Request is what Accept makes a job of.
type Request struct {
	Key       string         // idempotency key: the same key gives the same job for a day; empty for none
	Nonce     string         // refused with ErrReplayed when seen in the last fifteen minutes; empty for none
	Function  string         // the function that steps the job
	Command   string         // the command's words, "jenkins build"
	Text      string         // what was typed, or its equivalent
	Args      map[string]any // parsed and typed arguments
	Principal string         // who, "telnet:ann"
	Groups    []string       // what else roles know them by
	Origin    Origin
	Watch     []string      // addresses that follow the job, "telnet:ann"
	Opening   string        // what its story begins with: told to who follows it; empty for nothing
	Lock      string        // what the job needs alone; where a job that led to it holds that, those that this one starts exclude one another; empty for nothing
	Limit     time.Duration // time limit from the first step; 0 takes the engine's (24 h)
	Parent    string        // the job that started this one; ErrParent when that is over or is to stop
	Closing   int64         // the parent's fence: it is asked for also when the parent is to stop, and a cancel of that does not reach it; 0 for neither
	RetryOf   string        // the finished job that this one repeats
	Signoff   *Signoff      // the sign-off it needs; nil for none
	Why       Why
}

// Why explains a decision: what made the job run, wait or be refused.
type Why struct {
	Role    string   `json:"role,omitempty"`    // the role the command needs
	Granted string   `json:"granted,omitempty"` // what in the configuration gave it, "roles.operator lists telnet:ann"
	Cause   []string `json:"cause,omitempty"`   // rules, schedules or jobs that led here, the nearest first
	Notes   []string `json:"notes,omitempty"`   // anything else that a person should know, a sentence each
}

// SignoffRequester in place of a role says that only the requester's own word counts: a job that its requester confirms.
const SignoffRequester = "requester"

// Signoff is the approval that a job needs before it is queued.
type Signoff struct {
	Need     int           `json:"need"`           // how many other people
	Role     string        `json:"role"`           // the role they must have, checked by who calls Approve; or SignoffRequester
	Self     bool          `json:"self,omitempty"` // whether the requester's own word counts
	Within   time.Duration `json:"within"`         // how long it may take; 0 takes the engine's (one hour)
	Until    time.Time     `json:"-"`
	Approved []Approval    `json:"-"`
}

// Approval is one person's word.
type Approval struct {
	Principal string    `json:"principal"`
	At        time.Time `json:"at"`
	Forced    bool      `json:"forced,omitempty"`
}

// CancelRequest is the wish that a job stop.
type CancelRequest struct {
	By     string    // principal, or a time limit, see Deadline
	Groups []string  // what else roles knew them by
	Reason string    // in the asker's words; may be empty
	At     time.Time // when the flag was set
	Signal time.Time // when the outside thing was first told; zero until then
}

// Receipt is what a cancelled job can prove.
type Receipt struct {
	By        string    `json:"by"`
	Reason    string    `json:"reason,omitempty"`
	Asked     time.Time `json:"asked"`
	Signalled time.Time `json:"signalled,omitzero"` // zero when nothing outside had been started
	Confirmed time.Time `json:"confirmed"`
	Evidence  string    `json:"evidence"`       // what was seen: "demo/slow #12 is ABORTED"
	Left      []string  `json:"left,omitempty"` // what was left behind, a sentence each
}

// Job is a record as it was at one moment. Change it only through a [Store] or a [Run].
type Job struct {
	ID         string
	Function   string
	Command    string
	Text       string
	Args       map[string]any
	Principal  string
	Groups     []string // what else roles knew the principal by when it was accepted
	Origin     Origin
	State      State
	Progress   Progress
	Checkpoint json.RawMessage // the capability's own; nil before it saved one
	Result     json.RawMessage // what it produced; nil for nothing
	Error      string          // why it failed, or the evidence of an unknown end
	Links      []Link
	Parts      []Part // nil for a job of one piece
	Offers     []Offer
	Attempt    int    // how often a worker took it over from a dead one
	Fence      int64  // the lease's number; grows with each lease
	Worker     string // who holds the lease
	Parent     string
	Closes     bool // it is one of those with which its parent closes
	RetryOf    string
	Retried    int    // faults in a row that the engine is waiting out
	Lock       string // the lock it needs
	Behind     string // the job that holds that lock, while this one stands in line
	Signoff    *Signoff
	Why        Why
	Cancel     *CancelRequest // nil unless somebody asked
	Receipt    *Receipt       // nil unless it ended by a cancel or its time limit
	Key        string
	Trace      string // to which it belongs, see package trace; empty for none
	Version    int64  // counts visible changes

	Limit                                                      time.Duration
	Lease, Wake, Deadline, Created, Started, Changed, Finished time.Time // zero when not (yet) so
}

// Line is one entry of a job's story or log.
type Line struct {
	ID   string // orders lines; pass the last one seen to read on
	At   time.Time
	Text string
}
