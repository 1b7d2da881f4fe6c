package job

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// Why a step's context ended; ask with context.Cause.
var (
	// ErrCancelled says that somebody asked the job to stop.
	ErrCancelled = errors.New("job: cancelled")
	// ErrDeadline says that the job's time limit passed.
	ErrDeadline = errors.New("job: time limit passed")
	// ErrLeaseLost says that another worker has the job; this one can write nothing more.
	ErrLeaseLost = errors.New("job: lease lost")
	// ErrStopping says that the process is going down; the job is handed back.
	ErrStopping = errors.New("job: worker is stopping")
)

// Stepper is a capability: it moves one job forward by one bounded bit.
//
// Step must return soon after ctx ends. An error is a fault that may pass (a server that does not answer): the engine
// tells the people, waits with back-off and calls Step again, until the job's RetryFor runs out. What will not pass is
// not an error but an outcome, [Fail].
type Stepper interface {
	Step(ctx context.Context, run *Run) (Outcome, error)
}

// Canceller is a Stepper for which stopping needs work beyond what [Once] can look for: where a Stepper is none, and its step was
// ended while an effect was under way, Step is called once more, to look only. Cancel is called after Step has returned, again and again with
// the waits it asks for, until it answers Stopped, Done or Failed. Errors are retried as Step's are.
type Canceller interface {
	Cancel(ctx context.Context, run *Run) (Outcome, error)
}

// Patient is a Canceller that may take longer to stop than the engine's hour.
type Patient interface {
	Canceller
	// StopFor is how long a stop may take before its fate is unknown.
	StopFor() time.Duration
}

type outcomeKind int

const (
	outcomeWait outcomeKind = iota
	outcomeDone
	outcomeFailed
	outcomeUnknown
	outcomeStopped
)

// Outcome is what a step says comes next.
type Outcome struct {
	kind     outcomeKind
	wait     time.Duration
	result   any
	text     string
	evidence string
	left     []string
}

// Done ends the job as succeeded. The result, kept as JSON, may be nil. A text under its key "said" is all of it that people are shown,
// and is a line of the job's story already: whoever follows the job is not told it again.
func Done(result any) Outcome { return Outcome{kind: outcomeDone, result: result} }

// Wait parks the job for d and then calls Step again; 0 means at once.
func Wait(d time.Duration) Outcome { return Outcome{kind: outcomeWait, wait: d} }

// Fail ends the job as failed, for a reason that a person can act on. The result, if any, is kept.
func Fail(reason string, result any) Outcome {
	return Outcome{kind: outcomeFailed, text: reason, result: result}
}

// Unsure ends the job as unknown: an effect may or may not have happened, and looking could not tell.
func Unsure(evidence string) Outcome { return Outcome{kind: outcomeUnknown, text: evidence} }

// Stopped ends a job that was asked to stop: evidence is what was seen ("demo/slow #12 is ABORTED"), left what was left
// behind, a sentence each. Only Cancel may answer it.
func Stopped(evidence string, left ...string) Outcome {
	return Outcome{kind: outcomeStopped, evidence: evidence, left: left}
}

// Change is what a step saves: nil fields stay as they are.
type Change struct {
	Progress   *Progress
	Checkpoint any      // marshalled to JSON
	Links      []Link   // replaces the job's links
	Parts      []Part   // replaces the job's parts
	Offers     []Offer  // replaces the job's offers
	Watch      []string // addresses that follow the job from now on
	Say        []string // appended to the story: what people are told, once each, in order
	Log        []string // appended to the log: raw output
}

// Sighting is what a look for an effect found.
type Sighting int

// The answers of a look.
const (
	// Absent says that the effect surely did not happen.
	Absent Sighting = iota
	// Present says that it happened.
	Present
	// Hidden says that looking could not tell.
	Hidden
)

// Effect is an outside effect as recorded.
type Effect struct {
	Intended time.Time       `json:"intended"`
	Outcome  json.RawMessage `json:"outcome,omitempty"` // nil until it is known to have happened
}
