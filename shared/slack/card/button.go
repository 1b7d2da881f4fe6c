package card

import (
	"net/url"
	"strings"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/slack"
	"github.com/handsoff/handsoff/shared/slack/mrkdwn"
)

// deed is a button of a job.
type deed struct {
	label   string
	command string // its first argument is the job's id
	style   goslack.Style
	fits    func(j *job.Job) bool
	ask     *question // before it is done; nil to do it at once
}

// question is a dialog before a deed, with the job's id in place of %.
type question struct{ title, text, yes, no string }

// deeds are all buttons, in their order. None fits a state in which it would be refused.
var deeds = []deed{
	{label: "Approve", command: "approve", style: goslack.StylePrimary, fits: confirming},
	{label: "Reject", command: "reject", fits: confirming},
	{label: "Log", command: "log", fits: func(j *job.Job) bool { return !j.Started.IsZero() }},
	{
		label: "Retry", command: "retry",
		fits: func(j *job.Job) bool { return j.State == job.Failed || j.State == job.Cancelled },
	},
	{
		label: "Retry", command: "retry", fits: func(j *job.Job) bool { return j.State == job.Unknown },
		ask: &question{
			"Do % again?", "Nobody can tell how % ended. If what it was to do has happened after all, it happens twice.",
			"Do it again", "Look first",
		},
	},
	{
		label: "Cancel", command: "cancel", style: goslack.StyleDanger,
		fits: func(j *job.Job) bool { return !j.State.Final() && j.State != job.Cancelling },
		ask:  &question{"Cancel %?", "", "Cancel it", "Leave it"},
	},
}

func confirming(j *job.Job) bool { return j.State == job.Confirming }

// Buttons are those that fit a job's state; none that would be refused by it.
func Buttons(j *job.Job, o Options) []goslack.BlockElement {
	if o.Buttonless {
		return nil
	}
	var buttons []goslack.BlockElement
	for number, deed := range deeds {
		if !deed.fits(j) {
			continue
		}
		button := Button(number, deed.label, Action{Command: deed.command, Args: map[string]any{"id": j.ID}})
		if button == nil {
			continue // the id is not one
		}
		button.Style = deed.style
		if deed.ask != nil {
			button.Confirm = deed.ask.about(j, deed.style)
		}
		buttons = append(buttons, button)
	}
	buttons = append(buttons, offers(j)...)
	if open := openButton(j, o); open != nil {
		buttons = append(buttons, open)
	}
	return buttons
}

// maxOffers bounds a job's own buttons: an actions block takes 25, and people read fewer.
const maxOffers = 6

// offers are the buttons of what the job itself offers.
func offers(j *job.Job) []goslack.BlockElement {
	var buttons []goslack.BlockElement
	for i, offer := range j.Offers[:min(len(j.Offers), maxOffers)] {
		button := Button(len(deeds)+i, offer.Title, Action{Text: offer.Text})
		if button == nil {
			continue
		}
		if offer.Danger {
			button.Style = goslack.StyleDanger
			button.Confirm = question{offer.Title + "?", offer.Text, "Do it", "Leave it"}.dialog(button.Style)
		}
		buttons = append(buttons, button)
	}
	return buttons
}

func (q *question) about(j *job.Job, style goslack.Style) *goslack.ConfirmationBlockObject {
	text := q.text
	if text == "" {
		text = jobtext.Command(j)
	}
	named := func(text string) string { return strings.ReplaceAll(text, "%", j.ID) }
	if q.text != "" {
		text = named(text)
	}
	return question{named(q.title), text, q.yes, q.no}.dialog(style)
}

func (q question) dialog(style goslack.Style) *goslack.ConfirmationBlockObject {
	dialog := goslack.NewConfirmationBlockObject(label(q.title, slack.MaxConfirmTitle), label(q.text, slack.MaxConfirmText),
		label(q.yes, slack.MaxConfirmLabel), label(q.no, slack.MaxConfirmLabel))
	dialog.Style = style
	return dialog
}

// openID is the action_id of a button that only opens an address.
const openID = "open"

// openButton opens the job's page of the dashboard; nil where there is none.
func openButton(j *job.Job, o Options) *goslack.ButtonBlockElement {
	if o.DashboardURL == "" {
		return nil
	}
	address := strings.TrimRight(o.DashboardURL, "/") + "/jobs/" + url.PathEscape(j.ID)
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || mrkdwn.Length(address) > slack.MaxURL {
		return nil
	}
	return goslack.NewButtonBlockElement(openID, "", label("Open", slack.MaxLabel)).WithURL(address)
}
