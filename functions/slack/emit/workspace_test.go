package emit_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	embedded "github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// workspace is a Slack with the methods that emit needs.
type workspace struct {
	*httptest.Server

	mu       sync.Mutex
	channels []map[string]any
	messages map[string][]message                        // by channel, the newest last
	faults   map[string][]func(http.ResponseWriter) bool // by method; true: it is answered already
	asked    map[string]int
}

type message struct {
	TS       string          `json:"ts"`
	Text     string          `json:"text"`
	Metadata json.RawMessage `json:"metadata,omitempty"`
}

func newWorkspace(tb testing.TB) *workspace {
	tb.Helper()
	w := &workspace{
		messages: make(map[string][]message), faults: make(map[string][]func(http.ResponseWriter) bool), asked: make(map[string]int),
		channels: []map[string]any{
			{"id": "C0GENERAL", "name": "general", "is_channel": true, "is_member": true},
			{"id": "C0OPS", "name": "ops", "is_channel": true, "is_member": true},
			{"id": "C0DEV", "name": "dev", "is_channel": true}, // public, and we are not in it
			{"id": "C0OLD", "name": "old-stuff", "is_channel": true, "is_archived": true},
			{"id": "G0OWN", "name": "layoffs", "is_private": true, "is_member": true},
			{"id": "G0SECRET", "name": "secret", "is_private": true},
		},
	}
	w.Server = httptest.NewServer(http.HandlerFunc(w.serve))
	tb.Cleanup(w.Close)
	return w
}

// fault has the next calls of a method answered by these.
func (w *workspace) fault(method string, faults ...func(http.ResponseWriter) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults[method] = append(w.faults[method], faults...)
}

func fails(code string) func(http.ResponseWriter) bool {
	return func(w http.ResponseWriter) bool {
		fmt.Fprintf(w, `{"ok":false,"error":%q,"needed":"channels:history"}`, code)
		return true
	}
}

func limited(w http.ResponseWriter) bool {
	w.Header().Set("Retry-After", "7")
	w.WriteHeader(http.StatusTooManyRequests)
	return true
}

func broken(w http.ResponseWriter) bool {
	w.WriteHeader(http.StatusBadGateway)
	return true
}

func (w *workspace) count(method string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked[method]
}

// said is what was said in a channel.
func (w *workspace) said(channel string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var texts []string
	for _, m := range w.messages[channel] {
		texts = append(texts, m.Text)
	}
	return texts
}

func (w *workspace) serve(out http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	method := r.URL.Path[1:]
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked[method]++
	out.Header().Set("Content-Type", "application/json")
	if queue := w.faults[method]; len(queue) > 0 {
		w.faults[method] = queue[1:]
		if queue[0](out) {
			return
		}
	}
	answer := w.answer(method, r)
	if answer["error"] == nil {
		answer["ok"] = true
	}
	_ = json.NewEncoder(out).Encode(answer)
}

func (w *workspace) answer(method string, r *http.Request) map[string]any {
	channel := r.Form.Get("channel")
	at := slices.IndexFunc(w.channels, func(c map[string]any) bool { return c["id"] == channel })
	switch method {
	case "conversations.list": // one a page, and not the private ones that we are not in
		from := 0
		_, _ = fmt.Sscan(r.Form.Get("cursor"), &from)
		answer := map[string]any{"channels": w.channels[from : from+1]}
		if w.channels[from]["is_private"] == true && w.channels[from]["is_member"] != true {
			answer["channels"] = []any{}
		}
		if from+1 < len(w.channels) {
			answer["response_metadata"] = map[string]any{"next_cursor": fmt.Sprint(from + 1)}
		}
		return answer
	case "conversations.info":
		if at < 0 {
			return map[string]any{"ok": false, "error": "channel_not_found"}
		}
		return map[string]any{"channel": w.channels[at]}
	case "chat.postMessage":
		m := message{
			TS: fmt.Sprintf("%d.%06d", time.Now().Unix(), len(w.messages[channel])), Text: r.Form.Get("text"),
			Metadata: json.RawMessage(r.Form.Get("metadata")),
		}
		w.messages[channel] = append(w.messages[channel], m)
		return map[string]any{"channel": channel, "ts": m.TS}
	case "conversations.history":
		if r.Form.Get("include_all_metadata") != "1" {
			return map[string]any{"messages": []any{}}
		}
		found := slices.Clone(w.messages[channel])
		slices.Reverse(found)
		return map[string]any{"messages": found}
	case "chat.getPermalink":
		return map[string]any{"permalink": "https://example.slack.com/archives/" + channel + "/p" + r.Form.Get("message_ts")}
	}
	return map[string]any{"ok": false, "error": "unknown_method"}
}

func miniredis(tb testing.TB) *redis.Client {
	tb.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: embedded.RunT(tb).Addr()})
	tb.Cleanup(func() { _ = rdb.Close() })
	return rdb
}
