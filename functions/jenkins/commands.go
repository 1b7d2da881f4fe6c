package main

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/sign"
)

// commandsRoute serves the commands that the configuration makes: the annotation handsoff.dev/commands-from names it, and
// the answer has the form of the annotation handsoff.dev/commands.
const commandsRoute = "POST /commands"

// shortcuts lists the shortcuts as commands, by their words.
func (c *capability) shortcuts(ctx context.Context) ([]command.Spec, error) {
	known, err := c.known(ctx)
	if err != nil {
		return nil, err
	}
	specs := make([]command.Spec, 0, len(c.set.Jobs))
	for name, cut := range c.set.Jobs {
		last, ok := known[name]
		specs = append(specs, cut.spec(name, last, ok))
	}
	slices.SortFunc(specs, func(a, b command.Spec) int { return cmp.Compare(a.Words, b.Words) })
	return specs, nil
}

// serveCommands answers with the shortcuts. The request is signed like any other: {"time":…,"nonce":…}.
func serveCommands(p *function.Platform, list func(context.Context) ([]command.Spec, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if why, err := trusted(p, r); err != nil {
			p.Log.Error("read a request for commands", "error", err)
			http.Error(w, "it failed; try again", http.StatusInternalServerError)
			return
		} else if why != "" {
			http.Error(w, "refused: "+why, http.StatusUnauthorized)
			return
		}
		specs, err := list(r.Context())
		if err != nil {
			p.Log.Error("list the shortcuts", "error", err)
			http.Error(w, "the shortcuts cannot be listed now; try again", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/yaml")
		if err := yaml.NewEncoder(w).Encode(specs); err != nil {
			p.Log.Warn("send the shortcuts", "error", err)
		}
	})
}

// trusted says why a request is to be turned away; empty when it is to be answered.
func trusted(p *function.Platform, r *http.Request) (string, error) {
	body, err := io.ReadAll(r.Body) // bounded by the platform
	if err != nil {
		return "unreadable", nil //nolint:nilerr // the caller's fault
	}
	if _, err := p.Keys.Verify(body, r.Header.Get(sign.Header)); err != nil {
		return "unsigned", p.Jobs.Count(r.Context(), "refused_unsigned", 1)
	}
	var message struct {
		Time  time.Time `json:"time"`
		Nonce string    `json:"nonce"`
	}
	if err := json.Unmarshal(body, &message); err != nil {
		return "not a message", nil //nolint:nilerr // the caller's fault
	}
	return p.Fresh(r.Context(), message.Time, message.Nonce)
}
