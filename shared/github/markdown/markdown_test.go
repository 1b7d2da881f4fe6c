package markdown_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/github/markdown"
)

func TestEscape(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"plain words, and a dot.": "plain words, and a dot.",
		"@ann":                    "@&#8203;ann",
		"fixes #12":               `fixes \#&#8203;12`,
		"acme/app#12":             `acme/app\#&#8203;12`,
		"GH-12":                   `GH&#8203;\-12`,
		"see https://x.example/y": "see https:&#8203;//x.example/y",
		"www.example.org":         "www&#8203;.example.org",
		"0123456789abcdef":        "012345&#8203;6789ab&#8203;cdef",
		"<b>a & b</b>":            "&lt;b&gt;a &amp; b&lt;/b&gt;",
		"<!-- handsoff job x -->": `&lt;\!\-\- handsoff job x \-\-&gt;`,
		"*a* _b_ `c` [d](e)":      "\\*a\\* \\_b\\_ \\`c\\` \\[d\\]\\(e\\)",
		"1. item":                 `1\. item`,
		"# head\n- item":          `\#&#8203; head \- item`,
		"\x1b[31mred\x1b[0m":      "red",
	} {
		if got := markdown.Escape(text); got != want {
			t.Errorf("%q is written %q, want %q", text, got, want)
		}
	}
}

// what GitHub makes a link or a mention of once the text is rendered.
var linked = regexp.MustCompile(`@[A-Za-z0-9]|#[0-9]|(?i)\bgh-[0-9]|\b[0-9a-f]{7,40}\b|://|www\.`)

// rendered undoes what Escape does as a renderer of Markdown would.
func rendered(text string) string {
	text = regexp.MustCompile("\\\\([\\\\`*_{}\\[\\]()#+.!|~=$-])").ReplaceAllString(text, "$1")
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&#8203;", "\u200b", "&amp;", "&").Replace(text)
}

// TestWhatIsEscapedIsShownAsItIs, and links nothing.
func TestWhatIsEscapedIsShownAsItIs(t *testing.T) {
	t.Parallel()
	words := rapid.SampledFrom([]string{"@ann", "#12", "GH-3", "deadbeef", "cafebabe0123", "http://x.y", "www.a.b", "`", "*", "<b>", "&lt;", "&#64;", "\\", " ", "a", "\u200b"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(words).Draw(t, "words"), "") + rapid.String().Draw(t, "rest")
		got := markdown.Escape(text)
		if strings.ContainsAny(got, "<>\n") {
			t.Fatalf("%q is written %q", text, got)
		}
		shown := rendered(got)
		if found := linked.FindString(shown); found != "" {
			t.Fatalf("%q is shown as %q, which links %q", text, shown, found)
		}
		strip := func(s string) string { return strings.Join(strings.Fields(strings.ReplaceAll(s, "\u200b", "")), " ") }
		if plain := regexp.MustCompile(`^[[:print:]]*$`); plain.MatchString(text) && strip(shown) != strip(text) {
			t.Fatalf("%q is shown as %q", text, shown)
		}
	})
}

// TestNothingEndsAPieceOfCode.
func TestNothingEndsAPieceOfCode(t *testing.T) {
	t.Parallel()
	text := rapid.StringOfN(rapid.SampledFrom([]rune("`~ab \n<@#")), 0, 60, -1)
	rapid.Check(t, func(t *rapid.T) {
		in := text.Draw(t, "text")
		code := markdown.Code(in)
		ticks := code[:len(code)-len(strings.TrimLeft(code, "`"))]
		body := strings.TrimSuffix(strings.TrimPrefix(code, ticks), ticks)
		for _, run := range regexp.MustCompile("`+").FindAllString(body, -1) {
			if len(run) == len(ticks) {
				t.Fatalf("%q is written %q", in, code)
			}
		}
		if strings.Contains(code, "\n") || body == "" {
			t.Fatalf("%q is written %q", in, code)
		}
		fence := markdown.Fence(in)
		if fence == "" {
			return
		}
		lines := strings.Split(strings.TrimSuffix(fence, "\n"), "\n")
		first, last := strings.TrimSuffix(lines[0], "text"), lines[len(lines)-1]
		if first != last || len(first) < 3 {
			t.Fatalf("%q is written %q", in, fence)
		}
		for _, line := range lines[1 : len(lines)-1] {
			if strings.HasPrefix(strings.TrimLeft(line, " "), first) {
				t.Fatalf("%q is written %q", in, fence)
			}
		}
	})
}

func TestLinks(t *testing.T) {
	t.Parallel()
	for _, test := range [][3]string{
		{"#12 of demo", "https://ci.example.org/job/12/", `[\#&#8203;12 of demo](<https://ci.example.org/job/12/>)`},
		{"x", "javascript:alert(1)", "x"},
		{"](https://evil)", "https://a.b/>)\n<script>", `[\]\(https:&#8203;//evil\)](<https://a.b/%3E%29%20%3Cscript%3E>)`},
	} {
		if got := markdown.Link(test[0], test[1]); got != test[2] {
			t.Errorf("%q, %q is written %q, want %q", test[0], test[1], got, test[2])
		}
	}
}

func TestClip(t *testing.T) {
	t.Parallel()
	long := "intro\n````text\n" + strings.Repeat("é line ```\n", 20000)
	got := markdown.Clip(long)
	if n := utf8.RuneCountInString(got); n > markdown.Most || !strings.HasSuffix(got, "\n````\n\n… (cut)") {
		t.Errorf("%d characters, ending in %q", n, got[len(got)-40:])
	}
	if got := markdown.Clip("short"); got != "short" {
		t.Error(got)
	}
	whole := strings.Repeat("é", markdown.Most)
	if markdown.Clip(whole) != whole || utf8.RuneCountInString(markdown.Clip(whole+"é")) > markdown.Most {
		t.Error("the limit is not kept")
	}
}

// FuzzEscape: nothing from outside becomes a tag, a link or a mention.
func FuzzEscape(f *testing.F) {
	f.Add("@ann #12 <b> https://x.example `code` deadbeef")
	f.Fuzz(func(t *testing.T, text string) {
		got := markdown.Escape(text)
		if strings.ContainsAny(got, "<>\n") || linked.MatchString(rendered(got)) {
			t.Errorf("%q is written %q", text, got)
		}
	})
}
