package gerrit_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/handsoff/handsoff/local-provider/sandbox/gerrit"
	"github.com/handsoff/handsoff/local-provider/sandbox/pagetest"
)

// A tab drives the page.
type tab struct {
	*rig
	*pagetest.Tab
}

// be makes the visitor somebody else.
func (b *tab) be(name string) {
	b.Helper()
	b.Do(chromedp.Evaluate("(() => { const m = document.getElementById('me'); m.value = "+pagetest.Quoted(name)+"; m.dispatchEvent(new Event('change')); })()", nil))
}

// TestReviewInBrowser takes a change from its first patch set to the branch, as people do it.
func TestReviewInBrowser(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := &tab{r, pagetest.Open(t, pagetest.Options{Width: 1200, Height: 800, Shots: "SANDBOX_GERRIT_SHOTS"})}
	b.Do(chromedp.Navigate(r.url+"/c/acme/app/+/4#token="+password), pagetest.Visible(".change h1"))
	b.Sees(".change h1", "Count what is dropped")
	b.Shot("change")
	b.Do(pagetest.Click(".home"))
	b.Sees(".list .subject", "Describe the new subnet pool")
	b.Shot("list")

	b.be("bob")
	b.Click("#new", "New change")
	b.Do(pagetest.Type("dialog [name=subject]", "Show <b>no</b> HTML"), pagetest.Type("dialog [name=files]", "a/b.go +7 -2"))
	b.Shot("new")
	b.Click("dialog .primary", "Push")
	b.Sees(".change h1", "Show <b>no</b> HTML")
	b.Sees(".files .path", "a/b.go")
	b.Click(".change .actions .button", "New patch set")
	b.Click("dialog .primary", "Push")
	b.Sees(".log .message", "Uploaded patch set 2.")

	b.be("ann")
	b.Until("Boolean(document.querySelector('.reply input[name=\"Code-Review\"][value=\"2\"]'))")
	b.Do(pagetest.Type("#message", "Fine with me"))
	r.ok(r.as("jenkins").Review(6, gerrit.Review{Message: "built", Labels: map[string]int{"Verified": 1}}))
	b.Sees(".log .message", "Patch Set 2: Verified+1")
	b.Until("document.getElementById('message').value === 'Fine with me'") // it was drawn anew around what is typed
	b.Do(pagetest.Click(`.reply input[name="Code-Review"][value="2"]`))
	b.Click(".reply .button", "Send")
	b.Sees(".log .message", "Fine with me")
	b.Sees(".given.yes", "+2 Ann Ample")
	b.Shot("voted")
	b.Click(".change .actions .primary", "Submit")
	b.Sees(".chip.merged", "Merged")
	if c, _ := r.gerrit.Change(6); c.Status != gerrit.StatusMerged || c.Submitter == 0 {
		t.Errorf("it is %s", c.Status)
	}

	b.Do(chromedp.Navigate(r.url + "/c/acme/app/+/4"))
	b.Click(".change .actions .danger", "Abandon")
	b.Do(pagetest.Type("dialog textarea", "Not needed"))
	b.Click("dialog .primary", "Abandon")
	b.Sees(".chip.abandoned", "Abandoned")
	b.be("bob")
	b.Click(".change .actions .button", "Restore")
	b.Click("dialog .primary", "Restore")
	b.Sees(".chip.active", "Active")
	b.Do(chromedp.EmulateViewport(390, 760, chromedp.EmulateMobile))
	b.Shot("phone")
}
