package command

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/sign"
	"github.com/handsoff/handsoff/shared/trace"
)

const (
	maxReply   = 4 << 20 // bytes of an answer
	firstPause = 100 * time.Millisecond
	longPause  = 5 * time.Second
)

// Client is how a door talks to the function command. Its methods may be called from many goroutines.
type Client struct {
	url  string
	keys sign.Keys
	http *http.Client
}

// NewClient makes one. The HTTP client needs a timeout of its own: the longest that one try may take.
func NewClient(gatewayURL string, keys sign.Keys, client *http.Client) *Client {
	return &Client{url: strings.TrimSuffix(gatewayURL, "/") + "/function/command", keys: keys, http: client}
}

// HTTPClient is one for a door that hands in many commands at once: it keeps as many connections to the gateway, and a try
// takes no longer than limit.
func HTTPClient(limit time.Duration, atOnce int) *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: atOnce, IdleConnTimeout: time.Minute}, Timeout: limit}
}

// RefusedError says that the function command did not take a request: a defect or a wrong key, not a person's mistake.
type RefusedError struct {
	Status int
	Text   string // what it said, one line
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("command: refused with %d %s: %s", e.Status, http.StatusText(e.Status), e.Text)
}

// Final reports whether trying again would not change it: the request itself is wrong, or too long. A wrong key, or too much to do, may pass.
func (e *RefusedError) Final() bool {
	return e.Status == http.StatusBadRequest || e.Status == http.StatusRequestEntityTooLarge
}

// Settled makes an answer of a refusal that is final, its problem is CodeUsage; whatever else [Client.Do] gave stays as it is.
func Settled(answer Answer, err error) (Answer, error) {
	if refused, ok := errors.AsType[*RefusedError](err); ok && refused.Final() {
		return Answer{Text: refused.Text, Problem: &Problem{Code: CodeUsage}}, nil
	}
	return answer, err
}

// Do hands in an envelope and brings the answer. It sets Nonce and Time, and ID where it is empty. While nobody answers, or
// the answer is 429 or 5xx, it tries again until ctx ends, with the same ID, so that one command makes one job.
func (c *Client) Do(ctx context.Context, e Envelope) (Answer, error) {
	if e.ID == "" {
		e.ID = rand.Text()
	}
	var answer Answer
	ctx, span := trace.Begin(ctx, trace.Client, "hand in", "door", e.Origin.Door, "message", e.ID)
	err := c.persist(ctx, "", func() any {
		e.Nonce, e.Time = rand.Text(), time.Now()
		return e
	}, &answer)
	span.Add("job", answer.Job)
	span.End(err)
	return answer, err
}

// CatalogueRequest asks for the commands that a principal may use.
type CatalogueRequest struct {
	Principal string    `json:"principal"`
	Groups    []string  `json:"groups,omitempty"` // see Envelope.Groups
	Nonce     string    `json:"nonce"`
	Time      time.Time `json:"time"`
}

// Catalogue brings the commands that a principal, in these groups, may use and that are set up, sorted by their words. It
// tries again as Do does.
func (c *Client) Catalogue(ctx context.Context, principal string, groups ...string) ([]Declared, error) {
	var list []Declared
	err := c.persist(ctx, "/catalogue", func() any {
		return CatalogueRequest{Principal: principal, Groups: groups, Nonce: rand.Text(), Time: time.Now()}
	}, &list)
	return list, err
}

// persist sends what message makes, a fresh one each time, until there is an answer that lasts.
func (c *Client) persist(ctx context.Context, path string, message func() any, into any) error {
	pause, last := firstPause, error(nil)
	for {
		again, wait, err := c.try(ctx, path, message(), into)
		if err == nil || !again {
			return err
		}
		if ctx.Err() != nil && last != nil {
			err = last // a try that was broken off says less than the one before it
		}
		last = err
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w (gave up: %w)", err, context.Cause(ctx))
		case <-time.After(max(pause, wait)):
		}
		pause = min(2*pause, longPause)
	}
}

// try sends one message. It says whether another try may go better, and how long the answer asks to wait before it.
func (c *Client) try(ctx context.Context, path string, message, into any) (again bool, wait time.Duration, err error) {
	body, err := json.Marshal(message)
	if err != nil {
		return false, 0, fmt.Errorf("command: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+path, bytes.NewReader(body))
	if err != nil {
		return false, 0, fmt.Errorf("command: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(sign.Header, c.keys.Sign(body))
	trace.Send(ctx, req.Header)
	res, err := c.http.Do(req)
	if err != nil {
		return true, 0, fmt.Errorf("command: %w", err)
	}
	defer func() { _ = res.Body.Close() }() // only read
	text, err := io.ReadAll(io.LimitReader(res.Body, maxReply))
	if err != nil {
		return true, 0, fmt.Errorf("command: read the answer: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		again = res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= http.StatusInternalServerError
		return again, retryAfter(res), &RefusedError{Status: res.StatusCode, Text: reason(text)}
	}
	if err := json.Unmarshal(text, into); err != nil {
		return false, 0, errors.Join(errors.New("command: the answer is not JSON: is the gateway's address right?"), err)
	}
	return false, 0, nil
}

// reason is what a refusal said: the text of an answer, or the first line of what came instead.
func reason(body []byte) string {
	const most = 200
	var answer Answer
	if json.Unmarshal(body, &answer) == nil && answer.Text != "" {
		return answer.Text
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(body[:min(len(body), most)])), "\n")
	return strings.ToValidUTF8(line, "?")
}

// retryAfter is how long an answer asks to wait, in whole seconds; at most half a minute is believed.
func retryAfter(res *http.Response) time.Duration {
	seconds, err := strconv.ParseUint(res.Header.Get("Retry-After"), 10, 31)
	if err != nil {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, 30*time.Second)
}
