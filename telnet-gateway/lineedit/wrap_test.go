package lineedit

import (
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, want string }{
		{"short", "short"},
		{"one two three four five", "one two three four five"},
		{"one two three four five six", "one two three four five\nsix"},
		{"first\none two three four five six\nlast", "first\none two three four five\nsix\nlast"},
		{"  jobs  one two three four five six", "  jobs  one two three\n        four five six"},
		{"    set in and too wide for a row", "    set in and too wide\n    for a row"},
		{"\x1b[31mone two three four five six\x1b[0m", "\x1b[31mone two three four five\nsix\x1b[0m"},
		{"@k3f7 one two three four five six", "@k3f7 one two three four\n      five six"},
		{"\x1b[36m@k3f7\x1b[0m one two three four five six", "\x1b[36m@k3f7\x1b[0m one two three four\n      five six"},
		{"http://127.0.0.1:8081/job/demo/job/slow/1/", "http://127.0.0.1:8081/job/demo/job/slow/1/"},
		{"see http://127.0.0.1:8081/job/demo/job/slow/1/ there", "see\nhttp://127.0.0.1:8081/job/demo/job/slow/1/\nthere"},
		{"\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57 \u6f22\u5b57\u6f22\u5b57\u6f22\u5b57", "\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57\n\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57"},
	} {
		if got := wrap(test.text, 24); got != test.want {
			t.Errorf("%q becomes %q, want %q", test.text, got, test.want)
		}
	}
}

// FuzzWrap: wrapping changes nothing but blanks and line ends, and what has been wrapped stays as it is.
func FuzzWrap(f *testing.F) {
	f.Add("  jobs  one two three four five six", 30)
	f.Add("a\n\x1b[1mb  c\x1b[0m", 20)
	f.Fuzz(func(t *testing.T, text string, width int) {
		text, width = Clean(text), min(max(width, leastWidth), mostWidth)
		got := wrap(text, width)
		bare := strings.NewReplacer(" ", "", "\n", "").Replace
		if bare(got) != bare(text) {
			t.Fatalf("%q became %q", text, got)
		}
		for line := range strings.Lines(got) {
			line = strings.TrimSuffix(line, "\n")
			if columns(line) > width && strings.Contains(line, " ") && !strings.Contains("\n"+text, "\n ") && !strings.Contains(text, "  ") {
				t.Fatalf("%q is wider than %d", line, width)
			}
		}
	})
}
