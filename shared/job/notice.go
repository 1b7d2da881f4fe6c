package job

import "time"

// A notice is a job that does nothing: its text is something that people should know and nobody asked for. The clock makes
// them, and rules; whoever watches is shown the text.
const (
	NoticeFunction = "clock"
	NoticeCommand  = "notice"
)

// Notices are retired by themselves, so that many of them push no job out of what is kept. One that somebody is still to
// be shown is kept as long as a job is.
const (
	noticesFor  = 24 * time.Hour
	noticesMost = 1000
)

// Notice asks for one, told by a part of the bot such as "clock" or "github", whose keys are its own: the same key is told
// once a day. The clock steps it, also without a nudge.
func Notice(by, key, text string, to []string) Request {
	return Request{
		Key: by + " " + key, Function: NoticeFunction, Command: NoticeCommand, Text: text, Principal: "bot:" + by,
		Origin: Origin{Door: by}, Watch: to, Limit: time.Hour,
	}
}

// IsNotice reports whether the job is one.
func (j *Job) IsNotice() bool { return j.Function == NoticeFunction && j.Command == NoticeCommand }

// refusal is the argument of a notice that says no.
const refusal = "refusal"

// NoticeArgs are the arguments of a notice. One that says no tells that something was asked for in vain.
func NoticeArgs(no bool) map[string]any {
	if !no {
		return nil
	}
	return map[string]any{refusal: true}
}

// IsRefusal reports whether the job is a notice that says no.
func (j *Job) IsRefusal() bool {
	no, _ := j.Args[refusal].(bool)
	return no && j.IsNotice()
}
