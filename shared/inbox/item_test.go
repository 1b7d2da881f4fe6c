package inbox

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

// TestReadHead: what is written is read, whatever is in it, and what was cut is not.
func TestReadHead(t *testing.T) {
	t.Parallel()
	want := head{kind: "event", lane: "a: b c", names: []string{"d e\n", "12:f"}}
	const text = "5:event6:a: b c4:d e\n4:12:f"
	if got := want.text(); got != text {
		t.Errorf("%q", got)
	}
	if h, err := readHead(text); err != nil || !reflect.DeepEqual(h, want) {
		t.Errorf("%+v: %v", h, err)
	}
	if _, err := readHead("0:0:1:d"); err != nil {
		t.Error(err)
	}
	traced := head{kind: "event", trace: "00-1-2-01", lane: "a", names: []string{"d"}}
	if h, err := readHead(traced.text()); err != nil || !reflect.DeepEqual(h, traced) {
		t.Errorf("%+v: %v", h, err)
	}
	traced.led = "job k3f7"
	if h, err := readHead(traced.text() + "0:8:job k3f7"); err != nil || !reflect.DeepEqual(h, traced) {
		t.Errorf("%+v: %v", h, err)
	}
	for _, text := range []string{"", "5:event", "5:event0:", "5:event0:4:a b", "-1:k0:1:d", "99:k0:1:d", "x:k0:1:d", "1:k0:1"} {
		if h, err := readHead(text); !errors.Is(err, errItem) {
			t.Errorf("%q is %+v: %v", text, h, err)
		}
	}
}

func TestReadHand(t *testing.T) {
	t.Parallel()
	const good = "3 1 2 4 1700000000000 7"
	it, err := readHand(good)
	if want := (hand{fence: 3, held: true, lapses: 2, attempts: 4, since: time.UnixMilli(1700000000000), noted: 7}); err != nil || it != want {
		t.Errorf("%+v: %v", it, err)
	}
	if it, err := readHand(""); err != nil || it != (hand{}) {
		t.Errorf("%+v: %v", it, err)
	}
	for _, text := range []string{"3", "3 1 2 4 5", good + " 8", good + " ", strings.Replace(good, "4", "x", 1)} {
		if it, err := readHand(text); !errors.Is(err, errItem) {
			t.Errorf("%q is %+v: %v", text, it, err)
		}
	}
}

func TestReadNumber(t *testing.T) {
	t.Parallel()
	size, received, err := readNumber("17.1034.1700000000000")
	if err != nil || size != 1034 || !received.Equal(time.UnixMilli(1700000000000)) {
		t.Error(size, received, err)
	}
	for _, text := range []string{"", "17", "17.1034", "17.1034.5.6", "17..5"} {
		if _, _, err := readNumber(text); !errors.Is(err, errItem) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
