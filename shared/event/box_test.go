package event_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/inbox"
)

// TestTheLargestPayload fits whatever it holds: signs that HTML knows take no more room than others.
func TestTheLargestPayload(t *testing.T) {
	t.Parallel()
	for _, c := range []string{"<", "\u2028"} {
		payload := append([]byte(`{"x":"`), bytes.Repeat([]byte(c), (25<<20-8)/len(c))...)
		e := &event.Event{ID: "d", Topic: "github.push", Source: "github", Payload: json.RawMessage(append(payload, `"}`...))}
		d, err := e.Delivery()
		if err != nil || len(d.Body) > inbox.LargestBody {
			t.Errorf("%q: %d bytes, %v", c, len(d.Body), err)
		}
		back, err := event.Read(d.Body)
		if err != nil || !bytes.Equal(back.Payload, e.Payload) {
			t.Errorf("%q: another payload came back, %v", c, err)
		}
	}
}

// TestAnEventIsKeptWhole: all of it comes back, the payload as it came, of several lines too; one that is no JSON is not kept.
func TestAnEventIsKeptWhole(t *testing.T) {
	t.Parallel()
	for _, payload := range []string{"", "{}", "{\n\t\"a\": \"<&\u2028\"\n}", `{"a":1,"a":2}`} {
		want := &event.Event{
			ID: "d-1", Topic: "github.push", Source: "github", At: noon, Subject: "github:acme/app", Revision: "1a2b", Moved: true, Cause: []string{"rule:a"},
			Author: event.Author{Principal: "github:7", Name: "a\nb", Groups: []string{"github-read:acme/app"}}, Payload: json.RawMessage(payload),
		}
		d, err := want.Delivery()
		if err != nil || d.ID != want.ID || d.Lane != want.Subject {
			t.Fatalf("%+v: %v", d, err)
		}
		if got, err := event.Read(d.Body); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, not %+v: %v", got, want, err)
		}
	}
	for _, payload := range []string{"{", "x", "{}{}", "{\"a\":\"\n\"}"} {
		if d, err := (&event.Event{ID: "d", Payload: json.RawMessage(payload)}).Delivery(); err == nil {
			t.Errorf("%q is kept as %q", payload, d.Body)
		}
	}
	for _, body := range []string{"", "{}", "[]\n{}", "{\"id\":7}\n{}"} {
		if e, err := event.Read([]byte(body)); err == nil {
			t.Errorf("%q is %+v", body, e)
		}
	}
}
