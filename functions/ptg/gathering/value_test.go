package gathering_test

import (
	"strings"
	"testing"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

func TestColors(t *testing.T) {
	t.Parallel()
	for css, want := range map[string][4]int{
		"#fff": {255, 255, 255, 1}, "#1a2B3c": {0x1a, 0x2b, 0x3c, 1}, "RebeccaPurple": {0x66, 0x33, 0x99, 1}, "grey": {128, 128, 128, 1},
		"": {}, "#ff": {}, "#ffff": {}, "#ff00ff00": {}, "fff": {}, "rgb(1,2,3)": {}, "#ggg": {}, "red\n": {}, "inherit": {}, "transparent": {},
	} {
		kept, err := gathering.CheckColor(css)
		r, g, b, ok := gathering.RGB(css)
		if (err == nil) != (want[3] == 1) || ok != (want[3] == 1) || int(r) != want[0] || int(g) != want[1] || int(b) != want[2] {
			t.Errorf("%q: %d %d %d %v (%v)", css, r, g, b, ok, err)
		}
		if err == nil && kept != gathering.Key("#"+css) {
			t.Errorf("%q is kept as %q", css, kept)
		}
	}
	names := gathering.ColorNames()
	if len(names) != 148 {
		t.Errorf("%d names", len(names))
	}
	for _, css := range append(names, gathering.Palette...) {
		if _, _, _, ok := gathering.RGB(css); !ok {
			t.Errorf("%s is no colour", css)
		}
	}
}

func TestURLs(t *testing.T) {
	t.Parallel()
	for address, fine := range map[string]bool{
		"https://meet.example/x?a=b&c=d#e": true, "http://[::1]:8080/": true, "HTTPS://Example.org": true, "https://münchen.example/ä": true,
		"https://" + strings.Repeat("a", 993): false,
		"javascript:alert(1)":                 false, "JaVaScRiPt://x/%0aalert(1)": false, "data:text/html,x": false, "ftp://x": false, "//host/x": false,
		"https://": false, "https:///x": false, "https://u:p@host/": false, "https://u@host": false, "meet.example": false, "": false,
		`https://x/" onclick="x`: false, "https://x/<b>": false, "https://x/a b": false, "https://x/\x00": false, "https://x/\n": false, `https://x/\`: false,
		"https://x/{a}": false, "https://x:port/": false, "https://x/%zz": false,
	} {
		if kept, err := gathering.CheckURL(address); (err == nil) != fine || err == nil && kept != address {
			t.Errorf("%q: %q %v", address, kept, err)
		}
	}
}

// TestPatterns match as ptgbot's did, and say what RE2 lacks.
func TestPatterns(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern, track, verb, text string
		match                      bool
	}{
		{"#nova", "Nova", "now", "x", true},
		{"#NOVA", "nova", "now", "x", true},
		{"swift", "nova", "now", "discussing with Swift", true},
		{"#swift|#nova next", "nova", "now", "x", false},
		{"#swift|#nova next", "nova", "next", "x", true},
		{"^now", "nova", "now", "x", false},
		{"x$", "nova", "now", "x", true},
		{"(?-i:X)", "nova", "now", "x", false},
		{"(a+)+$", "nova", "now", strings.Repeat("a", 900) + "!", false},
	} {
		sub := gathering.Subscription{Pattern: test.pattern}
		if sub.Matches(test.track, test.verb, test.text) != test.match {
			t.Errorf("%s: %+v", test.pattern, test)
		}
	}
	tracks := gathering.Subscription{Tracks: []string{"nova", "swift"}}
	if !tracks.Matches("NOVA", "now", "x") || tracks.Matches("heat", "now", "nova") || tracks.Regexp() != "^#(nova|swift) " {
		t.Error(tracks.Regexp())
	}
	const re2 = "; subscriptions are RE2 (https://github.com/google/re2/wiki/Syntax)"
	for pattern, words := range map[string]string{
		"***":                    "Invalid regex: missing argument to repetition operator: `*`",
		"(":                      "Invalid regex: missing closing ): `(`",
		"a)|(b":                  "Invalid regex: unexpected ): `a)|(b`",
		"#nova(?!.*docs)":        "Invalid regex: negative look-ahead (?!…) is not supported" + re2,
		"(?<=#)nova":             "Invalid regex: look-behind (?<=…) is not supported" + re2,
		`(a)\1`:                  `Invalid regex: a back-reference \1 is not supported` + re2,
		"a*+":                    "Invalid regex: a possessive repetition *+ is not supported" + re2,
		strings.Repeat("a", 201): "Invalid regex: it has 201 bytes; 200 are the most",
	} {
		_, err := gathering.CompilePattern(pattern)
		refused(t, err, gathering.ErrInvalid, words)
	}
	if (&gathering.Subscription{Pattern: "("}).Matches("nova", "now", "x") {
		t.Error("what is no pattern matches nothing")
	}
}

// TestSubscribe keeps one subscription a person, and says what it was before.
func TestSubscribe(t *testing.T) {
	t.Parallel()
	d := draft(t)
	sub := func(s gathering.Subscription) (*gathering.Subscription, error) {
		s.Address = "slack:D1"
		return d.Subscribe("slack:U1", s)
	}
	if before, err := sub(gathering.Subscription{Pattern: "a"}); before != nil || err != nil {
		t.Error(before, err)
	}
	if before, err := sub(gathering.Subscription{Tracks: []string{"#NOVA", "swift"}}); before == nil || before.Pattern != "a" || err != nil {
		t.Error(before, err)
	}
	if s := d.Subscriptions["slack:U1"]; s.Regexp() != "^#(nova|swift) " || !s.At.Equal(monday) {
		t.Errorf("%+v", s)
	}
	_, err := sub(gathering.Subscription{Tracks: []string{"nova", "svift"}})
	refused(t, err, gathering.ErrNoTrack, "Unknown track 'svift'")
	_, err = sub(gathering.Subscription{})
	refused(t, err, gathering.ErrInvalid, "A subscription names tracks, or a pattern")
	_, err = d.Subscribe("slack:U1", gathering.Subscription{Pattern: "a"})
	refused(t, err, gathering.ErrInvalid, "There is nowhere to tell you of anything")
	if before, err := d.Unsubscribe("slack:U1"); err != nil || len(before.Tracks) != 2 {
		t.Error(before, err)
	}
	_, err = d.Unsubscribe("slack:U1")
	refused(t, err, gathering.ErrNone, "You don't have a subscription regex set yet")
}
