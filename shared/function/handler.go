package function

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/sign"
)

const (
	// MaxBody bounds the body of a call, an envelope or a nudge, in bytes.
	MaxBody = 256_000
	// Window is how old a message may be, or how far ahead of this machine's clock.
	Window = 5 * time.Minute
)

// Parts is what a function brings. Fields that do not apply stay nil.
//
// Root takes POST / and checks its callers itself. A function that also has Steps, Calls or Nudged is a door of others and
// a function of ours at one address: then what carries a signature of ours is a message to those, an empty body is a tick
// where there is one, and the rest is Root's.
type Parts struct {
	Steps  map[string]job.Stepper                     // jobs, by command words
	Calls  map[string]CallFunc                        // commands that answer at once, by words
	Nudged func(ctx context.Context, id string) error // what a nudge for command.AnyJob means here; without Steps, every nudge
	Tick   func(ctx context.Context) error            // POST / with an empty body, by anybody: does only what is due anyway
	Root   http.Handler                               // takes POST / of anybody, see above
	Most   int64                                      // bytes of a body that Root takes; 0 is MaxBody
	Routes map[string]http.Handler                    // further paths, "POST /catalogue"; they check their callers themselves
	Stop   func(ctx context.Context) error            // called when the process ends
}

// CallFunc answers a command at once. An error is logged, and the person is told that nothing was done.
type CallFunc func(ctx context.Context, call command.Call) (command.Answer, error)

// Handler serves a function.
type Handler struct {
	platform *Platform
	parts    *Parts
	worker   *job.Worker
	mux      *http.ServeMux
	stopping atomic.Bool
}

// NewHandler makes it. End it with Close.
func NewHandler(p *Platform, parts *Parts) *Handler {
	h := &Handler{platform: p, parts: parts, mux: http.NewServeMux()}
	if parts.Steps != nil {
		host, _ := os.Hostname() // tells workers apart in the audit; empty does no harm
		h.worker = job.NewWorker(p.Jobs, job.WorkerOptions{
			Function: p.Name, Name: fmt.Sprintf("%s@%s/%d", p.Name, host, os.Getpid()),
			Steps: parts.Steps, Nudge: p.Nudge, Log: p.Log,
		})
	}
	h.mux.Handle("POST /{$}", h.root())
	h.mux.HandleFunc("GET /_/health", h.health)
	h.mux.HandleFunc("GET /_/ready", h.health)
	for pattern, route := range parts.Routes {
		h.mux.Handle(pattern, http.MaxBytesHandler(route, MaxBody))
	}
	return h
}

// root is what takes POST /.
func (h *Handler) root() http.Handler {
	ours := http.MaxBytesHandler(http.HandlerFunc(h.message), MaxBody)
	if h.parts.Root == nil {
		return ours
	}
	others := http.MaxBytesHandler(h.parts.Root, cmp.Or(h.parts.Most, MaxBody))
	if h.parts.Steps == nil && h.parts.Calls == nil && h.parts.Nudged == nil && h.parts.Tick == nil {
		return others
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ticks := h.parts.Tick != nil && r.ContentLength == 0
		if r.Header.Get(sign.Header) == "" && !ticks {
			others.ServeHTTP(w, r)
			return
		}
		ours.ServeHTTP(w, r)
	})
}

// ServeHTTP serves one request. A panic in it ends the request, not the process, and shows nobody a stack trace.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

// Close hands all jobs back, within ctx.
func (h *Handler) Close(ctx context.Context) error {
	h.stopping.Store(true)
	var errs []error
	if h.worker != nil {
		errs = append(errs, h.worker.Stop(ctx))
	}
	if h.parts.Stop != nil {
		errs = append(errs, h.parts.Stop(ctx))
	}
	return errors.Join(errs...)
}

func (h *Handler) health(w http.ResponseWriter, _ *http.Request) {
	if h.stopping.Load() {
		http.Error(w, "stopping", http.StatusServiceUnavailable)
		return
	}
	_, _ = io.WriteString(w, "OK")
}

// message takes a nudge or a call.
func (h *Handler) message(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "the body could not be read, or is too large", http.StatusRequestEntityTooLarge)
		return
	}
	if len(body) == 0 && h.parts.Tick != nil {
		h.answerError(r.Context(), w, h.parts.Tick(r.Context()))
		return
	}
	if _, err := h.platform.Keys.Verify(body, r.Header.Get(sign.Header)); err != nil {
		h.Refuse(r.Context(), w, "unsigned")
		return
	}
	var m struct {
		command.Call
		Job string `json:"job"`
	}
	if err := json.Unmarshal(body, &m); err != nil {
		http.Error(w, "the body is not a message of handsoff", http.StatusBadRequest)
		return
	}
	if m.Job != "" {
		h.nudge(w, r, m.Job)
		return
	}
	h.call(w, r, m.Call)
}

// Refuse counts a request that is not to be trusted, and turns it away without saying more than that.
func (h *Handler) Refuse(ctx context.Context, w http.ResponseWriter, why string) {
	refuse(ctx, h.platform, w, why)
}

func refuse(ctx context.Context, p *Platform, w http.ResponseWriter, why string) {
	p.Log.WarnContext(ctx, "request refused", "why", why)
	if err := p.Jobs.Count(ctx, "refused_"+why, 1); err != nil {
		p.Log.WarnContext(ctx, "count a refusal", "error", err)
	}
	http.Error(w, "refused: "+why, http.StatusUnauthorized)
}

func (h *Handler) nudge(w http.ResponseWriter, r *http.Request, id string) {
	about(w, id)
	switch {
	case h.parts.Nudged != nil && (h.worker == nil || id == command.AnyJob):
		h.answerError(r.Context(), w, h.parts.Nudged(r.Context(), id))
	case h.worker == nil:
		http.Error(w, "this function steps no jobs", http.StatusNotFound)
	default:
		_, err := h.worker.Take(r.Context(), id)
		if errors.Is(err, job.ErrBusy) {
			w.Header().Set("Retry-After", "1")
			http.Error(w, "busy", http.StatusTooManyRequests)
			return
		}
		h.answerError(r.Context(), w, err)
	}
}

func (h *Handler) call(w http.ResponseWriter, r *http.Request, call command.Call) {
	if why, err := h.platform.Fresh(r.Context(), call.Time, call.Nonce); why != "" || err != nil {
		if err != nil {
			h.answerError(r.Context(), w, err)
			return
		}
		h.Refuse(r.Context(), w, why)
		return
	}
	answer, known := h.parts.Calls[call.Command]
	if !known {
		http.Error(w, "this function has no such command", http.StatusNotFound)
		return
	}
	said, err := answer(r.Context(), call)
	if err != nil {
		h.answerError(r.Context(), w, fmt.Errorf("%s: %w", call.Command, err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(said); err != nil {
		h.platform.Log.WarnContext(r.Context(), "answer a call", "command", call.Command, "error", err)
	}
}

// Fresh checks a message's time and remembers its nonce. It returns why the message is to be refused, or "".
func (p *Platform) Fresh(ctx context.Context, sent time.Time, nonce string) (why string, err error) {
	if why := Stale(sent); why != "" {
		return why, nil
	}
	if nonce == "" {
		return "replayed", nil
	}
	err = p.Jobs.Admit(ctx, nonce)
	if errors.Is(err, job.ErrReplayed) {
		return "replayed", nil
	}
	return "", err
}

// Stale says "stale" for a time that is more than Window away from now, else "".
func Stale(sent time.Time) string {
	if age := time.Since(sent); age > Window || age < -Window {
		return "stale"
	}
	return ""
}

// answerError answers 202, or 500 with the detail in the log only.
func (h *Handler) answerError(ctx context.Context, w http.ResponseWriter, err error) {
	if err == nil {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	h.platform.Log.ErrorContext(ctx, "request failed", "error", err)
	http.Error(w, "it failed; the details are in the log of the function "+h.platform.Name, http.StatusInternalServerError)
}
