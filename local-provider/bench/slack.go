package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/handsoff/handsoff/local-provider/home"
)

const (
	slashRate   = 200 // a second
	slashFor    = 10 * time.Second
	slashSecret = "a signing secret of the bench"
)

// slashes is the function slack by itself, with a Slack behind it that answers at once and forgets.
type slashes struct {
	function string // where it listens
	slack    string // where the Slack is
	cmd      *exec.Cmd
	server   *http.Server
}

func (b *slashes) stop() {
	if b.cmd != nil {
		_ = b.cmd.Process.Kill()
		_ = b.cmd.Wait()
	}
	_ = b.server.Close()
}

func (s *system) startSlashes(ctx context.Context) (*slashes, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	b := &slashes{slack: "http://" + listener.Addr().String(), server: &http.Server{Handler: http.HandlerFunc(quickSlack), ReadHeaderTimeout: time.Second}}
	go func() { _ = b.server.Serve(listener) }() // until stop
	if err := s.startSlackFunction(ctx, b); err != nil {
		b.stop()
		return nil, err
	}
	return b, nil
}

// quickSlack answers every method, and every response_url.
func quickSlack(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"ok":true,"team_id":"T0BENCH","user_id":"U0BOT","bot_id":"B0BOT","url":"https://bench.slack.com/",`+
		`"user":{"id":"U0BENCH","team_id":"T0BENCH","name":"bench"},"usergroups":[],"channel":"C0BENCH","ts":"1700000000.000100"}`)
}

func (s *system) startSlackFunction(ctx context.Context, b *slashes) error {
	secrets, err := s.slashSecrets(b.slack)
	if err != nil {
		return err
	}
	binary := filepath.Join(s.dir, "bench-slack")
	if err := execute(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, "./functions/slack"); err != nil {
		return err
	}
	if b.function, err = free(ctx); err != nil {
		return err
	}
	_, port, _ := net.SplitHostPort(b.function)
	b.cmd = exec.CommandContext(ctx, binary)
	b.cmd.Env = []string{
		"port=" + port, "bind=127.0.0.1", "secret_mount_path=" + secrets,
		"redis_address=" + s.ports.RedisAddress(), "gateway_url=" + s.ports.GatewayURL(),
	}
	if err := b.cmd.Start(); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	return ready(ctx, b.function)
}

// slashSecrets makes a folder of secrets: this system's own, and a Slack that is elsewhere.
func (s *system) slashSecrets(slack string) (string, error) {
	h, dir := home.Home(s.dir), filepath.Join(s.dir, "bench-slack-secrets")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", fmt.Errorf("bench: %w", err)
	}
	for name, text := range map[string]string{
		home.SecretConfig: "roles: {viewer: [\"slack:*\"]}\nslack: {url: " + slack + "/api/}\n",
		home.SecretSlack:  "xoxb-bench", home.SecretSlackSigns: slashSecret,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return "", fmt.Errorf("bench: %w", err)
		}
	}
	return dir, errors.Join(
		os.Symlink(h.Secret(home.SecretKey), filepath.Join(dir, home.SecretKey)),
		os.Symlink(h.Secret(home.SecretRedis), filepath.Join(dir, home.SecretRedis)))
}

// slash sends a slash command as Slack does, and measures until it is answered.
func (b *slashes) slash(ctx context.Context) (time.Duration, error) {
	body := url.Values{
		"command": {"/handsoff"}, "text": {"ping"}, "team_id": {"T0BENCH"}, "user_id": {"U0BENCH"}, "channel_id": {"C0BENCH"},
		"trigger_id": {rand.Text()}, "api_app_id": {"A0BENCH"}, "response_url": {b.slack + "/commands/T0BENCH/1/" + rand.Text()},
	}.Encode()
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(slashSecret))
	mac.Write([]byte("v0:" + stamp + ":" + body))
	began := time.Now()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+b.function+"/", strings.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("bench: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("X-Slack-Request-Timestamp", stamp)
	request.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	answer, err := client.Do(request)
	if err != nil {
		return 0, fmt.Errorf("bench: %w", err)
	}
	defer func() { _ = answer.Body.Close() }() // read to its end
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, fmt.Errorf("bench: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("bench: the function slack answered %s: %s", answer.Status, bytes.TrimSpace(text))
	}
	return time.Since(began), nil
}

// measureSlack holds an accepted slash command against the floor, one at a time and then two hundred a second.
func (s *system) measureSlack(ctx context.Context, o options, p *pair, t *table) error {
	b, err := s.startSlashes(ctx)
	if err != nil {
		return err
	}
	defer b.stop()
	var floors, ours []time.Duration
	for i := range o.runs + 50 {
		_, floor, err := post(ctx, "http://"+p.floor, s.keys, envelope("probe run"))
		if err != nil {
			return err
		}
		slash, err := b.slash(ctx)
		if err != nil {
			return err
		}
		if i >= 50 {
			floors, ours = append(floors, floor), append(ours, slash)
		}
		time.Sleep(5 * time.Millisecond) // what the command does happens behind the answer, and is not this figure
	}
	floor, accept := median(floors), median(ours)
	t.add("a slash command accepted, p50", figure(accept), fmt.Sprintf("≤ 1.5 × the floor's %s (is %.2f ×)", figure(floor), accept.over(floor)), accept.over(floor) <= 1.5)
	late, err := b.burst(ctx)
	if err != nil {
		return err
	}
	t.add(fmt.Sprintf("slash commands at %d/s, accepted, p99", slashRate), figure(late), "< 25 ms", late < 25*millisecond)
	return nil
}

// burst sends slash commands at a steady rate, whether or not the ones before were answered, and returns the 99th percentile.
func (b *slashes) burst(ctx context.Context) (span, error) {
	var group sync.WaitGroup
	var mu sync.Mutex
	var all []time.Duration
	var failed error
	ticker := time.NewTicker(time.Second / slashRate)
	defer ticker.Stop()
	for range int(slashFor/time.Second) * slashRate {
		<-ticker.C
		group.Go(func() {
			took, err := b.slash(ctx)
			mu.Lock()
			defer mu.Unlock()
			all, failed = append(all, took), errors.Join(failed, err)
		})
	}
	group.Wait()
	if failed != nil {
		return 0, failed
	}
	slices.Sort(all)
	return span(all[len(all)*99/100].Microseconds()), nil
}
