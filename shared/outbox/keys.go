package outbox

import "github.com/handsoff/handsoff/shared/job"

// seenKey is a hash: what a person has seen of the outbox of their address.
func seenKey(address string) string { return job.Prefix + "seen:" + address }

// wakeKey is a stream that only wakes this process' blocking read.
func wakeKey(process string) string { return job.Prefix + "wake:" + process }
