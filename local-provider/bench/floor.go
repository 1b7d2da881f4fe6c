package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/sign"
)

// floorScript remembers a nonce and appends the body, in one step.
var floorScript = redis.NewScript(`
if not redis.call('SET', KEYS[1], 1, 'NX', 'PX', 600000) then return 0 end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', 10000, '*', 'body', ARGV[1])
return 1`)

// serveFloor serves the bare floor until ctx ends. redisAddress has the form password@host:port in the file of that name.
func serveFloor(ctx context.Context, listen, secretDir string) error {
	key, err := os.ReadFile(secretDir + "/handsoff-key")
	if err != nil {
		return fmt.Errorf("floor: %w", err)
	}
	password, err := os.ReadFile(secretDir + "/redis-password")
	if err != nil {
		return fmt.Errorf("floor: %w", err)
	}
	key = []byte(strings.TrimSpace(string(key)))
	rdb := redis.NewClient(&redis.Options{Addr: os.Getenv("redis_address"), Password: strings.TrimSpace(string(password))})
	defer func() { _ = rdb.Close() }() // the process ends
	server := &http.Server{
		Addr: listen, ReadHeaderTimeout: 5 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx },
		Handler: floors(listen, func(w http.ResponseWriter, r *http.Request) { floor(w, r, rdb, key) }),
	}
	go func() { <-ctx.Done(); _ = server.Close() }()
	if err := server.ListenAndServe(); ctx.Err() == nil {
		return fmt.Errorf("floor: %w", err)
	}
	return nil
}

// frontPath is where the floor is behind a bare reverse proxy, as a function is behind a gateway.
const frontPath = "/front"

// floors are the floor, and the floor behind a proxy.
func floors(listen string, bare http.HandlerFunc) http.Handler {
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: listen})
	proxy.Transport = &http.Transport{MaxIdleConnsPerHost: 8}
	mux := http.NewServeMux()
	mux.Handle("/", bare)
	mux.Handle(frontPath, http.StripPrefix(frontPath, proxy))
	return mux
}

func floor(w http.ResponseWriter, r *http.Request, rdb *redis.Client, key []byte) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 256_000))
	if err != nil {
		http.Error(w, "body", http.StatusBadRequest)
		return
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(body)
	given, err := hex.DecodeString(strings.TrimPrefix(r.Header.Get(sign.Header), "sha256="))
	if err != nil || !hmac.Equal(given, mac.Sum(nil)) {
		http.Error(w, "signature", http.StatusUnauthorized)
		return
	}
	nonce := r.Header.Get("X-Nonce")
	if err := floorScript.Run(r.Context(), rdb, []string{"floor:" + nonce, "floor"}, body).Err(); err != nil {
		http.Error(w, "redis", http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}
