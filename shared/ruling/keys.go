package ruling

import "github.com/handsoff/handsoff/shared/job"

// Where it is kept.
const (
	DecisionsKey = job.Prefix + "rules:acted" // stream: what rules decided, capped at about Kept
	TallyKey     = job.Prefix + "rules:tally" // hash: how often a rule acted, and "<rule> at" when last, in ms
	pausedKey    = job.Prefix + "rules:paused"
)

// Kept is about how many decisions are kept.
const Kept = 1000
