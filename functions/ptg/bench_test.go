package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/exchange"
	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/sign"
)

const (
	benchKey   = "an-internal-key-of-enough-bytes"
	asked      = 3000 // commands, one after the other
	attendants = 500
)

// TestBench measures, with HANDSOFF_BENCH set, the function as it runs, over HTTP, at an event of usual size: how long it takes to
// answer a command; how often it says that the data is unchanged; and how long a change takes until all who have a page open
// have it.
func TestBench(t *testing.T) {
	if os.Getenv("HANDSOFF_BENCH") == "" {
		t.Skip("HANDSOFF_BENCH is not set")
	}
	store, url := deployed(t)
	t.Run("commands", func(t *testing.T) { benchCommands(t, url) })
	t.Run("data", func(t *testing.T) { benchData(t, url) })
	t.Run("pages", func(t *testing.T) { benchPages(t, store, url) })
}

func benchCommands(t *testing.T, url string) {
	t.Helper()
	keys, err := sign.Parse([]byte(benchKey))
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Timeout: time.Minute}
	for i := range attendants {
		if a := ask(t, client, url, keys, i, "in nova"); a.Problem != nil {
			t.Fatalf("%+v", a)
		}
	}
	lines := []string{"#nova now Cells %d", "#swift location Hall %d", "in the lobby %d", "seen p%d", "#nova book Aspen-FriP1", "#nova unbook Aspen-FriP1", "subscribe nova%d"}
	var took []time.Duration
	for i := range asked {
		line := lines[i%len(lines)]
		if strings.ContainsRune(line, '%') {
			line = fmt.Sprintf(line, i%attendants)
		}
		began := time.Now()
		answer := ask(t, client, url, keys, i/len(lines)%attendants, line)
		took = append(took, time.Since(began))
		if answer.Problem != nil {
			t.Fatalf("%s: %+v", line, answer)
		}
	}
	slices.Sort(took)
	p50 := took[len(took)/2]
	t.Logf("a command is answered in %v (median), %v (p99), of %d, one after the other",
		p50.Round(10*time.Microsecond), took[len(took)*99/100].Round(10*time.Microsecond), len(took))
	if p50 > 10*time.Millisecond {
		t.Error("that is more than 10 ms")
	}
}

// deployed is the function as it runs, on a Redis of its own, with an event of usual size.
func deployed(t *testing.T) (store *gathering.Store, url string) {
	t.Helper()
	server := jobtest.Redis(t)
	store = gathering.NewStore(server.Client(t))
	root := gathering.Author{Principal: "telnet:root", Name: "root"}
	if _, err := store.Create(t.Context(), "denver", root, "", "", gathering.About{Name: "Denver", Zone: "America/Denver"}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join("talk", "testdata", "denver.json"))
	if err != nil {
		t.Fatal(err)
	}
	file, err := exchange.Read(text)
	if err == nil {
		_, err = store.Change(t.Context(), "denver", root, "", "", func(d *gathering.Draft) (string, error) {
			_, err := exchange.Merge(d, file, exchange.Rules{})
			return "", err
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{function.ConfigSecret: "ptg: {}", function.KeySecret: benchKey} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	_, port, _ := net.SplitHostPort(address)
	env := map[string]string{"port": port, "bind": "127.0.0.1", "redis_address": server.Address, "secret_mount_path": dir, "gateway_url": "http://127.0.0.1:1"}
	ctx, end := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- function.Run(ctx, "ptg", func(name string) string { return env[name] }, slog.New(slog.NewJSONHandler(nowhere{}, nil)), setUp)
	}()
	t.Cleanup(func() {
		end()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	jobtest.Eventually(t, "the function serves", func() bool {
		answer, err := http.Get("http://" + address + "/_/ready")
		if err == nil {
			_ = answer.Body.Close()
		}
		return err == nil
	})
	return store, "http://" + address
}

// nowhere takes a log that costs what it costs.
type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

// ask calls the function as the function command does.
func ask(t *testing.T, client *http.Client, url string, keys sign.Keys, who int, line string) (answer command.Answer) {
	t.Helper()
	by := fmt.Sprintf("irc:oftc/p%d", who)
	body, err := json.Marshal(command.Call{
		ID: fmt.Sprint(time.Now().UnixNano()), Command: "ptg", Args: map[string]any{"line": line}, Principal: by, Name: fmt.Sprint("p", who),
		Origin: job.Origin{Door: "irc", Address: "irc:oftc/#ptg"}, Time: time.Now(), Nonce: fmt.Sprint(time.Now().UnixNano()),
	})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set(sign.Header, keys.Sign(body))
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err == nil {
		err = json.Unmarshal(text, &answer)
	}
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s %v", line, response.StatusCode, text, err)
	}
	return answer
}
