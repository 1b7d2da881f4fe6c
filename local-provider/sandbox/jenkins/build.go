package jenkins

import (
	"slices"
	"time"
)

// The results of a build, from best to worst.
const (
	success  = "SUCCESS"
	unstable = "UNSTABLE"
	failure  = "FAILURE"
	notBuilt = "NOT_BUILT"
	aborted  = "ABORTED"
)

// worse says how bad a result is.
func worse(result string) int {
	switch result {
	case success:
		return 0
	case unstable:
		return 1
	case failure:
		return 2
	case notBuilt:
		return 3
	default:
		return 4
	}
}

// A build is one run of a job. What it prints and when it ends follow from its plan; here stands what happened to it.
type build struct {
	job *item

	Number     int              `json:"number"`
	QueueID    int64            `json:"queueId"`
	Causes     []cause          `json:"causes"`
	Parameters []parameterValue `json:"parameters,omitempty"`
	HasParams  bool             `json:"hasParams,omitempty"` // there is a ParametersAction, even an empty one
	Script     string           `json:"script,omitempty"`    // what it runs, as the job said when it started
	Started    time.Time        `json:"started"`
	Ended      time.Time        `json:"ended,omitzero"`
	Result     string           `json:"result,omitempty"`
	Text       string           `json:"description,omitempty"`
	// Duration is what the record says; a build that died with its Jenkins has none.
	Duration time.Duration `json:"duration,omitempty"`
	// Events are lines that the plan does not have: an abort, an approval, a restart.
	Events []event `json:"events,omitempty"`
	// Holds are the times in which the plan stood still; the last one may be open.
	Holds []interval `json:"holds,omitempty"`
	// Stops are the signals that it got.
	Stops []stop `json:"stops,omitempty"`
	// Vanished says that the record is gone although the build may still occupy its executor.
	Vanished bool `json:"vanished,omitempty"`

	plan     *plan     // while it runs
	dies     time.Time // when an abort has taken effect
	executor int       // the executor's number; -1 for one of a pipeline's own
}

// An event is a piece of console text that came at a moment.
type event struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// An interval is a stretch of time; To is zero while it lasts.
type interval struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to,omitzero"`
}

// A stop is a request to end a build.
type stop struct {
	Kind string    `json:"kind"` // stop, term or kill
	At   time.Time `json:"at"`
	By   string    `json:"by"`
}

// running says whether the build has not ended.
func (b *build) running() bool { return b.Ended.IsZero() }

func (b *build) displayName() string { return "#" + itoa(b.Number) }

func (b *build) path() string { return b.job.path() + itoa(b.Number) + "/" }

func (b *build) class() string {
	if b.job.isPipeline() {
		return "org.jenkinsci.plugins.workflow.job.WorkflowRun"
	}
	return "hudson.model.FreeStyleBuild"
}

// parameter is the text of one of the build's parameters.
func (b *build) parameter(name string) string {
	for _, v := range b.Parameters {
		if v.Name == name {
			return v.Value
		}
	}
	return ""
}

// at is the moment at which the plan reaches an offset, which holds put off; false when an open hold is in the way.
func (b *build) at(offset time.Duration) (time.Time, bool) {
	moment := b.Started.Add(offset)
	for _, hold := range b.Holds {
		if moment.Before(hold.From) {
			break
		}
		if hold.To.IsZero() {
			return time.Time{}, false
		}
		moment = moment.Add(hold.To.Sub(hold.From))
	}
	return moment, true
}

// hold makes the plan stand still from now on.
func (b *build) hold(now time.Time) {
	if n := len(b.Holds); n > 0 && b.Holds[n-1].To.IsZero() {
		return
	}
	b.Holds = append(b.Holds, interval{From: now})
}

// release lets it get on.
func (b *build) release(now time.Time) {
	if n := len(b.Holds); n > 0 && b.Holds[n-1].To.IsZero() {
		b.Holds[n-1].To = now
	}
}

// say puts text on the console, now or at a moment to come.
func (b *build) say(at time.Time, text string) {
	i := len(b.Events)
	for i > 0 && b.Events[i-1].At.After(at) {
		i--
	}
	b.Events = slices.Insert(b.Events, i, event{At: at, Text: text})
}

// build finds a build of the job that is still on record.
func (it *item) build(number int) *build {
	for _, b := range slices.Backward(it.builds) {
		if b.Number == number && !b.Vanished {
			return b
		}
	}
	return nil
}

// last is the newest build on record that the test accepts.
func (it *item) last(accept func(*build) bool) *build {
	for _, b := range slices.Backward(it.builds) {
		if !b.Vanished && accept(b) {
			return b
		}
	}
	return nil
}

// previous is the build before this one.
func (b *build) previous() *build {
	return b.job.last(func(other *build) bool { return other.Number < b.Number })
}

// following is the build after this one.
func (b *build) following() *build {
	var found *build
	b.job.last(func(other *build) bool {
		if other.Number > b.Number {
			found = other
		}
		return false
	})
	return found
}

// records are the builds on record, newest first.
func (it *item) records() []*build {
	out := make([]*build, 0, len(it.builds))
	for _, b := range slices.Backward(it.builds) {
		if !b.Vanished {
			out = append(out, b)
		}
	}
	return out
}
