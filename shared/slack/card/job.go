package card

import (
	"fmt"
	"strings"
	"time"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/slack/mrkdwn"
)

// How long the parts of a card may be, in characters; together they stay below what Slack takes in one message.
const (
	commandLimit  = 600
	standingLimit = 1500
	progressLimit = 900
	factsLimit    = 2500
	linksLimit    = 1500
	resultLimit   = 1500
	partsLimit    = 2400
	asideLimit    = 400
	fallbackLimit = 600
	resultLines   = 15 // of a result; the rest is shown by the command job
)

// signs are what a card begins with: emoji that Slack has in every workspace.
var signs = map[job.State]string{
	job.Confirming: ":raised_hand:",
	job.Queued:     ":hourglass_flowing_sand:",
	job.Running:    ":arrow_forward:",
	job.Waiting:    ":arrow_forward:",
	job.Cancelling: ":octagonal_sign:",
	job.Succeeded:  ":white_check_mark:",
	job.Failed:     ":x:",
	job.Cancelled:  ":no_entry_sign:",
	job.Unknown:    ":grey_question:",
}

// Job shows a job, whatever its state.
func Job(j *job.Job, o Options) (blocks []goslack.Block, text string) {
	add := func(text string, limit int) {
		if block := section(text, limit); block != nil {
			blocks = append(blocks, block)
		}
	}
	add(head(j, o.Now), commandLimit+standingLimit)
	add(progress(j, o.Now), progressLimit)
	add(parts(j, o.Now), partsLimit)
	add(facts(j, o.Now), factsLimit)
	add(links(j), linksLimit)
	if len(j.Parts) == 0 {
		add(result(j), resultLimit)
	}
	blocks = append(blocks, asides(j, o.Now))
	if buttons := Buttons(j, o); len(buttons) > 0 {
		blocks = append(blocks, goslack.NewActionBlock("", buttons...))
	}
	return blocks, fallback(j, o.Now)
}

// Short shows a job in two lines with the buttons that fit, for lists and unfurls: one section and at most one actions
// block.
func Short(j *job.Job, o Options) (blocks []goslack.Block, text string) {
	second := []string{standing(j, o.Now)}
	if !j.State.Final() {
		if far := far(j, o.Now); far != "" {
			second = append(second, far)
		}
	}
	second = append(second, "asked by "+mrkdwn.Person(j.Principal))
	blocks = append(blocks, section(title(j)+"\n"+name(j)+" "+strings.Join(second, " · "), commandLimit+standingLimit))
	if buttons := Buttons(j, o); len(buttons) > 0 {
		blocks = append(blocks, goslack.NewActionBlock("", buttons...))
	}
	return blocks, fallback(j, o.Now)
}

// head is what the job is and how it stands.
func head(j *job.Job, now time.Time) string {
	return title(j) + "\n" + name(j) + " " + standing(j, now)
}

func title(j *job.Job) string {
	text := j.Text
	if strings.TrimSpace(text) == "" {
		text = j.Command
	}
	return strings.TrimSpace(signs[j.State] + " " + mrkdwn.InlineWithin(text, commandLimit-50))
}

// name is the job's id, so that it can be copied.
func name(j *job.Job) string { return mrkdwn.InlineWithin(j.ID, 40) }

func standing(j *job.Job, now time.Time) string {
	return mrkdwn.Clip(voice.Standing(j, now), standingLimit-100)
}

// progress is how far an unfinished job has come; a second line says what it does just now.
func progress(j *job.Job, now time.Time) string {
	if j.State.Final() {
		return ""
	}
	return strings.TrimSpace(far(j, now) + "\n" + mrkdwn.Text(jobtext.Doing(j)))
}

// far is the bar and what is left. In a proportional font a bar needs to be code.
func far(j *job.Job, now time.Time) string {
	return strings.TrimSpace(mrkdwn.Inline(jobtext.Bar(j, now)) + " " + jobtext.Left(j, now))
}

// parts lists what the job consists of, each with its state: in columns, which need to be code.
func parts(j *job.Job, now time.Time) string {
	text := strings.Join(jobtext.Parts(j, now), "\n")
	for mrkdwn.Length(mrkdwn.Code(text)) > partsLimit-100 && text != "" {
		text = text[:max(0, strings.LastIndexByte(text, '\n'))]
	}
	return mrkdwn.Code(text)
}

// facts are why a job ended as it did, and the receipt of a stopped one.
func facts(j *job.Job, now time.Time) string {
	var lines []string
	for _, line := range []string{voice.Forced(j), mrkdwn.Text(jobtext.Reason(j))} {
		if line != "" {
			lines = append(lines, mrkdwn.Clip(line, factsLimit/3))
		}
	}
	for _, fact := range voice.Receipt(j, now) {
		line := "• " + fact.Text
		if fact.Name != "" {
			line = "• *" + fact.Name + "* " + fact.Text
		}
		lines = append(lines, mrkdwn.Clip(line, factsLimit/3))
	}
	return strings.Join(lines, "\n")
}

// links are a job's links, a line each, as many as there is room for.
func links(j *job.Job) string {
	text := ""
	for i, link := range j.Links {
		line := ":link: " + mrkdwn.Link(link.Title, link.URL)
		rest := fmt.Sprintf("… and %d more: say `job %s`", len(j.Links)-i, j.ID)
		if mrkdwn.Length(text)+mrkdwn.Length(line)+1+len(rest) > linksLimit {
			return text + rest
		}
		text += line + "\n"
	}
	return strings.TrimSpace(text)
}

// result is the beginning of what a job produced.
func result(j *job.Job) string {
	if said := jobtext.Said(j); said != "" {
		return mrkdwn.Clip(mrkdwn.Escape(said), resultLimit)
	}
	lines := jobtext.Result(j)
	if n := len(lines) - resultLines; n > 0 {
		more := fmt.Sprintf("\n… and %d more lines: say `job %s`", n, j.ID)
		return mrkdwn.Clip(mrkdwn.Code(strings.Join(lines[:resultLines], "\n")), resultLimit-len(more)) + more
	}
	return mrkdwn.Code(strings.Join(lines, "\n"))
}

// asides are who asked and what belongs to it, in small print.
func asides(j *job.Job, now time.Time) goslack.Block {
	texts := []string{"asked by " + mrkdwn.Person(j.Principal) + " at " + chat.Clock(j.Created, now)}
	if j.Parent != "" {
		texts = append(texts, "part of "+mrkdwn.Inline(j.Parent))
	}
	if j.RetryOf != "" {
		texts = append(texts, "repeats "+mrkdwn.Inline(j.RetryOf))
	}
	if signoff := voice.Signoff(j, now); signoff != "" {
		texts = append(texts, signoff)
	}
	if next := jobtext.Next(j); next != "" {
		texts = append(texts, mrkdwn.Escape(next))
	}
	elements := make([]goslack.MixedElement, len(texts))
	for i, text := range texts {
		elements[i] = markup(mrkdwn.Clip(text, asideLimit))
	}
	return goslack.NewContextBlock("", elements...)
}

// fallback is the job in one line.
func fallback(j *job.Job, now time.Time) string {
	text := mrkdwn.Escape(j.ID) + " " + standing(j, now)
	if left := jobtext.Left(j, now); left != "" {
		text += ", " + left
	}
	return mrkdwn.Clip(text+": "+mrkdwn.Escape(jobtext.Command(j)), fallbackLimit)
}
