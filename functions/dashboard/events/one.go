package events

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/handsoff/handsoff/functions/dashboard/rules"
	"github.com/handsoff/handsoff/functions/dashboard/site"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/ruling"
)

// holding is how an event stands at a function.
type holding struct {
	Function string
	Standing inbox.Standing
	Attempts int
	Lane     string
}

// Led is what it led to.
func (h holding) Led() []word { return words(h.Standing.Led) }

// Word is how it stands.
func (h holding) Word() string {
	stands := inbox.Listed{State: h.Standing.State, Attempts: h.Attempts}
	return stands.Stands()
}

// Tone is the class of how it stands.
func (h holding) Tone() string { return tone(h.Standing.State) }

func tone(state inbox.State) string {
	switch state {
	case inbox.StateDead:
		return "bad"
	case inbox.StateDone:
		return "ok"
	case inbox.StatePending:
	}
	return "running"
}

// one is what the page of an event shows.
type one struct {
	ID        string
	Holdings  []holding
	Event     *event.Event // nil when it is no longer kept
	Matched   []string
	Decisions []rules.Decision
	MayRevive bool
	MayReplay bool
	MayWhy    bool // why it was given up, and who had it replayed, is for viewers: an error says more than anybody thinks of
}

// Dead reports whether it was given up somewhere.
func (o *one) Dead() bool {
	for _, h := range o.Holdings {
		if h.Standing.State == inbox.StateDead {
			return true
		}
	}
	return false
}

// NoReplay says why the rules cannot look at it again, as a sentence goes on behind "No: "; empty when they can.
func (o *one) NoReplay() string {
	at := slices.IndexFunc(o.Holdings, func(h holding) bool { return h.Function == event.Function })
	if at < 0 {
		return "only what went to the rules can be replayed, and this did not, or too long ago."
	}
	switch stands := o.Holdings[at].Standing; {
	case stands.State == inbox.StateDead:
		return "it was given up, and can be tried again."
	case stands.State == inbox.StatePending:
		return "it is not dealt with yet; that is tried by itself."
	case !stands.Kept:
		return event.NotKept(stands) + ". Its sender may send it once more."
	case o.Event == nil:
		return "what is kept of it cannot be read."
	case o.Event.Asked:
		return "it is what somebody asked for in so many words. What somebody said is to be said again."
	}
	return ""
}

func (p *pages) show(ctx context.Context, r *site.Request) (site.View, error) {
	may := p.site.MayGive(ctx, r.Viewer, revive, replay)
	o := &one{ID: site.Field(r.URL.Query(), "id"), MayRevive: may[revive], MayReplay: may[replay], MayWhy: r.Viewer.May(config.Viewer)}
	if o.ID == "" {
		return site.Missing("Say which event, by its id."), nil
	}
	functions, err := inbox.Functions(ctx, p.Redis)
	if err != nil {
		return site.View{}, err
	}
	for _, function := range functions {
		if err := p.hold(ctx, o, function); err != nil {
			return site.View{}, err
		}
	}
	made, err := ruling.Decisions(ctx, p.Redis, shown, func(d *ruling.Decision) bool { return d.Event == o.ID })
	if err != nil {
		return site.View{}, err
	}
	o.Decisions = rules.Decisions(made)
	if len(o.Holdings) == 0 && len(made) == 0 {
		return site.Missing("Nothing is known of that event, any more or at all."), nil
	}
	return site.View{Template: "event", Data: o}, nil
}

// hold looks for an event in a function's inbox.
func (p *pages) hold(ctx context.Context, o *one, function string) error {
	found, standing, err := inbox.Open(p.Redis, function, inbox.Options{}).Find(ctx, o.ID)
	if errors.Is(err, inbox.ErrUnknown) {
		return nil
	}
	if err != nil {
		return err
	}
	h := holding{Function: function, Standing: standing}
	if found != nil {
		h.Attempts, h.Lane = found.Attempts, found.Lane
		if function == event.Function {
			o.describe(found)
		}
	}
	o.Holdings = append(o.Holdings, h)
	return nil
}

// describe reads what an event says of itself.
func (o *one) describe(found *inbox.Delivery) {
	if e, err := event.Read(found.Body); err == nil {
		o.Event = e
	}
	var note struct {
		Matched []string `json:"matched"`
	}
	if json.Unmarshal(found.Note, &note) == nil {
		o.Matched = note.Matched
	}
}
