package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// offerFor is how long a file can be fetched that was too long to be said.
const offerFor = 10 * time.Minute

func offerKey(token string) string { return job.Prefix + "ptg:offer:" + token }

// Offer keeps a file for whoever has the token, which nobody can guess.
func (w *world) Offer(ctx context.Context, name string, file []byte) (string, error) {
	token := rand.Text()
	pipe := w.Redis.TxPipeline()
	pipe.HSet(ctx, offerKey(token), "name", name, "file", file)
	pipe.Expire(ctx, offerKey(token), offerFor)
	if _, err := pipe.Exec(ctx); err != nil {
		return "", fmt.Errorf("ptg: keep a file that is offered: %w", err)
	}
	return token, nil
}

// exported serves a file that was offered. Nobody keeps it on the way, and nobody else is told of the address.
func (d *desk) exported(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	for name, value := range map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
	} {
		h.Set(name, value)
	}
	kept, err := d.Redis.HMGet(r.Context(), offerKey(r.PathValue("token")), "name", "file").Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		d.Log.ErrorContext(r.Context(), "read a file that is offered", "error", err)
		http.Error(w, "The file cannot be read just now; try again in a moment.", http.StatusServiceUnavailable)
		return
	}
	name, named := kept[0].(string)
	file, there := kept[1].(string)
	if !named || !there {
		http.Error(w, "There is no file here, or not any more: ask the bot for it again.", http.StatusNotFound)
		return
	}
	h.Set("Content-Type", "application/json")
	h.Set("Content-Disposition", "attachment; filename="+strconv.Quote(name))
	h.Set("Content-Length", strconv.Itoa(len(file)))
	if r.Method != http.MethodHead {
		_, _ = io.WriteString(w, file) //nolint:gosec // JSON that is downloaded; whoever went away misses nothing
	}
}
