package events

import (
	"context"
	"regexp"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/inbox"
)

// sources are those that a page offers.
var sources = []source{{"github", "GitHub"}, {"gerrit", "Gerrit"}, {"slack", "Slack"}, {"irc", "IRC"}}

type source struct{ Name, Title string }

// arrival is a delivery as the page lists it.
type arrival struct {
	inbox.Listed

	Source string
	How    string // it stands
	Tone   string
	Led    []word
}

// word is a piece of what a delivery led to; Job is the job that it names.
type word struct{ Text, Job string }

// named finds the jobs in what a delivery led to: they stand at its beginning, or after a rule's name and a colon.
var named = regexp.MustCompile(`(?:^|: )job ([0-9a-z]{4,16})\b`)

// words are what a delivery led to, in pieces.
func words(led string) (list []word) {
	from := 0
	for _, at := range named.FindAllStringSubmatchIndex(led, -1) {
		list = append(list, word{Text: led[from:at[2]]}, word{Job: led[at[2]:at[3]]})
		from = at[3]
	}
	if from < len(led) {
		list = append(list, word{Text: led[from:]})
	}
	return list
}

// arrived reads what came from outside of late.
func (p *pages) arrived(ctx context.Context, l *listing) error {
	if !l.MayList {
		return nil
	}
	list, err := event.Deliveries(ctx, p.Redis, l.Filter.Source, shownArrived+1)
	if err != nil {
		return err
	}
	l.MoreArrived = len(list) > shownArrived
	for i := range list[:min(shownArrived, len(list))] {
		one := &list[i]
		led := words(one.Led)
		if one.Led == "" && one.Why != "" {
			led = []word{{Text: one.Why}} // whatever an error says, it names no job of ours
		}
		l.Arrived = append(l.Arrived, arrival{Listed: *one, Source: event.Source(one), How: one.Stands(), Tone: tone(one.State), Led: led})
	}
	return nil
}
