package jobs

import (
	"net/url"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/job"
)

// standing is what else there is to say of how a job stands than its state. What a chat has to say how to give is a button here.
func standing(j *job.Job, now time.Time) string {
	switch j.State {
	case job.Confirming:
		return needs(j, now)
	case job.Running, job.Waiting:
		return ""
	}
	return jobtext.Standing(j, now)
}

// took is how long a job took, or takes already.
func took(j *job.Job, now time.Time) string {
	if j.State.Final() {
		return jobtext.Lasted("", j, now)
	}
	return chat.Duration(jobtext.Took(j, now))
}

// reason is why a job failed, or what is known of it, below a title that says so.
func reason(j *job.Job) string {
	text := jobtext.Reason(j)
	if _, plain, titled := strings.Cut(text, ": "); titled {
		return plain
	}
	return text
}

// needs says whose word a job waits for.
func needs(j *job.Job, now time.Time) string {
	text, _, _ := strings.Cut(jobtext.Needs(j, now), ": say")
	if j.Signoff != nil && !j.Signoff.Until.IsZero() {
		text += ", for " + chat.Duration(j.Signoff.Until.Sub(now)) + " more"
	}
	return text
}

// next is what to do about a job of which nobody can tell how it ended.
func next(j *job.Job) string {
	if j.State != job.Unknown {
		return ""
	}
	return "Look there yourself: if it did not happen, retry; if it did, nothing more is needed."
}

// safeLinks are those that lead to a page, and nothing else.
func safeLinks(links []job.Link) []job.Link {
	var list []job.Link
	for _, link := range links {
		u, err := url.Parse(link.URL)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
			continue
		}
		title := chat.OneLine(link.Title)
		if title == "" {
			title = u.Host
		}
		list = append(list, job.Link{Title: title, URL: u.String()})
	}
	return list
}
