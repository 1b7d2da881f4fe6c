package slack

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/slack/slacktest"
)

// fakeSlack is a workspace in memory that keeps to Slack's rules: who may post where, what a thread is, metadata, limits.
type fakeSlack struct {
	now func() time.Time

	mu       sync.Mutex
	channels map[string]*fakeChannel
	direct   map[string]string // channel of direct messages, by person
	last     int               // number of the last message
	calls    []string          // "chat.postMessage C1"
	fault    func(method, channel string) *fakeFault
	wrong    []string // what was sent that Slack would refuse
}

// fakeFault is what befalls a call.
type fakeFault struct {
	code       string // Slack's error; nothing happens
	status     int    // an HTTP error; nothing happens
	retryAfter int    // seconds, with status 429
	lost       bool   // it happens, and the answer is lost
	down       bool   // it does not happen, and there is no answer
}

type fakeChannel struct {
	id         string
	member     bool // we are
	archived   bool
	unreadable bool
	messages   []*fakeMessage
}

type fakeMessage struct {
	ts, thread string
	text       string
	blocks     goslack.Blocks
	mark       goslack.SlackMetadata
	broadcast  bool
	edits      int
	deleted    bool
	at         time.Time
}

func newFakeSlack(now func() time.Time, members ...string) *fakeSlack {
	f := &fakeSlack{now: now, channels: make(map[string]*fakeChannel), direct: make(map[string]string)}
	for _, id := range members {
		f.channels[id] = &fakeChannel{id: id, member: true}
	}
	return f
}

// errLost is an answer that never came.
var errLost = fmt.Errorf("reset by peer: %w", io.ErrUnexpectedEOF)

// RoundTrip is one call of the Web API.
func (f *fakeSlack) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	method, channel := strings.TrimPrefix(r.URL.Path, "/api/"), r.Form.Get("channel")
	f.calls = append(f.calls, strings.TrimSpace(method+" "+channel))
	var fault fakeFault
	if f.fault != nil {
		if ordered := f.fault(method, channel); ordered != nil {
			fault = *ordered
		}
	}
	w := httptest.NewRecorder()
	switch {
	case fault.down:
		return nil, errLost
	case fault.status != 0:
		if fault.retryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(fault.retryAfter))
		}
		w.WriteHeader(fault.status)
		return w.Result(), nil
	}
	answer := map[string]any{"ok": false, "error": fault.code}
	if fault.code == "" {
		answer = f.answer(method, r)
	}
	if fault.lost {
		return nil, errLost
	}
	if code, bad := answer["error"]; bad {
		answer["ok"] = code == ""
	} else {
		answer["ok"] = true
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
	return w.Result(), nil
}

func refusal(code string) map[string]any { return map[string]any{"error": code} }

func (f *fakeSlack) answer(method string, r *http.Request) map[string]any {
	if r.Header.Get("Authorization") == "" && r.Form.Get("token") == "" {
		return refusal("not_authed")
	}
	if method == "conversations.open" {
		return f.open(r.Form.Get("users"))
	}
	c := f.channels[r.Form.Get("channel")]
	if c == nil {
		return refusal("channel_not_found")
	}
	switch method {
	case "chat.postMessage":
		return f.post(c, r)
	case "chat.update":
		return f.update(c, r)
	case "conversations.history", "conversations.replies":
		return f.read(c, method, r)
	}
	return refusal("unknown_method")
}

func (f *fakeSlack) open(person string) map[string]any {
	id, known := f.direct[person]
	if !known {
		return refusal("user_not_found")
	}
	if f.channels[id] == nil {
		f.channels[id] = &fakeChannel{id: id, member: true}
	}
	return map[string]any{"channel": map[string]any{"id": id}}
}

func (c *fakeChannel) closed() string {
	switch {
	case c.archived:
		return "is_archived"
	case !c.member:
		return "not_in_channel"
	}
	return ""
}

func (c *fakeChannel) find(ts string) *fakeMessage {
	for _, m := range c.messages {
		if m.ts == ts && !m.deleted {
			return m
		}
	}
	return nil
}

// holds reports whether a thread takes replies: its root is there, or was deleted when it had some.
func (c *fakeChannel) holds(root string) bool {
	return c.find(root) != nil || slices.ContainsFunc(c.messages, func(m *fakeMessage) bool { return m.thread == root && !m.deleted })
}

// compose reads a message from a call.
func (f *fakeSlack) compose(r *http.Request) (*fakeMessage, string) {
	m := &fakeMessage{text: r.Form.Get("text"), broadcast: r.Form.Get("reply_broadcast") == "true"}
	if blocks := r.Form.Get("blocks"); blocks != "" {
		if err := json.Unmarshal([]byte(blocks), &m.blocks); err != nil {
			return nil, "invalid_blocks"
		}
	}
	if mark := r.Form.Get("metadata"); mark != "" {
		if err := json.Unmarshal([]byte(mark), &m.mark); err != nil || m.mark.EventType == "" {
			return nil, "invalid_metadata_format"
		}
	}
	if m.text == "" && len(m.blocks.BlockSet) == 0 {
		return nil, "no_text"
	}
	if err := slacktest.CheckMessage(m.blocks.BlockSet, m.text); err != nil {
		f.wrong = append(f.wrong, err.Error())
		return nil, "invalid_blocks"
	}
	return m, ""
}

func (f *fakeSlack) post(c *fakeChannel, r *http.Request) map[string]any {
	if code := c.closed(); code != "" {
		return refusal(code)
	}
	m, code := f.compose(r)
	if code != "" {
		return refusal(code)
	}
	if thread := r.Form.Get("thread_ts"); thread != "" && c.holds(thread) { // else it is posted to the channel
		m.thread = thread
	}
	f.last++
	m.at = f.now()
	m.ts = fmt.Sprintf("%d.%06d", m.at.Unix(), f.last)
	c.messages = append(c.messages, m)
	return map[string]any{"channel": c.id, "ts": m.ts, "message": m.shown()}
}

func (m *fakeMessage) shown() map[string]any {
	shown := map[string]any{"type": "message", "text": m.text, "ts": m.ts, "bot_id": "B0BOT"}
	if m.thread != "" {
		shown["thread_ts"] = m.thread
	}
	if m.mark.EventType != "" {
		shown["metadata"] = m.mark
	}
	return shown
}

func (f *fakeSlack) update(c *fakeChannel, r *http.Request) map[string]any {
	if code := c.closed(); code != "" {
		return refusal(code)
	}
	old := c.find(r.Form.Get("ts"))
	if old == nil {
		return refusal("message_not_found")
	}
	m, code := f.compose(r)
	if code != "" {
		return refusal(code)
	}
	old.text, old.blocks, old.edits = m.text, m.blocks, old.edits+1
	return map[string]any{"channel": c.id, "ts": old.ts, "text": old.text, "message": old.shown()}
}

// read answers three messages at a time, so that every reader must turn pages.
func (f *fakeSlack) read(c *fakeChannel, method string, r *http.Request) map[string]any {
	if c.unreadable {
		return refusal("missing_scope")
	}
	if !c.member {
		return refusal("not_in_channel")
	}
	root := r.Form.Get("ts")
	if method == "conversations.replies" && !c.holds(root) {
		return refusal("thread_not_found")
	}
	var found []map[string]any
	for _, m := range c.messages {
		inThread := method == "conversations.replies" && (m.ts == root || m.thread == root)
		inChannel := method == "conversations.history" && (m.thread == "" || m.broadcast)
		if m.deleted || (!inThread && !inChannel) || (m.ts < r.Form.Get("oldest") && m.ts != root) {
			continue
		}
		shown := m.shown()
		if r.Form.Get("include_all_metadata") != "1" {
			delete(shown, "metadata")
		}
		found = append(found, shown)
	}
	if method == "conversations.history" {
		slices.Reverse(found) // the newest first
	}
	const page = 3
	from, _ := strconv.Atoi(r.Form.Get("cursor"))
	to := min(from+page, len(found))
	answer := map[string]any{"messages": found[from:to], "has_more": to < len(found)}
	if to < len(found) {
		answer["response_metadata"] = map[string]any{"next_cursor": strconv.Itoa(to)}
	}
	return answer
}

// called counts the calls of a method since the last reset.
func (f *fakeSlack) called(method string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, call := range f.calls {
		if strings.HasPrefix(call, method) {
			n++
		}
	}
	return n
}

func (f *fakeSlack) reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = nil
}

// breaks orders faults; nil ends them.
func (f *fakeSlack) breaks(fault func(method, channel string) *fakeFault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault = fault
}

// cards are the messages of a job in a channel that stand there now.
func (f *fakeSlack) cards(channel, id, address string) []*fakeMessage {
	return f.marked(channel, func(m *fakeMessage) bool {
		return m.mark.EventType == jobMark && m.mark.EventPayload["job"] == id && m.mark.EventPayload["address"] == address
	})
}

// words are what was said about a job in threads of a channel.
func (f *fakeSlack) words(channel, id string) []*fakeMessage {
	return f.marked(channel, func(m *fakeMessage) bool {
		return m.mark.EventType == wordsMark && m.mark.EventPayload["job"] == id
	})
}

func (f *fakeSlack) marked(channel string, wanted func(m *fakeMessage) bool) []*fakeMessage {
	f.mu.Lock()
	defer f.mu.Unlock()
	var found []*fakeMessage
	if c := f.channels[channel]; c != nil {
		for _, m := range c.messages {
			if !m.deleted && wanted(m) {
				found = append(found, m)
			}
		}
	}
	return found
}

// drawn is its blocks as they were sent.
func (m *fakeMessage) drawn() string {
	text, _ := json.Marshal(m.blocks)
	return string(text)
}

// isLast reports whether it is a last word.
func (m *fakeMessage) isLast() bool { return m.mark.EventPayload["upto"] == "end" }

// joins has the bot join a new channel.
func (f *fakeSlack) joins(channel string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.channels[channel] = &fakeChannel{id: channel, member: true}
}

// talks has people say something in a channel, and in a thread of it.
func (f *fakeSlack) talks(channel, thread string, times int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.channels[channel]
	for range times {
		for _, root := range []string{"", thread} {
			f.last++
			ts := fmt.Sprintf("%d.%06d", f.now().Unix(), f.last)
			c.messages = append(c.messages, &fakeMessage{ts: ts, thread: root, text: "something else", at: f.now()})
		}
	}
}

// deletes deletes a message as a person does.
func (f *fakeSlack) deletes(m *fakeMessage) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m.deleted = true
}

func (f *fakeSlack) change(channel string, change func(c *fakeChannel)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f.channels[channel])
}

// allTaken fails a test when something was sent that Slack would refuse.
func (f *fakeSlack) allTaken(tb testing.TB) {
	tb.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.wrong) > 0 {
		tb.Errorf("Slack would refuse: %q", f.wrong)
	}
}
