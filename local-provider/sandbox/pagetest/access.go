package pagetest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/handsoff/handsoff/shared/need"
)

// Screen sets a window's size, and whether it is "light" or "dark".
func Screen(width, height int64, scheme string) chromedp.Tasks {
	return chromedp.Tasks{
		chromedp.EmulateViewport(width, height),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
	}
}

// axe is the program that judges pages.
func axe(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(need.Node(t, "axe-core"), "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// judge has axe-core say what it finds, as text.
const judge = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r =>
	r.violations.map(v => v.id + ": " + v.help + "\n" + v.nodes.map(n => "  " + n.html + "\n  " + n.failureSummary).join("\n")).join("\n"))`

// Accessible has axe-core look at pages, light on a desk and dark in a hand, with all details open. What it finds fails the test,
// and so does a page that is wider than its window.
func (b *Tab) Accessible(addresses ...string) {
	b.test.Helper()
	program := axe(b.test)
	for _, address := range addresses {
		b.Do(chromedp.Navigate(address), Visible("main"), chromedp.Evaluate(program+`; document.querySelectorAll("details").forEach(d => d.open = true)`, nil))
		for _, sight := range []chromedp.Tasks{Screen(1280, 900, "light"), Screen(375, 812, "dark")} {
			var found string
			var wide bool
			b.Do(sight, chromedp.Evaluate(judge, &found, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }),
				chromedp.Evaluate("document.documentElement.scrollWidth > innerWidth", &wide))
			if found != "" {
				b.test.Errorf("%s:\n%s", address, found)
			}
			if wide {
				b.test.Errorf("%s is wider than its window", address)
			}
		}
	}
}

// Pictures keeps a picture of each page below an address, light and dark, on a desk and in a hand, under the page's name in a folder.
func (b *Tab) Pictures(dir, base string, pages map[string]string) {
	b.test.Helper()
	for name, path := range pages {
		for size, sight := range map[string][2]int64{"1280": {1280, 900}, "375": {375, 812}} {
			for _, scheme := range []string{"light", "dark"} {
				var png []byte
				b.Do(Screen(sight[0], sight[1], scheme), chromedp.Navigate(base+path), Visible("body"), chromedp.FullScreenshot(&png, 100))
				if err := os.WriteFile(filepath.Join(dir, name+"-"+size+"-"+scheme+".png"), png, 0o600); err != nil {
					b.test.Fatal(err)
				}
			}
		}
	}
}

// PicturesFolder is a folder for pictures in the one that HANDSOFF_SCREENSHOTS names; without that the test is skipped.
func PicturesFolder(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("HANDSOFF_SCREENSHOTS")
	if dir == "" {
		t.Skip("HANDSOFF_SCREENSHOTS names no folder")
	}
	dir = filepath.Join(dir, name)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	return dir
}
