package function

import (
	"bytes"
	"cmp"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/sign"
	"github.com/handsoff/handsoff/shared/trace"
)

// logged writes one line for each request, as the platform's own log of a function. Bodies and queries stay out of it.
func logged(next http.Handler, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/_/") {
			next.ServeHTTP(w, r)
			return
		}
		began, seen := time.Now(), &watched{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r)
		line := []slog.Attr{
			slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Int("status", seen.status),
			slog.Duration("took", time.Since(began)),
		}
		if seen.job != "" {
			line = append(line, slog.String("job", seen.job))
		}
		log.LogAttrs(r.Context(), slog.LevelInfo, "request", line...)
	})
}

// received takes from a request what it is known by; what one of ours sent is a part of its trace. Calls of the platform
// itself have nothing of that. The name of a span is the route's, not the path, of which there may be any number.
func received(next http.Handler, h *Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := trace.Receive(r.Context(), r.Header, trace.Brought(r.Header) && h.ours(r))
		ctx, span := trace.Within(ctx, trace.Server, h.platform.Name+" "+h.route(r), "call", trace.Call(ctx))
		defer span.End(nil)
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// ours reports whether a request carries a signature of ours over its body, which can be read again. A body that is larger
// than what is signed among us is not ours.
func (h *Handler) ours(r *http.Request) bool {
	signature := r.Header.Get(sign.Header)
	if signature == "" {
		return false
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	r.Body = &again{Reader: io.MultiReader(bytes.NewReader(body), r.Body), Closer: r.Body}
	if err != nil || len(body) > MaxBody {
		return false // whoever takes the request says so
	}
	_, err = h.platform.Keys.Verify(body, signature)
	return err == nil
}

// again is a body of which something was read before.
type again struct {
	io.Reader
	io.Closer
}

// route is the path of the pattern under which a request is taken; "?" when nothing takes it.
func (h *Handler) route(r *http.Request) string {
	_, pattern := h.mux.Handler(r)
	_, path, _ := strings.Cut(pattern, " ")
	return cmp.Or(strings.TrimSuffix(path, "{$}"), "?")
}

// watched remembers the status of an answer.
type watched struct {
	http.ResponseWriter

	status int
	job    string // which a nudge is about
}

// about notes for the log which job a request was about.
func about(w http.ResponseWriter, id string) {
	if seen, ok := w.(*watched); ok && id != command.AnyJob {
		seen.job = id
	}
}

func (w *watched) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach what is beneath.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }
