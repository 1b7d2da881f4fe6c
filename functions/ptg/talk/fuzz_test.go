package talk_test

import (
	"context"
	"testing"
	"unicode/utf8"

	"github.com/handsoff/handsoff/functions/ptg/exchange"
	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/functions/ptg/talk"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// speakers are who says something in fuzz tests: everybody, one without an account, an operator, an administrator.
var speakers = []string{"ann", "bob~", "op", "root", "zed", "voiced", "boss"}

// Whatever is said, the answer is a text that can be shown, and what is then known of the event can be written and read.
func FuzzSay(f *testing.F) {
	for _, line := range []string{
		"#nova now Cells \x02bold\x02", "#swift book \"Blanca Peak - East\" mon 9:00-12", "+in #nova", "~motd add info hi", "~motd reorder 2 1 1",
		"#nova color rgb(", "+subscribe (a+)+$", "+subscribe nova,swift", "~add a b c/d", "~del nova", "#nova unbook MonA1, TueA1", "~restore 2h",
		"#nova moderators add bob slack:U1", "ptg", "@denver #nova next x", "@ x", "#status alert x", "link x", "undo 2", "history nova 99999999999", "free to",
		"#nova book “Ballroom", "#ironic book Vail 25:00", "~~", "#", "+", "#\u200b", "~fetchdb x replace", "#nova book Aspen-Mon-A1 at on in and",
	} {
		f.Add(line, byte(0), true)
		f.Add(line, byte(2), false)
	}
	s := newStage(f)
	f.Fuzz(func(t *testing.T, line string, who byte, overheard bool) {
		if !utf8.ValidString(line) || len(line) > command.MaxText {
			return // the function command hands on neither
		}
		s.TB = t
		clear(s.world.paced)
		where := ""
		if overheard {
			where = channel
		}
		answer, err := s.talk.Say(context.Background(), s.saying(speakers[int(who)%len(speakers)], where, line, overheard))
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if answer.Text != chat.Clean(answer.Text) {
			t.Errorf("%q is answered %q", line, answer.Text)
		}
		if silent := answer.Problem != nil && answer.Problem.Code == command.CodeOverheard; silent && (!overheard || answer.Text != "") {
			t.Errorf("%q was said to the bot, and left alone", line)
		}
		if n := len(s.world.asked); n > 0 {
			deed := s.world.asked[n-1]
			s.world.asked = nil
			_, err := s.talk.Do(context.Background(), deed, gathering.Author{Principal: "irc:oftc/op", Name: "op"}, "")
			if _, theirs := talk.IsMistake(err); err != nil && !theirs {
				t.Fatalf("%+v: %v", deed, err)
			}
		}
		if _, err := exchange.Read([]byte(s.export())); err != nil {
			t.Errorf("after %q the event cannot be read: %v\n%s", line, err, s.export())
		}
	})
}

// What stands in quotes is one word, and nothing else is lost.
func FuzzTokens(f *testing.F) {
	for _, text := range []string{"", `a "b c"-d e`, "“x y”z, w", `"`, `a"b c"`, ",,,", "x\u00a0y"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, word := range talk.Tokens(text) {
			if word == "" {
				t.Errorf("%q has a word of nothing", text)
			}
		}
	})
}
