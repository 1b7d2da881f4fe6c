package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/sign"
	"github.com/handsoff/handsoff/shared/trace"
)

// distrust is why a request is turned away before it is looked at.
type distrust struct {
	why    string // names the counter, refused_<why>
	who    string // the principal, when the signature says so
	status int
	text   string
}

// ServeHTTP takes an envelope, or a line of text.
func (d *dispatcher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	inJSON := isJSON(body) || strings.Contains(r.Header.Get("Accept"), "application/json")
	if err != nil {
		d.turnAway(r.Context(), w, inJSON, tooLarge(err))
		return
	}
	e, no := d.open(body, r.Header)
	if no != nil {
		d.turnAway(r.Context(), w, inJSON, *no)
		return
	}
	answer, err := d.dispatch(r.Context(), e)
	switch {
	case errors.Is(err, job.ErrReplayed):
		d.turnAway(r.Context(), w, inJSON, distrust{
			"replayed", e.Principal, http.StatusUnauthorized, "This message came before; a repeated one needs a nonce of its own.",
		})
	case err != nil:
		d.Log.ErrorContext(r.Context(), "an envelope could not be handled", "principal", e.Principal, "error", err)
		d.write(w, inJSON, statusWithout(inJSON && e.Parent == "", err), unavailable(err))
	case inJSON:
		d.write(w, true, http.StatusOK, answer)
	default:
		d.write(w, false, statusOf(answer), answer)
	}
	if len(answer.Nudge) == 0 {
		return
	}
	// The person's answer comes first; the nudge would race it to the processor.
	if err := http.NewResponseController(w).Flush(); err != nil {
		d.Log.DebugContext(r.Context(), "an answer was not flushed", "error", err)
	}
	d.nudges.send(r.Context(), answer.Nudge)
}

// open finds out who sent a body and what it says. Internal keys sign envelopes, in which the sender vouches for a
// principal; a key of the command line signs text or an envelope, and is itself the principal.
func (d *dispatcher) open(body []byte, header http.Header) (command.Envelope, *distrust) {
	signature := header.Get(sign.Header)
	if _, err := d.Keys.Verify(body, signature); err == nil {
		if !isJSON(body) {
			return command.Envelope{}, &distrust{
				"plain", "", http.StatusUnauthorized, "An internal key signs envelopes only; sign text with a key of " + cliSecret + ".",
			}
		}
		return envelope(body, "")
	}
	key, err := d.cli.Verify(body, signature)
	if err != nil {
		return command.Envelope{}, &distrust{
			"unsigned", "", http.StatusUnauthorized, "The signature is missing, or made with a key that is not known here.",
		}
	}
	principal := "cli:" + key.Name
	if isJSON(body) {
		return envelope(body, principal)
	}
	return command.Envelope{
		ID: callID(header), Principal: principal, Origin: job.Origin{Door: "cli"}, Text: string(body),
	}, nil
}

// envelope reads an envelope and checks its time. With a key of the command line, principal is whose it is, and what
// only doors may say is not believed.
func envelope(body []byte, principal string) (command.Envelope, *distrust) {
	e, err := command.DecodeEnvelope(body)
	if err == nil && principal != "" {
		e.Principal, e.Groups, e.Origin, e.Watch, e.Cause, e.Parent = principal, nil, job.Origin{Door: "cli"}, nil, nil, ""
		e.Notes, e.Opening, e.Name = nil, "", ""
		e.Signoff, e.Limit, e.Closing = nil, 0, 0
		e.ID = "cli " + e.ID // else a person could be there before a job's own step, with something else under its id
	}
	if err == nil && e.Principal == "" {
		err = fmt.Errorf("%w: it has no principal", command.ErrEnvelope)
	}
	if err != nil {
		return e, &distrust{"malformed", principal, http.StatusBadRequest, chat.OneLine(err.Error())}
	}
	if function.Stale(e.Time) != "" {
		return e, &distrust{
			"stale", e.Principal, http.StatusUnauthorized, "This message is more than five minutes old, or ahead of time; is a clock wrong?",
		}
	}
	return e, nil
}

// callID is the idempotency key of plain text: a queue that delivers twice does so with the same id.
func callID(header http.Header) string {
	if id := header.Get(trace.CallHeader); id != "" && len(id) <= 64 {
		return "call " + id
	}
	return rand.Text()
}

func isJSON(body []byte) bool {
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	return len(trimmed) > 0 && trimmed[0] == '{'
}

func tooLarge(err error) distrust {
	if tooMuch := new(http.MaxBytesError); errors.As(err, &tooMuch) {
		text := fmt.Sprintf("That is more than %d bytes; put the long part into a file or an address.", tooMuch.Limit)
		return distrust{"large", "", http.StatusRequestEntityTooLarge, text}
	}
	return distrust{"unreadable", "", http.StatusBadRequest, "The request broke off."}
}

// turnAway refuses a request, counts that and writes it into the audit trail, without what the request said. Anybody on
// the network can send what is not signed, so of those only one a second is noted, as a stranger's.
func (d *dispatcher) turnAway(ctx context.Context, w http.ResponseWriter, inJSON bool, no distrust) {
	d.Log.WarnContext(ctx, "request refused", "why", no.why, "principal", no.who)
	if err := d.Jobs.Count(ctx, "refused_"+no.why, 1); err != nil {
		d.Log.WarnContext(ctx, "a refusal was not counted", "error", err)
	}
	audit := d.Jobs.AuditRefusal
	if no.who == "" {
		audit = d.Jobs.AuditStranger
	}
	if no.who != "" || d.strange.Allow() {
		if err := audit(ctx, job.AuditEntry{Who: no.who, Act: "refused", Detail: no.why}); err != nil {
			d.Log.WarnContext(ctx, "a refusal was not audited", "error", err)
		}
	}
	code := command.CodeForbidden
	if no.status != http.StatusUnauthorized {
		code = command.CodeUsage
	}
	d.write(w, inJSON, no.status, command.Answer{Text: no.text, Problem: &command.Problem{Code: code}})
}

// write writes an answer as JSON, for doors, or as text, for people.
func (d *dispatcher) write(w http.ResponseWriter, inJSON bool, status int, answer command.Answer) {
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	var body []byte
	if inJSON {
		w.Header().Set("Content-Type", "application/json")
		var err error
		if body, err = json.Marshal(answer); err != nil {
			d.Log.Error("an answer could not be written", "error", err)
			status, body = http.StatusInternalServerError, []byte("{}")
		}
	} else {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if body = []byte(answer.String()); len(body) > 0 {
			body = append(body, '\n')
		}
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body))) // it is flushed before the handler returns
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil { //nolint:gosec // G705: what was typed is plain text or JSON here, and said to be
		d.Log.Warn("an answer was not read", "error", err)
	}
}

// statusWithout is for an answer that Redis could not give. After an error whoever asked tries again; a door, where people wait, has the reason
// at once where that is in vain. A job waits until it passes.
func statusWithout(door bool, err error) int {
	if door && refusesWrites(err) {
		return http.StatusOK
	}
	return http.StatusServiceUnavailable
}

// statusOf tells a program that sent text, such as curl, how it went.
func statusOf(answer command.Answer) int {
	if answer.Problem == nil {
		return http.StatusOK
	}
	switch answer.Problem.Code {
	case command.CodeForbidden:
		return http.StatusForbidden
	case command.CodeUnknown, command.CodeNotFound:
		return http.StatusNotFound
	case command.CodeConflict:
		return http.StatusConflict
	case command.CodeMissing, command.CodeUnavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusBadRequest
	}
}
