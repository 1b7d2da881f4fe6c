package slack

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzCall: whatever a client sends to whatever method, it gets an answer of Slack's form, and what is kept stays in order.
func FuzzCall(f *testing.F) {
	const form, asJSON = "application/x-www-form-urlencoded", "application/json; charset=utf-8"
	f.Add("chat.postMessage", form, "channel=C0OPS&text=hello&thread_ts=1.1")
	f.Add("chat.postMessage", asJSON, `{"channel":"C0OPS","blocks":[{"type":"divider"}],"metadata":{"event_type":"e","event_payload":{}}}`)
	f.Add("chat.postMessage", asJSON, `{"channel":"U0ANN","text":null,"attachments":[{"blocks":null}]}`)
	f.Add("chat.update", form, "channel=C0OPS&ts=1700000000.000100&text=x&blocks=[]")
	f.Add("conversations.history", form, "channel=C0OPS&oldest=1.5&latest=now&limit=2&cursor=bmV4dF90czoxLjE=")
	f.Add("conversations.replies", form, "channel=C0OPS&ts=1.1")
	f.Add("conversations.list", form, "types=public_channel,im&limit=1&cursor=bGlzdDox")
	f.Add("conversations.open", asJSON, `{"users":["U0ANN","U0BOB"]}`)
	f.Add("views.publish", asJSON, `{"user_id":"U0ANN","view":{"type":"home","blocks":[]}}`)
	f.Add("views.update", form, "external_id=x&view={}")
	f.Add("chat.unfurl", form, "channel=C0OPS&ts=1.1&unfurls={}")
	f.Add("users.info", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nU0ANN\r\n--b--\r\n")
	s := New(Options{Token: "xoxb-1", Unlimited: true, Kept: 20, Frozen: true, URL: "http://slack.test"})
	f.Cleanup(s.Close)
	f.Fuzz(func(t *testing.T, method, kind, body string) {
		if strings.ContainsAny(method, "/\\%?#") || strings.Trim(method, ".") == "" {
			return
		}
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.URL.Path = "/api/" + method
		r.Header.Set("Authorization", "Bearer xoxb-1")
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		s.serveAPI(w, r)
		var answer struct {
			OK    *bool  `json:"ok"`
			Error string `json:"error"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.OK == nil || *answer.OK == (answer.Error != "") || !utf8.Valid(w.Body.Bytes()) {
			t.Fatalf("%d %s, %v", w.Code, w.Body, err)
		}
		if answer.Error == "fatal_error" || answer.Error == "internal_error" {
			t.Fatalf("%s", w.Body)
		}
		s.do(func() { inOrder(t, s) })
	})
}

// inOrder checks what must hold of everything that is kept.
func inOrder(t *testing.T, s *Server) {
	t.Helper()
	bytes := 0
	for _, c := range s.channels {
		for i, m := range c.messages {
			if i > 0 && compareTS(c.messages[i-1].TS, m.TS) >= 0 {
				t.Fatalf("%s: %s stands before %s", c.ID, c.messages[i-1].TS, m.TS)
			}
			bytes += m.size()
		}
		if len(c.messages) > s.options.Kept {
			t.Fatalf("%s keeps %d messages", c.ID, len(c.messages))
		}
	}
	if bytes != s.bytes {
		t.Fatalf("messages take %d bytes, %d are counted", bytes, s.bytes)
	}
}
