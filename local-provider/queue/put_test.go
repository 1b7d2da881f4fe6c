package queue

import (
	"testing"

	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestAPutThatIsRepeated: the client repeats a put whose answer was lost; the message is there once.
func TestAPutThatIsRepeated(t *testing.T) {
	t.Parallel()
	client := jobtest.Embedded(t)
	s := &store{redis: client, worker: "w"}
	for _, claim := range []bool{false, true} {
		m := &Message{ID: "id " + flag(claim), Lane: "f"}
		for range 2 {
			if err := s.put(t.Context(), m, claim); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := client.LLen(t.Context(), s.keys.ready("f")).Val(); n != 1 {
		t.Errorf("%d wait", n)
	}
	if ids, err := s.claims(t.Context()); err != nil || len(ids) != 1 {
		t.Errorf("claimed %q, %v", ids, err)
	}
}
