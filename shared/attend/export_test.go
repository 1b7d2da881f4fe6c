package attend

import "time"

// StartWith starts with other limits than a function has.
func StartWith(spec Spec, patience, stragglers, polite, drain, deaf time.Duration) (*Attended, error) {
	return start(spec, limits{patience: patience, stragglers: stragglers, polite: polite, drain: drain, deaf: deaf})
}
