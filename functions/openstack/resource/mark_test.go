package resource

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func marks() *rapid.Generator[Mark] {
	return rapid.Custom(func(t *rapid.T) Mark {
		return Mark{
			Bot: rapid.StringMatching(`([a-z0-9][a-z0-9-]{0,23})?`).Draw(t, "bot"),
			Env: rapid.StringMatching(`[a-z][a-z0-9-]{0,40}`).Draw(t, "env"), Job: rapid.StringMatching(`[A-Za-z0-9._-]{1,40}`).Draw(t, "job"),
			Item: rapid.StringMatching(`[a-z0-9][a-z0-9._-]{0,59}`).Draw(t, "item"),
		}
	})
}

func TestAMarkComesBackFromWhereverItWasPut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := marks().Draw(t, "mark")
		before := rapid.StringMatching(`([a-z:=]{1,8} ){0,3}`).Draw(t, "before")
		if back, ok := ParseMark(before + m.String() + " handsoff:rules=3"); !ok || back != m {
			t.Errorf("from the description: %+v", back)
		}
		if back, ok := markOfMetadata(m.Metadata()); !ok || back != m {
			t.Errorf("from metadata: %+v", back)
		}
		if back, ok := markOfWords(append([]string{ourTag, "web"}, m.Words()...)); !ok || back != m {
			t.Errorf("from tags: %+v", back)
		}
		short := Mark{Bot: m.Bot, Env: m.Env, Item: m.Item}
		if back, ok := markOfName(nameOfMark(m)); !ok || back != short {
			t.Errorf("from the name %q: %+v", nameOfMark(m), back)
		}
	})
}

// A description of Neutron holds 255 characters, a tag of Nova 60 and one of Heat 80 without commas, and the name of a key pair letters, digits, dashes,
// underscores and spaces, 255 of them.
func TestAMarkFitsWhereItIsPut(t *testing.T) {
	t.Parallel()
	longest := Mark{Bot: strings.Repeat("b", longestBot), Env: "e" + strings.Repeat("-", 40), Job: strings.Repeat("J", 40), Item: strings.Repeat("i", LongestItem)}
	if !longest.Valid() {
		t.Fatal("the longest mark is not valid")
	}
	if n := len(longest.String() + " " + rulesWord + "1000"); n > 255 {
		t.Errorf("the description has %d characters", n)
	}
	for _, word := range longest.Words() {
		if len(word) > 80 || strings.Contains(word, ",") {
			t.Errorf("the tag %q has %d characters", word, len(word))
		}
	}
	if tag := markEnv + "=" + longest.Env; len(tag) > 60 {
		t.Errorf("the tag %q has %d characters", tag, len(tag))
	}
	rapid.Check(t, func(t *rapid.T) {
		name := nameOfMark(marks().Draw(t, "mark"))
		if strings.Trim(name, "_- 0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || len(name) > 255 {
			t.Errorf("the name %q", name)
		}
	})
}

func TestWhatIsNoMark(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "handsoff:job=j1 handsoff:item=net", "handsoff:env=", "handsoff:env=Demo", "handsoff:env=demo handsoff:env=other",
		"handsoff:env=demo handsoff:item=../x", "handsoff:env=demo,handsoff:item=x", "xhandsoff:env=demo", "handsoff:env=demo handsoff:item=a handsoff:item=a",
		"handsoff:env=demo\x00", "handsoff:env=" + strings.Repeat("a", 42),
	} {
		if m, ok := ParseMark(text); ok || m != (Mark{}) {
			t.Errorf("%q is read as %+v", text, m)
		}
	}
	for _, name := range []string{"", "demo-key", "handsoff_", "handsoff_demo", "handsoff_demo_", "handsoff_Demo_key", "handsoff_demo_a/b", "handsoff__key", "handsoff-_demo_key", "handsoffs_demo_key", "handsoff-A_demo_key"} {
		if m, ok := markOfName(name); ok || m != (Mark{}) {
			t.Errorf("the name %q is read as %+v", name, m)
		}
	}
}

func TestWhoseAThingIs(t *testing.T) {
	t.Parallel()
	m := Mark{Env: "demo", Job: "j1", Item: "net"}
	for want, is := range map[Mark]bool{
		{}: true, {Env: "demo"}: true, {Env: "demo", Item: "net"}: true, {Env: "demo", Job: "j2"}: true, {Item: "net"}: true,
		{Env: "dem"}: false, {Env: "demo", Item: "ne"}: false, {Bot: "other"}: false, {Bot: "other", Env: "demo", Item: "net"}: false,
	} {
		if m.Bears(want) != is {
			t.Errorf("%v bears %v: %v", m, want, !is)
		}
	}
	if ours := (Mark{Bot: "ops", Env: "demo"}); ours.Bears(Mark{Env: "demo"}) || !ours.Bears(Mark{Bot: "ops"}) {
		t.Error("a bot's thing is another's")
	}
	if (Mark{}).Bears(Mark{}) {
		t.Error("what has no mark bears one")
	}
}

// Every name has a word of its own, and the name itself is it where it can be.
func TestTheWordOfABot(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"": "", "handsoff": "handsoff", "ops-2": "ops-2", "Ops Bot": "ops-bot-", "ops_bot": "ops-bot-"} {
		if got := BotWord(name); !strings.HasPrefix(got, want) || strings.HasSuffix(want, "-") == (got == want) {
			t.Errorf("the word of %q is %q", name, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		one, other := rapid.StringN(1, 60, -1).Draw(t, "one"), rapid.StringN(1, 60, -1).Draw(t, "other")
		word := BotWord(one)
		if m := (Mark{Bot: word, Env: "demo", Item: "key"}); !m.Valid() {
			t.Errorf("the word of %q is %q", one, word)
		}
		if one != other && word == BotWord(other) {
			t.Errorf("%q and %q have the same word", one, other)
		}
	})
}

func FuzzParseMark(f *testing.F) {
	for _, seed := range []string{
		"handsoff:env=demo handsoff:job=k3f7 handsoff:item=net", "Ann's: handsoff:env=a", "handsoff:env=demo handsoff:env=demo", "handsoff:item=x", "\xff=\x00",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, ok := ParseMark(text)
		if !ok {
			if m != (Mark{}) {
				t.Errorf("%q is no mark, and yet %+v", text, m)
			}
			return
		}
		if !m.Valid() {
			t.Errorf("%q gives %+v, which is not valid", text, m)
		}
		if back, ok := ParseMark(m.String()); !ok || back != m {
			t.Errorf("%q gives %+v, which comes back as %+v", text, m, back)
		}
		if name, ok := markOfName(text); ok && name.Item == "" {
			t.Errorf("the name %q gives %+v", text, name)
		}
	})
}
