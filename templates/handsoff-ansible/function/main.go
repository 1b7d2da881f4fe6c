// A plugin of handsoff: deploying it teaches the bot the commands that its entry in the stack file declares.
//
// The functions of the first part answer them. The second part is the protocol: who asks is handsoff's function command, which signs
// what it sends with a key of the secret handsoff-key. Nothing but Go's own library is needed.
// The image of the template handsoff-ansible brings Ansible, ARA's client, git and OpenSSH.
//
// Keep the name main.go: faas-cli lays this folder over the template's own, where there is one, too.
package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// commands are what this function does, by the words under which entry.yml declares them.
var commands = map[string]func(ctx context.Context, call Call) (string, error){
	"tool version": toolVersion,
}

// toolVersion asks a program that the image brings. Arguments have been checked against the declaration; ctx ends when nobody waits for
// the answer any more. What takes longer than a few seconds is a job: see docs/writing-a-function.md of handsoff.
func toolVersion(ctx context.Context, call Call) (string, error) {
	flags := map[string]string{"ansible": "--version", "git": "--version", "ssh": "-V"}
	name, _ := call.Args["tool"].(string)
	out, err := exec.CommandContext(ctx, name, flags[name]).CombinedOutput() // one of the choices that entry.yml declares
	first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	if err != nil {
		return "", fmt.Errorf("ask %s: %w: %s", name, err, first)
	}
	return first, nil
}

// ---------------------------------------------------------------------------------------------------------------------------------

// Call is a command that somebody gave, who has the role that it needs.
type Call struct {
	Command   string         `json:"command"`
	Args      map[string]any `json:"args"`
	Principal string         `json:"principal"` // who, "telnet:ann"
	Roles     []string       `json:"roles"`
	ID        string         `json:"id"` // a repetition of the same wish has the same one
	Time      time.Time      `json:"time"`
	Nonce     string         `json:"nonce"`
}

const (
	maxBody   = 256_000         // bytes
	window    = 5 * time.Minute // how old a call may be
	callLimit = 20 * time.Second
	grace     = 10 * time.Second // for what is under way when the platform stops us
)

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	p := &plugin{key: filepath.Join(or(os.Getenv("secret_mount_path"), "/var/openfaas/secrets"), "handsoff-key"), log: log, seen: map[string]time.Time{}}
	server := &http.Server{
		Addr: net.JoinHostPort(os.Getenv("bind"), or(os.Getenv("port"), "8080")), Handler: p.routes(),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		last, done := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer done()
		stopped <- server.Shutdown(last)
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Error("serve", "error", err)
		os.Exit(1)
	}
	if err := <-stopped; err != nil {
		log.Error("stop", "error", err)
		os.Exit(1)
	}
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// plugin checks and answers calls.
type plugin struct {
	key string // the file of the keys, a line each: it is read for each call, so that keys change without a restart
	log *slog.Logger

	mu   sync.Mutex
	seen map[string]time.Time // nonces, while a repetition would be young enough
}

func (p *plugin) routes() http.Handler {
	mux := http.NewServeMux()
	well := func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "OK") }
	mux.HandleFunc("GET /_/health", well)
	mux.HandleFunc("GET /_/ready", well)
	mux.Handle("POST /{$}", http.MaxBytesHandler(http.HandlerFunc(p.call), maxBody))
	return mux
}

func (p *plugin) call(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "the body could not be read, or is too large", http.StatusRequestEntityTooLarge)
		return
	}
	var call Call
	if err := p.trust(body, r.Header.Get("X-Handsoff-Signature"), &call); err != nil {
		p.log.Warn("request refused", "why", err)
		http.Error(w, "refused", http.StatusUnauthorized)
		return
	}
	answer, known := commands[call.Command]
	if !known {
		http.Error(w, "this function has no such command", http.StatusNotFound)
		return
	}
	ctx, done := context.WithTimeout(r.Context(), callLimit)
	defer done()
	text, err := answer(ctx, call)
	if err != nil { // the detail is for the log; the bot says that nothing was done
		p.log.Error("command failed", "command", call.Command, "id", call.ID, "error", err)
		http.Error(w, "it failed", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(map[string]string{"text": text}); err != nil {
		p.log.Warn("answer", "command", call.Command, "error", err)
	}
}

// trust reads a call if a key of handsoff signed it, and it is neither old nor a repetition.
func (p *plugin) trust(body []byte, signature string, call *Call) error {
	keys, err := os.ReadFile(p.key)
	if err != nil {
		return fmt.Errorf("read the keys: %w", err)
	}
	if !signed(body, signature, string(keys)) {
		return errors.New("unsigned")
	}
	if err := json.Unmarshal(body, call); err != nil {
		return errors.New("unreadable")
	}
	if age := time.Since(call.Time); age > window || age < -window {
		return errors.New("stale")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for nonce, at := range p.seen {
		if time.Since(at) > 2*window {
			delete(p.seen, nonce)
		}
	}
	if _, again := p.seen[call.Nonce]; again || call.Nonce == "" {
		return errors.New("replayed")
	}
	p.seen[call.Nonce] = time.Now()
	return nil
}

// signed reports whether one of the keys made the signature: sha256=<hex HMAC-SHA256 of the body>. A line is a key, or name:key.
func signed(body []byte, signature, keys string) bool {
	hexadecimal, form := strings.CutPrefix(signature, "sha256=")
	given, err := hex.DecodeString(hexadecimal)
	if err != nil || !form {
		return false
	}
	for line := range strings.Lines(keys) {
		key := strings.TrimSpace(line)
		if key == "" || strings.HasPrefix(key, "#") {
			continue
		}
		if _, after, named := strings.Cut(key, ":"); named {
			key = strings.TrimSpace(after)
		}
		mac := hmac.New(sha256.New, []byte(key))
		mac.Write(body)
		if hmac.Equal(given, mac.Sum(nil)) {
			return true
		}
	}
	return false
}
