package exposition

// family is one metric with its help.
type family struct{ name, kind, help string }

const (
	counter   = "counter"
	gauge     = "gauge"
	histogram = "histogram"
)

// families is the table of all metrics.
var families = []family{
	{"handsoff_jobs_accepted_total", counter, "Jobs that were made, by command and the door from which they came."},
	{"handsoff_jobs_ended_total", counter, "Jobs that ended, by command and state."},
	{"handsoff_job_duration_seconds", histogram, "How long jobs took from their first step to their end, by command."},
	{"handsoff_job_wait_seconds", histogram, "How long jobs waited for their first step."},
	{"handsoff_job_cancel_seconds", histogram, "How long it took from the wish to stop a job to its receipt."},
	{"handsoff_counted_total", counter, "What else was counted, such as refusals by their reason."},
	{"handsoff_jobs", gauge, "Unfinished jobs by state."},
	{"handsoff_jobs_kept", gauge, "Finished jobs that are kept."},
	{"handsoff_jobs_due", gauge, "Unfinished jobs that somebody should look after now."},
	{"handsoff_jobs_untaken", gauge, "Jobs that are due and in nobody's hands; at most 1000 are counted."},
	{"handsoff_job_lag_seconds", gauge, "How long ago the oldest job was due that is due now."},
	{"handsoff_notify_backlog", gauge, "Jobs with something to show that is not shown yet."},
	{"handsoff_notify_lag_seconds", gauge, "For how long the oldest of them waits."},
	{"handsoff_inbox_unfinished", gauge, "Deliveries from outside that are not dealt with yet, by function."},
	{"handsoff_inbox_dead", gauge, "Deliveries from outside that were given up, by function."},
	{"handsoff_gaps_open", gauge, "Windows in which we were deaf and that are not closed, by source."},
	{"handsoff_queue_ready", gauge, "Messages that wait in the queue of local-provider, by function."},
	{"handsoff_queue_delayed", gauge, "Messages in the queue of local-provider that are to be tried again."},
	{"handsoff_queue_dead", gauge, "Messages that the queue of local-provider gave up."},
	{"handsoff_redis_memory_bytes", gauge, "Memory that Redis uses."},
	{"handsoff_redis_memory_limit_bytes", gauge, "Memory that Redis may use; 0 for no limit."},
	{"handsoff_redis_file_failing", gauge, "1 while Redis cannot write what it keeps to its file."},
	{"handsoff_door_up", gauge, "1 while a Gerrit's stream or an IRC network is connected, telnet answers, or Slack and GitHub answer us, by door."},
	{"handsoff_door_silence_seconds", gauge, "How long ago something was heard last through a door."},
	{"handsoff_door_calls_left", gauge, "How many calls of its API GitHub lets us make until its limit begins anew, as told last."},
	{"handsoff_function_replicas", gauge, "Replicas that a function should have."},
	{"handsoff_function_available_replicas", gauge, "Replicas of a function that can be called."},
	{"handsoff_clock_age_seconds", gauge, "How long ago the clock ticked last; +Inf if it never did."},
	{"handsoff_audit_unsealed_seconds", gauge, "For how long the oldest entry of the audit trail waits for its seal; 0 when none does."},
	{"handsoff_part_read", gauge, "1 if a part of what is measured could be read for this answer, by part."},
}
