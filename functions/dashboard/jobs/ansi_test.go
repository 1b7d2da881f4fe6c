package jobs_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/handsoff/handsoff/functions/dashboard/jobs"
)

func TestColours(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"plain <b> & \"x\"":                     `plain &lt;b&gt; &amp; &#34;x&#34;`,
		"\x1b[31mred\x1b[0m done":               `<span class="c1">red</span> done`,
		"\x1b[1;32mok\x1b[m":                    `<span class="c2"><b>ok</b></span>`,
		"\x1b[97;41mwhite on red\x1b[39m x":     `<span class="c7 g1">white on red</span><span class="g1"> x</span>`,
		"\x1b[38;5;196mcube\x1b[48;2;0;0;255mb": `<span class="c1">cube</span><span class="c1 g4">b</span>`,
		"\x1b[2Kgone\x1b[3;4mi":                 `gone<span class="italic underline">i</span>`,
		"\x1b]0;title\x07text\x1b[31":           `text`,
		"a\x1b[38mb":                            `ab`,
		"\x1b[1mb\x1b[22mn":                     `<b>b</b>n`,
		"\x1b[99999999999999999999m<script>":    `&lt;script&gt;`,
		"\u202eturned\x00":                      `turned`,
		"\x1b[31m" + strings.Repeat("x", 5000):  `<span class="c1">` + strings.Repeat("x", 3999) + `…</span>`,
	} {
		if got := string(jobs.Colours(line)); got != want {
			t.Errorf("%.60q:\n%.200s\nwant\n%.200s", line, got, want)
		}
	}
}

var class = regexp.MustCompile(`^((dim|italic|underline|[cg][0-7])( |$))+$`)

// FuzzColours: whatever a build writes, its line is text, with colours and nothing else.
func FuzzColours(f *testing.F) {
	for _, seed := range []string{"\x1b[31m<script>alert(1)</script>", "\x1b[38;5;1;48;2;1;2;3m\"onload=x", "\xff\x1b[", "</span></li><img src=x onerror=alert(1)>", "\x1b[1m\x1b[1m&lt;"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		made := string(jobs.Colours(line))
		if !utf8.ValidString(made) || strings.ContainsAny(made, "\x1b\x00\x07") {
			t.Fatalf("%q makes %q", line, made)
		}
		z := html.NewTokenizer(strings.NewReader(made))
		for {
			switch z.Next() {
			case html.ErrorToken:
				return
			case html.StartTagToken:
				token := z.Token()
				switch {
				case token.Data == "b" && len(token.Attr) == 0:
				case token.Data == "span" && len(token.Attr) == 1 && token.Attr[0].Key == "class" && class.MatchString(token.Attr[0].Val):
				default:
					t.Fatalf("%q makes a %s", line, token)
				}
			case html.EndTagToken, html.TextToken:
			default:
				t.Fatalf("%q makes %q", line, made)
			}
		}
	})
}
