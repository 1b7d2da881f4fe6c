package main

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/handsoff/handsoff/local-provider/sandbox/pagetest"
	"github.com/handsoff/handsoff/shared/job"
)

// TestPausing is somebody who stops a page from changing: it has no stream then, nor has the next page, until they have it go on. What
// is printed can be read.
func TestPausing(t *testing.T) {
	t.Parallel()
	tab := pagetest.Open(t, pagetest.Options{Width: 1280, Height: 900})
	h := bare(t)
	id, does := h.running()
	told(does, job.Change{Log: []string{"\x1b[37;44mwhite\x1b[0m"}})
	enter(tab, h.link("telnet:ann"))
	before(tab, `window.streams = [];
		window.EventSource = class extends EventSource { constructor(address) { super(address); streams.push(this); } };`)
	tab.Do(chromedp.Navigate(h.base()+"jobs/"+id), pagetest.Visible("#pause"))
	tab.Until(`document.documentElement.dataset.live === "stream" && streams.length === 2`)
	tab.Do(pagetest.Click("#pause"))
	tab.Until(`document.documentElement.dataset.live === "paused" && streams.every(s => s.readyState === EventSource.CLOSED)`)
	tab.Sees("#state", "This page is paused")
	told(does, job.Change{Progress: &job.Progress{Percent: 50, Line: "half of it"}})
	tab.Do(chromedp.Navigate(h.base()+"jobs/"+id), pagetest.Visible("#pause"))
	tab.Until(`document.documentElement.dataset.live === "paused" && document.querySelector("#pause").getAttribute("aria-pressed") === "true"`)
	tab.Sees("#job-now", "half of it")
	tab.Until(`streams.length === 0 && document.querySelector("#news").textContent === "" && !document.querySelector("#doing").dataset.say`)
	tab.Do(pagetest.Click("#pause"))
	does <- job.Change{Progress: &job.Progress{Percent: 90, Line: "nearly all of it"}}
	tab.Sees("#job-now", "nearly all of it")
	tab.Until(`document.querySelector("#pause").getAttribute("aria-pressed") === "false" && document.documentElement.dataset.live === "stream"`)

	tab.Do(emulation.SetEmulatedMedia().WithMedia("print"))
	tab.Until(`(() => {
		const white = getComputedStyle(document.querySelector(".log .c7"));
		return white.color === "rgb(0, 0, 0)" && white.backgroundColor === "rgba(0, 0, 0, 0)";
	})()`)
}
