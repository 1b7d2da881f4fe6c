package slack_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/local-provider/sandbox/slack"
)

// browserTime is how long a conversation in the browser may take.
const browserTime = 2 * time.Minute

// browser starts a chromium, or skips the test where there is none (fails where everything must be tried).
func browser(t *testing.T) context.Context {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium is not installed")
		}
		t.Skip("chromium is not installed")
	}
	ctx, cancel := context.WithTimeout(t.Context(), browserTime)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("chromium"), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true),
		chromedp.WindowSize(1200, 800),
	)...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithErrorf(t.Logf))
	t.Cleanup(func() { // waits until it has ended, so that its folder can be removed
		_ = chromedp.Cancel(ctx)
		cancel()
	})
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			t.Errorf("the page threw: %s", e.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.APITypeError {
				t.Errorf("the page complained: %s", mustText(e.Args))
			}
		}
	})
	return ctx
}

func mustText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// A tab drives the page.
type tab struct {
	*stage
	ctx context.Context
}

func openTab(t *testing.T, s *stage) *tab {
	t.Helper()
	b := &tab{stage: s, ctx: browser(t)}
	b.do(chromedp.Navigate(s.url+"/#token="+appToken), chromedp.WaitVisible("#composer", chromedp.ByQuery))
	return b
}

func (b *tab) do(actions ...chromedp.Action) {
	b.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		var page string
		_ = chromedp.Run(b.ctx, chromedp.Text("body", &page, chromedp.ByQuery))
		b.Fatalf("%v\nthe page says:\n%s", err, page)
	}
}

// sees waits until a text is to be read somewhere below a selector.
func (b *tab) sees(selector, text string) {
	b.Helper()
	query := "[...document.querySelectorAll(" + mustText(selector) + ")].some(n => n.checkVisibility() && n.innerText.includes(" + mustText(text) + "))"
	b.until(query)
}

func (b *tab) until(expression string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	var ok bool
	if err := chromedp.Run(ctx, chromedp.Poll(expression, &ok, chromedp.WithPollingInterval(50*time.Millisecond))); err != nil {
		var page string
		_ = chromedp.Run(b.ctx, chromedp.Text("body", &page, chromedp.ByQuery))
		b.Fatalf("%s: %v\nthe page says:\n%s", expression, err, page)
	}
}

// click clicks the first thing below a selector that has a text.
func (b *tab) click(selector, text string) {
	b.Helper()
	find := "[...document.querySelectorAll(" + mustText(selector) + ")].find(n => n.checkVisibility() && n.innerText.trim().includes(" + mustText(text) + "))"
	b.until("Boolean(" + find + ")")
	b.do(chromedp.Evaluate(find+".click()", nil))
}

// shot keeps a picture, where SANDBOX_SLACK_SHOTS says.
func (b *tab) shot(name string) {
	b.Helper()
	dir := os.Getenv("SANDBOX_SLACK_SHOTS")
	if dir == "" {
		return
	}
	var png []byte
	b.do(chromedp.Sleep(300*time.Millisecond), chromedp.CaptureScreenshot(&png))
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
		b.Error(err)
	}
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
	b.sees("#messages", "This is the beginning of #general")
	b.shot("empty")

	b.click(".try", "/handsoff help")
	b.do(chromedp.SendKeys("#composer", "\r", chromedp.ByQuery))
	b.sees(".message.only-you", "Commands you may use")
	b.sees(".message.only-you strong", "Commands you may use")
	b.shot("slash")

	s.say("bob", slack.Saying{Channel: "#general", Text: "good morning, see https://example.com/a?b=1&c=2 and `code` <b>no html</b> @ann"})
	s.say("bob", slack.Saying{Channel: "#general", Text: "*bold* _italic_ ~struck~ a_b_c 2*3*4\n> quoted\nthen\n```\nline one\n  line two\n```"})
	b.sees(".message .mention.me", "@ann")
	b.sees(".message pre", "line one\n  line two")
	b.sees(".message", "<b>no html</b>")
	b.sees(".message s", "struck")
	b.sees(".message", "a_b_c 2*3*4")
	b.shot("text")

	ts := s.post(slack.Ops, jobCard("`██████░░░░░░░░` 42 %", cancelButton(), goslack.NewButtonBlockElement("command:1", "log", plain("Log")))...)
	b.sees("#channels .unread", "ops")
	b.click("#channels button", "ops")
	b.sees(".message .block", "42 %")
	b.shot("job")
	b.click(".message .button.danger", "Cancel")
	b.sees("dialog.confirm", "It stops as soon as Jenkins stopped.")
	b.shot("confirm")
	b.click("dialog.confirm .button.danger", "Cancel it")
	b.until("!document.querySelector('dialog[open]')")
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
	b.sees(".message .block", "Cancelled by @ann")
	b.until("!document.querySelector('.message .button')")

	s.post(slack.Ops, goslack.MsgOptionText("what happened: asked, signalled, confirmed", false), goslack.MsgOptionTS(ts))
	b.click(".message .replies", "1 reply")
	b.sees("#replies", "asked, signalled")
	b.do(chromedp.SendKeys("#composer-thread", "why\r", chromedp.ByQuery))
	b.sees("#replies .message", "why")
	b.shot("thread")
	b.do(chromedp.EmulateViewport(390, 760, chromedp.EmulateMobile))
	b.shot("phone-thread")
	b.do(chromedp.Click("#thread-close", chromedp.ByQuery))
	b.sees("#messages", "Cancelled")
	b.shot("phone")
	b.do(chromedp.Click("#menu", chromedp.ByQuery))
	b.sees("#sidebar", "general")
	b.shot("phone-menu")
}
