package queue

import "testing"

// Whoever finds no place has put a message into Redis; the holder who saw nothing there a moment ago must look again
// instead of going, or the message would lie there until the next sweep.
func TestLaneLooksAgain(t *testing.T) {
	t.Parallel()
	l := &lane{limit: 1}
	if !l.reserve() || l.reserve() {
		t.Fatal("one place is not one place")
	}
	if !l.give() {
		t.Error("the holder goes although somebody found no place")
	}
	if l.give() {
		t.Error("the holder stays although nobody came")
	}
	if !l.reserve() {
		t.Error("the place was not given back")
	}
	l.stop()
	if l.reserve() || l.open() {
		t.Error("a stopped lane gives places")
	}
	if l.give() {
		t.Error("the holder of a stopped lane stays")
	}
}
