package slack_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/local-provider/sandbox/slack"
)

// upload lets somebody upload a file, and returns its id.
func upload(r *rig, person, channel string) string {
	r.Helper()
	p, err := r.slack.Person(person)
	if err != nil {
		r.Fatal(err)
	}
	ts, err := p.Upload(slack.Upload{Channel: channel, Name: "batch.txt", Content: "jobs\nhelp\n"})
	if err != nil {
		r.Fatal(err)
	}
	for _, m := range r.slack.Messages(channel) {
		if m.TS == ts && len(m.Files) == 1 {
			return m.Files[0]
		}
	}
	r.Fatalf("no message %s with a file", ts)
	return ""
}

func TestFilesAreForWhoHasTheToken(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := upload(r, slack.Ann, slack.Ops)
	f, _, _, err := r.web.GetFileInfoContext(t.Context(), id, 0, 0)
	if err != nil || f.Name != "batch.txt" || f.Size != 10 || f.User != slack.Ann || f.Channels[0] != slack.Ops {
		t.Fatalf("%+v, %v", f, err)
	}
	for _, link := range []string{f.URLPrivate, f.URLPrivateDownload} {
		var out bytes.Buffer
		if err := r.web.GetFileContext(t.Context(), link, &out); err != nil || out.String() != "jobs\nhelp\n" {
			t.Errorf("%s: %q, %v", link, out.String(), err)
		}
	}
	history := r.ok("conversations.history", "channel", slack.Ops)
	if at(history, "messages", 0, "files", 0, "id") != id {
		t.Errorf("the message is %v", at(history, "messages", 0))
	}
	for _, token := range []string{"", "xoxb-other"} {
		r.token = token
		got := r.send(http.MethodGet, f.URLPrivate, "", "")
		if got.StatusCode != http.StatusFound || strings.Contains(got.text, "help") || !strings.Contains(got.text, "<html>") {
			t.Errorf("with the token %q: %s %s", token, got.Status, got.text)
		}
	}
	r.token = appToken
	if got := r.send(http.MethodGet, strings.Replace(f.URLPrivate, f.ID, "F0NONE", 1), "", ""); got.StatusCode != http.StatusNotFound {
		t.Errorf("a file that is not there: %s", got.Status)
	}
	r.refused("file_not_found", "files.info", "file", "F0NONE")
}

func TestFilesThatTheAppMayNotSee(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := upload(r, slack.Ann, slack.Quiet)
	r.refused("file_not_found", "files.info", "file", id)
	if got := r.send(http.MethodGet, "/files-pri/T0HOME-"+id+"/batch.txt", "", ""); got.StatusCode != http.StatusNotFound {
		t.Errorf("it can be had: %s", got.Status)
	}
	few := newRig(t, scopes("chat:write"))
	id = upload(few, slack.Ann, slack.Ops)
	few.refused("missing_scope", "files.info", "file", id)
	if got := few.send(http.MethodGet, "/files-pri/T0HOME-"+id+"/batch.txt", "", ""); got.StatusCode != http.StatusFound {
		t.Errorf("without files:read it can be had: %s", got.Status)
	}
}

func TestUnfurl(t *testing.T) {
	t.Parallel()
	r := newRig(t, scopes("links:write", "channels:history"), func(o *slack.Options) { o.Manifest.Unfurl = []string{"example.com"} })
	ann, err := r.slack.Person(slack.Ann)
	if err != nil {
		t.Fatal(err)
	}
	ts, err := ann.Say(slack.Saying{Channel: slack.Ops, Text: "look https://review.example.com/c/1?a=1&b=2 and https://evil.org/"})
	if err != nil {
		t.Fatal(err)
	}
	const link = "https://review.example.com/c/1?a=1&b=2"
	for range 2 { // the second time it replaces the first
		_, _, _, err = r.web.UnfurlMessageContext(t.Context(), slack.Ops, ts, map[string]goslack.Attachment{link: {Text: "a change"}})
		if err != nil {
			t.Fatal(err)
		}
	}
	m := r.ok("conversations.history", "channel", slack.Ops)["messages"].([]any)[0]
	if at(m, "attachments", 0, "from_url") != link || at(m, "attachments", 0, "text") != "a change" || at(m, "attachments", 1) != nil || at(m, "edited") != nil {
		t.Errorf("the message is %v", m)
	}
	for code, arguments := range map[string][]string{
		"missing_unfurls":         {"channel", slack.Ops, "ts", ts},
		"invalid_unfurls_format":  {"channel", slack.Ops, "ts", ts, "unfurls", "[]"},
		"missing_channel":         {"ts", ts, "unfurls", "{}"},
		"missing_ts":              {"channel", slack.Ops, "unfurls", "{}"},
		"cannot_find_channel":     {"channel", slack.Secret, "ts", ts, "unfurls", "{}"},
		"cannot_find_message":     {"channel", slack.Ops, "ts", "1.1", "unfurls", "{}"},
		"cannot_unfurl_message":   {"channel", slack.Ops, "ts", ts, "unfurls", `{"https://example.com/other":{"text":"x"}}`},
		"cannot_unfurl_url":       {"channel", slack.Ops, "ts", ts, "unfurls", `{"https://evil.org/":{"text":"x"}}`},
		"cannot_parse_attachment": {"channel", slack.Ops, "ts", ts, "unfurls", `{"` + link + `":{"blocks":[{"type":"nothing"}]}}`},
		"missing_source":          {"unfurl_id", "x", "unfurls", "{}"},
		"invalid_unfurl_id":       {"unfurl_id", "x", "source", "composer", "unfurls", "{}"},
	} {
		r.refused(code, "chat.unfurl", arguments...)
	}
}
