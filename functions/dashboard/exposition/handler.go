package exposition

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/handsoff/handsoff/shared/function"
)

// TokenSecret is the secret with the bearer token by which Prometheus is known. Several lines are as many tokens, so that one follows
// the other. Without it there are no metrics.
const TokenSecret = "metrics-token"

// limit bounds an answer; Prometheus waits for ten seconds as a rule.
const limit = 8 * time.Second

// handler answers GET.
type handler struct {
	platform *function.Platform
	turn     sync.Mutex // one look at everything at a time, whoever asks how often
}

// New answers Prometheus: 404 without the secret metrics-token, 401 to who does not send it, 503 while Redis cannot be read,
// else the metrics.
func New(p *function.Platform) http.Handler { return &handler{platform: p} }

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	tokens, err := h.platform.Secret(TokenSecret)
	switch {
	case errors.Is(err, function.ErrNoSecret):
		http.NotFound(w, r)
		return
	case err != nil:
		h.platform.Log.ErrorContext(r.Context(), "metrics", "error", err)
		http.Error(w, "the token cannot be read", http.StatusInternalServerError)
		return
	case !bears(r, tokens):
		w.Header().Set("WWW-Authenticate", "Bearer")
		http.Error(w, "a bearer token is needed", http.StatusUnauthorized)
		return
	}
	h.turn.Lock()
	defer h.turn.Unlock()
	ctx, cancel := context.WithTimeout(r.Context(), limit)
	defer cancel()
	p, ok := h.read(ctx)
	w.Header().Set("Cache-Control", "no-store")
	if !ok {
		http.Error(w, "nothing could be read; the details are in the log of the function dashboard", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = w.Write(p.bytes()) // who asked may have left
}

// bears reports whether a request brings one of the tokens, a line each. Comparing takes as long whatever it brings.
func bears(r *http.Request, tokens []byte) bool {
	scheme, given, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	got, known := sha256.Sum256([]byte(strings.TrimSpace(given))), 0
	for line := range bytes.Lines(tokens) {
		if token := bytes.TrimSpace(line); len(token) > 0 {
			want := sha256.Sum256(token)
			known |= subtle.ConstantTimeCompare(want[:], got[:])
		}
	}
	return strings.EqualFold(scheme, "Bearer") && known == 1
}

// read reads part by part. One that cannot be read is logged, said, and left out; it reports whether any could.
func (h *handler) read(ctx context.Context) (*page, bool) {
	p, some := newPage(), false
	for _, part := range parts {
		err := part.read(ctx, h.platform, p)
		if err != nil {
			h.platform.Log.WarnContext(ctx, "a part of the metrics could not be read", "part", part.name, "error", err)
		}
		some = some || err == nil
		p.yes("handsoff_part_read", err == nil, "part", part.name)
	}
	return p, some
}
