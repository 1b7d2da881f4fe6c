package talk

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/exchange"
	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// events lists all gatherings; the one that is meant where none is named has a star.
func (t *Talk) events(ctx context.Context, u *utterance) (string, error) {
	list, err := t.store.List(ctx)
	if err != nil {
		return "", err
	}
	lines := make([]string, 0, len(list))
	for _, info := range list {
		line := "  " + info.ID + ": " + info.Name
		if info.ID == u.g.ID {
			line = "* " + line[2:]
		}
		lines = append(lines, line+when(info))
	}
	return strings.Join(lines, "\n"), nil
}

// when is when a gathering is, as the end of a line.
func when(info gathering.Info) string {
	switch {
	case info.Starts == "" && info.Ends == "":
		return ""
	case info.Starts == info.Ends || info.Ends == "":
		return ", " + info.Starts
	}
	return ", " + info.Starts + " to " + info.Ends
}

// NewEvent makes a gathering; organisers may.
func (t *Talk) NewEvent(ctx context.Context, s Saying, id string, about gathering.About) (command.Answer, error) {
	u, err := t.organiser(s, &gathering.Gathering{ID: id})
	if err != nil {
		return answer("", err)
	}
	result, err := t.store.Create(ctx, id, u.author(), s.Line, u.key(), about)
	if err == nil {
		err = t.bringTies(ctx, u, id)
	}
	return answer(result.Reply, err)
}

// SetEvent changes what a gathering is; fields of about that are empty stay. An empty id is the current one. Organisers may.
func (t *Talk) SetEvent(ctx context.Context, s Saying, id string, about gathering.About) (command.Answer, error) {
	u, err := t.organiserOf(ctx, s, id)
	if err != nil {
		return answer("", err)
	}
	return answer(t.change(ctx, u, func(d *gathering.Draft) (string, error) {
		a := d.About
		a.Name, a.Zone = cmp.Or(about.Name, a.Name), cmp.Or(about.Zone, a.Zone)
		a.Starts, a.Ends = cmp.Or(about.Starts, a.Starts), cmp.Or(about.Ends, a.Ends)
		a.EventID, a.Etherpad, a.URL = cmp.Or(about.EventID, a.EventID), cmp.Or(about.Etherpad, a.Etherpad), cmp.Or(about.URL, a.URL)
		err := d.SetAbout(a)
		return describe(d.Gathering), err
	}))
}

// UseEvent has a gathering be the one that is meant where none is named; "auto" has the date decide. Organisers may.
func (t *Talk) UseEvent(ctx context.Context, s Saying, id string) (command.Answer, error) {
	if strings.EqualFold(id, "auto") {
		if _, err := t.organiser(s, &gathering.Gathering{}); err != nil {
			return answer("", err)
		}
		if err := t.store.Use(ctx, ""); err != nil {
			return command.Answer{}, err
		}
		return answer("The date decides which event is meant", nil)
	}
	u, err := t.organiserOf(ctx, s, id)
	if err != nil {
		return answer("", err)
	}
	return answer("From now on, "+nameOf(u.g)+" is meant where no event is named", t.store.Use(ctx, u.g.ID))
}

// ShowEvent tells what a gathering is; an empty id is the current one.
func (t *Talk) ShowEvent(ctx context.Context, id string) (command.Answer, error) {
	g, err := t.gathering(ctx, strings.ToLower(id))
	if err != nil {
		return answer("", err)
	}
	return answer(describe(g), nil)
}

// Export is a gathering as the file from which it can be made again, with all that is personal; organisers may have it.
func (t *Talk) Export(ctx context.Context, s Saying, id string) (command.Answer, error) {
	u, err := t.organiserOf(ctx, s, id)
	if err != nil {
		return answer("", err)
	}
	if inPublic(s.Where) {
		return answer("", no(command.CodeConflict, "Ask me for that alone, or by the command line: it says who wants to know what%s", t.at("/ptg.json")))
	}
	file, err := exchange.Write(u.g, exchange.Whole)
	if most := longest[s.Door]; err != nil || most == 0 || len(file) <= most {
		return answer(string(file), err)
	}
	if t.settings.URL == "" {
		return answer("", no(command.CodeConflict, "The file has %d bytes, which is more than can be said here: ask for it by the command line", len(file)))
	}
	token, err := t.world.Offer(ctx, u.g.ID+".json", file)
	return answer("The file of "+nameOf(u.g)+" is at "+t.settings.URL+"/export/"+token+
		" for ten minutes. It says who wants to know what: whoever has this address can read it.", err)
}

// longest is how many bytes of a file are said at doors that take no long answers; at others there is no bound.
var longest = map[string]int{"irc": 1000, "slack": 15_000}

// organiser is whoever says something, if they organise a gathering.
func (t *Talk) organiser(s Saying, g *gathering.Gathering) (*utterance, error) {
	s.Name = cmp.Or(s.Name, command.NameOf(s.By))
	u := &utterance{Saying: s, g: g, person: t.personOf(g, s.By), address: addressOf(s.By), line: s.Line}
	return u, t.mayOrganise(u)
}

func (t *Talk) organiserOf(ctx context.Context, s Saying, id string) (*utterance, error) {
	g, err := t.gathering(ctx, strings.ToLower(id))
	if err != nil {
		return nil, err
	}
	return t.organiser(s, g)
}

// describe is a gathering in a few lines.
func describe(g *gathering.Gathering) string {
	slots := 0
	for i := range g.Days {
		slots += len(g.Days[i].Slots)
	}
	lines := []string{g.ID + ": " + g.About.Name + when(g.Info())}
	for _, fact := range []struct{ name, value string }{
		{"zone", cmp.Or(g.About.Zone, "UTC")},
		{"event id", g.About.EventID},
		{"etherpads", g.About.Etherpad},
		{"site", g.About.URL},
	} {
		if fact.value != "" {
			lines = append(lines, fact.name+": "+fact.value)
		}
	}
	counts := strings.Join([]string{
		chat.Count(len(g.Tracks), "track"), chat.Count(len(g.Days), "day"), chat.Count(slots, "slot"), chat.Count(len(g.Rooms), "room"), chat.Count(len(g.Bookings), "booking"),
	}, ", ") + "; " + chat.Count(int(g.Version), "change")
	if g.Voice {
		counts += "; voice is required"
	}
	return strings.Join(append(lines, counts), "\n")
}

// IsMistake gives what a person is told of an error, where it is theirs and no fault.
func IsMistake(err error) (text string, ok bool) {
	a, fault := answer("", err)
	return a.Text, err != nil && fault == nil && !errors.Is(err, errNotOurs)
}
