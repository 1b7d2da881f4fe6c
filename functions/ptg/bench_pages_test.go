package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

const (
	watching  = 500 // pages that are open
	perSecond = 10  // changes
	lasts     = 25 * time.Second
	asking    = 5 * time.Second // for the data
	least     = 5000            // answers a second
)

func etag(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.Header.Get("ETag")
}

// benchData measures how often a second the data is asked for by those who have it. They speak as little HTTP as will do, since
// they share the machine with the function.
func benchData(t *testing.T, url string) {
	t.Helper()
	tag := etag(t, url+"/ptg.json")
	var answers atomic.Int64
	request := "GET /ptg.json HTTP/1.1\r\nHost: x\r\nIf-None-Match: " + tag + "\r\n\r\n"
	end := time.Now().Add(asking)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			lines := bufio.NewReader(conn)
			for time.Now().Before(end) {
				_, _ = io.WriteString(conn, request)
				status, err := lines.ReadString('\n')
				if err != nil || !strings.Contains(status, " 304 ") {
					t.Errorf("%s %v", status, err)
					return
				}
				for line := ""; line != "\r\n"; {
					if line, err = lines.ReadString('\n'); err != nil {
						t.Error(err)
						return
					}
				}
				answers.Add(1)
			}
		})
	}
	all.Wait()
	rate := float64(answers.Load()) / asking.Seconds()
	t.Logf("ptg.json, unchanged: %.0f answers a second", rate)
	if rate < least {
		t.Errorf("that is less than %d", least)
	}
}

// benchPages measures how long a change takes until all have it, while streams end and begin anew as the platform has them.
func benchPages(t *testing.T, store *gathering.Store, url string) {
	t.Helper()
	waits := watched(t, store, url)
	slices.Sort(waits)
	p99 := waits[len(waits)*99/100]
	t.Logf("%d listeners, %d changes a second: a change is seen by all in %v (median), %v (p99), %v (most), of %d",
		watching, perSecond, waits[len(waits)/2].Round(time.Millisecond), p99.Round(time.Millisecond), waits[len(waits)-1].Round(time.Millisecond), len(waits))
	if p99 > time.Second {
		t.Error("that is more than a second")
	}
}

// later has a moment be another one, unless it is later already.
func later(moment *atomic.Int64, other int64) {
	for was := moment.Load(); was < other && !moment.CompareAndSwap(was, other); was = moment.Load() {
	}
}

var token = regexp.MustCompile(`token-(\d+)-`)

// watched is how long each change took to be seen by all.
func watched(t *testing.T, store *gathering.Store, url string) []time.Duration {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	const changes = perSecond * int(lasts/time.Second)
	var began [changes]time.Time
	var seen [changes]atomic.Int64
	var last [changes]atomic.Int64 // Unix nanoseconds
	var all sync.WaitGroup
	var open, streams atomic.Int64
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 0}}
	for range watching {
		all.Go(func() {
			at, met := "", make([]bool, changes)
			for first := true; ctx.Err() == nil; first = false {
				r, _ := http.NewRequestWithContext(ctx, http.MethodGet, url+"/live?page=now", nil)
				r.Header.Set("Accept", "text/event-stream")
				if at != "" {
					r.Header.Set("Last-Event-ID", at)
				}
				answer, err := client.Do(r)
				if err != nil {
					if ctx.Err() == nil {
						t.Error(err)
					}
					return
				}
				streams.Add(1)
				if first {
					open.Add(1)
				}
				lines := bufio.NewReaderSize(answer.Body, 64<<10)
				for {
					line, err := lines.ReadString('\n')
					if err != nil {
						break
					}
					if id, ok := strings.CutPrefix(line, "id: "); ok {
						at = strings.TrimSpace(id)
					}
					for _, found := range token.FindAllStringSubmatch(line, -1) {
						n, _ := strconv.Atoi(found[1])
						if !met[n] {
							met[n] = true
							later(&last[n], time.Now().UnixNano())
							seen[n].Add(1)
						}
					}
				}
				_ = answer.Body.Close()
			}
		})
	}
	g, err := store.Get(ctx, "denver")
	if err != nil {
		t.Fatal(err)
	}
	ann, tracks := gathering.Author{Principal: "irc:oftc/ann", Name: "ann"}, g.Keys()
	jobtest.Eventually(t, "all listen", func() bool { return open.Load() == watching })
	for n, tick := 0, time.Now(); n < changes; n++ {
		time.Sleep(time.Until(tick))
		tick = tick.Add(time.Second / perSecond)
		began[n] = time.Now()
		track := tracks[n%len(tracks)]
		if _, err := store.Change(ctx, "denver", ann, "said", "", func(d *gathering.Draft) (string, error) {
			return "", d.SetNow(track, fmt.Sprintf("what they talk of now, with #Nova: token-%d-", n))
		}); err != nil {
			t.Fatal(err)
		}
	}
	waits := make([]time.Duration, changes)
	for n := range changes {
		jobtest.Eventually(t, fmt.Sprintf("all have seen change %d", n), func() bool { return seen[n].Load() == watching })
		waits[n] = time.Unix(0, last[n].Load()).Sub(began[n])
	}
	t.Logf("%d streams were opened by %d listeners", streams.Load(), watching)
	end()
	all.Wait()
	return waits
}
