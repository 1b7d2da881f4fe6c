package question

import (
	"context"

	"github.com/handsoff/handsoff/functions/openstack/handin"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// handIn gives a command to the function command as a child of a job, once under its id, in the name of who asked for the job.
func (q *Questions) handIn(ctx context.Context, run *job.Run, effect string, e command.Envelope) (handin.Became, error) {
	j := run.Job()
	e.ID = "openstack " + effect + " " + j.ID
	e.Principal, e.Groups, e.Origin, e.Parent = j.Principal, j.Groups, j.Origin, j.ID
	e.Cause = append([]string{"job:" + j.ID}, j.Why.Cause...)
	return handin.Way{Say: q.say, Limit: q.within.say, Log: q.log}.Once(ctx, run, effect, e)
}
