package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/function/functiontest"
	"github.com/handsoff/handsoff/shared/irc"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// settings of the tests: root organises at telnet, and operators of #ptg do; files come from the test's own host.
const settings = `
bot: {name: tester}
roles: {admin: [telnet:root], brewer: ["irc:oftc/*"]}
people: {zed: ["irc:oftc/zed", "slack:U0ZED"]}
irc: {networks: [{name: oftc, server: irc.example.org, channels: ["#ptg"]}]}
ptg:
  url: https://ptg.example.org/
  channels: ["irc:oftc/#PTG"]
  fetch: ["%s"]
  fetch_private: true
`

// hall is the function on a Redis, with a gateway that remembers what it was asked for, and a host with files.
type hall struct {
	*desk
	testing.TB

	rdb  *redis.Client
	host *httptest.Server

	more string // of the settings

	mu    sync.Mutex
	asked []command.Envelope
	files map[string]string
	calls int
}

func newHall(tb testing.TB, rdb *redis.Client) *hall {
	tb.Helper()
	h := &hall{TB: tb, rdb: rdb, files: map[string]string{}}
	h.host = httptest.NewServer(http.HandlerFunc(h.serve))
	tb.Cleanup(h.host.Close)
	h.desk = h.makes(rdb)
	if _, err := h.store.Create(tb.Context(), "fall", gathering.Author{Principal: "telnet:root", Name: "root"}, "", "", gathering.About{Name: "Fall"}); err != nil {
		tb.Fatal(err)
	}
	return h
}

// makes makes a desk on a client that may have hooks, as another process of the function would be.
func (h *hall) makes(rdb *redis.Client) *desk {
	h.Helper()
	p := functiontest.On(h, rdb, functiontest.Place{
		Function: "ptg", Gateway: h.host.URL,
		Secrets: map[string]string{function.ConfigSecret: h.more + fmt.Sprintf(settings, strings.TrimPrefix(h.host.URL, "http://"))},
	})
	section, _, err := readSettings(p.Config)
	if err != nil {
		h.Fatal(err)
	}
	chats, err := irc.Read(p.Config)
	if err != nil {
		h.Fatal(err)
	}
	return newDesk(p, gathering.NewStore(rdb), section, chats)
}

// serve is the function command, the queue, and a host with files.
func (h *hall) serve(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case r.URL.Path == "/function/command":
		body, err := io.ReadAll(r.Body)
		if err != nil {
			h.Error(err)
		}
		e, err := command.DecodeEnvelope(body)
		if err != nil {
			h.Error(err)
		}
		h.asked = append(h.asked, e)
		_ = json.NewEncoder(w).Encode(command.Answer{Text: "k3f7 waits for you to confirm", Job: "k3f7", Accepted: true})
	case strings.HasPrefix(r.URL.Path, "/async-function/"):
		w.WriteHeader(http.StatusAccepted)
	case h.files[r.URL.Path] != "":
		_, _ = io.WriteString(w, h.files[r.URL.Path])
	default:
		http.NotFound(w, r)
	}
}

// says has somebody say something at a door, directly.
func (h *hall) says(by, line string, changes ...func(*command.Call)) command.Answer {
	h.Helper()
	h.calls++
	answer, err := h.call(h.desk, by, line, fmt.Sprint("call ", h.calls), changes...)
	if err != nil {
		h.Fatalf("%s: %v", line, err)
	}
	return answer
}

func (h *hall) call(d *desk, by, line, id string, changes ...func(*command.Call)) (command.Answer, error) {
	door, _, _ := strings.Cut(by, ":")
	call := command.Call{
		ID: id, Command: "ptg", Args: map[string]any{"line": line}, Principal: by, Origin: job.Origin{Door: door, Address: by},
		Roles: d.Config.RolesOf(by), Watch: []string{by},
	}
	for _, change := range changes {
		change(&call)
	}
	return d.calls()[call.Command](h.Context(), call)
}

// notices are those that were told, as "watchers: text".
func (h *hall) notices() (list []string) {
	h.Helper()
	for _, open := range []bool{true, false} {
		jobs, err := jobtest.List(h.Context(), h.Jobs, job.Browse{Open: open, Notices: true, Wants: func(j *job.Job) bool { return j.Principal == "bot:ptg" }})
		if err != nil {
			h.Fatal(err)
		}
		for _, j := range jobs {
			watchers, err := h.Jobs.Watchers(h.Context(), j.ID)
			if err != nil {
				h.Fatal(err)
			}
			var to []string
			for address := range watchers {
				to = append(to, address)
			}
			list = append(list, strings.Join(to, " ")+": "+j.Text)
		}
	}
	return list
}

func (h *hall) gathering() *gathering.Gathering {
	h.Helper()
	g, err := gathering.NewStore(h.rdb).Get(h.Context(), "fall")
	if err != nil {
		h.Fatal(err)
	}
	return g
}
