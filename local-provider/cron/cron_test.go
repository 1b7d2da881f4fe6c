package cron_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openfaas/faas-provider/types"

	"github.com/handsoff/handsoff/local-provider/cron"
	"github.com/handsoff/handsoff/local-provider/deployment"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		"@every 5s": true, "*/5 * * * *": true, "@daily": true, "0 9 * * MON-FRI": true, "CRON_TZ=Europe/Berlin 0 9 * * *": true,
		"": false, "* * * * * *": false, "@every": false, "@every x": false, "61 * * * *": false, "TZ=": false, "TZ=Nowhere 0 9 * * *": false,
		strings.Repeat("1,", 200) + "1 * * * *": false,
	} {
		if _, err := cron.Parse(text); (err == nil) != ok {
			t.Errorf("Parse(%q): %v", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"@every 5s", "*/5 * * * *", "TZ=", "CRON_TZ=UTC @daily", "@", "0-0/0 * * * *"} {
		f.Add(seed)
	}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		schedule, err := cron.Parse(text)
		if (schedule == nil) == (err == nil) {
			t.Fatalf("Parse(%q) = %v, %v", text, schedule, err)
		}
		if err == nil {
			if next := schedule.Next(at); !next.IsZero() && !next.After(at) {
				t.Fatalf("%q: after %s comes %s", text, at, next)
			}
		}
	})
}

// recorder is called by the clock.
type recorder struct {
	mu    sync.Mutex
	calls []string
	block chan struct{}
	fail  bool
}

func (r *recorder) Do(name string, request *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(request.Body)
	r.mu.Lock()
	r.calls = append(r.calls, name+" "+request.Method+" "+request.Header.Get("X-Topic")+" "+request.Header.Get("X-Connector")+" "+string(body))
	r.mu.Unlock()
	if r.block != nil {
		<-r.block
	}
	if r.fail {
		return nil, errors.New("no")
	}
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
}

func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	calls := r.calls
	r.calls = nil
	return calls
}

func annotated(name, topic, schedule string) deployment.Record {
	return deployment.Record{FunctionDeployment: types.FunctionDeployment{
		Service: name, Annotations: &map[string]string{"topic": topic, "schedule": schedule},
	}}
}

func TestConnector(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{}
		c := cron.New(r)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go c.Run(ctx)
		c.Apply([]deployment.Record{
			annotated("clock", cron.Topic, "@every 5s"), annotated("other", "kafka", "@every 1s"),
			annotated("broken", cron.Topic, "nonsense"),
			{FunctionDeployment: types.FunctionDeployment{Service: "plain"}},
		})
		time.Sleep(16 * time.Second)
		synctest.Wait()
		calls := r.take()
		if len(calls) != 3 || calls[0] != "clock POST cron-function cron-connector " {
			t.Errorf("in 16 seconds: %q", calls)
		}
		// Another deployment of something else does not disturb the beat.
		time.Sleep(3 * time.Second)
		c.Apply([]deployment.Record{annotated("clock", cron.Topic, "@every 5s"), annotated("second", cron.Topic, "@hourly")})
		time.Sleep(1500 * time.Millisecond)
		synctest.Wait()
		if calls := r.take(); len(calls) != 1 {
			t.Errorf("the beat was lost: %q", calls)
		}
		// A new schedule counts from now, and what was removed is silent.
		c.Apply([]deployment.Record{annotated("clock", cron.Topic, "@every 1s")})
		time.Sleep(2200 * time.Millisecond)
		c.Apply(nil)
		time.Sleep(time.Hour)
		synctest.Wait()
		if calls := r.take(); len(calls) != 2 {
			t.Errorf("%d calls, want 2", len(calls))
		}
	})
}

// As with the real connector calls may overlap, and a failed one is not made again.
func TestOverlapAndNoRetry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{block: make(chan struct{}), fail: true}
		c := cron.New(r)
		ctx, cancel := context.WithCancel(t.Context())
		go c.Run(ctx)
		c.Apply([]deployment.Record{annotated("f", cron.Topic, "@every 2s")})
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if calls := r.take(); len(calls) != 2 {
			t.Errorf("%d calls are under way, want 2", len(calls))
		}
		cancel()
		close(r.block)
		time.Sleep(time.Minute)
		synctest.Wait()
		if calls := r.take(); len(calls) != 0 {
			t.Errorf("made again: %q", calls)
		}
	})
}
