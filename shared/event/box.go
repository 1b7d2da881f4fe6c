package event

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/payload"
)

// Function is the function in whose inbox events are.
const Function = "event"

// Limits of the inbox.
const (
	// keepDone is how long an event is known when it has been dealt with. It covers what a source tells twice, as after a
	// reconnect; who redelivers for days, as GitHub does, is recognised at the edge.
	keepDone = time.Hour
	// pending is how many events may wait before sources are told that there is no room.
	pending = 1_000_000
	// pendingBytes is how much of Redis they may take together.
	pendingBytes = 512 << 20
	// readable is how many of those dealt with last can be read and tried with a rule, and readableBytes how large they may be.
	readable      = 2000
	readableBytes = 32_000
	// longestLane bounds a lane's name, in bytes.
	longestLane = 256
	// roomForHead is what an event usually takes besides its payload, in bytes.
	roomForHead = 512
)

// Box is the inbox of events.
func Box(rdb redis.UniversalClient) *inbox.Inbox {
	return inbox.Open(rdb, Function, inbox.Options{
		KeepDone: keepDone, MaxBody: inbox.LargestBody, MaxPending: pending, MaxBytes: pendingBytes,
		KeepBodies: readable, KeepBodyBytes: readableBytes,
	})
}

// NotKept says why the payload of an event that was dealt with is not there any more: "its payload is …".
func NotKept(s inbox.Standing) string {
	const kB = 1000
	if s.Bytes > readableBytes {
		return fmt.Sprintf("its payload is not kept: it takes %.1f kB, and only those up to %d kB are", float64(s.Bytes)/kB, readableBytes/kB)
	}
	return fmt.Sprintf("its payload is no longer kept: only those of the last %d events are", readable)
}

// Delivery is an event as the inbox keeps it, behind the others of its subject: all of it but the payload as JSON on one
// line, and below it the payload as it came, which most rules need not look into. A payload that is no JSON is an error.
func (e *Event) Delivery() (inbox.Delivery, error) {
	without := *e
	without.Payload = nil
	body := bytes.NewBuffer(make([]byte, 0, roomForHead+len(e.Payload)))
	if err := json.NewEncoder(body).Encode(&without); err != nil { // which ends the line
		return inbox.Delivery{}, fmt.Errorf("event %s: %w", e.ID, err)
	}
	if err := payload.Check(e.Payload); len(e.Payload) > 0 && err != nil {
		return inbox.Delivery{}, fmt.Errorf("event %s: its payload: %w", e.ID, err)
	}
	body.Write(e.Payload)
	return inbox.Delivery{ID: e.ID, Kind: kindOf(e.Topic), Body: body.Bytes(), Lane: e.Subject[:min(len(e.Subject), longestLane)]}, nil
}

// kindOf is a topic as a kind: as much of it as one may have, on a line.
func kindOf(topic string) string {
	const most = 64
	topic = strings.ReplaceAll(topic, "\n", " ")
	return strings.ToValidUTF8(topic[:min(len(topic), most)], "")
}

// Read is the event of which [Event.Delivery] made a body; it keeps that. The payload is not looked into.
func Read(body []byte) (*Event, error) {
	head, rest, two := bytes.Cut(body, []byte("\n"))
	if !two {
		return nil, errors.New("it has no payload")
	}
	e := new(Event)
	if err := json.Unmarshal(head, e); err != nil {
		return nil, err
	}
	e.Payload = rest
	return e, nil
}

// Put hands an event in. means are further names under which it may come again. After an error it is to be put again: the
// same event counts once.
func Put(ctx context.Context, box *inbox.Inbox, e *Event, means ...string) (inbox.Verdict, error) {
	d, err := e.Delivery()
	if err != nil {
		return 0, err
	}
	return box.Put(ctx, d, means)
}
