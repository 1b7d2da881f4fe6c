package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/function/functiontest"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/sign"
	"github.com/handsoff/handsoff/shared/slack"
)

const (
	internalKey = "an-internal-key-of-enough-bytes"
	testConfig  = `
roles:
  operator: ["slack:U0ANN", "slack-group:S0OPS"]
  viewer: ["slack:*"]
slack: {url: "%s/api/", teams: [T0GRID]}
`
)

// hall is a door between a Slack and a function command of the test.
type hall struct {
	testing.TB
	*door

	slack   *workspace
	desk    *desk
	logs    *functiontest.Lines
	handler http.Handler
}

// newHall builds one whose inbox is worked off. changes come before the door is made.
func newHall(tb testing.TB, rdb *redis.Client, changes ...func(secrets map[string]string)) *hall {
	tb.Helper()
	h := idleHall(tb, rdb, changes...)
	h.starts()
	return h
}

// starts works the inbox off until the end of the test, and opens the door.
func (h *hall) starts() {
	h.start()
	h.handler = function.NewHandler(h.Platform, h.parts())
	h.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := h.stop(ctx); err != nil {
			h.Error(err)
		}
	})
}

// idleHall is one whose inbox nobody works off.
func idleHall(tb testing.TB, rdb *redis.Client, changes ...func(secrets map[string]string)) *hall {
	tb.Helper()
	h := &hall{TB: tb, slack: newWorkspace(tb), desk: newDesk(tb, rdb), logs: &functiontest.Lines{}}
	h.door = h.makes(rdb, changes...)
	return h
}

// makes makes a door on a client that may have hooks, as another process of the function would be.
func (h *hall) makes(rdb *redis.Client, changes ...func(secrets map[string]string)) *door {
	h.Helper()
	p := h.platform(rdb, changes...)
	section, err := slack.Read(p.Config)
	if err != nil {
		h.Fatal(err)
	}
	d, err := newDoor(p, section)
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(d.app.Close)
	d.late, d.answers = time.Hour, time.Minute // that the machine is slow is told to nobody, and leaves nobody without an answer
	return d
}

// platform is what a door stands on.
func (h *hall) platform(rdb *redis.Client, changes ...func(secrets map[string]string)) *function.Platform {
	h.Helper()
	secrets := map[string]string{
		function.KeySecret: internalKey, function.ConfigSecret: fmt.Sprintf(testConfig, h.slack.URL),
		tokenSecret: botToken + "\n", signingSecret: newSecret + "\n" + oldSecret + "\n",
	}
	for _, change := range changes {
		change(secrets)
	}
	return functiontest.On(h, rdb, functiontest.Place{
		Function: "slack", Gateway: h.desk.URL, Secrets: secrets, Log: slog.New(slog.NewTextHandler(h.logs, nil)),
	})
}

// post sends a body as Slack does.
func (h *hall) post(media, body string, headers http.Header) *httptest.ResponseRecorder {
	h.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	maps.Copy(r.Header, headers)
	r.Header.Set("Content-Type", media)
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w
}

// sends sends a signed body that must be taken.
func (h *hall) sends(media, body string) {
	h.Helper()
	if w := h.post(media, body, signed(newSecret, body, time.Now())); w.Code != http.StatusOK || w.Body.Len() > 0 {
		h.Errorf("%d %s", w.Code, w.Body)
	}
}

// event sends an event.
func (h *hall) event(id, inner string) {
	h.Helper()
	h.sends(inJSON, anEvent(id, inner))
}

func anEvent(id, inner string) string {
	return `{"type":"event_callback","token":"old","team_id":"T0HOME","api_app_id":"A0BOT","event_id":"` + id + `","event":` + inner + `}`
}

// aMention is an event of somebody who says something in #ops at a time.
func inOps(user, ts, text string, more ...string) string {
	return fmt.Sprintf(`{"type":"message","channel":"C0OPS","channel_type":"channel","user":%q,"ts":%q,"text":%q%s}`,
		user, ts, text, strings.Join(append([]string{""}, more...), ","))
}

// command sends a slash command.
func (h *hall) types(user, trigger, text string) {
	h.Helper()
	h.sends(inForm, aSlash(h.slack.hook(), user, trigger, text))
}

func aSlash(hook, user, trigger, text string) string {
	return url.Values{
		"token": {"old"}, "command": {"/handsoff"}, "team_id": {"T0HOME"}, "channel_id": {"C0OPS"}, "channel_name": {"ops"}, "user_id": {user},
		"user_name": {"somebody"}, "text": {text}, "response_url": {hook}, "trigger_id": {trigger},
	}.Encode()
}

// settles waits until nothing is left in the inbox.
func (h *hall) settles() {
	h.Helper()
	jobtest.Eventually(h, "an empty inbox", func() bool {
		n, err := h.Redis.ZCard(context.Background(), "handsoff:inbox:slack:due").Result()
		return err == nil && n == 0
	})
}

// wants compares what was said since with what should have been.
func (h *hall) wants(want ...string) {
	h.Helper()
	h.settles()
	if got := h.slack.said(); !slices.Equal(got, want) {
		h.Errorf("said\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func (h *hall) counts(name string) int64 {
	h.Helper()
	counts, err := h.Jobs.Counts(context.Background())
	if err != nil {
		h.Fatal(err)
	}
	return counts[name]
}

// turnedAway is who was turned away because they are nobody to us.
func (h *hall) turnedAway() (list []string) {
	h.Helper()
	entries, err := h.Redis.XRange(context.Background(), job.StrangersKey, "-", "+").Result()
	if err != nil {
		h.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, fmt.Sprintf("%s %s: %s", e.Values["who"], e.Values["act"], e.Values["detail"]))
	}
	return list
}

// audited lists acts in the audit, oldest first, as "who act detail".
func (h *hall) audited() []string {
	h.Helper()
	entries, err := h.Jobs.AuditTail(context.Background(), 50)
	if err != nil {
		h.Fatal(err)
	}
	var list []string
	for _, e := range slices.Backward(entries) {
		if e.Act != "accepted" {
			list = append(list, e.Who+" "+e.Act+": "+e.Detail)
		}
	}
	return list
}

// desk is a function command that makes jobs of "run …", says what it was told of anything else, and has faults.
type desk struct {
	testing.TB
	*httptest.Server

	jobs *job.Store

	mu     sync.Mutex
	asked  []command.Envelope
	done   map[string]int // how often each command that answers at once was done
	faults []int          // statuses of the next answers
	answer func(e command.Envelope) command.Answer

	catalogue []command.Declared // what everybody may use
	nudges    []string
}

func newDesk(tb testing.TB, rdb *redis.Client) *desk {
	d := &desk{TB: tb, jobs: jobtest.Open(tb, rdb, job.Options{}), done: make(map[string]int)}
	d.Server = httptest.NewServer(d)
	tb.Cleanup(d.Close)
	return d
}

func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		d.Error(err)
	}
	keys, err := sign.Parse([]byte(internalKey))
	if err != nil {
		d.Error(err)
	}
	if _, err := keys.Verify(body, r.Header.Get(sign.Header)); err != nil {
		d.Error(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if function, nudged := strings.CutPrefix(r.URL.Path, "/async-function/"); nudged {
		d.nudges = append(d.nudges, function)
		w.WriteHeader(http.StatusAccepted)
		return
	}
	if strings.HasSuffix(r.URL.Path, "/catalogue") {
		d.sendCatalogue(w)
		return
	}
	if len(d.faults) > 0 {
		status := d.faults[0]
		d.faults = d.faults[1:]
		http.Error(w, "it is not to be", status)
		return
	}
	e, err := command.DecodeEnvelope(bytes.TrimSpace(body))
	if err != nil {
		d.Errorf("%v: %s", err, body)
	}
	d.asked = append(d.asked, e)
	if err := json.NewEncoder(w).Encode(d.does(e)); err != nil {
		d.Error(err)
	}
}

// does answers an envelope.
func (d *desk) does(e command.Envelope) command.Answer {
	if d.answer != nil {
		return d.answer(e)
	}
	if e.Overheard && e.Text != "stop" {
		return command.Answer{Text: "I do not know that.", Problem: &command.Problem{Code: command.CodeOverheard}}
	}
	if !strings.HasPrefix(e.Text, "run") {
		d.done[e.ID]++
		return command.Answer{Text: strings.TrimSpace("You said " + e.Text + e.Command)}
	}
	accepted, err := d.jobs.Accept(context.Background(), jobtest.Request(func(r *job.Request) {
		r.Key, r.Principal, r.Text, r.Watch, r.Origin, r.Groups = e.Principal+" "+e.ID, e.Principal, e.Text, e.Watch, e.Origin, e.Groups
	}))
	if err != nil {
		d.Error(err)
		return command.Answer{}
	}
	return command.Answer{Text: accepted.ID + " accepted", Job: accepted.ID, Accepted: true}
}

// envelopes lists what was asked, and empties the list.
func (d *desk) envelopes() []command.Envelope {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := d.asked
	d.asked = nil
	return list
}

// only is the one envelope that was asked.
func (h *hall) only() command.Envelope {
	h.Helper()
	h.settles()
	list := h.desk.envelopes()
	if len(list) != 1 {
		h.Fatalf("asked %d times: %+v", len(list), list)
	}
	return list[0]
}

func (d *desk) fails(statuses ...int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = append(d.faults, statuses...)
}

// repeats is how often the most repeated command that answers at once was done.
func (d *desk) repeats() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	most := 0
	for _, n := range d.done {
		most = max(most, n)
	}
	return most
}

// pending lists what waits in the inbox.
func (h *hall) waits() int64 {
	h.Helper()
	n, err := h.Redis.ZCard(context.Background(), "handsoff:inbox:slack:due").Result()
	if err != nil {
		h.Fatal(err)
	}
	return n
}
