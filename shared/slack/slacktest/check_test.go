package slacktest_test

import (
	"slices"
	"strings"
	"testing"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/slack/slacktest"
)

func plain(n int) *goslack.TextBlockObject {
	return goslack.NewTextBlockObject("plain_text", strings.Repeat("x", n), false, false)
}

func mrkdwn(text string) *goslack.TextBlockObject {
	return goslack.NewTextBlockObject("mrkdwn", text, false, true)
}

func button(id string, label, value int) *goslack.ButtonBlockElement {
	return goslack.NewButtonBlockElement(id, strings.Repeat("v", value), plain(label))
}

func confirmed(title, text, yes, no int) *goslack.ButtonBlockElement {
	return button("a", 1, 1).WithConfirm(goslack.NewConfirmationBlockObject(plain(title), plain(text), plain(yes), plain(no)))
}

func option(value string, n int) *goslack.OptionBlockObject {
	return goslack.NewOptionBlockObject(value, plain(n), nil)
}

func menu(options ...*goslack.OptionBlockObject) *goslack.SelectBlockElement {
	return goslack.NewOptionsSelectBlockElement("static_select", nil, "m", options...)
}

func section(n int) goslack.Block { return goslack.NewSectionBlock(plain(n), nil, nil) }

func actions(elements ...goslack.BlockElement) goslack.Block {
	return goslack.NewActionBlock("", elements...)
}

// many repeats a block.
func many(n int, block goslack.Block) []goslack.Block {
	return slices.Repeat([]goslack.Block{block}, n)
}

func TestCheckMessage(t *testing.T) {
	t.Parallel()
	chosen := menu(option("a", 1))
	chosen.InitialOption = option("b", 1)
	for _, test := range []struct {
		name   string
		blocks []goslack.Block
		text   string
		want   string // part of the complaint; empty when there is none
	}{
		{"only text", nil, "hi", ""},
		{"nothing", nil, "", "no_text"},
		{"text as long as may be", nil, strings.Repeat("x", 4000), ""},
		{"text too long", nil, strings.Repeat("x", 4001), "text: 4001 characters"},
		{"emoji count twice", nil, strings.Repeat("😀", 2001), "text: 4002 characters"},
		{"fifty blocks", many(50, goslack.NewDividerBlock()), "", ""},
		{"too many blocks", many(51, goslack.NewDividerBlock()), "", "51 blocks"},
		{"a section", many(1, section(3000)), "", ""},
		{"an empty section", many(1, section(0)), "", "blocks[0].text: 0 characters"},
		{"a section too long", many(1, section(3001)), "", "blocks[0].text: 3001 characters"},
		{"a section of nothing", many(1, goslack.NewSectionBlock(nil, nil, nil)), "", "needs text or fields"},
		{"too many fields", many(1, goslack.NewSectionBlock(nil, slices.Repeat([]*goslack.TextBlockObject{plain(1)}, 11), nil)), "", "11 fields"},
		{"a field too long", many(1, goslack.NewSectionBlock(nil, []*goslack.TextBlockObject{plain(2001)}, nil)), "", "fields[0]: 2001"},
		{"all together too long", many(4, section(2900)), "", "msg_blocks_too_long"},
		{"a header", many(1, goslack.NewHeaderBlock(plain(150))), "", ""},
		{"a header too long", many(1, goslack.NewHeaderBlock(plain(151))), "", "151 characters"},
		{"a header with markup", many(1, goslack.NewHeaderBlock(mrkdwn("x"))), "", `"mrkdwn" may not stand here`},
		{"context", many(1, goslack.NewContextBlock("", mrkdwn("x"))), "", ""},
		{"empty context", many(1, goslack.NewContextBlock("")), "", "0 elements"},
		{"too much context", many(1, goslack.NewContextBlock("", slices.Repeat([]goslack.MixedElement{plain(1)}, 11)...)), "", "11 elements"},
		{"buttons", []goslack.Block{actions(button("a", 75, 2000), button("b", 1, 0))}, "", ""},
		{"no buttons", []goslack.Block{actions()}, "", "0 elements"},
		{"a label too long", []goslack.Block{actions(button("a", 76, 1))}, "", "text: 76 characters"},
		{"a value too long", []goslack.Block{actions(button("a", 1, 2001))}, "", "value: 2001 characters"},
		{"an action_id twice", []goslack.Block{actions(button("a", 1, 1), button("a", 1, 1))}, "", `"a" is there twice`},
		{"an action_id too long", []goslack.Block{actions(button(strings.Repeat("a", 256), 1, 1))}, "", "action_id: 256"},
		{"an address too long", []goslack.Block{actions(button("a", 1, 1).WithURL(strings.Repeat("u", 3001)))}, "", "url: 3001"},
		{"a strange style", []goslack.Block{actions(button("a", 1, 1).WithStyle("loud"))}, "", "neither primary nor danger"},
		{"a question", []goslack.Block{actions(confirmed(100, 300, 30, 30))}, "", ""},
		{"a question's title", []goslack.Block{actions(confirmed(101, 1, 1, 1))}, "", "confirm.title: 101"},
		{"a question's text", []goslack.Block{actions(confirmed(1, 301, 1, 1))}, "", "confirm.text: 301"},
		{"a question's yes", []goslack.Block{actions(confirmed(1, 1, 31, 1))}, "", "confirm.confirm: 31"},
		{"a question without a no", []goslack.Block{actions(confirmed(1, 1, 1, 0))}, "", "confirm.deny: 0"},
		{"a block_id twice", []goslack.Block{goslack.NewActionBlock("b", button("a", 1, 1)), goslack.NewActionBlock("b", button("a", 1, 1))}, "", `"b" is there twice`},
		{"a menu", []goslack.Block{actions(menu(option("a", 75)))}, "", ""},
		{"an empty menu", []goslack.Block{actions(menu())}, "", "0 options"},
		{"an option too long", []goslack.Block{actions(menu(option("a", 76)))}, "", "text: 76"},
		{"an option's value", []goslack.Block{actions(menu(option(strings.Repeat("v", 151), 1)))}, "", "value: 151"},
		{"an option twice", []goslack.Block{actions(menu(option("a", 1), option("a", 1)))}, "", `"a" is there twice`},
		{"chosen elsewhere", []goslack.Block{actions(chosen)}, "", "is none of the options"},
		{"a text field in a message's buttons", []goslack.Block{actions(goslack.NewPlainTextInputBlockElement(nil, "x"))}, "", "may not stand in actions"},
		{"a strange block", many(1, &goslack.UnknownBlock{Type: "poem"}), "", "poem"},
	} {
		err := slacktest.CheckMessage(test.blocks, test.text)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: have %v, want %q", test.name, err, test.want)
		}
	}
}

func TestCheckView(t *testing.T) {
	t.Parallel()
	view := func(change func(*goslack.ModalViewRequest)) goslack.ModalViewRequest {
		v := goslack.ModalViewRequest{Type: "modal", Title: plain(24), Submit: plain(24), Blocks: goslack.Blocks{BlockSet: many(100, section(1))}}
		change(&v)
		return v
	}
	input := goslack.NewInputBlock("i", plain(1), nil, goslack.NewPlainTextInputBlockElement(nil, "x"))
	for _, test := range []struct {
		name, want string
		view       goslack.ModalViewRequest
	}{
		{"a view", "", view(func(*goslack.ModalViewRequest) {})},
		{"a home", "", view(func(v *goslack.ModalViewRequest) { v.Type, v.Title = "home", nil })},
		{"no title", "title: a text object is needed", view(func(v *goslack.ModalViewRequest) { v.Title = nil })},
		{"a title too long", "title: 25", view(func(v *goslack.ModalViewRequest) { v.Title = plain(25) })},
		{"too many blocks", "101 blocks", view(func(v *goslack.ModalViewRequest) { v.Blocks.BlockSet = many(101, section(1)) })},
		{"metadata", "private_metadata: 3001", view(func(v *goslack.ModalViewRequest) { v.PrivateMetadata = strings.Repeat("x", 3001) })},
		{"an input", "", view(func(v *goslack.ModalViewRequest) { v.Blocks.BlockSet = []goslack.Block{input} })},
		{"an input without a submit", "needs it", view(func(v *goslack.ModalViewRequest) { v.Blocks.BlockSet, v.Submit = []goslack.Block{input}, nil })},
		{"a strange type", "neither modal nor home", view(func(v *goslack.ModalViewRequest) { v.Type = "page" })},
	} {
		err := slacktest.CheckView(test.view)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: have %v, want %q", test.name, err, test.want)
		}
	}
}

func TestLive(t *testing.T) {
	t.Parallel()
	blocks := []goslack.Block{
		goslack.NewSectionBlock(mrkdwn("<@U1> and <!here> at <https://x.example>"), nil, nil),
		actions(goslack.NewButtonBlockElement("a", "<@U9>", goslack.NewTextBlockObject("plain_text", "@channel", false, false))),
	}
	got := slacktest.Live(blocks, "<@U1> @everyone &lt;!channel&gt;")
	if want := []string{"<!here>", "<@U1>", "@everyone"}; !slices.Equal(got, want) {
		t.Errorf("have %q, want %q", got, want)
	}
}
