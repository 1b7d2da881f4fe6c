package command

import "github.com/handsoff/handsoff/shared/job"

// The Redis keys of this package.
const catalogueKey = job.Prefix + "catalogue" // string: the last good annotations, JSON

// aliasKey is a hash: short form → long form.
func aliasKey(principal string) string { return job.Prefix + "alias:" + principal }

// refusedKey is a string: the last refusal, JSON.
func refusedKey(principal string) string { return job.Prefix + "refused:" + principal }
