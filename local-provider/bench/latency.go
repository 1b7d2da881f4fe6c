package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/sign"
)

// span is a duration in microseconds.
type span float64

const millisecond span = 1000

func (s span) over(other span) float64 { return float64(s) / float64(other) }

func figure(s span) string { return fmt.Sprintf("%.2f ms", float64(s)/1000) }

// median of at least one duration.
func median(list []time.Duration) span {
	slices.Sort(list)
	return span(list[len(list)/2].Microseconds())
}

// latencies are medians.
type latencies struct{ floor, accept, running, cancel span }

// pair is the floor and a function, each a process of its own, asked in turn.
type pair struct {
	floor, ours string // where they listen
	cmds        []*exec.Cmd
}

func (p *pair) stop() {
	for _, c := range p.cmds {
		_ = c.Process.Kill()
		_ = c.Wait()
	}
}

// startPair starts the floor and a function beside it.
func (s *system) startPair(ctx context.Context, function string) (*pair, error) {
	secrets := filepath.Dir(home.Home(s.dir).Secret("handsoff-key"))
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	binary := filepath.Join(s.dir, "bench-"+function)
	if err := execute(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, "./functions/"+function); err != nil {
		return nil, err
	}
	p := &pair{}
	if p.floor, err = free(ctx); err != nil {
		return nil, err
	}
	if p.ours, err = free(ctx); err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(p.ours)
	for _, c := range []*exec.Cmd{exec.CommandContext(ctx, self, "floor", p.floor, secrets), exec.CommandContext(ctx, binary)} {
		c.Env = []string{
			"port=" + port, "bind=127.0.0.1", "secret_mount_path=" + secrets,
			"redis_address=" + s.ports.RedisAddress(), "gateway_url=" + s.ports.GatewayURL(),
		}
		if err := c.Start(); err != nil {
			return nil, fmt.Errorf("bench: %w", err)
		}
		p.cmds = append(p.cmds, c)
	}
	if err := reachable(ctx, p.floor); err != nil {
		p.stop()
		return nil, err
	}
	if err := ready(ctx, p.ours); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

func free(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("bench: %w", err)
	}
	return l.Addr().String(), l.Close()
}

func reachable(ctx context.Context, address string) error {
	for range 500 {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err == nil {
			return c.Close()
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("bench: nothing listens on %s", address)
}

// ready waits until a function takes calls, which it does a while after it listens.
func ready(ctx context.Context, address string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/_/ready", http.NoBody)
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	for range 500 {
		if answer, err := client.Do(request); err == nil {
			_ = answer.Body.Close() // nothing of it is read
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("bench: %s is not ready", address)
}

// client keeps its connections, as a door does.
var client = &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 8}}

// post sends a signed body and measures until the answer is read.
func post(ctx context.Context, url string, k sign.Keys, body []byte) ([]byte, time.Duration, error) {
	began := time.Now()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, 0, fmt.Errorf("bench: %w", err)
	}
	req.Header.Set(sign.Header, k.Sign(body))
	req.Header.Set("X-Nonce", rand.Text())
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return nil, 0, fmt.Errorf("bench: %w", err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, 0, fmt.Errorf("bench: %w", err)
	}
	if res.StatusCode >= http.StatusMultipleChoices {
		return nil, 0, fmt.Errorf("bench: %s answered %s: %s", url, res.Status, text)
	}
	return text, time.Since(began), nil
}

func envelope(text string, watch ...string) []byte {
	body, err := json.Marshal(command.Envelope{
		ID: rand.Text(), Nonce: rand.Text(), Time: time.Now(), Principal: "cli:local", Origin: job.Origin{Door: "cli"}, Text: text, Watch: watch,
	})
	if err != nil {
		panic(err) // plain data
	}
	return body
}

func (s *system) latencies(ctx context.Context, o options, p *pair) (latencies, error) {
	var floors, accepts, runs, cancels []time.Duration
	for i := range o.runs + 50 {
		body := envelope("probe run")
		_, floor, err := post(ctx, "http://"+p.floor, s.keys, body)
		if err != nil {
			return latencies{}, err
		}
		text, accept, err := post(ctx, "http://"+p.ours, s.keys, body)
		if err != nil {
			return latencies{}, err
		}
		if err := s.settled(ctx, text); err != nil {
			return latencies{}, err
		}
		if i < 50 {
			continue // connections, caches and branch predictors get warm
		}
		floors, accepts = append(floors, floor), append(accepts, accept)
	}
	for range o.runs / 2 {
		running, err := s.running(ctx)
		if err != nil {
			return latencies{}, err
		}
		cancel, err := s.cancelled(ctx)
		if err != nil {
			return latencies{}, err
		}
		runs, cancels = append(runs, running), append(cancels, cancel)
	}
	return latencies{median(floors), median(accepts), median(runs), median(cancels)}, nil
}

func (s *system) door() string { return s.ports.GatewayURL() + "/function/command" }

func (s *system) settled(ctx context.Context, answer []byte) error {
	_, err := s.ended(ctx, answer)
	return err
}

// ended waits for the end of the job in an answer.
func (s *system) ended(ctx context.Context, answer []byte) (*job.Job, error) {
	return s.until(ctx, answer, func(j *job.Job) bool { return j.State.Final() })
}

func (s *system) until(ctx context.Context, answer []byte, ok func(*job.Job) bool) (*job.Job, error) {
	var a command.Answer
	if err := json.Unmarshal(answer, &a); err != nil || a.Job == "" {
		return nil, fmt.Errorf("bench: no job in %s: %w", answer, errors.Join(err))
	}
	for range 20_000 {
		j, err := s.jobs.Get(ctx, a.Job)
		if err != nil {
			return nil, err
		}
		if ok(j) {
			return j, nil
		}
		time.Sleep(500 * time.Microsecond)
	}
	return nil, fmt.Errorf("bench: job %s got stuck", a.Job)
}

// running measures from sending a command through the gateway to its step.
func (s *system) running(ctx context.Context) (time.Duration, error) {
	body, began := envelope("probe run"), time.Now()
	answer, _, err := post(ctx, s.door(), s.keys, body)
	if err != nil {
		return 0, err
	}
	j, err := s.ended(ctx, answer)
	if err != nil {
		return 0, err
	}
	return since(string(j.Result), began)
}

// cancelled measures from sending a cancel through the gateway to the end of the step's context.
func (s *system) cancelled(ctx context.Context) (time.Duration, error) {
	answer, _, err := post(ctx, s.door(), s.keys, envelope("probe hold"))
	if err != nil {
		return 0, err
	}
	j, err := s.until(ctx, answer, func(j *job.Job) bool { return j.Progress.Line == "held" })
	if err != nil {
		return 0, err
	}
	body, began := envelope("cancel "+j.ID), time.Now()
	if _, _, err := post(ctx, s.door(), s.keys, body); err != nil {
		return 0, err
	}
	if j, err = s.ended(ctx, answer); err != nil {
		return 0, err
	}
	if j.Receipt == nil {
		return 0, fmt.Errorf("bench: job %s ended without a receipt", j.ID)
	}
	return since(j.Receipt.Evidence, began)
}

func since(nanos string, began time.Time) (time.Duration, error) {
	n, err := strconv.ParseInt(nanos, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("bench: %w", err)
	}
	return time.Unix(0, n).Sub(began), nil
}
