package main

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/sign"
)

// serveCatalogue gives a door the commands that a principal may use and that are set up, for completion and forms.
func (d *dispatcher) serveCatalogue(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		d.turnAway(r.Context(), w, true, tooLarge(err))
		return
	}
	if _, err := d.Keys.Verify(body, r.Header.Get(sign.Header)); err != nil {
		d.turnAway(r.Context(), w, true, distrust{"unsigned", "", http.StatusUnauthorized, "The signature is missing or wrong."})
		return
	}
	var asks command.CatalogueRequest
	if err := json.Unmarshal(body, &asks); err != nil || asks.Nonce == "" || !command.IsPrincipal(asks.Principal) || command.CheckGroups(asks.Groups) != nil {
		d.turnAway(r.Context(), w, true, distrust{"malformed", "", http.StatusBadRequest, "That is not a request for the catalogue."})
		return
	}
	if function.Stale(asks.Time) != "" {
		d.turnAway(r.Context(), w, true, distrust{"stale", asks.Principal, http.StatusUnauthorized, "This message is too old."})
		return
	}
	err = d.Jobs.Admit(r.Context(), asks.Nonce)
	if errors.Is(err, job.ErrReplayed) {
		d.turnAway(r.Context(), w, true, distrust{"replayed", asks.Principal, http.StatusUnauthorized, "This message came before."})
		return
	}
	var list []*command.Declared
	if err == nil {
		list, err = d.usable(r, asks)
	}
	if err != nil {
		d.Log.ErrorContext(r.Context(), "the catalogue could not be read", "error", err)
		d.write(w, true, http.StatusServiceUnavailable, command.Answer{
			Text: "The commands cannot be read now; try again in a moment.", Problem: &command.Problem{Code: command.CodeUnavailable},
		})
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(list); err != nil {
		d.Log.WarnContext(r.Context(), "the catalogue was not read", "error", err)
	}
}

// usable are the commands that whoever asks may use and that are set up.
func (d *dispatcher) usable(r *http.Request, asks command.CatalogueRequest) ([]*command.Declared, error) {
	catalogue, err := d.source.Catalogue(r.Context())
	if err != nil {
		return nil, err
	}
	reader := d.reader(asks.Principal, asks.Groups)
	list := []*command.Declared{}
	for _, c := range catalogue.Commands() {
		if !c.Hidden && reader.May(c) && len(reader.Missing(c)) == 0 {
			list = append(list, c)
		}
	}
	return list, nil
}
