package slack_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/local-provider/sandbox/pagetest"
	"github.com/handsoff/handsoff/local-provider/sandbox/slack"
)

// A tab drives the page.
type tab struct {
	*stage
	*pagetest.Tab
}

func openTab(t *testing.T, s *stage) *tab {
	t.Helper()
	b := &tab{s, pagetest.Open(t, pagetest.Options{Width: 1200, Height: 800, Shots: "SANDBOX_SLACK_SHOTS"})}
	b.Do(chromedp.Navigate(s.url+"/#token="+appToken), pagetest.Visible("#composer"))
	return b
}

// jobCard is a message like that of a running job.
func jobCard(state string, buttons ...goslack.BlockElement) []goslack.MsgOption {
	mark := func(text string) *goslack.TextBlockObject {
		return goslack.NewTextBlockObject("mrkdwn", text, false, false)
	}
	blocks := []goslack.Block{
		goslack.NewSectionBlock(mark("*jenkins build demo/slow* `seconds=30`\nasked by <@U0ANN> in <#C0OPS|ops>"), nil, nil),
		goslack.NewSectionBlock(mark(state), []*goslack.TextBlockObject{mark("*Step*\nbuilding"), mark("*ETA*\n20 s")}, nil),
		goslack.NewContextBlock("", mark("job `k7qx` · <https://jenkins.example.com/job/demo|demo/slow #7>")),
	}
	if len(buttons) > 0 {
		blocks = append(blocks, goslack.NewActionBlock("job", buttons...))
	}
	return []goslack.MsgOption{goslack.MsgOptionText("jenkins build demo/slow", false), goslack.MsgOptionBlocks(blocks...)}
}

func plain(text string) *goslack.TextBlockObject {
	return goslack.NewTextBlockObject("plain_text", text, false, false)
}

func cancelButton() *goslack.ButtonBlockElement {
	cancel := goslack.NewButtonBlockElement("command:0", `{"command":"cancel","args":{"id":"k7qx"}}`, plain("Cancel"))
	cancel.Style = goslack.StyleDanger
	cancel.Confirm = goslack.NewConfirmationBlockObject(plain("Cancel the job?"), plain("It stops as soon as Jenkins stopped."),
		plain("Cancel it"), plain("Leave it"))
	cancel.Confirm.Style = goslack.StyleDanger
	return cancel
}

// TestConversationInBrowser is a day with the bot, as a person has it.
func TestConversationInBrowser(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.answers(func(rq received) (int, string, string) {
		if strings.Contains(rq.body, "command=%2Fhandsoff") {
			return http.StatusOK, "application/json", `{"response_type":"ephemeral","text":"*Commands you may use*\n• ` +
				"`jobs` what runs\\n• `help <command>`\"}"
		}
		return http.StatusOK, "", ""
	})
	b := openTab(t, s)
	b.Sees("#messages", "This is the beginning of #general")
	b.Shot("empty")

	b.Click(".try", "/handsoff help")
	b.Do(pagetest.Type("#composer", "\r"))
	b.Sees(".message.only-you", "Commands you may use")
	b.Sees(".message.only-you strong", "Commands you may use")
	b.Shot("slash")

	s.say("bob", slack.Saying{Channel: "#general", Text: "good morning, see https://example.com/a?b=1&c=2 and `code` <b>no html</b> @ann"})
	s.say("bob", slack.Saying{Channel: "#general", Text: "*bold* _italic_ ~struck~ a_b_c 2*3*4\n> quoted\nthen\n```\nline one\n  line two\n```"})
	b.Sees(".message .mention.me", "@ann")
	b.Sees(".message pre", "line one\n  line two")
	b.Sees(".message", "<b>no html</b>")
	b.Sees(".message s", "struck")
	b.Sees(".message", "a_b_c 2*3*4")
	b.Shot("text")

	ts := s.post(slack.Ops, jobCard("`██████░░░░░░░░` 42 %", cancelButton(), goslack.NewButtonBlockElement("command:1", "log", plain("Log")))...)
	b.Sees("#channels .unread", "ops")
	b.Click("#channels button", "ops")
	b.Sees(".message .block", "42 %")
	b.Shot("job")
	b.Click(".message .button.danger", "Cancel")
	b.Sees("dialog.confirm", "It stops as soon as Jenkins stopped.")
	b.Shot("confirm")
	b.Click("dialog.confirm .button.danger", "Cancel it")
	b.Until("!document.querySelector('dialog[open]')")
	for {
		rq := s.next()
		if !strings.HasPrefix(rq.body, "payload=") {
			continue
		}
		if got := rq.payload(t); got["type"] == "block_actions" {
			break
		}
	}
	if _, _, _, err := s.web.UpdateMessageContext(t.Context(), slack.Ops, ts, jobCard("*Cancelled* by <@U0ANN>")...); err != nil {
		t.Fatal(err)
	}
	b.Sees(".message .block", "Cancelled by @ann")
	b.Until("!document.querySelector('.message .button')")

	s.post(slack.Ops, goslack.MsgOptionText("what happened: asked, signalled, confirmed", false), goslack.MsgOptionTS(ts))
	b.Click(".message .replies", "1 reply")
	b.Sees("#replies", "asked, signalled")
	b.Do(pagetest.Type("#composer-thread", "why\r"))
	b.Sees("#replies .message", "why")
	b.Shot("thread")
	b.Do(chromedp.EmulateViewport(390, 760, chromedp.EmulateMobile))
	b.Shot("phone-thread")
	b.Do(pagetest.Click("#thread-close"))
	b.Sees("#messages", "Cancelled")
	b.Shot("phone")
	b.Do(pagetest.Click("#menu"))
	b.Sees("#sidebar", "general")
	b.Shot("phone-menu")
}
