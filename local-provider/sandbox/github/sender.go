package github

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // the older of the two signatures that GitHub sends
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

// What GitHub allows who takes a webhook (docs.github.com/webhooks/using-webhooks/best-practices-for-using-webhooks).
const (
	answerTime = 10 * time.Second
	maxAnswer  = 64 << 10
	// head is how long a delivery waits for the one before it at the same hook: GitHub promises no order, but mostly keeps it.
	head = time.Second
)

// A sender posts deliveries. It keeps the world's time, not the sandbox's.
type sender struct {
	server *Server
	client *http.Client

	ctx  context.Context //nolint:containedctx // ends deliveries that outlive the request that caused them
	stop context.CancelFunc
	work sync.WaitGroup

	mu    sync.Mutex
	under int           // deliveries under way
	calm  chan struct{} // closed when there are none
	lanes map[int64]chan struct{}
}

func newSender(s *Server) *sender {
	ctx, stop := context.WithCancel(context.Background())
	calm := make(chan struct{})
	close(calm)
	return &sender{
		server: s, ctx: ctx, stop: stop, calm: calm, lanes: map[int64]chan struct{}{},
		client: &http.Client{
			Transport:     &http.Transport{MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

func (s *sender) close() {
	s.stop()
	s.work.Wait()
	s.client.CloseIdleConnections()
}

// A parcel is a delivery on its way: a copy of what it needs, so that no lock is held.
type parcel struct {
	id, hook int64
	url      string
	header   http.Header
	body     []byte
	fate     WebhookFault
}

// post sends a parcel when the one before it at its hook is through, or has taken long.
func (s *sender) post(p parcel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return
	}
	before, through := s.lanes[p.hook], make(chan struct{})
	s.lanes[p.hook] = through
	if s.under++; s.under == 1 {
		s.calm = make(chan struct{})
	}
	s.work.Go(func() {
		defer s.arrived()
		defer close(through)
		s.queue(before)
		s.deliver(p)
	})
}

func (s *sender) queue(before chan struct{}) {
	if before == nil {
		return
	}
	timer := time.NewTimer(head)
	defer timer.Stop()
	select {
	case <-before:
	case <-timer.C:
	case <-s.ctx.Done():
	}
}

func (s *sender) arrived() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.under--; s.under == 0 {
		close(s.calm)
	}
}

// deliver sends a parcel and notes how it went.
func (s *sender) deliver(p parcel) {
	start := time.Now()
	took := reception{status: "failed to connect to host", code: http.StatusBadGateway}
	if p.fate.Kind == WebhookLate && !fault.Pause(s.ctx, p.fate.Delay, nil) {
		return
	}
	if p.fate.Kind != WebhookLost {
		took = s.send(p)
	}
	if p.fate.Kind == WebhookTwice {
		took = s.send(p)
	}
	if p.fate.Kind == WebhookUnheard {
		took = reception{status: "timed out", code: http.StatusGatewayTimeout}
	}
	if s.ctx.Err() != nil {
		return
	}
	s.server.do(func() { s.server.delivered(p, took, time.Since(start)) })
}

// A reception is how a webhook was taken, in GitHub's words.
type reception struct {
	status string
	code   int
	header http.Header
	body   string
}

func (s *sender) send(p parcel) reception {
	ctx, cancel := context.WithTimeout(s.ctx, answerTime)
	defer cancel()
	rq, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(p.body))
	if err != nil {
		return reception{status: "invalid URL"}
	}
	maps.Copy(rq.Header, p.header)
	rsp, err := s.client.Do(rq)
	if err != nil {
		return failed(err)
	}
	defer rsp.Body.Close() //nolint:errcheck // nothing is written
	text, err := io.ReadAll(io.LimitReader(rsp.Body, maxAnswer))
	if err != nil {
		return failed(err)
	}
	out := reception{status: "OK", code: rsp.StatusCode, header: rsp.Header, body: string(text)}
	if rsp.StatusCode < 200 || rsp.StatusCode > 299 {
		out.status = fmt.Sprintf("Invalid HTTP Response: %d", rsp.StatusCode)
	}
	return out
}

func failed(err error) reception {
	var network net.Error
	if errors.Is(err, context.DeadlineExceeded) || (errors.As(err, &network) && network.Timeout()) {
		return reception{status: "timed out", code: http.StatusGatewayTimeout}
	}
	return reception{status: "failed to connect to host", code: http.StatusBadGateway}
}

// envelope is what a delivery's header says, and the body as the hook wants it.
func (s *Server) envelope(k *Hook, d *Delivery) (http.Header, []byte) {
	body, kind := []byte(d.Body), "application/json"
	if k.Form {
		body, kind = []byte(url.Values{"payload": {d.Body}}.Encode()), "application/x-www-form-urlencoded"
	}
	h := http.Header{}
	for name, value := range map[string]string{ // spelled as GitHub spells them
		"Accept": "*/*", "Content-Type": kind, "User-Agent": "GitHub-Hookshot/" + d.GUID[:7], "X-GitHub-Delivery": d.GUID,
		"X-GitHub-Event": d.Event, "X-GitHub-Hook-ID": strconv.FormatInt(k.ID, 10), "X-GitHub-Hook-Installation-Target-Type": k.Kind,
		"X-GitHub-Hook-Installation-Target-ID": strconv.FormatInt(s.targetID(k), 10),
	} {
		h[name] = []string{value}
	}
	if k.Secret != "" {
		h["X-Hub-Signature"] = []string{"sha1=" + sign(sha1.New, k.Secret, body)}
		h["X-Hub-Signature-256"] = []string{"sha256=" + sign(sha256.New, k.Secret, body)}
	}
	return h, body
}

func sign(kind func() hash.Hash, secret string, body []byte) string {
	mac := hmac.New(kind, []byte(secret))
	_, _ = mac.Write(body) // a hash never fails
	return hex.EncodeToString(mac.Sum(nil))
}

// targetID is the id of what a hook belongs to.
func (s *Server) targetID(k *Hook) int64 {
	switch k.Kind {
	case HookOfRepo:
		if r := s.repoOf(k.Of); r != nil {
			return r.ID
		}
	case HookOfOrg:
		if a := s.account(k.Of); a != nil {
			return a.ID
		}
	}
	return s.options.AppID
}

// newGUID is a delivery's, a UUID.
func newGUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	text := hex.EncodeToString(b[:])
	return strings.Join([]string{text[:8], text[8:12], text[12:16], text[16:20], text[20:]}, "-")
}

// requestID is what GitHub's support asks for.
func requestID() string {
	return strings.ToUpper(strings.ReplaceAll(newGUID(), "-", ":")[:29])
}
