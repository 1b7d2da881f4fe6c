package job

// A notice is a job that does nothing: its text is something that people should know and nobody asked for. The clock makes
// them; whoever watches is shown the text.
const (
	NoticeFunction = "clock"
	NoticeCommand  = "notice"
)

// IsNotice reports whether the job is one.
func (j *Job) IsNotice() bool { return j.Function == NoticeFunction && j.Command == NoticeCommand }
