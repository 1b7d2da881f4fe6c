//go:build !race

package main

import (
	"net/http"
	"net/url"
	"strconv"
	"testing"
)

// TestSize keeps the program small: 30 MB resident after a thousand builds and a console of 50 MB. (The race detector
// needs more than that for itself.)
func TestSize(t *testing.T) {
	t.Parallel()
	const limit = 30 << 20
	p := start(t, "-speed", "10000", "-executors", "50")
	for i := range 1000 {
		p.send(http.MethodPost, "/job/demo/job/slow/buildWithParameters?delay=0sec", url.Values{
			"seconds": {"30"}, "HANDSOFF_JOB": {strconv.Itoa(i)},
		})
	}
	p.send(http.MethodPost, "/job/demo/job/big/buildWithParameters", url.Values{"megabytes": {"50"}})
	p.until("/job/demo/job/big/1/api/json", `"result":"SUCCESS"`)
	if _, text := p.send(http.MethodGet, "/job/demo/job/big/1/consoleText", nil); len(text) < 50_000_000 {
		t.Errorf("the console has %d bytes", len(text))
	}
	p.send(http.MethodGet, "/job/demo/job/slow/api/json?depth=1", nil)
	if size := p.Resident(); size > limit {
		t.Errorf("the program takes %d bytes, the limit is %d", size, limit)
	}
}
