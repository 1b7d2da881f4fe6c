package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// attention is how long a request may wait for what becomes of it. Slack waits three seconds.
	attention = 2 * time.Second
)

// ServeHTTP takes whatever Slack sends. It verifies before it reads, keeps before it answers, and answers before anything
// else is done. An answer other than 200 makes Slack try again: at once, after one minute, after five.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		d.turnAway(r.Context(), w, unreadable(err))
		return
	}
	if why := d.secrets.verify(body, r.Header, d.now()); why != "" {
		d.turnAway(r.Context(), w, distrust{why, http.StatusUnauthorized})
		return
	}
	a, err := read(r.Header.Get("Content-Type"), body)
	if err != nil {
		d.Log.WarnContext(r.Context(), "a signed request cannot be understood", "error", err)
		d.turnAway(r.Context(), w, distrust{"malformed", http.StatusBadRequest})
		return
	}
	a.try, a.reason = again(r.Header)
	switch a.kind {
	case kindNothing:
	case kindChallenge:
		d.challenge(w, a.challenge)
	case kindOptions:
		d.answerNow(w, r, a)
	default:
		d.take(w, r, a)
	}
}

// take keeps a request, and answers a form with what became of it. What could not be kept while Slack waits is not kept
// after that: the person has been told by then that it failed, and does it again.
func (d *door) take(w http.ResponseWriter, r *http.Request, a *arrival) {
	if _, known := d.handlers[a.kind]; !known {
		return
	}
	limited, cancel := context.WithTimeout(r.Context(), d.answers)
	defer cancel()
	if a.kind != kindSubmission {
		d.keep(limited, w, a)
		return
	}
	wait := d.waiting.expect(a.id)
	if d.keep(limited, w, a) {
		d.write(w, wait(limited, d.answers))
	} else {
		wait(limited, 0)
	}
}

// keep puts a request into the inbox: from then on it cannot be lost. It reports whether it is there; else Slack has been
// told to try again.
func (d *door) keep(ctx context.Context, w http.ResponseWriter, a *arrival) bool {
	verdict, err := d.box.Put(ctx, inbox.Delivery{ID: a.id, Kind: a.kind, Body: a.body}, a.means)
	switch {
	case errors.Is(err, inbox.ErrTooLarge):
		d.turnAway(ctx, w, distrust{"large", http.StatusRequestEntityTooLarge})
		return false
	case err != nil:
		d.Log.ErrorContext(ctx, "a delivery could not be kept; Slack tries again", "kind", a.kind, "error", err)
		w.Header().Set("Retry-After", "1")
		http.Error(w, "it could not be kept; try again", http.StatusServiceUnavailable)
		return false
	}
	if verdict == inbox.New {
		d.deaf.heard(a, d.now())
	}
	if verdict == inbox.Done {
		d.waiting.answer(a.id, nil)
	} else {
		d.worker.Kick()
	}
	return true
}

// challenge proves to Slack that this address is ours.
func (d *door) challenge(w http.ResponseWriter, challenge string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if _, err := io.WriteString(w, challenge); err != nil {
		d.Log.Warn("an answer was not read", "error", err)
	}
}

// answerNow answers a request that changes nothing, such as what a menu is to offer. When that fails the menu is empty.
func (d *door) answerNow(w http.ResponseWriter, r *http.Request, a *arrival) {
	answer, known := d.direct[a.kind]
	if !known {
		return
	}
	limited, cancel := context.WithTimeout(r.Context(), d.answers)
	defer cancel()
	said, err := answer(limited, a.body)
	var body []byte
	if err == nil && said != nil {
		body, err = json.Marshal(said)
	}
	if err != nil {
		d.Log.WarnContext(r.Context(), "a request was not answered", "kind", a.kind, "error", err)
	}
	d.write(w, body)
}

// write answers with JSON, or with nothing.
func (d *door) write(w http.ResponseWriter, body []byte) {
	if len(body) == 0 {
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if _, err := w.Write(body); err != nil {
		d.Log.Warn("an answer was not read", "error", err)
	}
}

// distrust is why a request is turned away before it is kept.
type distrust struct {
	why    string // names the counter, refused_<why>
	status int
}

func unreadable(err error) distrust {
	if errors.As(err, new(*http.MaxBytesError)) {
		return distrust{"large", http.StatusRequestEntityTooLarge}
	}
	return distrust{"unreadable", http.StatusBadRequest}
}

// turnAway refuses a request and counts that, without what the request said. Anybody can send what is not signed, so only
// one a second is noted, as a stranger's.
func (d *door) turnAway(ctx context.Context, w http.ResponseWriter, no distrust) {
	ctx, cancel := context.WithTimeout(ctx, attention) // a Redis that is away must not keep requests of anybody waiting
	defer cancel()
	d.Log.WarnContext(ctx, "request refused", "why", no.why)
	if err := d.Jobs.Count(ctx, "refused_"+no.why, 1); err != nil {
		d.Log.WarnContext(ctx, "a refusal was not counted", "error", err)
	}
	if d.strange.Allow() {
		if err := d.Jobs.AuditStranger(ctx, job.AuditEntry{Who: "slack", Act: "refused", Detail: no.why}); err != nil {
			d.Log.WarnContext(ctx, "a refusal was not audited", "error", err)
		}
	}
	http.Error(w, "refused: "+no.why, no.status)
}
