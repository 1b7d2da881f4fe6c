package main

import (
	"context"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/handsoff/handsoff/local-provider/sandbox/pagetest"
	"github.com/handsoff/handsoff/shared/job"
)

// before runs a script before those of each page that is opened, until it is told to end.
func before(tab *pagetest.Tab, script string) (end func()) {
	var id page.ScriptIdentifier
	tab.Do(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		id, err = page.AddScriptToEvaluateOnNewDocument(script).Do(ctx)
		return err
	}))
	return func() { tab.Do(page.RemoveScriptToEvaluateOnNewDocument(id)) }
}

// comesBack is somebody who leaves a page that the browser keeps, or looks at another tab, and comes back: the page has no stream
// meanwhile, and one again then.
func comesBack(tab *pagetest.Tab, o *office) {
	end := before(tab, `window.streams = [];
		window.EventSource = class extends EventSource { constructor(address) { super(address); streams.push(this); } };
		window.passes = (type) => dispatchEvent(new PageTransitionEvent(type, {persisted: true}));
		window.unseen = false;
		Object.defineProperty(document, "hidden", {get: () => unseen});
		window.hides = (yes) => { unseen = yes; document.dispatchEvent(new Event("visibilitychange")); };`)
	tab.Do(chromedp.Navigate(o.base()), pagetest.Visible("main"))
	for _, way := range []struct{ leave, come, did string }{
		{`passes("pagehide")`, `passes("pageshow")`, "left"},
		{`hides(true)`, `hides(false)`, "hid"},
		{`hides(true); passes("pagehide")`, `hides(false); passes("pageshow")`, "hid and left"},
	} {
		tab.Until(`document.documentElement.dataset.live === "stream" && streams.some(s => s.readyState === EventSource.OPEN)`)
		var open bool
		tab.Do(chromedp.Evaluate(way.leave+`; streams.some(s => s.readyState !== EventSource.CLOSED)`, &open))
		if open {
			o.Errorf("a page that somebody %s keeps its stream", way.did)
		}
		o.does <- job.Change{Progress: &job.Progress{Percent: 70, Line: "done while somebody " + way.did + " it"}}
		tab.Do(chromedp.Evaluate(way.come, nil))
		tab.Sees("#job-"+o.runs, "done while somebody "+way.did+" it")
		o.does <- job.Change{Progress: &job.Progress{Percent: 75, Line: "done since somebody " + way.did + " it"}}
		tab.Sees("#job-"+o.runs, "done since somebody "+way.did+" it")
		tab.Until(`streams.filter(s => s.readyState === EventSource.OPEN).length === 1`)
	}
	end()
}

// withoutStreams is somebody who follows a log where streams do not come through.
func withoutStreams(tab *pagetest.Tab, o *office) {
	end := before(tab, "delete window.EventSource")
	tab.Do(chromedp.Navigate(o.base()+"jobs/"+o.pipeline), pagetest.Visible(".log"))
	tab.Until(`document.documentElement.dataset.live === "polling"`)
	o.deploys <- job.Change{Log: []string{"\x1b[33mtold\x1b[0m to who asks"}}
	tab.Sees(".log .c3", "told")
	tab.Until(`document.querySelectorAll(".log li").length === 1`)
	end()
}

// hears is somebody who hears of a page what others see: that a job ended, there and in the list; and whose log stayed empty.
func hears(tab *pagetest.Tab, o *office) {
	empty := func(text string) {
		tab.Until(`getComputedStyle(document.querySelector(".log ol"), "::before").content === ` + pagetest.Quoted(pagetest.Quoted(text)))
	}
	for _, path := range []string{"jobs/", ""} {
		id, does := o.running()
		if path != "" {
			path += id
		}
		tab.Do(chromedp.Navigate(o.base()+path), pagetest.Visible("main"))
		tab.Until(`document.documentElement.dataset.live === "stream"`)
		if path != "" {
			empty("Nothing was written yet.")
		} else {
			tab.Sees("#job-"+id, "running")
		}
		close(does)
		tab.Until(`document.querySelector("#news").textContent.includes("` + id + ` succeeded")`)
		if path != "" {
			empty("It wrote nothing.")
			tab.Until(`!document.querySelector("#follow")`)
		}
	}
}

// loggedOut is somebody whose session ends while a page is open: the page says so, also where it is not told by a stream.
func loggedOut(tab *pagetest.Tab, o *office) {
	end := before(tab, "delete window.EventSource")
	tab.Do(chromedp.Navigate(o.base()), pagetest.Visible("main"))
	tab.Until(`document.documentElement.dataset.live === "polling"`)
	o.write(o.Redis.Del(o.Context(), o.sessions()...).Err())
	tab.Sees("#state", "You may not see this any more")
	end()
}
