package slack

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/slack/mrkdwn"
)

// demo is a Slack with the ready-made people, and ann.
func demo(t testing.TB) *Person {
	t.Helper()
	s := New(Options{Token: "t"})
	t.Cleanup(s.Close)
	p, err := s.Person("ann")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWireText(t *testing.T) {
	t.Parallel()
	p := demo(t)
	for typed, want := range map[string]string{
		"a < b && c > d":               "a &lt; b &amp;&amp; c &gt; d",
		"@handsoff: jobs":              "<@U0HANDSOFF>: jobs",
		"hey @bob, @ann.":              "hey <@U0BOB>, <@U0ANN>.",
		"@Bob and bob@ann":             "@Bob and bob@ann",
		"(@ops) @here @hereafter":      "(<!subteam^S0OPS|@ops>) <!here> @hereafter",
		"@channel! in #ops":            "<!channel>! in <#C0OPS|ops>",
		"#opsy #9 a#ops":               "#opsy #9 a#ops",
		"see https://x.org/?a=1&b=<2>": "see <https://x.org/?a=1&amp;b=>&lt;2&gt;",
		"http://x.org/a,b.":            "<http://x.org/a,b>.",
		"https://":                     "https://",
		"ann@example.com":              "<mailto:ann@example.com|ann@example.com>",
		"review.opendev.org/c/1, ok":   "<http://review.opendev.org/c/1|review.opendev.org/c/1>, ok",
		"demo/slow.io x.y.z image.tar": "demo/slow.io x.y.z image.tar",
		"`@bob <x>` and `` `":          "`@bob &lt;x&gt;` and `` `",
		"```\n@bob & https://x.org```": "```\n@bob &amp; https://x.org```",
		"key=https://x.org a=@bob":     "key=https://x.org a=@bob",
	} {
		if got := wireText(typed, p.book(), false); got != want {
			t.Errorf("%q becomes\n%q, want\n%q", typed, got, want)
		}
	}
	if got := wireText("@bob in #ops", p.book(), true); got != "<@U0BOB|bob> in <#C0OPS|ops>" {
		t.Errorf("with labels: %q", got)
	}
}

func TestSmartQuotes(t *testing.T) {
	t.Parallel()
	if got := smart(`say="it's 'so'" ("x")`); got != "say=“it’s ‘so’” (“x”)" {
		t.Error(got)
	}
}

// TestUndone: what a person types and what the bot makes of Slack's text agree.
func TestUndone(t *testing.T) {
	t.Parallel()
	p := demo(t)
	word := rapid.OneOf(
		rapid.StringMatching(`[a-zäß0-9=/<>&;,.!?"'*_-]{1,12}`).Filter(func(s string) bool { return !strings.HasPrefix(s, "<") }),
		rapid.SampledFrom([]string{
			"@ann", "@handsoff", "#ops", "@ops", "https://ci.example.com/job/a?b=c&d=e", "bob@example.com", "opendev.org/x",
			"`code <&> x`", "&amp;", "&lt;tag&gt;", "@nobody", "@here",
		}),
	)
	undone := map[string]string{
		"@ann": "slack:U0ANN", "@handsoff": "slack:U0HANDSOFF", "@ops": "slack-group:S0OPS",
	}
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(word, 1, 8).Draw(t, "words")
		typed, want := "first", "first"
		for _, w := range words {
			typed += " " + w
			if id := undone[w]; id != "" {
				w = id
			}
			want += " " + w
		}
		wire := wireText(typed, p.book(), rapid.Bool().Draw(t, "labelled"))
		if got := mrkdwn.Undo(wire); got != want {
			t.Errorf("typed  %q\nsent   %q\nundone %q\nwant   %q", typed, wire, got, want)
		}
	})
}

// FuzzTyped: whatever is typed, editing shows it again, and no part of it becomes Slack's markup by itself.
func FuzzTyped(f *testing.F) {
	p := demo(f)
	for _, text := range []string{
		"@handsoff jobs", "a `b` ```c```", "<@U0ANN> <!channel> &amp;", "https://x.org/|x a@b.cd `", "#ops\n> q \xff", "@here@ann.#ops",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		wire := wireText(typed, p.book(), false)
		same := strings.NewReplacer("%7C", "|")
		if got := same.Replace(p.s.untyped(wire, p.id)); got != same.Replace(typed) {
			t.Errorf("typed %q, sent %q, shown %q", typed, wire, got)
		}
		for _, part := range tokens(wire) {
			if part.kind == tokenUser && p.s.users[part.target] == nil {
				t.Errorf("%q mentions %q", typed, part.target)
			}
		}
	})
}

func TestPlainText(t *testing.T) {
	t.Parallel()
	p := demo(t)
	for text, want := range map[string]string{
		"*bold* _it_ ~no~ a_b_c 2*3*4 * x *":            "bold it no a_b_c 2*3*4 * x *",
		"<@U0BOB> in <#C0OPS|ops>, <#C9X|gone>":         "@bob in #ops, #gone",
		"<https://a.b/c?x=1&amp;y=2|the _build_> `*x*`": "the _build_ (https://a.b/c?x=1&y=2) *x*",
		"<https://a.b> <mailto:a@b.c|a@b.c>":            "https://a.b a@b.c",
		"<!here> <!subteam^S0OPS> <!date^1^{date}|now>": "@here @ops now",
		"```\nx &lt; *y*\n```":                          "x < *y*",
		"&gt; &amp;lt; *two words* *open":               "> &lt; two words *open",
	} {
		if got := p.s.plainText(text, Ann); got != want {
			t.Errorf("%q reads %q, want %q", text, got, want)
		}
	}
}
