package mrkdwn_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/slack/mrkdwn"
)

func TestUndo(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, slack, want string }{
		{"plain text", "jenkins build demo/slow", "jenkins build demo/slow"},
		{"entities", "a &amp; b &lt;c&gt; &amp;lt;", "a & b <c> &lt;"},
		{"no entities of Slack", "&quot;x&quot; &#39;", "&quot;x&quot; &#39;"},
		{"a person", "ask <@U123ABC>", "ask slack:U123ABC"},
		{"a person with a name", "ask <@U123|ann>", "ask slack:U123"},
		{"a person of a grid", "<@W123>", "slack:W123"},
		{"no person", "<@channel>", "<@channel>"},
		{"a channel", "emit <#C1A|nova> hi", "emit #nova hi"},
		{"a channel without a name", "<#C1A|> <#C1A>", "#C1A #C1A"},
		{"a user group", "<!subteam^S1A|@ops> <!subteam^S1A>", "slack-group:S1A slack-group:S1A"},
		{"everybody", "<!here> <!channel|channel> <!everyone>", "@here @channel @everyone"},
		{"a date", "<!date^1392734382^{date}|Feb 18>", "Feb 18"},
		{"a date without a fallback", "<!date^1392734382^{date}>", "1392734382"},
		{"an unknown special", "<!foo|bar> <!foo> <!>", "bar @foo <!>"},
		{"an address that Slack dressed", "<http://example.com|example.com>", "example.com"},
		{"with a slash", "<https://example.com/|example.com>", "example.com"},
		{"an address", "<https://jenkins/job/a>", "https://jenkins/job/a"},
		{"an address, twice", "<https://jenkins/job/a|https://jenkins/job/a>", "https://jenkins/job/a"},
		{"an address with a label", "<https://jenkins/job/a|the build>", "https://jenkins/job/a"},
		{"a label that lies", "<https://evil.example|jenkins.example>", "https://evil.example"},
		{"an address with arguments", "<https://j/?a=1&amp;b=2>", "https://j/?a=1&b=2"},
		{"mail", "<mailto:a@b.example|a@b.example>", "a@b.example"},
		{"mail with a label", "<mailto:a@b.example|Ann>", "a@b.example"},
		{"a telephone", "<tel:+4912345|+49 123-45>", "+49 123-45"},
		{"a telephone with a label", "<tel:+4912345|call me>", "+4912345"},
		{"no link", "a < b > c <d> <e|f> <", "a < b > c <d> <e|f> <"},
		{"a tag in a tag", "<<@U1A>>", "<slack:U1A>"},
		{"over lines", "<https://a\n.example>", "<https://a\n.example>"},
		{"code around all", "`jobs`", "jobs"},
		{"code around a part", "`a` and `b`", "`a` and `b`"},
		{"a code block around all", "```\njenkins build\ndemo/slow\n```", "jenkins build\ndemo/slow"},
		{"a code block on one line", " ```jobs``` ", "jobs"},
		{"two code blocks", "```a``` ```b```", "```a``` ```b```"},
		{"nothing in it", "`` ``````", "`` ``````"},
		{"smart quotes stay", "emit “hi”", "emit “hi”"},
		{"lines stay", "a\nb", "a\nb"},
	} {
		if got := mrkdwn.Undo(test.slack); got != test.want {
			t.Errorf("%s: %q: have %q, want %q", test.name, test.slack, got, test.want)
		}
	}
}

func TestMention(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text, rest string
		where      mrkdwn.Where
	}{
		{"<@U0BOT> jobs", "jobs", mrkdwn.AtStart},
		{"<@U0BOT|handsoff>: jobs", "jobs", mrkdwn.AtStart},
		{"  <@U0BOT> , jobs ", "jobs", mrkdwn.AtStart},
		{"<@U0BOT>", "", mrkdwn.AtStart},
		{"hello all\n <@U0BOT> emit x\ny", "emit x\ny", mrkdwn.AtStart},
		{"hey <@U0BOT> jobs\n<@U0BOT> jobs mine", "jobs mine", mrkdwn.AtStart},
		{"hey <@U0BOT> jobs please", "hey <@U0BOT> jobs please", mrkdwn.Elsewhere},
		{"<@U1ANN> <@U0BOT> jobs", "<@U1ANN> <@U0BOT> jobs", mrkdwn.Elsewhere},
		{"&gt; <@U0BOT> cancel k3f7", "&gt; <@U0BOT> cancel k3f7", mrkdwn.Elsewhere},
		{"```\n<@U0BOT> cancel k3f7\n```", "```\n<@U0BOT> cancel k3f7\n```", mrkdwn.Nowhere},
		{"```x``` said\n<@U0BOT> jobs", "jobs", mrkdwn.AtStart},
		{"<@U0BOTX> jobs", "<@U0BOTX> jobs", mrkdwn.Nowhere},
		{"&lt;@U0BOT&gt; jobs", "&lt;@U0BOT&gt; jobs", mrkdwn.Nowhere},
		{"<@U0BOT> run ```\nx\n```", "run ```\nx\n```", mrkdwn.AtStart},
		{"jobs", "jobs", mrkdwn.Nowhere},
	} {
		rest, where := mrkdwn.Mention(test.text, "U0BOT")
		if rest != test.rest || where != test.where {
			t.Errorf("%q: have %q %d, want %q %d", test.text, rest, where, test.rest, test.where)
		}
	}
	if _, where := mrkdwn.Mention("<@> jobs", ""); where != mrkdwn.Nowhere {
		t.Error("a bot without an id was mentioned")
	}
}

func TestEscape(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a & b <c>":               "a &amp; b &lt;c&gt;",
		"<!channel> <@U1>":        "&lt;!channel&gt; &lt;@U1&gt;",
		"@channel, @HERE!":        "@\u200bchannel, @\u200bHERE!",
		"say `cancel k3f7`":       "say `cancel k3f7`",
		"```rm -rf```":            "`\u200b`\u200b`rm -rf`\u200b`\u200b`",
		"bad \xff byte":           "bad \ufffd byte",
		"bob@hereafter @channels": "bob@\u200bhereafter @\u200bchannels",
	} {
		if got := mrkdwn.Escape(text); got != want {
			t.Errorf("%q: have %q, want %q", text, got, want)
		}
	}
}

func TestCode(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a\nb < c":      "```\na\nb &lt; c\n```",
		"\n\na\n":       "```\na\n```",
		"x```\n*y*":     "```\nx`\u200b`\u200b`\n*y*\n```",
		" \n ":          "",
		"ends with ```": "```\nends with `\u200b`\u200b`\n```",
	} {
		if got := mrkdwn.Code(text); got != want {
			t.Errorf("%q: have %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"jenkins build *": "`jenkins build *`", "a\nb": "`a b`", "a `b`": "a `b`", "": "", "a<b": "`a&lt;b`",
	} {
		if got := mrkdwn.Inline(text); got != want {
			t.Errorf("%q inline: have %q, want %q", text, got, want)
		}
	}
}

func TestLink(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ title, address, want string }{
		{"build #12", "https://j/job/a/12/", "<https://j/job/a/12/|build #12>"},
		{"", "https://j/?a=1&b=2", "<https://j/?a=1&amp;b=2>"},
		{"a|b>c", "https://j/x|y>z", "<https://j/x%7Cy%3Ez|a¦b&gt;c>"},
		{"click", "javascript:alert(1)", "click: javascript:alert(1)"},
		{"", "!channel", "!channel"},
		{"x", "https://u:p@j/", "x: https://u:p@j/"},
		{"x", "https://j/?a|b>c", "<https://j/?a%7Cb%3Ec|x>"},
		{"x", "https://j/@here/@ann", "<https://j/%40here/@ann|x>"},
		{"long", "https://j/" + strings.Repeat("x", 1000), "long: https://j/" + strings.Repeat("x", 1000)},
	} {
		if got := mrkdwn.Link(test.title, test.address); got != test.want {
			t.Errorf("%q %q: have %q, want %q", test.title, test.address, got, test.want)
		}
	}
	if got, want := mrkdwn.Text("see https://a.example/x?y=1&z=2, (http://b.example) & @here"),
		"see <https://a.example/x?y=1&amp;z=2>, (<http://b.example>) &amp; @\u200bhere"; got != want {
		t.Errorf("have %q, want %q", got, want)
	}
}

func TestOnlyPrincipalsOfSlackAreMentioned(t *testing.T) {
	t.Parallel()
	for principal, want := range map[string]string{
		"slack:U123": "<@U123>", "slack:W1": "<@W1>",
		"telnet:ann": "telnet:ann", "slack-guest:U123": "slack-guest:U123", "slack-T9:U123": "slack-T9:U123",
		"slack:C123": "slack:C123", "slack:U": "slack:U", "slack:U1> <!channel": "slack:U1&gt; &lt;!channel",
		"slack:U1|x": "slack:U1|x", " slack:U1": "slack:U1", "@here": "@\u200bhere",
	} {
		if got := mrkdwn.Person(principal); got != want {
			t.Errorf("%q: have %q, want %q", principal, got, want)
		}
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text  string
		limit int
		want  []string
	}{
		{"short", 40, []string{"short"}},
		{"the first line is this\nand the second is this one", 32, []string{"the first line is this", "and the second is this one"}},
		{"no line ends here but there are words", 32, []string{"no line ends here but there are ", "words"}},
		{strings.Repeat("x", 40), 32, []string{strings.Repeat("x", 32), strings.Repeat("x", 8)}},
		{strings.Repeat("x", 30) + "&amp;y", 32, []string{strings.Repeat("x", 30), "&amp;y"}},
		{
			"```\none line of code\ntwo lines of code\n```", 40,
			[]string{"```\none line of code\n```", "```\ntwo lines of code\n```"},
		},
		{"words before the code\n```\ncode that is long\n```", 34, []string{"words before the code", "```\ncode that is long\n```"}},
		{" \n ", 32, nil},
		{"", 32, nil},
	} {
		got := mrkdwn.Split(test.text, test.limit)
		if strings.Join(got, "¶") != strings.Join(test.want, "¶") || len(got) != len(test.want) {
			t.Errorf("%q: have %q, want %q", test.text, got, test.want)
		}
	}
}

func TestClip(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text, want string
	}{
		{"short", "short"},
		{strings.Repeat("x", 31) + "&amp;", strings.Repeat("x", 31) + "…"},
		{"```\n" + strings.Repeat("y", 40) + "\n```", "```\n" + strings.Repeat("y", 23) + "…\n```"},
	} {
		if got := mrkdwn.Clip(test.text, 32); got != test.want {
			t.Errorf("%q: have %q, want %q", test.text, got, test.want)
		}
	}
}

// nasty draws text that people and programs could have written to break out.
func nasty() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOf(rapid.OneOf(
			rapid.SampledFrom([]string{
				"&", "<", ">", "`", "``", "```", "\n", " ", "@channel", "@here", "<!channel>", "<@U1A>", "<#C1|x>", "&amp;", "&lt;",
				"😀", "👩‍👩‍👧", "é́́", "|", "https://a.example/?b&c", "slack:U1A", "*b*", "@", "channel",
			}),
			rapid.String(),
		)).Draw(t, "parts"), "")
	})
}

const joint = "\u200b"

// plain is text as Undo gives it: without what Escape puts between characters.
func plain(text string) string { return strings.ReplaceAll(text, joint, "") }

func TestWhatIsEscapedIsUndone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := "x " + plain(nasty().Draw(t, "text"))
		if got := mrkdwn.Undo(mrkdwn.Escape(text)); got != text {
			t.Fatalf("%q became %q", text, got)
		}
		if code := strings.Trim(text, "\n"); !strings.Contains(code, "```") {
			if got := mrkdwn.Undo(mrkdwn.Code(code)); got != code {
				t.Fatalf("%q as code became %q", code, got)
			}
		}
	})
}

var (
	live   = regexp.MustCompile(`<[^>]*>|(?i)@(channel|here|everyone|group)`)
	entity = regexp.MustCompile(`&(amp;|lt;|gt;)?`)
)

func harmless(t *rapid.T, text string) {
	if found := live.FindString(text); found != "" {
		t.Fatalf("%q is live in %q", found, text)
	}
	for _, found := range entity.FindAllString(text, -1) {
		if found == "&" {
			t.Fatalf("an entity was cut, or a & was not escaped, in %q", text)
		}
	}
	if !utf8.ValidString(text) {
		t.Fatalf("%q is not UTF-8", text)
	}
}

func TestNothingThatWeSendIsLive(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text, limit := nasty().Draw(t, "text"), rapid.IntRange(32, 80).Draw(t, "limit")
		escaped := mrkdwn.Escape(text)
		if strings.Contains(escaped, "```") {
			t.Fatalf("%q opens a code block", escaped)
		}
		harmless(t, escaped)
		code := mrkdwn.Code(text)
		if n := strings.Count(code, "```"); n != 2 && code != "" {
			t.Fatalf("%q breaks out of its code block", code)
		}
		for _, whole := range []string{escaped, code, escaped + "\n" + code + "\n" + escaped, "```\nnever closed " + strings.Repeat("x", 90) + escaped} {
			for _, part := range append(mrkdwn.Split(whole, limit), mrkdwn.Clip(whole, limit)) {
				harmless(t, part)
				if mrkdwn.Length(part) > limit {
					t.Fatalf("%q is longer than %d", part, limit)
				}
				if strings.Count(part, "```")%2 != 0 {
					t.Fatalf("%q has an open code block", part)
				}
				if strings.Contains(part, "```\n```") {
					t.Fatalf("%q has an empty code block", part)
				}
			}
		}
	})
}

func TestNothingIsLostBySplitting(t *testing.T) {
	t.Parallel()
	seen := strings.NewReplacer("```", "", "\n", "", " ", "")
	space := func(text string) string { return strings.Join(strings.Fields(seen.Replace(text)), "") }
	rapid.Check(t, func(t *rapid.T) {
		text := mrkdwn.Escape(nasty().Draw(t, "before")) + "\n" + mrkdwn.Code(nasty().Draw(t, "code"))
		parts := mrkdwn.Split(text, rapid.IntRange(32, 80).Draw(t, "limit"))
		if got, want := space(strings.Join(parts, "")), space(text); got != want {
			t.Fatalf("%q became %q", want, got)
		}
	})
}

func FuzzUndo(f *testing.F) {
	for _, seed := range []string{"<@U1|x> &amp; <https://a|b>", "```x```", "<!date^1^x|y>", "<", "<|>", "<:>", "&amp", "`<`>", "<!^|>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := mrkdwn.Undo(text)
		if len(got) > len(text)+strings.Count(text, "<")*len("slack-group:") {
			t.Errorf("%q grew to %q", text, got)
		}
		if utf8.ValidString(text) && !utf8.ValidString(got) {
			t.Errorf("%q became %q, which is not UTF-8", text, got)
		}
		if !strings.ContainsAny(text, "<&`"+joint) && got != text {
			t.Errorf("%q without markup became %q", text, got)
		}
	})
}

func FuzzMention(f *testing.F) {
	for _, seed := range []string{"<@U0BOT> jobs", "hey <@U0BOT>", "```<@U0BOT>", "<<@U0BOT>", "\n<@U0BOT|x>:y", "<@U0BOT"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rest, where := mrkdwn.Mention(text, "U0BOT")
		if !strings.Contains(text, rest) {
			t.Errorf("%q: the rest %q was not said", text, rest)
		}
		if where != mrkdwn.Nowhere && !strings.Contains(text, "<@U0BOT") {
			t.Errorf("%q mentions nobody", text)
		}
		if where != mrkdwn.AtStart && rest != text {
			t.Errorf("%q lost something: %q", text, rest)
		}
	})
}
