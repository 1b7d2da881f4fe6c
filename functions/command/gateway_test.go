package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/openfaas/faas-provider/types"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/sign"
	"github.com/handsoff/handsoff/shared/sign/signtest"
)

// gateway is an OpenFaaS gateway of which a test decides what the functions answer.
type gateway struct {
	mu        sync.Mutex
	functions map[string]map[string]string // annotations
	listing   int                          // status of /system/functions; 0 is 200
	asked     int                          // how often the functions were listed
	calls     []command.Call
	answers   map[string]func(w http.ResponseWriter, call command.Call) // by function
	more      map[string]string                                         // what functions serve at /commands
	nudged    chan string
	hold      chan struct{} // nudges wait until it is closed; nil for no wait
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	internal := signtest.Keys(newKey)
	if _, err := internal.Verify(body, r.Header.Get(sign.Header)); err != nil && r.Method == http.MethodPost {
		http.Error(w, "unsigned", http.StatusUnauthorized)
		return
	}
	switch path := r.URL.Path; {
	case path == "/system/functions":
		g.list(w, r)
	case strings.HasPrefix(path, "/async-function/"):
		var nudge command.Nudge
		_ = json.Unmarshal(body, &nudge)
		if g.hold != nil {
			<-g.hold
		}
		g.nudged <- strings.TrimPrefix(path, "/async-function/") + " " + nudge.Job
		w.WriteHeader(http.StatusAccepted)
	case strings.HasSuffix(path, "/commands"):
		g.mu.Lock()
		defer g.mu.Unlock()
		text, ok := g.more[strings.TrimSuffix(strings.TrimPrefix(path, "/function/"), "/commands")]
		if !ok {
			http.Error(w, "not now", http.StatusInternalServerError)
			return
		}
		_, _ = io.WriteString(w, text)
	default:
		g.call(w, strings.TrimPrefix(path, "/function/"), body)
	}
}

func (g *gateway) list(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked++
	if user, password, _ := r.BasicAuth(); user != "admin" || password != "secret" {
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return
	}
	if g.listing != 0 {
		http.Error(w, "no", g.listing)
		return
	}
	list := []types.FunctionStatus{{Name: "bare"}}
	for name, annotations := range g.functions {
		list = append(list, types.FunctionStatus{Name: name, Annotations: &annotations})
	}
	_ = json.NewEncoder(w).Encode(list)
}

func (g *gateway) call(w http.ResponseWriter, name string, body []byte) {
	var call command.Call
	_ = json.Unmarshal(body, &call)
	g.mu.Lock()
	g.calls = append(g.calls, call)
	answer := g.answers[name]
	g.mu.Unlock()
	if answer != nil {
		answer(w, call)
		return
	}
	_ = json.NewEncoder(w).Encode(command.Answer{Text: fmt.Sprintf("%s: %s %v", name, call.Command, call.Args)})
}

func (g *gateway) set(change func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change()
}

// newFront serves a handler as the gateway would, under /function/command; it gives the gateway's address.
func newFront(tb testing.TB, h http.Handler) string {
	tb.Helper()
	server := httptest.NewServer(http.StripPrefix("/function/command", rooted(h)))
	tb.Cleanup(server.Close)
	return server.URL
}

// rooted gives a request without a path the path /.
func rooted(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "" {
			r.URL.Path = "/"
		}
		h.ServeHTTP(w, r)
	})
}

func asRefused(err error, into **command.RefusedError) bool { return errors.As(err, into) }
