package rule

import "testing"

func TestBriefIsOnePrintableLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"abcdefgh":          "abcdefgh",
		"abcdefghi":         "abcde…",
		"ab\n\t c\x1b[31md": "ab cd",
		"abcdéfghi":         "abcd…",
		"":                  "",
	} {
		if got := brief(text, 8); got != want || len(got) > 8 {
			t.Errorf("%q is %q; want %q", text, got, want)
		}
	}
}
