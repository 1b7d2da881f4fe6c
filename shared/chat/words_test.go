package chat_test

import (
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/chat"
)

func TestCount(t *testing.T) {
	t.Parallel()
	got := []string{
		chat.Count(0, "job"), chat.Count(1, "job"), chat.Count(2, "job"), chat.Count(1, "delivery"), chat.Count(3, "delivery"), chat.Count(2, "day"),
		chat.Count(2, "branch"), chat.Count(2, "address"), chat.Count(2, "floating IP"), chat.Are(0), chat.Are(1), chat.Are(2),
		chat.Were(0), chat.Were(1), chat.Were(2),
	}
	const want = "0 jobs, 1 job, 2 jobs, 1 delivery, 3 deliveries, 2 days, 2 branches, 2 addresses, 2 floating IPs, are, is, are, were, was, were"
	if got := strings.Join(got, ", "); got != want {
		t.Errorf("have %s\nwant %s", got, want)
	}
}

func TestSeries(t *testing.T) {
	t.Parallel()
	for want, words := range map[string][]string{"": nil, "a": {"a"}, "a or b": {"a", "b"}, "a, b or c": {"a", "b", "c"}} {
		if got := chat.Series(words, "or"); got != want {
			t.Errorf("%q is %q, want %q", words, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text           string
		bytes          int
		cut, shortened string
	}{
		{"short", 5, "short", "short"},
		{"longer", 5, "longe", "lo…"},
		{"\u65e5\u672c\u8a9e", 8, "\u65e5\u672c", "\u65e5…"},
		{"bad\xffutf8", 6, "badut", "bad…"},
		{"\xff\xff\xff\xff", 3, "", "\uFFFD"},
	} {
		if got := chat.Cut(test.text, test.bytes); got != test.cut {
			t.Errorf("%q cut to %d bytes is %q, want %q", test.text, test.bytes, got, test.cut)
		}
		if got := chat.Shorten(test.text, test.bytes); got != test.shortened {
			t.Errorf("%q shortened to %d bytes is %q, want %q", test.text, test.bytes, got, test.shortened)
		}
	}
}
