package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/handsoff/handsoff/local-provider/sandbox/pagetest"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// office is a hall in which much goes on.
type office struct {
	*hall

	pipeline, asks, runs, failed, cancelled string
	does, deploys                           chan<- job.Change // what runs and the pipeline are to do
}

func furnish(t *testing.T, more ...string) *office {
	t.Helper()
	h := bare(t, more...)
	o := &office{hall: h}
	o.failed = h.ended([]string{"\x1b[32mok\x1b[0m: [web-1]", "\x1b[1;31mfatal: [web-2]: UNREACHABLE!\x1b[0m", "<script>alert(1)</script>"},
		func(r *job.Request) { r.Text, r.Principal = "ansible run site inventory=cloud", "slack:U0ANN" })
	for i := range 6 {
		h.ended(nil, func(r *job.Request) { r.Text = fmt.Sprintf("jenkins build demo/slow seconds=%d", i) })
	}
	o.asks = h.accept(func(r *job.Request) {
		r.Signoff, r.Text = &job.Signoff{Need: 1, Role: "approver"}, "openstack server delete old-web-3"
	})
	h.accept(func(r *job.Request) { r.Text, r.Principal = "git sync kettle", "schedule:kettle-weekly" })
	o.runs, o.does = h.running(func(r *job.Request) { r.Text = "jenkins build demo/slow seconds=30" })
	told(o.does, job.Change{
		Progress: &job.Progress{Percent: 42, Line: "build #12 runs", ETA: time.Now().Add(time.Minute)}, Say: []string{"build #12 waits for an executor", "build #12 runs on agent-3"},
		Links: []job.Link{{Title: "build #12", URL: "http://127.0.0.1:8081/job/demo/12/"}, {Title: "never", URL: "javascript:alert(1)"}},
		Log:   []string{"Started by user handsoff", "\x1b[36m[Pipeline]\x1b[0m sh", "\x1b[33mwarning:\x1b[0m deprecated", "\x1b[1;32mok\x1b[0m <b>not markup</b>"},
	})
	o.pipeline, o.deploys = h.running(func(r *job.Request) {
		r.Text, r.Why.Cause = "openstack deploy cloud=cloud", []string{"schedule:nova-nightly"}
	})
	began := time.Now().Add(-4 * time.Minute)
	at := func(s int) time.Time { return began.Add(time.Duration(s) * time.Second) }
	told(o.deploys, job.Change{Parts: []job.Part{
		{Name: "preflight", State: "succeeded", Started: at(0), Ended: at(31)},
		{Name: "bootstrap", State: "succeeded", Started: at(31), Ended: at(95), Job: o.failed},
		{Name: "prechecks", State: "failed", Started: at(95), Ended: at(120), Note: "host web-2 is unreachable"},
		{Name: "deploy", State: "running", Started: at(120), Job: o.runs},
		{Name: "post-deploy"},
		{Name: "smoke", State: "skipped"},
	}, Progress: &job.Progress{Percent: 55, Step: 4, Steps: 6, Line: "deploys"}})
	var stops chan<- job.Change
	o.cancelled, stops = h.running(func(r *job.Request) { r.Text = "jenkins build demo/wrong" })
	told(stops, job.Change{Log: []string{"working"}})
	h.as("telnet:ann").act("jobs/"+o.cancelled+"/cancel", "reason", "wrong branch")
	return o
}

// pages are all that are looked at, by the names of their pictures.
func (o *office) pages() map[string]string {
	return map[string]string{
		"jobs": "", "job": "jobs/" + o.runs, "pipeline": "jobs/" + o.pipeline, "asks": "jobs/" + o.asks, "cancelled": "jobs/" + o.cancelled,
		"log": "jobs/" + o.failed + "/log", "found": "?text=demo&state=finished", "nothing": "?text=nothing-is-like-this&since=x", "missing": "jobs/zzzz", "login": "login",
		"login-failed": "login/failed?why=link", "login-link": strings.TrimPrefix(o.link("telnet:eve"), o.base()),
	}
}

// TestPictures keeps a picture of each page, light and dark, on a desk and in a hand, where HANDSOFF_SCREENSHOTS names a
// folder for them.
func TestPictures(t *testing.T) {
	t.Parallel()
	dir := pagetest.PicturesFolder(t, "dashboard")
	o := furnish(t)
	tab := pagetest.Open(t, pagetest.Options{Width: 1280, Height: 900})
	enter(tab, o.link("telnet:ops"))
	tab.Pictures(dir, o.base(), o.pages())
}

// enter logs in by a link, as a person does.
func enter(tab *pagetest.Tab, link string) {
	tab.Do(chromedp.Navigate(link), pagetest.Visible("form button"))
	tab.Follow("button", "Log in as")
	tab.Sees("h1", "Jobs")
}

// TestBrowser is somebody who logs in, follows a log, cancels, approves, tries what they may not, and logs out.
func TestBrowser(t *testing.T) {
	t.Parallel()
	tab := pagetest.Open(t, pagetest.Options{Width: 1280, Height: 900})
	o := furnish(t)
	enter(tab, o.link("telnet:ops"))
	accessible(tab, o)

	// A job's state comes by itself, and so does its log, in colours, at the end of which one stays.
	tab.Do(pagetest.Screen(1280, 900, "light"), chromedp.Navigate(o.base()), pagetest.Visible("main"))
	tab.Until(`document.documentElement.dataset.live === "stream"`)
	tab.Sees("#job-"+o.runs, "build #12 runs")
	o.does <- job.Change{Progress: &job.Progress{Percent: 50, Line: "half of it is done"}}
	tab.Sees("#job-"+o.runs, "half of it is done")
	tab.Click("a.id", o.runs)
	tab.Sees(".log", "Started by user handsoff")
	tab.Until(`document.querySelector(".log .c3").textContent === "warning:" && !document.querySelector(".log ol b b") && document.querySelector(".log").textContent.includes("<b>not markup</b>")`)
	lines := make([]string, 300)
	for i := range lines {
		lines[i] = fmt.Sprintf("line %d", i)
	}
	o.does <- job.Change{Log: lines}
	tab.Sees(".log", "line 299")
	tab.Until(`(() => { const l = document.querySelector(".log"); return l.scrollHeight - l.scrollTop - l.clientHeight < 8; })()`)
	tab.Do(chromedp.Evaluate(`document.querySelector(".log").scrollTop = 10`, nil))
	tab.Until(`!document.querySelector("#follow").checked`)
	o.does <- job.Change{Log: []string{"one more"}, Progress: &job.Progress{Percent: 60, Line: "nearly"}}
	tab.Sees(".log", "one more")
	tab.Sees("#job-now", "nearly")
	tab.Until(`document.querySelector(".log").scrollTop === 10`)
	comesBack(tab, o)
	withoutStreams(tab, o)
	hears(tab, o)
	tab.Do(chromedp.Navigate(o.base()+"jobs/"+o.runs), pagetest.Type(`input[name=reason]`, "wrong branch"))
	tab.Follow("button", "Cancel")
	tab.Sees(".notice", "Cancelling "+o.runs)
	tab.Until(`document.querySelector("#news").textContent.includes("Cancelling ` + o.runs + `")`)
	tab.Sees("#job-head .state", "cancelled")
	tab.Sees("#job-end", "demo/slow #12 is ABORTED")
	tab.Sees("#job-end", "wrong branch")
	tab.Until(`document.querySelector("#job-end").checkVisibility() && !document.querySelector("#job-now").checkVisibility()`)

	tab.Do(chromedp.Navigate(o.base() + "jobs/" + o.asks))
	tab.Follow("button", "Approve")
	tab.Sees(".notice", "Approved")
	tab.Follow("button", "Log out")
	tab.Sees("h1", "Log in")
	tab.Do(chromedp.Navigate(o.base() + "jobs/" + o.pipeline))
	tab.Sees("h1", "Log in")

	waits := withoutScripts(tab, o)

	// Somebody who only looks has no buttons; what they send all the same is refused.
	tab.Do(chromedp.Navigate(o.link("telnet:eve")), pagetest.Visible("form button"))
	tab.Follow("button", "Log in as")
	tab.Do(chromedp.Navigate(o.base()+"jobs/"+waits), pagetest.Visible("main"))
	tab.Until(`!document.querySelector("#job-head button")`)
	tab.Do(chromedp.Evaluate(`(() => { const f = document.querySelector("header form"); f.action = "`+o.base()+"jobs/"+waits+`/cancel"; f.querySelector("button").click(); })()`, nil))
	tab.Sees(".notice", "needs the role operator")
	tab.Do(page.SetBypassCSP(true))
	tab.Accessible(o.base() + "audit") // which is not for eve
	loggedOut(tab, o)
}

// withoutScripts is somebody in whose browser no script runs: they log in, look at the list, approve, cancel, and log out. It gives
// the job that was approved.
func withoutScripts(tab *pagetest.Tab, o *office) string {
	o.Helper()
	asks := o.accept(func(r *job.Request) { r.Signoff = &job.Signoff{Need: 1, Role: "approver"} })
	tab.Do(emulation.SetScriptExecutionDisabled(true), chromedp.Navigate(o.link("telnet:ops")), pagetest.Click("main form button"), pagetest.Visible("#jobs-open"),
		pagetest.Click(`#job-`+asks+` a.id`), pagetest.Click(`form[action$="/approve"] button`), pagetest.Visible(".notice.success"),
		pagetest.Click(".brand a"), pagetest.Click(`#job-`+o.pipeline+` a.id`), pagetest.Type("input[name=reason]", "by hand"), pagetest.Click(`form[action$="/cancel"] button`),
		pagetest.Visible(".notice.success"), pagetest.Click(`form[action$="logout"] button`), pagetest.Visible(".door"), emulation.SetScriptExecutionDisabled(false))
	jobtest.Eventually(o, "what was pressed to be done", func() bool {
		approved, err := o.Jobs.Get(o.Context(), asks)
		stopped, err2 := o.Jobs.Get(o.Context(), o.pipeline)
		return err == nil && err2 == nil && approved.State == job.Queued && stopped.State == job.Cancelled && stopped.Cancel.Reason == "by hand"
	})
	return asks
}

// accessible has axe-core look at every page.
func accessible(tab *pagetest.Tab, o *office) {
	tab.Do(page.SetBypassCSP(true)) // for axe's own styles
	for name, path := range o.pages() {
		if name != "found" && name != "job" && name != "missing" { // another page's like
			tab.Accessible(o.base() + path)
		}
	}
	tab.Do(page.SetBypassCSP(false))
}
