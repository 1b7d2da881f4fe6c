package slack

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// What Slack allows an app (docs.slack.dev/apis/events-api and /interactivity): three seconds to answer; an answer that
// is longer than this is none.
const (
	answerTime = 3 * time.Second
	maxAnswer  = 256 << 10
)

// The media types of what is sent.
const (
	formType = "application/x-www-form-urlencoded"
	jsonType = "application/json"
)

// Why a request failed, in the words of X-Slack-Retry-Reason (docs.slack.dev/apis/events-api#errors).
const (
	reasonTimeout    = "http_timeout"
	reasonConnection = "connection_failed"
	reasonTLS        = "ssl_error"
	reasonHTTP       = "http_error"
	reasonUnknown    = "unknown_error"
)

// A sender posts to the app what Slack posts, signed as Slack signs it. It keeps the world's time, not the sandbox's:
// the app compares the signature's age with its own clock.
type sender struct {
	url     string
	secrets []string
	scale   float64
	client  *http.Client
	sent    *sentLog

	ctx  context.Context //nolint:containedctx // ends deliveries that outlive the request that caused them
	stop context.CancelFunc
	work sync.WaitGroup

	mu     sync.Mutex
	answer time.Duration // how long the app may take
	lanes  map[string][][]*event
}

func newSender(o Options) *sender {
	ctx, stop := context.WithCancel(context.Background())
	return &sender{
		url: o.EventsURL, secrets: o.SigningSecrets, scale: o.RetryScale, sent: &sentLog{},
		client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		ctx:    ctx, stop: stop, answer: cmp.Or(o.Patience, answerTime), lanes: map[string][][]*event{},
	}
}

// close ends all deliveries, also those that wait to be tried again.
func (s *sender) close() {
	s.stop()
	s.work.Wait()
	s.client.CloseIdleConnections()
}

// A reception is how the app took a request. Its reason is empty when it took it.
type reception struct {
	reason  string
	detail  string // for the ledger
	status  int
	noRetry bool
	kind    string // the answer's media type
	body    []byte
}

func (r *reception) ok() bool { return r.reason == "" }

// post sends one signed request and waits for the answer, for as long as the app may take.
func (s *sender) post(ctx context.Context, kind string, body []byte, header http.Header) reception {
	ctx, cancel := context.WithTimeout(ctx, s.patience())
	defer cancel()
	rq, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return reception{reason: reasonUnknown, detail: err.Error()}
	}
	maps.Copy(rq.Header, header)
	rq.Header.Set("Content-Type", kind)
	rq.Header.Set("Accept", "*/*")
	rq.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	s.sign(rq.Header, body, time.Now())
	rsp, err := s.client.Do(rq)
	if err != nil {
		return reception{reason: reasonOf(err), detail: err.Error()}
	}
	defer rsp.Body.Close() //nolint:errcheck // nothing is written
	return received(rsp)
}

// received reads an answer. Its end may come late: what counts is that all of it came in time.
func received(rsp *http.Response) reception {
	answer, err := io.ReadAll(io.LimitReader(rsp.Body, maxAnswer+1))
	out := reception{
		status: rsp.StatusCode, noRetry: rsp.Header.Get("X-Slack-No-Retry") == "1", kind: rsp.Header.Get("Content-Type"), body: answer,
	}
	switch {
	case err != nil:
		out.reason, out.detail = reasonOf(err), err.Error()
	case len(answer) > maxAnswer:
		out.reason, out.detail, out.body = reasonHTTP, fmt.Sprintf("the answer is longer than %d bytes", maxAnswer), nil
	case rsp.StatusCode < 200 || rsp.StatusCode > 299:
		out.reason, out.detail = reasonHTTP, rsp.Status
	}
	return out
}

func reasonOf(err error) string {
	var tls interface{ Timeout() bool }
	var op *net.OpError
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &tls) && tls.Timeout():
		return reasonTimeout
	case isTLS(err):
		return reasonTLS
	case errors.As(err, &op), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return reasonConnection
	default:
		return reasonUnknown
	}
}

// sign adds the headers by which the app knows that it was Slack (docs.slack.dev/authentication/verifying-requests-from-slack).
// Without a secret the request goes out unsigned.
func (s *sender) sign(header http.Header, body []byte, at time.Time) {
	stamp := strconv.FormatInt(at.Unix(), 10)
	header.Set("X-Slack-Request-Timestamp", stamp)
	if len(s.secrets) == 0 {
		return
	}
	header.Set("X-Slack-Signature", signature(s.secrets[0], stamp, body))
}

// signature is version 0: an HMAC-SHA256 over version, time and the raw body.
func signature(secret, stamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = io.WriteString(mac, "v0:"+stamp+":") // a hash never fails
	_, _ = mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// form sends fields as a slash command does, and an interaction (as its only field `payload`).
func (s *sender) form(ctx context.Context, name string, fields url.Values) reception {
	start := time.Now()
	took := s.post(ctx, formType, []byte(fields.Encode()), nil)
	s.sent.once(name, start, took)
	return took
}
