package github

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/github/markdown"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	nameMost    = 100     // characters of a check's name
	titleMost   = 200     // of a check run's title
	statusMost  = 140     // of a commit status' description, GitHub's limit
	storyBytes  = 8 << 10 // of the story
	lineMost    = 1000    // cells of one of its lines
	detailBytes = 16 << 10
	detailLines = 100
	linksMost   = 8
)

// words are what is said of a job at GitHub.
type words struct {
	job       *job.Job
	now       time.Time
	story     []job.Line // its last lines
	place     github.Place
	bot       string
	dashboard string
}

func (s *showing) words(story []job.Line) words {
	return words{job: s.view.Job, now: s.view.Now, story: story, place: s.place, bot: s.bot, dashboard: s.dashboard}
}

// voice writes sentences as Markdown that calls nobody.
var voice = jobtext.Voice{Text: markdown.Escape, Person: markdown.Code}

// spoken writes the words that we tell people to say as they are said in a comment.
var spoken = strings.NewReplacer("`approve ", "`/approve ", "`reject ", "`/reject ")

// signs stand before a job's state, so that it is seen at a glance.
var signs = map[job.State]string{
	job.Succeeded: "✅", job.Failed: "❌", job.Cancelled: "🚫", job.Unknown: "❔",
	job.Confirming: "✋", job.Queued: "⏳", job.Running: "🏃", job.Waiting: "🏃", job.Cancelling: "🛑",
}

// comment is the reply.
func (w words) comment() string {
	if w.notice() {
		return markdown.Clip(github.Marker(w.job.ID) + "\n" + paragraphs(w.job.Text))
	}
	return markdown.Clip(github.Marker(w.job.ID) + "\n" + w.headline() + "\n\n" + w.body())
}

// notice reports whether the job is a notice that people are shown as it stands.
func (w words) notice() bool {
	return w.job.IsNotice() && (!w.job.State.Final() || w.job.State == job.Succeeded)
}

// paragraphs writes a text line by line; a line that is indented is part of a table or the like, and stays in shape.
func paragraphs(text string) string {
	text = chat.Bound(chat.Clean(text), detailBytes, detailLines)
	if slices.ContainsFunc(strings.Split(text, "\n"), func(line string) bool { return strings.Contains(line, "  ") }) {
		return markdown.Fence(text)
	}
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	for i, line := range lines {
		lines[i] = markdown.Escape(line)
	}
	return strings.Join(lines, "  \n")
}

// headline says which job this is and how it stands.
func (w words) headline() string {
	return signs[w.job.State] + " " + markdown.Code(w.job.ID) + " " + spoken.Replace(voice.Standing(w.job, w.now)) +
		": " + markdown.Code(jobtext.Command(w.job))
}

// body is all but the headline: what happens, what was told, the receipt, and what can be done.
func (w words) body() string {
	var b strings.Builder
	if !w.job.State.Final() {
		b.WriteString(markdown.Fence(strings.Join(append([]string{jobtext.Progress(w.job, w.now)}, jobtext.Parts(w.job, w.now)...), "\n")))
	} else {
		b.WriteString(markdown.Fence(w.outcome()))
	}
	if tail := w.tail(); tail != "" {
		b.WriteString("\n" + markdown.Fence(tail))
	}
	for _, line := range []string{spoken.Replace(voice.Signoff(w.job, w.now)), w.asked(), w.next()} {
		if line != "" {
			b.WriteString("\n" + line + "\n")
		}
	}
	return strings.Trim(b.String(), "\n") + "\n"
}

// outcome is what the last word says besides that the job is over: why, the receipt, links, the result.
func (w words) outcome() string {
	_, details, _ := strings.Cut(jobtext.End(w.job, w.now), "\n")
	lines := strings.Split(chat.Bound(details, detailBytes, detailLines), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line, "  ")
	}
	return strings.Join(lines, "\n")
}

// tail is the end of the story.
func (w words) tail() string {
	lines := make([]string, 0, len(w.story))
	size := 0
	for _, line := range slices.Backward(w.story) {
		text := line.At.UTC().Format(time.TimeOnly) + " " + chat.Brief(line.Text, lineMost)
		if size += len(text); size > storyBytes {
			break
		}
		lines = append(lines, text)
	}
	slices.Reverse(lines)
	return strings.Join(lines, "\n")
}

// asked says who asked and where there is more.
func (w words) asked() string {
	parts := []string{"Asked for by " + markdown.Code(w.job.Principal)}
	if w.dashboard != "" {
		parts = append(parts, markdown.Link("Details", w.details()))
	}
	for _, link := range w.job.Links[:min(len(w.job.Links), linksMost)] {
		parts = append(parts, markdown.Link(chat.Clip(link.Title, nameMost), link.URL))
	}
	return strings.Join(parts, " · ")
}

// details is where there is more about the job: the dashboard, or the first of its links.
func (w words) details() string {
	if w.dashboard != "" {
		return w.dashboard + "/jobs/" + url.PathEscape(w.job.ID)
	}
	for _, link := range w.job.Links {
		if at, err := url.Parse(link.URL); err == nil && (at.Scheme == "https" || at.Scheme == "http") && at.Host != "" {
			return at.String()
		}
	}
	return ""
}

// next says what can be said now.
func (w words) next() string {
	switch w.job.State {
	case job.Running, job.Waiting, job.Queued:
		return "Say `/cancel " + w.job.ID + "` to stop it."
	case job.Failed, job.Cancelled:
		if w.place.Comment > 0 || w.place.SHA != "" {
			return "Say `/retest` to have it done again."
		}
	case job.Confirming, job.Cancelling, job.Succeeded, job.Unknown:
	}
	return ""
}

// checkName names a check the same for each run of a command, so that one takes the place of another: commits and refs among
// the arguments are left out, since those differ each time.
func (w words) checkName() string {
	fields := strings.Fields(jobtext.Command(w.job))
	fields = slices.DeleteFunc(fields, func(field string) bool {
		_, value, named := strings.Cut(field, "=")
		if !named {
			value = field
		}
		value = strings.Trim(value, `"'`)
		return github.IsSHA(value) || strings.HasPrefix(value, "refs/")
	})
	return chat.Clip(w.bot+": "+strings.Join(fields, " "), nameMost)
}

// run is the check run.
func (w words) run() checkRun {
	j := w.job
	r := checkRun{
		Name: w.checkName(), ExternalID: j.ID, DetailsURL: w.details(), Status: runStatus(j.State), Actions: []button{},
		Output: runOutput{Title: w.title(titleMost), Summary: markdown.Clip(w.headline() + "\n\n" + w.body())},
	}
	if !j.Started.IsZero() {
		r.StartedAt = j.Started.UTC().Format(time.RFC3339)
	}
	switch {
	case j.State.Final():
		r.Conclusion = conclusion(j)
		r.EndedAt = j.Finished.UTC().Format(time.RFC3339)
		if j.State != job.Succeeded {
			r.Actions = append(r.Actions, button{"Retest", "Do it again, as a new job", "retest"})
		}
	case j.State != job.Cancelling:
		r.Actions = append(r.Actions, button{"Cancel", "Stop " + chat.Clip(j.ID, 20) + "; a receipt says when", "cancel"})
	}
	return r
}

// title is how the job stands, as plain text.
func (w words) title(most int) string {
	text := w.job.ID + " " + jobtext.Standing(w.job, w.now)
	if !w.job.State.Final() {
		if w.job.Progress.Percent > 0 {
			text += ", " + strconv.Itoa(w.job.Progress.Percent) + " %"
		}
		if doing := jobtext.Doing(w.job); doing != "" {
			text += ": " + doing
		}
	} else if reason := jobtext.Reason(w.job); reason != "" {
		text += ": " + reason
	}
	return chat.Brief(text, most)
}

// runStatus is a state in GitHub's words.
func runStatus(state job.State) string {
	switch state {
	case job.Confirming, job.Queued:
		return "queued"
	case job.Running, job.Waiting, job.Cancelling:
		return "in_progress"
	case job.Succeeded, job.Failed, job.Cancelled, job.Unknown:
	}
	return "completed"
}

// conclusion is an outcome in GitHub's words. Of an unknown one a person must say what it was.
func conclusion(j *job.Job) string {
	late := false
	if j.Cancel != nil {
		_, late = job.Deadline(j.Cancel.By)
	}
	switch j.State {
	case job.Succeeded:
		return "success"
	case job.Failed:
		if late {
			return "timed_out"
		}
		return "failure"
	case job.Cancelled:
		if late {
			return "timed_out"
		}
		return "cancelled"
	case job.Unknown, job.Confirming, job.Queued, job.Running, job.Waiting, job.Cancelling:
	}
	return "action_required"
}

// status is the commit status.
func (w words) status() *gogithub.RepoStatus {
	state, name, text, link := "pending", w.checkName(), w.title(statusMost), w.details()
	switch w.job.State {
	case job.Succeeded:
		state = "success"
	case job.Failed, job.Cancelled:
		state = "failure"
	case job.Unknown:
		state = "error"
	case job.Confirming, job.Queued, job.Running, job.Waiting, job.Cancelling:
	}
	s := &gogithub.RepoStatus{State: &state, Context: &name, Description: &text}
	if link != "" {
		s.TargetURL = &link
	}
	return s
}
