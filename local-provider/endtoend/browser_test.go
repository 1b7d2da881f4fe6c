package endtoend

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/handsoff/handsoff/local-provider/sandbox/pagetest"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/need"
)

// TestBrowser is what somebody does who opens the sandbox's Slack for the first time: a command, its card, Cancel, Home, and
// the form. HANDSOFF_SCREENSHOTS names a folder for pictures of it.
func TestBrowser(t *testing.T) {
	t.Parallel()
	s := start(t)
	ctx := browser(t)
	w := s.workspace()
	ann := w.join("ann")
	b := &tab{workspace: w, ctx: ctx, pictures: pictures(t)}
	b.do(chromedp.Navigate(w.ports.SlackURL()+"/#token="+w.token), pagetest.Visible("#composer"))

	const line = "jenkins build demo/slow seconds=900"
	b.typeIn("#composer", "/handsoff "+line+"\r")
	b.sees(".message .block", line)
	at := b.percent(0)
	b.picture("card")
	b.percent(at)
	b.picture("moved")

	b.click(".message .button.danger", "Cancel")
	b.sees("dialog.confirm", "?")
	b.picture("confirm")
	b.click("dialog.confirm .button.danger", "")
	b.sees(".message .block", "was cancelled")
	b.sees(".message .block", "ABORTED")
	b.picture("receipt")
	id := w.oneJob("slack:"+ann.id, line)
	if j := s.ended(id); j.State != job.Cancelled || j.Receipt == nil || j.Receipt.By != "slack:"+ann.id {
		t.Errorf("%s: %+v", j.State, j.Receipt)
	}
	b.click(".message .replies", "repl")
	b.sees("#replies .message", "has started")
	b.sees("#replies .message", "was cancelled")
	b.picture("thread")

	b.click("#apps button", "handsoff")
	b.sees("#home", "jenkins build")
	b.picture("home")

	b.click("#channels button", "general")
	b.click("#compose .bolt", "")
	b.click("#compose .shortcuts button", "Run a command")
	b.sees("dialog.modal", "ommand")
	b.picture("form")
	b.typeIn("dialog.modal input[placeholder]", "slow build")
	b.sees(`dialog.modal option[value*="slow build"]`, "")
	b.typeIn("dialog.modal input[placeholder]", "\t")
	b.sees("dialog.modal label", "econds")
	b.typeIn("dialog.modal .block.input input", "3")
	b.picture("filled")
	b.click("dialog.modal .button.primary", "")
	b.until("!document.querySelector('dialog[open]')")
	again := w.oneJob("slack:"+ann.id, "slow build seconds=3")
	b.click("#apps button", "handsoff")
	b.click("#tab-messages", "") // where what is asked for nowhere else is shown
	b.sees(".message .block", "slow build seconds=3")
	ann.whole(direct, again)
	b.sees(".message .block", "succeeded in")
	b.picture("done")
}

// browser starts a chromium, or skips the test where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithDeadline(t.Context(), lastCall)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(need.Program(t, "chromium")), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true),
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1280, 900), chromedp.WSURLReadTimeout(patience),
	)...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithErrorf(func(string, ...any) {})) // events that it does not know
	t.Cleanup(func() {                                                                   // waits until it has ended, so that its folder can be removed
		_ = chromedp.Cancel(ctx)
		cancel()
	})
	chromedp.ListenTarget(ctx, func(event any) {
		if e, ok := event.(*runtime.EventExceptionThrown); ok {
			t.Errorf("the page threw: %s", e.ExceptionDetails.Error())
		}
	})
	if err := chromedp.Run(ctx); err != nil { // the browser lives as long as the context with which it is started
		t.Fatalf("start a browser: %v", err)
	}
	return ctx
}

// pictures is the folder for screenshots.
func pictures(t *testing.T) string {
	t.Helper()
	if os.Getenv("HANDSOFF_SCREENSHOTS") == "" {
		return t.TempDir()
	}
	return pagetest.PicturesFolder(t, "slack")
}

// tab is a window with the sandbox's Slack.
type tab struct {
	*workspace

	ctx      context.Context
	pictures string
}

func (b *tab) do(actions ...chromedp.Action) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		b.fail(err.Error())
	}
}

// fail ends the test and says what the page shows.
func (b *tab) fail(why string) {
	b.Helper()
	var page string
	var png []byte
	ctx, cancel := context.WithTimeout(b.ctx, aftermath/4)
	defer cancel()
	_ = chromedp.Run(ctx, chromedp.CaptureScreenshot(&png), pagetest.Text("body", &page)) // may be what fails
	b.must(os.WriteFile(filepath.Join(b.pictures, "failure.png"), png, 0o600))
	b.Fatalf("%s\nthe page says:\n%s", why, page)
}

// until waits until an expression is true there.
func (b *tab) until(expression string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, chromedp.Poll(expression, nil,
		chromedp.WithPollingInterval(100*time.Millisecond), chromedp.WithPollingTimeout(0))); err != nil {
		b.fail(expression + ": " + err.Error())
	}
}

// all are the things that fit a selector and show a text.
func all(selector, text string) string {
	quote := func(s string) string { out, _ := json.Marshal(s); return string(out) } // a string can be quoted
	return "[...document.querySelectorAll(" + quote(selector) + ")].filter(n => n.textContent.includes(" + quote(text) + "))"
}

func (b *tab) sees(selector, text string) {
	b.Helper()
	b.until(all(selector, text) + ".length > 0")
}

// click clicks the last thing like that which can be seen.
func (b *tab) click(selector, text string) {
	b.Helper()
	b.until("(n => n && (n.click(), true))(" + all(selector, text) + ".filter(n => n.checkVisibility()).at(-1))")
}

func (b *tab) typeIn(selector, text string) {
	b.Helper()
	b.do(pagetest.Type(selector, text))
}

var percent = regexp.MustCompile(`\] (\d+) %`)

// percent waits until a bar has come further than that, and says how far.
func (b *tab) percent(than int) (now int) {
	b.Helper()
	b.eventually("the bar moves on from "+strconv.Itoa(than)+" %", func() bool {
		var text string
		b.do(pagetest.Text("#messages", &text))
		if found := percent.FindStringSubmatch(text); found != nil {
			var err error
			now, err = strconv.Atoi(found[1])
			b.must(err)
		}
		return now > than
	})
	return now
}

// picture keeps what can be seen.
func (b *tab) picture(name string) {
	b.Helper()
	var png []byte
	b.do(chromedp.CaptureScreenshot(&png))
	b.must(os.WriteFile(filepath.Join(b.pictures, name+".png"), png, 0o600))
}
