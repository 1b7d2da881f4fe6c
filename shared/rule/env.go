package rule

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/payload"
)

// Env holds the names that conditions and templates see:
//
//   - the payload's own, at the top: change, patchSet, pull_request, repository, sender, …
//   - payload: all of it, for a name that another one hides
//   - event: id, topic, source, subject, revision, at, asked, answer, author (name, principal, self)
//   - remembered: the remembered values by name, each with value, subject, url, at
//
// One goroutine at a time may use it.
type Env struct {
	names map[string]any
	meter *meter
	Event *event.Event // nil when there is none, as for a schedule
	Facts Facts        // of the event
}

// NewEnv makes an Env of values as JSON has them: maps, lists, texts, numbers, true and false, nil; and times. "remembered"
// is a map of maps.
func NewEnv(values map[string]any) *Env {
	env := &Env{names: maps.Clone(values), meter: &meter{}}
	if env.names == nil {
		env.names = map[string]any{}
	}
	env.names[meterName] = env.meter
	return env
}

// ForEvent makes an event's Env. more are further names, such as remembered. An error says that the payload is not to be
// read: no later try will do better.
func ForEvent(e *event.Event, more map[string]any) (*Env, error) {
	payload, err := decodePayload(e.Payload)
	if err != nil {
		return nil, fmt.Errorf("event %s: %w", e.ID, err)
	}
	names := maps.Clone(payload)
	maps.Copy(names, more)
	names["payload"] = payload
	names["event"] = described(e)
	env := &Env{names: names, meter: &meter{}, Event: e}
	names[meterName] = env.meter
	env.Facts = factsOf(e, payload)
	return env, nil
}

// described is the event itself, as conditions see it.
func described(e *event.Event) map[string]any {
	return map[string]any{
		"id": e.ID, "topic": e.Topic, "source": e.Source, "subject": e.Subject, "revision": e.Revision, "at": e.At.UTC(),
		"asked": e.Asked, "answer": e.Answer,
		"author": map[string]any{"name": e.Author.Name, "principal": e.Author.Principal, "self": e.Author.Self},
	}
}

// decodePayload reads a payload, which is an object.
func decodePayload(text json.RawMessage) (map[string]any, error) {
	if len(text) == 0 {
		return map[string]any{}, nil
	}
	value, err := payload.Decode(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPayload, err)
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%w: %s where an object is expected", ErrPayload, kindOf(value))
	}
	return object, nil
}

// ErrPayload says that an event's payload cannot be read. No later try will do better.
var ErrPayload = errors.New("the payload cannot be read")
