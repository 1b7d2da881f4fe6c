package page_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/functions/ptg/page"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

const (
	watching  = 500 // pages that are open
	perSecond = 10  // changes
	lasts     = 25 * time.Second
	asking    = 5 * time.Second // for the data
)

// TestBench measures, with HANDSOFF_BENCH set, how long a change takes until all who have a page open have it, while streams
// end and begin anew as the platform has them; and how often the function says that the data is unchanged.
func TestBench(t *testing.T) {
	if os.Getenv("HANDSOFF_BENCH") == "" {
		t.Skip("HANDSOFF_BENCH is not set")
	}
	store, url := deployed(t)
	tag := etag(t, url+"/ptg.json")
	t.Logf("ptg.json, unchanged: %.0f answers a second", unchanged(t, url, tag))
	waits := watched(t, store, url)
	slices.Sort(waits)
	p99 := waits[len(waits)*99/100]
	t.Logf("%d listeners, %d changes a second: a change is seen by all in %v (median), %v (p99), %v (most), of %d",
		watching, perSecond, waits[len(waits)/2].Round(time.Millisecond), p99.Round(time.Millisecond), waits[len(waits)-1].Round(time.Millisecond), len(waits))
	if p99 > time.Second {
		t.Error("that is more than a second")
	}
}

// deployed is the function as it runs, with its log and its limits, on a Redis of its own, with a gathering of usual size.
func deployed(t *testing.T) (*gathering.Store, string) {
	t.Helper()
	server := jobtest.Redis(t)
	store := gathering.NewStore(server.Client(t))
	if _, err := store.Create(t.Context(), "denver", ann, "new", "", gathering.About{Name: "Denver", Zone: "America/Denver", EventID: "DEN"}); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Change(t.Context(), "denver", ann, "said", "", func(d *gathering.Draft) (string, error) { return "", fair(d) }); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{function.ConfigSecret: "{}", function.KeySecret: "an-internal-key-of-enough-bytes"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	_, port, _ := net.SplitHostPort(address)
	env := map[string]string{"port": port, "bind": "127.0.0.1", "redis_address": server.Address, "secret_mount_path": dir}
	ctx, end := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- function.Run(ctx, "ptg", func(name string) string { return env[name] }, slog.New(slog.NewJSONHandler(nowhere{}, nil)),
			func(_ context.Context, p *function.Platform) (*function.Parts, error) {
				pages := page.New(gathering.NewStore(p.Redis), page.Settings{Now: func() time.Time { return monday }, Log: p.Log})
				return &function.Parts{Routes: pages.Routes(), Stop: func(context.Context) error { pages.Close(); return nil }}, nil
			})
	}()
	t.Cleanup(func() {
		end()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	url := "http://" + address
	jobtest.Eventually(t, "the function serves", func() bool {
		answer, err := http.Get(url + "/_/health") //nolint:noctx // a test's
		if err == nil {
			_ = answer.Body.Close()
		}
		return err == nil
	})
	return store, url
}

// nowhere takes a log that costs what it costs.
type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

func etag(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url) //nolint:noctx // a test's
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.Header.Get("ETag")
}

// unchanged is how often a second the data is asked for by those who have it. They speak as little HTTP as will do, since
// they share the machine with the function.
func unchanged(t *testing.T, url, tag string) float64 {
	t.Helper()
	var answers atomic.Int64
	request := "GET /ptg.json HTTP/1.1\r\nHost: x\r\nIf-None-Match: " + tag + "\r\n\r\n"
	end := time.Now().Add(asking)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://")) //nolint:noctx // a test's
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
	return float64(answers.Load()) / asking.Seconds()
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
							last[n].Store(max(last[n].Load(), time.Now().UnixNano()))
							seen[n].Add(1)
						}
					}
				}
				_ = answer.Body.Close()
			}
		})
	}
	jobtest.Eventually(t, "all listen", func() bool { return open.Load() == watching })
	for n, tick := 0, time.Now(); n < changes; n++ {
		time.Sleep(time.Until(tick))
		tick = tick.Add(time.Second / perSecond)
		began[n] = time.Now()
		track := fairTracks[n%len(fairTracks)]
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
