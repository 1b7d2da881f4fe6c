package talk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/exchange"
	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/irc"
)

// prepareFetch gets a file, checks it and shows what it would change. What was shown is kept: what is loaded is that, whatever stands
// at the address by then.
func (t *Talk) prepareFetch(ctx context.Context, u *utterance) (Deed, *exchange.Plan, error) {
	rest := u.rest
	replace := len(rest) > 1 && strings.EqualFold(rest[len(rest)-1], "replace")
	if replace {
		rest = rest[:len(rest)-1]
	}
	if len(rest) != 1 {
		return Deed{}, nil, wrong("Missing URL to fetch (~fetchdb URL)")
	}
	data, err := t.world.Fetch(ctx, rest[0])
	if err != nil {
		return Deed{}, nil, notLoaded(err)
	}
	file, err := exchange.Read(data)
	if err != nil {
		return Deed{}, nil, notLoaded(err)
	}
	sum := sha256.Sum256(data)
	deed := Deed{URL: rest[0], File: hex.EncodeToString(sum[:]), Replace: replace}
	plan, err := t.plan(ctx, u, file, deed)
	if err != nil {
		return Deed{}, nil, notLoaded(err)
	}
	if len(plan.Changes) == 0 {
		return deed, plan, nil
	}
	return deed, plan, t.world.Keep(ctx, deed.File, data)
}

// plan is what a file would do to a gathering as it is.
func (t *Talk) plan(ctx context.Context, u *utterance, file *exchange.File, deed Deed) (*exchange.Plan, error) {
	now, err := t.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	return exchange.Merge(gathering.NewDraft(u.g, u.author(), now), file, t.rules(u.g.ID, deed))
}

// rules are how a file is brought in: its nicks are those of the network on which the gathering is.
func (t *Talk) rules(id string, deed Deed) exchange.Rules {
	rules := exchange.Rules{Replace: deed.Replace}
	for _, channel := range t.channelsOf(id) {
		if place, ok := irc.ParseAddress(channel); ok {
			rules.Network = place.Network
			break
		}
	}
	return rules
}

// notLoaded says why a file is not loaded, where a person can do something about it.
func notLoaded(err error) error {
	mistakes, refusal := exchange.Mistakes(nil), new(gathering.Refusal)
	if errors.As(err, &mistakes) || errors.As(err, &refusal) {
		return no(command.CodeUsage, "Error loading DB: %s", err)
	}
	return err
}

// mostTold is how many things that are not taken as they stand in the file are told of each, once it is loaded.
const mostTold = 200

// load brings in the file that was shown.
func (t *Talk) load(ctx context.Context, deed Deed, by gathering.Author, said, key string) (string, error) {
	data, err := t.world.Kept(ctx, deed.File)
	if err != nil {
		return "", err
	}
	if data == nil {
		return "", no(command.CodeNotFound, "The file that was shown is not kept any more: say ~fetchdb again")
	}
	file, err := exchange.Read(data)
	if err != nil {
		return "", notLoaded(err)
	}
	plan := &exchange.Plan{Amended: file.Amended, Left: file.Left} // also where it was loaded before a crash
	result, err := t.store.Change(ctx, deed.Event, by, said, key, func(d *gathering.Draft) (string, error) {
		merged, err := exchange.Merge(d, file, t.rules(deed.Event, deed))
		if err == nil {
			plan = merged
		}
		return "Loaded DB from " + deed.URL, err
	})
	return strings.TrimSpace(result.Reply + "\n" + plan.Otherwise(mostTold)), notLoaded(err)
}
