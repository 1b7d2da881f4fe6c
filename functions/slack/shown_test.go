package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/slack/slacktest"
)

// shown is what a workspace shows besides messages.
type shown struct {
	views   []aView
	unfurls []string          // "C0OPS 1.2 https://… text", one a link
	files   map[string]string // by path
}

// aView is a call of views.open, views.update or views.publish.
type aView struct {
	method, trigger, user, id, hash string
	goslack.ModalViewRequest
	text string // as JSON
}

// show takes a view that Slack would take.
func (w *workspace) show(res http.ResponseWriter, req *http.Request, method string) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		w.Error(err)
	}
	if req.Header.Get("Authorization") != "Bearer "+botToken {
		w.Errorf("%s without the token", method)
	}
	var call struct {
		Trigger string                   `json:"trigger_id"`
		User    string                   `json:"user_id"`
		ID      string                   `json:"view_id"`
		Hash    string                   `json:"hash"`
		View    goslack.ModalViewRequest `json:"view"`
	}
	if err := json.Unmarshal(body, &call); err != nil {
		w.Error(err)
	}
	if err := slacktest.CheckView(&call.View); err != nil {
		w.Errorf("Slack would refuse a view: %v\n%s", err, body)
	}
	w.views = append(w.views, aView{method, call.Trigger, call.User, call.ID, call.Hash, call.View, string(body)})
	_, _ = res.Write([]byte(`{"ok":true,"view":{"id":"V1","blocks":[]}}`))
}

// showMore does what a method does that shows something; nil when it is none of those.
func (w *workspace) showMore(method string, form url.Values) map[string]any {
	switch method {
	case "chat.unfurl":
		var links map[string]goslack.Attachment
		if err := json.Unmarshal([]byte(form.Get("unfurls")), &links); err != nil {
			w.Error(err)
		}
		for link, a := range links {
			if err := slacktest.CheckMessage(a.Blocks.BlockSet, a.Fallback); err != nil {
				w.Errorf("Slack would refuse a preview: %v", err)
			}
			text, _ := json.Marshal(a.Blocks)
			w.unfurls = append(w.unfurls, form.Get("channel")+" "+form.Get("ts")+" "+link+" "+string(text))
		}
		return map[string]any{}
	case "files.info":
		return map[string]any{"file": map[string]any{
			"id": form.Get("file"), "name": "shared.txt", "mimetype": "text/plain", "mode": "hosted", "size": 5,
			"url_private_download": w.URL + "/files/" + form.Get("file"),
		}}
	}
	return nil
}

// serveFile sends a file to whoever has the token.
func (w *workspace) serveFile(res http.ResponseWriter, req *http.Request) {
	text, known := w.files[strings.TrimPrefix(req.URL.Path, "/files/")]
	switch {
	case req.Header.Get("Authorization") != "Bearer "+botToken:
		w.Error("a file is fetched without the token")
	case !known:
		http.Redirect(res, req, "https://home.slack.com/?redir="+req.URL.Path, http.StatusFound)
	default:
		_, _ = io.WriteString(res, text)
	}
}

// lastViews lists the views that were shown, and empties the list.
func (w *workspace) lastViews() []aView {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := w.views
	w.views = nil
	return list
}

// unfolded lists the previews that were shown.
func (w *workspace) unfolded() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.unfurls
}

// keepsFile keeps a file at an address, which it returns.
func (w *workspace) keepsFile(name, text string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.files == nil {
		w.files = make(map[string]string)
	}
	w.files[name] = text
	return w.URL + "/files/" + name
}

func (d *desk) sendCatalogue(w http.ResponseWriter) {
	list := d.catalogue
	if list == nil {
		list = []command.Declared{}
	}
	if err := json.NewEncoder(w).Encode(list); err != nil {
		d.Error(err)
	}
}

// interacts sends an interaction and gives what it is answered with.
func (h *hall) interacts(body string) string {
	h.Helper()
	form := payload(body)
	w := h.post(inForm, form, signed(newSecret, form, time.Now()))
	if w.Code != http.StatusOK {
		h.Errorf("%d %s", w.Code, w.Body)
	}
	return w.Body.String()
}
