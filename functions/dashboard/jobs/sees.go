package jobs

import (
	"strings"

	"github.com/handsoff/handsoff/functions/dashboard/site"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
)

// sees is what a viewer is shown of a job.
type sees struct {
	Asked  bool // what was asked for, as it was typed, and why it ran
	Output bool // what it wrote, came to and was told: with that words of its arguments come too
}

// seesOf is what a viewer is shown of a job: viewers all of it, and whoever asked for it; others, where jobs are public, how
// it stands, and what it wrote where logs are public too. That somebody has logged in is no role.
func (p *Pages) seesOf(v site.Viewer, j *job.Job) sees {
	asked := v.May(config.Viewer) || v.LoggedIn() && p.config.Same(v.Principal, j.Principal)
	return sees{Asked: asked, Output: asked || p.mayLog(v)}
}

// what names a job: the line that was typed, or the command alone.
func (s sees) what(j *job.Job) string {
	if text := jobtext.Command(j); s.Asked && text != "" {
		return text
	}
	return chat.OneLine(j.Command)
}

// reason is why a job failed, for those who see what it wrote.
func (s sees) reason(j *job.Job) string {
	if !s.Output {
		return ""
	}
	return jobtext.Reason(j)
}

// searched is the text in which words are looked for: no more than is shown, or searching would tell it.
func (s sees) searched(j *job.Job) string {
	text := j.ID + " " + j.Command
	if s.Asked {
		text += " " + j.Text + " " + j.Principal
	}
	if s.Output {
		text += " " + j.Progress.Line + " " + j.Error + " " + j.Lock
	}
	return strings.ToLower(text)
}
