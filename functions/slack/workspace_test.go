package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/slack/slacktest"
)

const botToken = "xoxb-1-of-the-tests"

// workspace is as much of Slack as the door needs: people, groups, and what was said where. What Slack would refuse fails
// the test.
type workspace struct {
	testing.TB
	*httptest.Server

	mu     sync.Mutex
	people map[string]map[string]any // users.info
	groups map[string][]string
	names  map[string]string   // conversations.info
	faults map[string][]string // by method: errors of the next calls; "500" and "429" are statuses
	calls  map[string]int
	posts  []utterance

	refusesAt int // the post, from 1, that fails once

	shown // views, previews and files
}

// utterance is one message.
type utterance struct {
	way, channel, thread, user, text string
	blocks                           string // as JSON
}

func (s utterance) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s %s %s %s", s.way, s.channel+s.thread, s.user, s.text))
}

func newWorkspace(tb testing.TB) *workspace {
	w := &workspace{
		TB: tb, faults: make(map[string][]string), calls: make(map[string]int),
		names:  map[string]string{"C0NOVA77": "nova"},
		groups: map[string][]string{"S0OPS": {"U0GRO", "U0GUEST"}, "S0OTHER": {"U0GRO"}},
		people: map[string]map[string]any{
			"U0ANN":   {"team_id": "T0HOME"},
			"U0EVE":   {"team_id": "T0HOME"},
			"U0GRO":   {"team_id": "T0HOME"},
			"U0GRID":  {"team_id": "T0GRID"},
			"U0GUEST": {"team_id": "T0HOME", "is_restricted": true},
			"U0ULTRA": {"team_id": "T0HOME", "is_restricted": true, "is_ultra_restricted": true},
			"U0GONE":  {"team_id": "T0HOME", "deleted": true},
			"U0CI":    {"team_id": "T0HOME", "is_bot": true},
			"U0FLOW":  {"team_id": "T0HOME", "is_workflow_bot": true},
			"U0STR":   {"team_id": "T0OTHER"},
			"U0STRG":  {"team_id": "T0OTHER", "is_restricted": true},
			"U0NEVER": {"team_id": "T0HOME", "is_stranger": true},
		},
	}
	w.Server = httptest.NewServer(w)
	tb.Cleanup(w.Close)
	return w
}

// hook is a response_url.
func (w *workspace) hook() string { return w.URL + "/hook/1/2" }

// fails makes the next calls of a method fail.
func (w *workspace) fails(method string, errors ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults[method] = append(w.faults[method], errors...)
}

// has changes what Slack says of somebody.
func (w *workspace) has(id string, field string, value any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.people[id][field] = value
}

func (w *workspace) called(method string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.calls[method]
}

// said lists what was said, and empties the list.
func (w *workspace) said() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	lines := make([]string, len(w.posts))
	for i, s := range w.posts {
		lines[i] = s.String()
	}
	w.posts = nil
	return lines
}

func (w *workspace) saidCount() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.posts)
}

func (w *workspace) ServeHTTP(res http.ResponseWriter, req *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	method, isMethod := strings.CutPrefix(req.URL.Path, "/api/")
	if !isMethod {
		method = "hook"
	}
	w.calls[method]++
	if faults := w.faults[method]; len(faults) > 0 {
		w.faults[method] = faults[1:]
		w.fail(res, isMethod, faults[0])
		return
	}
	if strings.HasPrefix(req.URL.Path, "/files/") {
		w.serveFile(res, req)
		return
	}
	if !isMethod {
		w.answerHook(res, req)
		return
	}
	if strings.HasPrefix(method, "views.") {
		w.show(res, req, method)
		return
	}
	if err := req.ParseForm(); err != nil {
		w.Error(err)
	}
	if token := strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer "); token != botToken && req.Form.Get("token") != botToken {
		w.Errorf("%s without the token", method)
	}
	answer, problem := w.answer(method, req.Form)
	if problem != "" {
		answer = map[string]any{"error": problem}
	}
	answer["ok"] = problem == ""
	res.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(res).Encode(answer); err != nil {
		w.Error(err)
	}
}

func (w *workspace) fail(res http.ResponseWriter, isMethod bool, fault string) {
	switch {
	case fault == "429":
		res.Header().Set("Retry-After", "1")
		res.WriteHeader(http.StatusTooManyRequests)
	case fault == "500":
		res.WriteHeader(http.StatusInternalServerError)
	case isMethod:
		res.Header().Set("Content-Type", "application/json")
		_, _ = res.Write([]byte(`{"ok":false,"error":"` + fault + `"}`))
	default:
		http.Error(res, fault, http.StatusNotFound)
	}
}

// answer does what a method of the Web API does.
func (w *workspace) answer(method string, form url.Values) (map[string]any, string) {
	switch method {
	case "auth.test":
		return map[string]any{"user_id": us.UserID, "bot_id": us.BotID, "team_id": us.TeamID, "url": "https://home.slack.com/"}, ""
	case "users.info":
		user, known := w.people[form.Get("user")]
		if !known {
			return nil, "user_not_found"
		}
		full := map[string]any{"id": form.Get("user"), "name": "whatever"}
		maps.Copy(full, user)
		return map[string]any{"user": full}, ""
	case "usergroups.list":
		if form.Get("include_users") != "true" {
			w.Error("usergroups.list without its users")
		}
		var list []map[string]any
		for id, users := range w.groups {
			list = append(list, map[string]any{"id": id, "users": users})
		}
		return map[string]any{"usergroups": list}, ""
	case "conversations.info":
		name, known := w.names[form.Get("channel")]
		if !known {
			return nil, "channel_not_found"
		}
		return map[string]any{"channel": map[string]any{"id": form.Get("channel"), "name": name}}, ""
	case "conversations.open":
		return map[string]any{"channel": map[string]any{"id": "D" + strings.TrimPrefix(form.Get("users"), "U")}}, ""
	case "chat.postMessage", "chat.postEphemeral":
		if w.refusesAt > 0 && w.refusesAt == len(w.posts)+1 {
			w.refusesAt = 0
			return map[string]any{}, "internal_error"
		}
		return w.post(method, form)
	}
	if answer := w.showMore(method, form); answer != nil {
		return answer, ""
	}
	w.Errorf("nobody expected a call of %s", method)
	return nil, "unknown_method"
}

func (w *workspace) post(method string, form url.Values) (map[string]any, string) {
	channel := form.Get("channel")
	if !slices.Contains([]string{"C0OPS", "C0SHARED", "D0ANN", "D0EVE", "D0GRO"}, channel) {
		return nil, "channel_not_found"
	}
	s := utterance{way: strings.TrimPrefix(method, "chat.post"), channel: channel, user: form.Get("user"), text: form.Get("text")}
	if thread := form.Get("thread_ts"); thread != "" {
		s.thread = "/" + thread
	}
	var blocks goslack.Blocks
	if text := form.Get("blocks"); text != "" {
		if err := json.Unmarshal([]byte(text), &blocks); err != nil {
			w.Error(err)
		}
	}
	w.keep(s, blocks.BlockSet)
	return map[string]any{"channel": channel, "ts": "9.9", "message_ts": "9.9"}, ""
}

func (w *workspace) answerHook(res http.ResponseWriter, req *http.Request) {
	var m goslack.WebhookMessage
	if err := json.NewDecoder(req.Body).Decode(&m); err != nil {
		w.Error(err)
	}
	var blocks []goslack.Block
	if m.Blocks != nil {
		blocks = m.Blocks.BlockSet
	}
	if m.ReplaceOriginal || m.DeleteOriginal {
		w.Error("a message is replaced")
	}
	s := utterance{way: "hook", user: m.ResponseType, text: m.Text}
	if m.ThreadTimestamp != "" {
		s.thread = "/" + m.ThreadTimestamp
	}
	w.keep(s, blocks)
	_, _ = res.Write([]byte("ok"))
}

func (w *workspace) keep(s utterance, blocks []goslack.Block) {
	if err := slacktest.CheckMessage(blocks, s.text); err != nil {
		w.Errorf("Slack would refuse %q: %v", s.text, err)
	}
	text, err := json.Marshal(blocks)
	if err != nil {
		w.Error(err)
	}
	s.blocks = string(text)
	w.posts = append(w.posts, s)
}
