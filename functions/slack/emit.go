package main

import (
	"github.com/handsoff/handsoff/functions/slack/emit"
	"github.com/handsoff/handsoff/shared/job"
)

// steps are the jobs of this function.
func (d *door) steps() map[string]job.Stepper {
	return map[string]job.Stepper{
		"emit": &emit.Emitter{Client: d.app.Client, Now: d.Jobs.Now, Log: d.Log},
	}
}
