package main

import (
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/health"
)

// newHealth answers whether the process lives, and whether it hears.
func newHealth(p *function.Platform, ears []*ear) health.Process {
	return health.Process{Redis: p.Redis, Log: p.Log, Wrong: func() (wrong []string) {
		for _, e := range ears {
			if e.hears.Load() {
				continue
			}
			sentence := "the stream of " + e.server.Name + " is not listened to"
			if why := e.why.Load(); why != nil {
				sentence += ": " + *why
			}
			wrong = append(wrong, sentence)
		}
		return wrong
	}}
}
