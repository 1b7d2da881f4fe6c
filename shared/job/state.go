package job

// State is where a job stands. The transitions are in docs/architecture.md; no others exist.
type State string

// The states of a job.
const (
	// Confirming waits for other people's sign-off.
	Confirming State = "confirming"
	// Queued is accepted and not yet begun; it may stand in line for a lock.
	Queued State = "queued"
	// Running has a worker on a step of it, or had one whose lease ran out.
	Running State = "running"
	// Waiting sleeps until its wake-up time: for a build, a timer, a child.
	Waiting State = "waiting"
	// Cancelling was asked to stop, and the outside thing has not been seen stopped yet.
	Cancelling State = "cancelling"
	// Succeeded, Failed, Cancelled and Unknown are final.
	Succeeded State = "succeeded"
	// Failed carries its reason in Job.Error.
	Failed State = "failed"
	// Cancelled always carries a Receipt.
	Cancelled State = "cancelled"
	// Unknown is an outside effect whose fate could not be found out by looking; a person decides, Job.Error has the evidence.
	Unknown State = "unknown"
)

// Final reports whether a job in this state never changes again.
func (s State) Final() bool {
	switch s {
	case Succeeded, Failed, Cancelled, Unknown:
		return true
	case Confirming, Queued, Running, Waiting, Cancelling:
		return false
	}
	return false
}
