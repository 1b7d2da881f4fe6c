package mail

import (
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	subjectRunes = 120
	bodyBytes    = 64 << 10
	bodyLines    = 1000
)

// letter is a mail.
type letter struct {
	to, subject, text string
	id                string // the Message-ID, without the brackets; the same whenever the same is told
	about             string // what all mails about one job refer to
	at                time.Time
}

// compose writes what an address has not been told; nil when that is nothing worth a mail.
func compose(view door.View, shown job.Shown, from *mail.Address) *letter {
	j := view.Job
	over := j.State.Final() && !view.More && shown.Version != j.Version
	if len(view.Story) == 0 && !over {
		return nil
	}
	var lines []string
	upTo := shown.Story
	for _, line := range view.Story {
		lines, upTo = append(lines, chat.Clean(line.Text)), line.ID
	}
	switch {
	case over:
		lines = append(lines, jobtext.End(j, view.Now))
	case !view.More:
		lines = append(lines, jobtext.Offers(j)...)
	}
	if !j.IsNotice() {
		lines = append(lines, "", "-- ", fmt.Sprintf("%s: %s", j.ID, jobtext.Command(j)), fmt.Sprintf("`job %s` shows all of it; `unwatch %s` ends these mails.", j.ID, j.ID))
	}
	host := domain(from.Address)
	about := fmt.Sprintf("%s.%d@%s", j.ID, j.Created.UnixMilli(), host)
	told := upTo
	if over {
		told += ".end"
	}
	return &letter{
		subject: subject(j, lines[0]), text: chat.Bound(strings.Join(lines, "\n"), bodyBytes, bodyLines) + "\n",
		id: strings.ReplaceAll(told, "-", ".") + "." + about, about: about, at: view.Now,
	}
}

// subject is a line: of a notice what it says, else the job and the first thing that is told.
func subject(j *job.Job, first string) string {
	text := chat.OneLine(first)
	if !j.IsNotice() && !strings.Contains(text, j.ID) {
		text = j.ID + ": " + text
	}
	if letters := []rune(text); len(letters) > subjectRunes {
		text = string(letters[:subjectRunes-1]) + "…"
	}
	return text
}
