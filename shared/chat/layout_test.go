package chat_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/chat"
)

func TestDuration(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Second:                                   "0.0 s",
		420 * time.Millisecond:                         "0.4 s",
		999 * time.Millisecond:                         "1 s",
		31 * time.Second:                               "31 s",
		59*time.Second + 700*time.Millisecond:          "1 m",
		2*time.Minute + 14*time.Second:                 "2 m 14 s",
		time.Hour:                                      "1 h",
		time.Hour + 5*time.Minute:                      "1 h 5 m",
		23*time.Hour + 59*time.Minute + 50*time.Second: "1 d",
		76 * time.Hour:                                 "3 d 4 h",
	} {
		if got := chat.Duration(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
	if got := chat.Age(0) + ", " + chat.Age(2*time.Second); got != "just now, 2 s ago" {
		t.Error(got)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.January, 2, 3, 4, 5, 0, time.FixedZone("CET", 3600))
	if got := chat.Clock(now, now); got != "02:04:05 UTC" {
		t.Error(got)
	}
	if got := chat.Clock(now.Add(-25*time.Hour), now); got != "2026-01-01 01:04:05 UTC" {
		t.Error(got)
	}
}

func TestBar(t *testing.T) {
	t.Parallel()
	for percent, want := range map[int]string{-1: "", 0: "[----------] 0 %", 47: "[####------] 47 %", 100: "[##########] 100 %", 250: "[##########] 100 %"} {
		if got := chat.Bar(percent, 10); got != want {
			t.Errorf("%d is %q, want %q", percent, got, want)
		}
	}
}

func TestClipAndBound(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text  string
		cells int
		want  string
	}{
		{"short", 5, "short"}, {"longer", 5, "long…"}, {"\u65e5\u672c\u8a9e", 4, "\u65e5…"}, {"x", 0, ""}, {"a b", 2, "a…"},
	} {
		if got := chat.Clip(test.text, test.cells); got != test.want {
			t.Errorf("%q in %d cells is %q, want %q", test.text, test.cells, got, test.want)
		}
	}
	if got := chat.Bound("a\nb\nc", 100, 2); got != "a\nb …" {
		t.Errorf("%q", got)
	}
	if got := chat.Bound("\u65e5\u672c", 4, 9); got != "\u65e5 …" {
		t.Errorf("%q", got)
	}
}

func TestTableAndSheet(t *testing.T) {
	t.Parallel()
	rows := [][]string{{"k3f7", "running", "a"}, {"\u65e5\u672c", "x", "b"}, {"z"}}
	if got, want := chat.Table(rows), "k3f7  running  a\n\u65e5\u672c  x        b\nz"; got != want {
		t.Errorf("have\n%s\nwant\n%s", got, want)
	}
	var s chat.Sheet
	s.Add("name", "one\ntwo")
	s.Add("empty", "")
	s.Add("other", "three")
	if got, want := s.String(), "  name   one\n         two\n  other  three"; got != want {
		t.Errorf("have\n%s\nwant\n%s", got, want)
	}
}

func TestOutline(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]string{
		`{"b":1,"a":{"c":[1,{"d":"x"}],"e":[]},"token":{"x":"y"},"n":null}`: "a:\n  c:\n    - 1\n    - d: x\n  e: []\nb: 1\nn: -\ntoken: ***",
		`"text\nof two"`:            "text\nof two",
		`12345678901234567890`:      "12345678901234567890",
		`not json`:                  "",
		`null`:                      "",
		`{"text":"a\u001b[31m\nb"}`: "text:\n  a\n  b",
	} {
		if got := strings.Join(chat.Outline(json.RawMessage(document)), "\n"); got != want {
			t.Errorf("%s is\n%s\nwant\n%s", document, got, want)
		}
	}
	if got := chat.OutlineOf(func() {}); got != nil {
		t.Errorf("%q", got)
	}
}

// TestOutlineHidesSecrets: wherever a value stands under a key that says it is secret, it is not shown.
func TestOutlineHidesSecrets(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SampledFrom([]string{"password", "API-KEY", "db_password", "Token", "client_secret"}).Draw(t, "key")
		var value any = map[string]any{key: rapid.SampledFrom([]any{"hunter2", []any{"hunter2"}, map[string]any{"a": "hunter2"}}).Draw(t, "value")}
		for range rapid.IntRange(0, 10).Draw(t, "depth") {
			if rapid.Bool().Draw(t, "list") {
				value = []any{value}
			} else {
				value = map[string]any{"in": value}
			}
		}
		if text := strings.Join(chat.OutlineOf(value), "\n"); strings.Contains(text, "hunter2") {
			t.Fatalf("%s", text)
		}
	})
}

// FuzzOutline: any document gives harmless lines, and not too many.
func FuzzOutline(f *testing.F) {
	f.Add([]byte(`{"a":[1,2,{"b":"\u001b[2J"}]}`))
	f.Add([]byte(`[[[[[[[[[[1]]]]]]]]]]`))
	f.Fuzz(func(t *testing.T, document []byte) {
		for _, line := range chat.Outline(document) {
			if strings.ContainsAny(line, "\n\x1b\r") {
				t.Fatalf("%q", line)
			}
		}
	})
}
