package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/ptg/example"
	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/function/functiontest"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// The example is there to look at where it is asked for, and it is the first start that brings it.
func TestThereIsAnExampleToLookAt(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		look := func(settings string) string {
			t.Helper()
			p := functiontest.On(t, rdb, functiontest.Place{Function: "ptg", Secrets: map[string]string{function.ConfigSecret: settings}})
			parts, err := setUp(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = parts.Stop(t.Context()) }()
			w := httptest.NewRecorder()
			parts.Routes["GET /{$}"].ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody))
			return w.Body.String()
		}
		if text := look("ptg: {}"); !strings.Contains(text, "No event has been set up yet") {
			t.Errorf("without being asked for:\n%s", text)
		}
		for range 2 {
			if text := look("ptg: {example: true}"); !strings.Contains(text, "Example Gathering") || !strings.Contains(text, "Erasure codes") {
				t.Errorf("with it:\n%s", text)
			}
		}
		if g, err := gathering.NewStore(rdb).Get(t.Context(), example.ID); err != nil || g.Version != 1 {
			t.Errorf("it was changed %d times: %v", g.Version, err)
		}
	})
}
