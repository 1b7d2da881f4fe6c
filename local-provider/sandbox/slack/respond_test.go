package slack

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A responder is a Slack and a response URL in it.
type responder struct {
	*testing.T
	s   *Server
	url string
}

// answerable makes a response URL for a click on a message, which is an ephemeral one if hidden.
func answerable(t *testing.T, hidden bool) *responder {
	t.Helper()
	r := &responder{T: t, s: inside(t)}
	web := httptest.NewServer(r.s)
	t.Cleanup(web.Close)
	r.s.SetURL(web.URL)
	r.s.do(func() {
		c := r.s.channels[Ops]
		var ts string
		if hidden {
			ts = r.s.whisper(c, Ann, Message{Text: "original"})
		} else {
			ts = r.s.post(c, Message{Text: "original", BotID: BotID, User: BotUser}).TS
		}
		r.url = r.s.newResponseURL(Ann, Ops, ts, "", hidden)
	})
	return r
}

// send wants a status and a text.
func (r *responder) send(status int, want, body string) {
	r.Helper()
	rsp, err := http.Post(r.url, "application/json", strings.NewReader(body))
	if err != nil {
		r.Fatal(err)
	}
	defer rsp.Body.Close()
	text := make([]byte, 200)
	n, _ := rsp.Body.Read(text)
	if rsp.StatusCode != status || string(text[:n]) != want {
		r.Errorf("%s: %s %s, want %d %s", body, rsp.Status, text[:n], status, want)
	}
}

// see checks what the channel holds, and what only Ann sees.
func (r *responder) see(messages, whispers string) {
	r.Helper()
	var public, private []string
	for _, m := range r.s.Messages(Ops) {
		public = append(public, m.Text)
	}
	for _, e := range r.s.Ephemerals(Ops, Ann) {
		private = append(private, e.Message.Text)
	}
	if got := strings.Join(public, " "); got != messages {
		r.Errorf("the channel holds %q, want %q", got, messages)
	}
	if got := strings.Join(private, " "); got != whispers {
		r.Errorf("ann sees %q, want %q", got, whispers)
	}
}

func TestResponseURL(t *testing.T) {
	t.Parallel()
	r := answerable(t, false)
	r.send(200, "ok", `{"text":"one"}`)
	r.see("original", "one")
	r.send(200, "ok", `{"text":"two","response_type":"in_channel"}`)
	r.see("original two", "one")
	r.send(200, "ok", `{"text":"new","replace_original":true}`)
	r.see("new two", "one")
	r.send(200, "ok", `{"delete_original":true}`)
	r.see("two", "one")
	r.send(400, "message_not_found", `{"text":"x","replace_original":true}`)
	r.send(404, "used_url", `{"text":"six"}`)
	r.see("two", "one")
	if n := r.s.Called("response_url", "used_url"); n != 1 {
		t.Errorf("the ledger has %d", n)
	}
}

func TestResponseURLOfAWhisper(t *testing.T) {
	t.Parallel()
	r := answerable(t, true)
	r.send(200, "ok", `{"text":"new","replace_original":true,"blocks":[{"type":"divider"}]}`)
	r.see("", "new")
	r.send(200, "ok", `{"delete_original":true}`)
	r.see("", "")
}

func TestBadResponses(t *testing.T) {
	t.Parallel()
	r := answerable(t, false)
	r.send(400, "invalid_payload", `text=x`)
	r.send(400, "no_text", `{}`)
	r.send(400, "invalid_blocks", `{"blocks":[{"type":"nothing"}]}`)
	r.send(400, "invalid_payload", `{"text":"x","response_type":1}`)
	r.see("original", "")
	r.s.Advance(30*time.Minute + time.Second)
	r.send(404, "expired_url", `{"text":"late"}`)
	r.url += "0"
	r.send(404, "no_such_url", `{"text":"late"}`)
	r.see("original", "")
	r.s.Advance(2 * time.Hour)
	r.s.do(func() { r.s.newResponseURL(Ann, Ops, "", "", false) })
	if n := len(r.s.responses); n != 1 {
		t.Errorf("%d response URLs are kept", n)
	}
}
