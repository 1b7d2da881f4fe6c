package function

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/sign"
)

// CommandsRoute is where a function serves the commands that its configuration makes: the annotation handsoff.dev/commands-from
// names the path "/commands" then.
const CommandsRoute = "POST /commands"

// ServeCommands answers a request for the commands that a configuration makes, in the form of the annotation
// handsoff.dev/commands. The request is signed like any other: {"time":…,"nonce":…}.
func ServeCommands(p *Platform, list func(context.Context) ([]command.Spec, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if why, err := p.trusted(r); err != nil {
			p.Log.ErrorContext(r.Context(), "read a request for commands", "error", err)
			http.Error(w, "it failed; try again", http.StatusInternalServerError)
			return
		} else if why != "" {
			refuse(r.Context(), p, w, why)
			return
		}
		specs, err := list(r.Context())
		if err != nil {
			p.Log.ErrorContext(r.Context(), "list the commands", "error", err)
			http.Error(w, "the commands cannot be listed now; try again", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/yaml")
		if err := yaml.NewEncoder(w).Encode(specs); err != nil {
			p.Log.WarnContext(r.Context(), "send the commands", "error", err)
		}
	})
}

// trusted says why a request is to be turned away; empty when it is to be answered.
func (p *Platform) trusted(r *http.Request) (string, error) {
	body, err := io.ReadAll(r.Body) // bounded by the handler
	if err != nil {
		return "unreadable", nil //nolint:nilerr // the caller's fault
	}
	if _, err := p.Keys.Verify(body, r.Header.Get(sign.Header)); err != nil {
		return "unsigned", nil //nolint:nilerr // the caller's fault
	}
	var message command.CatalogueRequest
	if err := json.Unmarshal(body, &message); err != nil {
		return "unreadable", nil //nolint:nilerr // the caller's fault
	}
	return p.Fresh(r.Context(), message.Time, message.Nonce)
}
