package command

import (
	"time"

	"github.com/handsoff/handsoff/shared/job"
)

// Envelope is what a door hands to the function command. Exactly one of Text and Command is set.
type Envelope struct {
	ID        string         `json:"id"`                // idempotency key: a retry has the same one; at most 128 bytes
	Nonce     string         `json:"nonce"`             // differs with every sending
	Time      time.Time      `json:"time"`              // when it was sent
	Principal string         `json:"principal"`         // who, "telnet:ann"; the door vouches for it
	Name      string         `json:"name,omitempty"`    // what people call them there, for showing only; see DisplayName
	Origin    job.Origin     `json:"origin"`            // where from, and where to answer
	Text      string         `json:"text,omitempty"`    // what was typed
	Command   string         `json:"command,omitempty"` // a command's words, with Args, from a rule, schedule or button
	Args      map[string]any `json:"args,omitempty"`    // never parsed again
	Job       string         `json:"job,omitempty"`     // the job in whose thread it was said
	Watch     []string       `json:"watch,omitempty"`   // addresses that follow a job made of it
	Cause     []string       `json:"cause,omitempty"`   // rules and jobs that led here, the nearest first
	Parent    string         `json:"parent,omitempty"`  // the job that asked for it

	Opening   string   `json:"opening,omitempty"`   // what who follows a job made of it is told first; at most 4,096 bytes
	Notes     []string `json:"notes,omitempty"`     // what the one who asks for it went by, a sentence each, for why; a rule's values
	Groups    []string `json:"groups,omitempty"`    // what else roles may know the principal by, "slack-group:S123"; the door vouches for it
	Overheard bool     `json:"overheard,omitempty"` // said among people, perhaps not to the bot: only a whole command is answered
	Check     bool     `json:"check,omitempty"`     // only say whether it could be done: nothing is done

	// What a job may add for what it asks for; only with Parent, and never less strict than the command itself.
	Signoff *SignoffSpec  `json:"signoff,omitempty"` // a sign-off that it needs besides; Unless means nothing here
	Limit   time.Duration `json:"limit,omitempty"`   // a shorter time limit
	Closing int64         `json:"closing,omitempty"` // the parent's fence: it is one of those with which the parent closes, see job.Request
}

// Who lists the names by which roles know the sender, the principal first.
func (e *Envelope) Who() []string { return names(e.Principal, e.Groups) }

// Answer is what a door shows at once.
type Answer struct {
	Text    string    `json:"text"`              // plain text, lines split by \n, no control characters; empty without a problem, there is nothing to show
	Job     string    `json:"job,omitempty"`     // the job that was accepted or is spoken of
	State   job.State `json:"state,omitempty"`   // its state
	Problem *Problem  `json:"problem,omitempty"` // why nothing was done; Text is then a whole sentence for the person

	Accepted bool `json:"accepted,omitempty"` // a job was made of it; whoever watches it will be shown it
	Private  bool `json:"private,omitempty"`  // for whoever asked alone: where others read along it is told to them directly

	Nudge []job.Pointer `json:"-"` // whom to nudge once the answer is on its way; never sent
}

// Problem says why a command was not carried out.
type Problem struct {
	Code        string   `json:"code"`                  // one of the Code constants
	Usage       string   `json:"usage,omitempty"`       // the command's usage line
	Suggestions []string `json:"suggestions,omitempty"` // whole commands to try instead, the likeliest first
	Argument    string   `json:"argument,omitempty"`    // the argument that is wrong, or the first of those that are missing; empty where it is none
}

// The codes of a Problem.
const (
	CodeUsage       = "usage"       // the text is not a valid command
	CodeUnknown     = "unknown"     // no such command
	CodeForbidden   = "forbidden"   // the principal lacks the role
	CodeNotFound    = "not-found"   // what it names does not exist
	CodeConflict    = "conflict"    // it cannot be done in the present state
	CodeMissing     = "missing"     // the back end is not configured; Text says what is missing
	CodeUnavailable = "unavailable" // something is down; try again
	CodeOverheard   = "overheard"   // it was no command and perhaps not meant for the bot: nothing is to be shown
)

// Call is what the function command sends to the function that owns a command which answers at once.
type Call struct {
	ID        string         `json:"id"`
	Nonce     string         `json:"nonce"`
	Time      time.Time      `json:"time"`
	Command   string         `json:"command"`
	Args      map[string]any `json:"args"`
	Principal string         `json:"principal"`
	Name      string         `json:"name,omitempty"` // see Envelope.Name
	Roles     []string       `json:"roles"`          // all roles the principal has, implied ones included
	Origin    job.Origin     `json:"origin"`
	Watch     []string       `json:"watch,omitempty"`
	Groups    []string       `json:"groups,omitempty"`    // see Envelope.Groups
	Cause     []string       `json:"cause,omitempty"`     // see Envelope.Cause
	Overheard bool           `json:"overheard,omitempty"` // see Envelope.Overheard; CodeOverheard is then an answer, too
}

// Who lists the names by which roles know the caller, the principal first.
func (c *Call) Who() []string { return names(c.Principal, c.Groups) }

func names(principal string, groups []string) []string { return append([]string{principal}, groups...) }

// AnyJob stands in a nudge for a job's id: whatever is due.
const AnyJob = "any"

// Nudge tells a function that a job is due.
type Nudge struct {
	Job string `json:"job"`
}
