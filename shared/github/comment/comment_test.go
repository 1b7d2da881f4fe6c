package comment_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/github/comment"
)

func TestSlashes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"alone":                        {"/build", []string{"build"}},
		"with words":                   {"/build fast=yes  \t", []string{"build fast=yes"}},
		"among prose":                  {"Looks good.\n/build\nThanks!", []string{"build"}},
		"several":                      {"/build a\r\n/build b\r\n\r\n/status", []string{"build a", "build b", "status"}},
		"three spaces before it":       {"   /build", []string{"build"}},
		"four spaces are code":         {"    /build", nil},
		"a tab is code":                {"\t/build", nil},
		"four spaces after prose":      {"as I said\n    /build", nil},
		"within a line":                {"please /build", nil},
		"quoted":                       {"> /build", nil},
		"quoted, set in":               {"   > /build", nil},
		"a quotation that goes on":     {"> somebody said\n/build", nil},
		"after a quotation":            {"> somebody said\n\n/build", []string{"build"}},
		"a quotation in a list":        {"- > somebody said\n  /build", nil},
		"fenced":                       {"```\n/build\n```", nil},
		"fenced with a language":       {"```sh\n/build\n```\n/status", []string{"status"}},
		"fenced with tildes":           {"~~~\n/build\n```\n/build\n~~~\n/status", []string{"status"}},
		"a longer fence":               {"````\n```\n/build\n````\n/status", []string{"status"}},
		"a fence that never closes":    {"```\n/build", nil},
		"a closing fence with words":   {"```\n``` no\n/build\n```", nil},
		"a fence in a list":            {"- ```\n  /build\n  ```\n\n/status", []string{"status"}},
		"a fence in a numbered list":   {"1. do\n   ```\n   /build\n   ```\n2. this", nil},
		"a list ends its fence":        {"- ```\n  /build\n\nprose\n```\n/no\n```\n/status", []string{"status"}},
		"a fence in a quotation":       {"> ```\n> /build\n> ```\n\n/status", []string{"status"}},
		"a fence ends a quotation":     {"> hm\n```\n/build\n```\n/status", []string{"status"}},
		"three backticks in a line":    {"```code``` and\n/build", []string{"build"}},
		"a span of code over lines":    {"a `span\n/build\n` ends", nil},
		"a backtick alone":             {"it's ` here\n\n/build `x`", []string{"build `x`"}},
		"an escaped backtick":          {"a \\` here\n/build\n`", []string{"build"}},
		"a double span":                {"``a ` b\n/build\n`` /x", nil},
		"a comment of HTML":            {"<!-- /a\n/build\n\n/c -->\n/status", []string{"status"}},
		"a comment on one line":        {"<!-- x -->\n/build", []string{"build"}},
		"an empty comment":             {"<!-->\n/build", []string{"build"}},
		"a comment that never ends":    {"<!--\n\n/build", nil},
		"a comment within a paragraph": {"x <!-- y\n/build\nz --> w", nil},
		"no comment within prose":      {"arrows <!-- like this\n/build", []string{"build"}},
		"preformatted":                 {"<pre>\n/build\n\n/build\n</pre>\n/status", []string{"status"}},
		"preformatted in a line":       {"see <code>\n/build\n</code>", nil},
		"a quotation in HTML":          {"<blockquote>\n\n/build\n</blockquote>", nil},
		"no element":                   {"<prefix>\n/build", []string{"build"}},
		"details are shown":            {"<details>\n\n/build\n\n</details>", []string{"build"}},
		"what cannot be seen":          {"/build\u202e x\n/bu\u200bild\n/status", []string{"status"}},
		"not UTF-8":                    {"/build \xff\xfe", []string{"build"}},
		"nothing":                      {"", nil},
	} {
		if diff := cmp.Diff(c.want, comment.Slashes(c.body)); diff != "" {
			t.Errorf("%s: %q\n%s", name, c.body, diff)
		}
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]*event.Asked{
		"/build":                            {Line: "build", Word: "build", Args: []string{}},
		"/Build A=1  b":                     {Line: "Build A=1  b", Word: "build", Args: []string{"A=1", "b"}, Text: "A=1  b"},
		`/say "two words" it's 'x'`:         {Line: `say "two words" it's 'x'`, Word: "say", Args: []string{"two words", "its x'"}, Text: `"two words" it's 'x'`},
		`/say msg="two words"x ""`:          {Line: `say msg="two words"x ""`, Word: "say", Args: []string{"msg=two wordsx", ""}, Text: `msg="two words"x ""`},
		`/say "open`:                        {Line: `say "open`, Word: "say", Args: []string{`"open`}, Text: `"open`},
		"/re-test\tnow":                     {Line: "re-test\tnow", Word: "re-test", Args: []string{"now"}, Text: "now"},
		"/etc/passwd is a file":             nil,
		"//build":                           nil,
		"/ build":                           nil,
		"/1st":                              nil,
		"/" + strings.Repeat("x", 41):       nil,
		"/say " + strings.Repeat("x", 4000): nil,
		"/say " + strings.Repeat("x ", 201): nil,
	} {
		got, more := comment.Read(body)
		if want == nil && len(got) == 0 {
			continue
		}
		if more || len(got) != 1 || want == nil {
			t.Errorf("%q: %v %+v", body, more, got)
			continue
		}
		if diff := cmp.Diff(*want, got[0]); diff != "" {
			t.Errorf("%q: %s", body, diff)
		}
	}
}

func TestTenCommandsCount(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	for i := range 12 {
		fmt.Fprintf(&body, "/build %d\n", i)
		got, more := comment.Read(body.String())
		if len(got) != min(i+1, comment.Most) || more != (i >= comment.Most) || got[len(got)-1].Text != fmt.Sprint(min(i, comment.Most-1)) {
			t.Errorf("%d: %d, %v", i, len(got), more)
		}
	}
}

// TestCodeAndQuotesAreNone: whatever text is fenced, quoted or set in, no line of it is a command, and what follows is read.
func TestCodeAndQuotesAreNone(t *testing.T) {
	t.Parallel()
	line := rapid.SampledFrom([]string{"/build", "/status x", "words", "", "  /cancel", "- item", "> quoted", "~~~", "<b>", "`x`"})
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(line, 0, 8).Draw(t, "lines")
		hidden := map[string]string{
			"fenced": "````\n" + strings.Join(lines, "\n") + "\n````",
			"quoted": "> " + strings.Join(lines, "\n> "),
			"set in": "    " + strings.Join(lines, "\n    "),
			"hidden": "<!--\n" + strings.Join(lines, "\n") + "\n-->",
		}
		for how, text := range hidden {
			if got := comment.Slashes(text + "\n\n/after"); !slices.Equal(got, []string{"after"}) {
				t.Fatalf("%s: %q: %q", how, text, got)
			}
		}
	})
}

// TestLongTextsCostLittle: nobody keeps the bot busy with a comment. A quadratic reader would need minutes.
func TestLongTextsCostLittle(t *testing.T) {
	t.Parallel()
	var runs strings.Builder
	for i := 1; runs.Len() < 200_000; i++ {
		runs.WriteString(strings.Repeat("`", i) + " ")
	}
	for _, text := range []string{
		strings.Repeat("<!-- ", 50_000), strings.Repeat("<code ", 40_000), strings.Repeat("` ", 100_000), runs.String(),
		strings.Repeat("- ", 100_000), strings.Repeat("> ", 100_000), strings.Repeat("/x\n", 80_000), strings.Repeat("<pre></pre>", 20_000),
		strings.Repeat("```\n", 60_000), strings.Repeat("\\", 200_000), strings.Repeat("\n", 200_000),
	} {
		comment.Read(text + "\n/x")
	}
}

// FuzzRead: whatever somebody writes, a command is a line of it, a word and arguments that hold no more than was written.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"/build a 'b c'", "> x\n/y", "```\n/x\n```\n/y", "<!-- x\n--> \n/y", "- ```\n  /x", "1. `a\n/x", "/a \"b", "\t/x\r/y\r\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		commands, _ := comment.Read(body)
		if len(commands) > comment.Most {
			t.Fatal("too many")
		}
		for _, c := range commands {
			if !utf8.ValidString(c.Line) || strings.ContainsAny(c.Line, "\n\r\x00") || c.Word == "" || strings.ToLower(c.Word) != c.Word {
				t.Fatalf("%+v", c)
			}
			if !strings.Contains(strings.ToValidUTF8(strings.ReplaceAll(body, "\x00", ""), ""), "/"+strings.TrimRight(c.Line, " \t")) {
				t.Fatalf("%q is not in %q", c.Line, body)
			}
			if n := len(strings.Join(c.Args, "")); n > len(c.Text) {
				t.Fatalf("%d bytes of arguments of %q", n, c.Text)
			}
		}
	})
}
