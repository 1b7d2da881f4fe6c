// Package pagetest drives a stand-in's page in a real browser.
package pagetest

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/handsoff/handsoff/shared/need"
)

const (
	// visit is how long a test in the browser may take, on a busy machine.
	visit = 8 * time.Minute
	// patience is how long a page may take to show something, or to do it.
	patience = 2 * time.Minute
	// lastLook is how long it may take to say what the page shows when a test has failed.
	lastLook = 20 * time.Second
)

// Options is how a browser starts.
type Options struct {
	Width, Height int
	// Shots is the environment's variable that names a folder for pictures. Without one there are none.
	Shots string
}

// A Tab is a page in a browser. What a page throws, or writes as an error, fails the test.
type Tab struct {
	test  *testing.T
	ctx   context.Context //nolint:containedctx // the browser's, which ends with the test
	shots string
}

// Open starts a chromium, or skips the test where there is none (fails where everything must be tried).
func Open(t *testing.T, options Options) *Tab {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), visit)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(need.Program(t, "chromium")), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true),
		chromedp.WindowSize(options.Width, options.Height), chromedp.WSURLReadTimeout(2*patience),
	)...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithErrorf(t.Logf))
	t.Cleanup(func() { // waits until it has ended, so that its folder can be removed
		_ = chromedp.Cancel(ctx)
		cancel()
	})
	chromedp.ListenTarget(ctx, func(event any) { hear(t, event) })
	if err := chromedp.Run(ctx); err != nil { // the browser lives as long as the context with which it is started
		t.Fatalf("start a browser: %v", err)
	}
	return &Tab{test: t, ctx: ctx, shots: os.Getenv(options.Shots)}
}

// hear fails the test with what goes wrong in the page.
func hear(t *testing.T, event any) {
	t.Helper()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		t.Errorf("the page threw: %s", e.ExceptionDetails.Error())
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError {
			t.Errorf("the page complained: %s", Quoted(e.Args))
		}
	}
}

// Quoted is a value as a script has it.
func Quoted(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Do does something in the page, which must succeed.
func (b *Tab) Do(actions ...chromedp.Action) {
	b.test.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		b.fail(err.Error())
	}
}

// fail stops the test with what the page shows.
func (b *Tab) fail(why string) {
	b.test.Helper()
	if b.ctx.Err() != nil {
		b.test.Fatalf("the test in the browser took more than %s: %s", visit, why)
	}
	ctx, cancel := context.WithTimeout(b.ctx, lastLook)
	defer cancel()
	var page string
	_ = chromedp.Run(ctx, Text("body", &page))
	b.test.Fatalf("%s\nthe page says:\n%s", why, page)
}

// Until waits until an expression is true.
func (b *Tab) Until(expression string) {
	b.test.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	for {
		var ok bool
		err := chromedp.Run(ctx, chromedp.Poll(expression, &ok, chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(0)))
		if err == nil {
			return
		}
		// A new page may come while it looks at the old one.
		if !strings.Contains(err.Error(), "navigated") && !strings.Contains(err.Error(), "Cannot find context") {
			b.fail(expression + ": " + err.Error())
		}
	}
}

func found(selector, text string) string {
	return "[...document.querySelectorAll(" + Quoted(selector) + ")].find(n => n.checkVisibility() && n.innerText.includes(" + Quoted(text) + "))"
}

// Sees waits until a text is to be read somewhere below a selector.
func (b *Tab) Sees(selector, text string) {
	b.test.Helper()
	b.Until("Boolean(" + found(selector, text) + ")")
}

// Click clicks the first thing below a selector that has a text.
func (b *Tab) Click(selector, text string) {
	b.test.Helper()
	b.Sees(selector, text)
	b.Do(chromedp.Evaluate(found(selector, text)+".click()", nil))
}

// Follow clicks the first thing below a selector that has a text, and waits for the page that it leads to.
func (b *Tab) Follow(selector, text string) {
	b.test.Helper()
	b.Sees(selector, text)
	b.Do(chromedp.Evaluate("document.body.dataset.old = 1; "+found(selector, text)+".click()", nil))
	b.Until("!document.body.dataset.old && document.readyState === 'complete'")
}

// Shot keeps a picture, where there is a folder for it, once the page has come to rest.
func (b *Tab) Shot(name string) {
	b.test.Helper()
	if b.shots == "" {
		return
	}
	var png []byte
	b.Do(chromedp.Sleep(300*time.Millisecond), chromedp.CaptureScreenshot(&png))
	if err := os.WriteFile(filepath.Join(b.shots, name+".png"), png, 0o600); err != nil {
		b.test.Error(err)
	}
}
