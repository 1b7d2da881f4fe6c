package form

import (
	"slices"
	"strings"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/slack"
)

// Menu is what a menu offers, as Slack wants it: with options, even if they are none.
type Menu struct {
	Options []*goslack.OptionBlockObject `json:"options"`
}

// Options are the commands that a menu offers for what was typed into it, the likeliest first and at most 100: those that
// begin with it, those whose words have it, those whose summaries do. Each typed word must be found.
func Options(list []command.Declared, typed string) Menu {
	wanted := strings.Fields(strings.ToLower(typed))
	ranks := make([][]*goslack.OptionBlockObject, 3)
	for i := range list {
		if rank, ok := rank(&list[i], wanted); ok && len(list[i].Words) <= slack.MaxOptionValue {
			ranks[rank] = append(ranks[rank], option(&list[i]))
		}
	}
	all := slices.Concat(ranks...)
	if all == nil {
		all = []*goslack.OptionBlockObject{}
	}
	return Menu{Options: all[:min(len(all), slack.MaxOptions)]}
}

func rank(d *command.Declared, wanted []string) (int, bool) {
	text := d.Words + " " + strings.ToLower(d.Summary)
	inWords := true
	for _, word := range wanted {
		if !strings.Contains(text, word) {
			return 0, false
		}
		inWords = inWords && strings.Contains(d.Words, word)
	}
	switch {
	case strings.HasPrefix(d.Words, strings.Join(wanted, " ")):
		return 0, true
	case inWords:
		return 1, true
	}
	return 2, true
}

func option(d *command.Declared) *goslack.OptionBlockObject {
	o := goslack.NewOptionBlockObject(d.Words, clipped(d.Words, slack.MaxOption), nil)
	if summary := clipped(d.Summary, slack.MaxOption); summary.Text != "" {
		o.Description = summary
	}
	return o
}
