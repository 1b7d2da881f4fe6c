package slack

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/control"
)

// retryWaits are the times before an event is sent again (docs.slack.dev/apis/events-api#retries).
var retryWaits = []time.Duration{0, time.Minute, 5 * time.Minute}

// An event is one delivery of the Events API.
type event struct {
	id     string
	what   string
	body   []byte
	number int // in the ledger
}

// deliver sends events of one conversation in the order in which they happened: the next ones start when the first
// attempt of all earlier ones was answered. What was caused by one act (a message, and the mention in it) goes out at
// the same time. An event that must be sent again does not hold up those after it.
func (s *sender) deliver(lane string, events ...*event) {
	if s.url == "" || len(events) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return
	}
	for _, e := range events {
		e.number = s.sent.begin("event "+e.what, e.id)
	}
	_, busy := s.lanes[lane]
	s.lanes[lane] = append(s.lanes[lane], events)
	if !busy {
		s.work.Go(func() { s.run(lane) })
	}
}

// run empties a lane.
func (s *sender) run(lane string) {
	for {
		s.mu.Lock()
		waiting := s.lanes[lane]
		if len(waiting) == 0 || s.ctx.Err() != nil {
			delete(s.lanes, lane)
			s.mu.Unlock()
			return
		}
		s.lanes[lane] = waiting[1:]
		s.mu.Unlock()
		first := make(chan struct{}, len(waiting[0]))
		for _, e := range waiting[0] {
			s.work.Go(func() { s.insist(e, func() { first <- struct{}{} }) })
		}
		for range waiting[0] {
			<-first
		}
	}
}

// insist sends an event until the app takes it, at most four times. It calls tried after the first time.
func (s *sender) insist(e *event, tried func()) {
	header := http.Header{}
	for n := 0; ; n++ {
		start := time.Now()
		took := s.post(s.ctx, jsonType, e.body, header)
		state := sentWaiting
		switch {
		case took.ok():
			state = sentTaken
		case took.noRetry, n == len(retryWaits), s.ctx.Err() != nil:
			state = sentGivenUp
		}
		s.sent.attempt(e.number, attemptOf(took, start, n), state)
		if n == 0 {
			tried()
		}
		if state != sentWaiting || !s.pause(retryWaits[n]) {
			return
		}
		header.Set("X-Slack-Retry-Num", strconv.Itoa(n+1))
		header.Set("X-Slack-Retry-Reason", took.reason)
	}
}

// hurry multiplies the waits that begin from now on.
func (s *sender) hurry(scale float64) error {
	if scale < 0 || scale > 1 {
		return fmt.Errorf("%w: scale must be a number from 0 to 1", control.ErrOrder)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scale = scale
	return nil
}

// wait has the app take so long from now on.
func (s *sender) wait(seconds float64) error {
	const longest = 60 // seconds after which a trigger id is forgotten
	if seconds <= 0 || seconds > longest {
		return fmt.Errorf("%w: seconds must be a number above 0, %d at most", control.ErrOrder, longest)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = time.Duration(seconds * float64(time.Second))
	return nil
}

// patience is how long the app may take to answer, and to use a trigger id.
func (s *sender) patience() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.answer
}

// pause waits, in compressed time; false when the sender was closed meanwhile.
func (s *sender) pause(wait time.Duration) bool {
	s.mu.Lock()
	scale := s.scale
	s.mu.Unlock()
	timer := time.NewTimer(time.Duration(float64(wait) * scale))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.ctx.Done():
		return false
	}
}

// errNoURL says that there is nobody to send to.
var errNoURL = errors.New("this sandbox has no -events-url")

// verify asks the app to prove that its URL is its own, as Slack does when the URL is entered.
func (s *sender) verify(ctx context.Context, body []byte) (reception, error) {
	if s.url == "" {
		return reception{}, errNoURL
	}
	start := time.Now()
	took := s.post(ctx, jsonType, body, nil)
	s.sent.once("url_verification", start, took)
	return took, nil
}

func isTLS(err error) bool {
	var header tls.RecordHeaderError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verify *tls.CertificateVerificationError
	return errors.As(err, &header) || errors.As(err, &unknown) || errors.As(err, &name) || errors.As(err, &invalid) ||
		errors.As(err, &verify)
}
