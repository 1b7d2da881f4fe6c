package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/time/rate"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/sign"
)

// cliSecret holds the keys with which people sign plain text, "name:key" lines.
const cliSecret = "handsoff-cli-keys"

// dispatcher is the function: it takes envelopes and sends each its way.
type dispatcher struct {
	*function.Platform

	source  *command.Source
	aliases *command.Aliases
	cli     sign.Keys // may be empty: then nobody signs plain text
	own     map[string]ownCommand
	nudges  *nudger
	first   time.Time     // when the bot first started
	strange *rate.Limiter // audit entries about senders who are unknown: the counters have them all
}

// setUp makes the function's parts.
func setUp(ctx context.Context, p *function.Platform) (*function.Parts, error) {
	d, err := newDispatcher(ctx, p)
	if err != nil {
		return nil, err
	}
	return &function.Parts{
		Root:   d,
		Routes: map[string]http.Handler{"POST /catalogue": http.HandlerFunc(d.serveCatalogue)},
		Stop:   d.nudges.stop,
	}, nil
}

func newDispatcher(ctx context.Context, p *function.Platform) (*dispatcher, error) {
	cli, err := cliKeys(p)
	if err != nil {
		return nil, err
	}
	first, err := firstStart(ctx, p)
	if err != nil {
		return nil, err
	}
	declarations := &declarations{gateway: p.Gateway, rdb: p.Redis, log: p.Log}
	d := &dispatcher{
		Platform: p,
		source:   command.NewSource(declarations.read, p.Redis, p.Log),
		aliases:  command.NewAliases(p.Redis),
		cli:      cli,
		nudges:   newNudger(p.Nudge),
		first:    first,
		strange:  rate.NewLimiter(rate.Every(time.Second), 10),
	}
	d.own = d.ownCommands()
	return d, nil
}

// cliKeys reads the keys for plain text. Each must have a name, and none may be an internal key: then nobody could say
// who signed.
func cliKeys(p *function.Platform) (sign.Keys, error) {
	text, err := p.Secret(cliSecret)
	if errors.Is(err, function.ErrNoSecret) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	keys, err := sign.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("secret %s: %w", cliSecret, err)
	}
	probe := []byte(cliSecret)
	for i, key := range keys {
		if !command.IsPrincipal("cli:" + key.Name) {
			return nil, fmt.Errorf("secret %s: key %d has no name; a line is name:key", cliSecret, i+1)
		}
		if _, err := p.Keys.Verify(probe, sign.Keys{key}.Sign(probe)); err == nil {
			return nil, fmt.Errorf("secret %s: the key %s is an internal key too; make another one", cliSecret, key.Name)
		}
	}
	return keys, nil
}
