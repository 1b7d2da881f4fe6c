package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/handsoff/handsoff/local-provider/home"
)

// measureWebhook holds an accepted webhook against the floor, with bodies of the same size.
func (s *system) measureWebhook(ctx context.Context, o options, t *table) error {
	p, err := s.startPair(ctx, "github")
	if err != nil {
		return err
	}
	defer p.stop()
	secret, err := home.Home(s.dir).ReadSecret(home.SecretGitHubHook)
	if err != nil {
		return err
	}
	bare := func(path string) func() (time.Duration, error) {
		return func() (time.Duration, error) {
			_, took, err := post(ctx, "http://"+p.floor+path, s.keys, pullRequest(sha()))
			return took, err
		}
	}
	hook := func(url string) func() (time.Duration, error) {
		return func() (time.Duration, error) { return deliver(ctx, url, secret, pullRequest(sha())) }
	}
	ways := []func() (time.Duration, error){
		bare(""), hook("http://" + p.ours), bare(frontPath), hook(s.ports.GatewayURL() + "/function/github"),
	}
	took := make([][]time.Duration, len(ways))
	for i := range o.runs + 50 {
		for n, way := range ways {
			d, err := way()
			if err != nil {
				return err
			}
			if i >= 50 {
				took[n] = append(took[n], d)
			}
			time.Sleep(5 * time.Millisecond) // what a delivery leads to happens behind the answer, and is not this figure
		}
	}
	for _, part := range []int{50, 99} {
		t.ratio(fmt.Sprintf("a webhook with 12 kB accepted, p%d", part), "the floor's", took[1], took[0], part)
		t.ratio(fmt.Sprintf("the same through the gateway, p%d", part), "behind a bare proxy the floor's", took[3], took[2], part)
	}
	return nil
}

// ratio adds a percentile that is to be at most one and a half times the floor's.
func (t *table) ratio(what, whose string, ours, floor []time.Duration, part int) {
	a, b := span(percentile(ours, part).Microseconds()), span(percentile(floor, part).Microseconds())
	t.add(what, figure(a), fmt.Sprintf("≤ 1.5 × %s %s (is %.2f ×)", whose, figure(b), a.over(b)), a.over(b) <= 1.5)
}

// deliver sends a webhook as GitHub does, and measures until it is accepted.
func deliver(ctx context.Context, url, secret string, body []byte) (time.Duration, error) {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	began := time.Now()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("bench: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Github-Event", "pull_request")
	request.Header.Set("X-Github-Delivery", guid())
	request.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	answer, err := client.Do(request)
	if err != nil {
		return 0, fmt.Errorf("bench: %w", err)
	}
	defer func() { _ = answer.Body.Close() }() // read to its end
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, fmt.Errorf("bench: %w", err)
	}
	if answer.StatusCode != http.StatusAccepted {
		return 0, fmt.Errorf("bench: the function github answered %s: %s", answer.Status, bytes.TrimSpace(text))
	}
	return time.Since(began), nil
}

// sha is the name of a commit that nothing else has.
func sha() string {
	var b [20]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

func guid() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
