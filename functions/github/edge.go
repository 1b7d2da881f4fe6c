package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/github/webhook"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job"
)

// The headers of a delivery. Source: https://docs.github.com/webhooks/webhook-events-and-payloads#delivery-headers
const (
	eventHeader    = "X-Github-Event"
	deliveryHeader = "X-Github-Delivery"
)

const (
	// largest is the largest body that GitHub sends, in bytes.
	// Source: https://docs.github.com/webhooks/webhook-events-and-payloads#payload-cap
	largest = 25 << 20
	// attention is how long a delivery may wait until it is kept. GitHub waits ten seconds.
	attention = 8 * time.Second
	// maxReading bounds the bodies that are being read at once, in bytes: anybody can send one.
	maxReading = 4 * largest
	// smallest is how much room a body takes at first, in bytes.
	smallest = 64 << 10
)

// distrust is why a request is turned away before it is kept.
type distrust struct {
	why    string // names the counter, refused_<why>
	status int
	text   string // what the sender is told; it says nothing of the signature that would be right
}

var (
	errNoSignature = &distrust{"unsigned", http.StatusUnauthorized, "the signature is missing, or made with a secret that is not known here"}
	errNoScope     = &distrust{"scope", http.StatusForbidden, "the secret that signed this is not for this repository or organisation"}
	errNoClick     = &distrust{"scope", http.StatusForbidden, "only the webhook of the App tells of clicks: give its secret for the owner, or for everything"}
	errNoJSON      = &distrust{"malformed", http.StatusUnsupportedMediaType, "set the webhook's content type to application/json"}
	errNoDelivery  = &distrust{"malformed", http.StatusBadRequest, "this is not a delivery of GitHub"}
	errNoRoom      = &distrust{"busy", http.StatusServiceUnavailable, "too much is being received; try again"}
	errTooLarge    = &distrust{"large", http.StatusRequestEntityTooLarge, "the body is larger than GitHub's largest"}
	errUnreadable  = &distrust{"unreadable", http.StatusBadRequest, "the body broke off"}
)

// Error implements error.
func (no *distrust) Error() string { return no.text }

// ServeHTTP takes whatever GitHub sends. It verifies before it reads, keeps before it answers, and answers before anything
// else is done. GitHub does not try again by itself: what is answered otherwise than 2xx comes back through the repair loop.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), attention)
	defer cancel()
	body, p, err := d.believe(ctx, r)
	if no := new(distrust); errors.As(err, &no) {
		d.turnAway(ctx, w, no)
		return
	}
	if p.Event == "ping" {
		_, _ = io.WriteString(w, "pong") // GitHub shows it beside the delivery
		return
	}
	d.keep(ctx, w, r.Header, body, p)
}

// believe reads a request and checks who sent it. Every error is a [distrust].
func (d *door) believe(ctx context.Context, r *http.Request) ([]byte, *webhook.Payload, error) {
	given := signature(r.Header.Get(signatureHeader))
	if given == nil || len(d.secrets) == 0 {
		return nil, nil, errNoSignature
	}
	body, err := d.read(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	scopes := d.secrets.scopes(given, body)
	if len(scopes) == 0 {
		return nil, nil, errNoSignature
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return nil, nil, errNoJSON
	}
	if !webhook.IsID(r.Header.Get(deliveryHeader)) {
		return nil, nil, errNoDelivery
	}
	p, err := webhook.Read(r.Header.Get(eventHeader), body)
	if err != nil {
		d.Log.WarnContext(ctx, "a signed delivery cannot be understood", "delivery", r.Header.Get(deliveryHeader), "error", err)
		return nil, nil, errNoDelivery
	}
	if p.Event == "ping" && p.Nowhere() {
		return body, p, nil
	}
	scopes = slices.DeleteFunc(scopes, func(scope string) bool { return !p.Within(scope) })
	switch {
	case len(scopes) == 0:
		return nil, nil, errNoScope
	case p.Clicked() && !slices.ContainsFunc(scopes, wide):
		return nil, nil, errNoClick
	}
	return body, p, nil
}

// wide reports whether a scope is more than one repository. Who clicked cannot be looked up at GitHub, as who commented can:
// it is believed of whoever may speak for the owner.
func wide(scope string) bool { return !strings.Contains(scope, "/") }

// read reads a body, while not too much is being read already. Room is taken as the body comes in, the same again each time:
// anybody can announce a large one, and then be slow.
func (d *door) read(ctx context.Context, r *http.Request) ([]byte, error) {
	var body bytes.Buffer
	held, more := int64(0), int64(smallest)
	defer func() { d.reading.Release(held) }()
	for ; ; more = min(held, largest+smallest-held) {
		if err := d.reading.Acquire(ctx, more); err != nil {
			return nil, errNoRoom
		}
		held += more
		body.Grow(int(min(more, room(r))))
		switch _, err := io.CopyN(&body, r.Body, more); {
		case errors.Is(err, io.EOF):
			return body.Bytes(), nil
		case errors.As(err, new(*http.MaxBytesError)):
			return nil, errTooLarge
		case err != nil:
			return nil, errUnreadable
		}
	}
}

// room is how many bytes it takes to read a body that is as long as it was announced.
func room(r *http.Request) int64 {
	if r.ContentLength < 0 {
		return largest
	}
	return r.ContentLength + bytes.MinRead // the end is found by reading on
}

// keep puts a delivery into the inbox: from then on it cannot be lost. What is done before is accepted all the same.
func (d *door) keep(ctx context.Context, w http.ResponseWriter, header http.Header, body []byte, p *webhook.Payload) {
	id := header.Get(deliveryHeader)
	names, err := d.names(ctx, id, header.Get(hookHeader), p)
	verdict := inbox.Verdict(0)
	if err == nil {
		verdict, err = d.box.Put(ctx, inbox.Delivery{ID: id, Kind: p.Event, Body: body, Lane: p.Subject()}, names)
	}
	switch {
	case errors.Is(err, inbox.ErrTooLarge):
		d.turnAway(ctx, w, errTooLarge)
		return
	case err != nil:
		d.Log.ErrorContext(ctx, "a delivery could not be kept; it is asked for again", "delivery", id, "event", p.Event, "error", err)
		w.Header().Set("Retry-After", "60")
		http.Error(w, "it could not be kept; it will be asked for again", http.StatusServiceUnavailable)
		return
	}
	accept(w)
	if verdict != inbox.Done {
		d.worker.Kick()
	}
}

// accept answers at once, so that neither our log nor what the delivery leads to is waited for.
func accept(w http.ResponseWriter) {
	w.Header().Set("Content-Length", "0") // else more would have to follow
	w.WriteHeader(http.StatusAccepted)
	_ = http.NewResponseController(w).Flush() // who is gone is not told
}

// turnAway refuses a request and counts that, without what the request said. Anybody can send what is not signed, so only
// one a second is noted, as a stranger's.
func (d *door) turnAway(ctx context.Context, w http.ResponseWriter, no *distrust) {
	d.Log.WarnContext(ctx, "request refused", "why", no.why)
	if err := d.Jobs.Count(ctx, "refused_"+no.why, 1); err != nil {
		d.Log.WarnContext(ctx, "a refusal was not counted", "error", err)
	}
	if d.strange.Allow() {
		if err := d.Jobs.AuditStranger(ctx, job.AuditEntry{Who: "github", Act: "refused", Detail: no.why}); err != nil {
			d.Log.WarnContext(ctx, "a refusal was not audited", "error", err)
		}
	}
	http.Error(w, "refused: "+no.text, no.status)
}
