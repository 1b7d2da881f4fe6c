// Package job is the engine of handsoff: it keeps jobs in Redis and moves them forward.
//
// A job is a record. Whatever happens to it is one of a dozen atomic scripts: accepted, approved, started, saved,
// parked until a time, asked to stop, finished. Nobody holds a job in memory except for the length of one step, and
// then under a lease: every write names the lease's fence, so a worker that was paused and comes back can write nothing.
//
// A capability (Jenkins, Ansible, OpenStack) implements [Stepper]. Its Step looks at the job's checkpoint, does the next
// bit and says what comes next: [Done], [Wait] or [Fail]. It may die at any line; the next worker calls Step again with
// what was last recorded. Outside effects go through [Once], which looks for the effect before it makes another.
//
// Cancelling is a flag that anybody permitted sets. The running step's context ends, Cancel is called until it has seen
// the outside thing stopped, and only then does the job say cancelled, with a [Receipt].
package job
