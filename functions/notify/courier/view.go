package courier

import "github.com/handsoff/handsoff/shared/job"

// visible is a job without what nobody at a door needs to see. That a notice says no is to be seen.
func visible(j *job.Job) *job.Job {
	shown := *j
	shown.Args, shown.Checkpoint, shown.Key = job.NoticeArgs(j.IsRefusal()), nil, ""
	return &shown
}
