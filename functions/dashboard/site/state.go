package site

import "github.com/handsoff/handsoff/shared/job"

// Word is a job's state as people read it. That a job sleeps between two looks at a build is nothing to them: it runs.
func Word(s job.State) string {
	switch s {
	case job.Waiting:
		return string(job.Running)
	case job.Confirming:
		return "asks"
	case job.Queued:
		return "waits"
	}
	return string(s)
}
