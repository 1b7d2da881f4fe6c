package main

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
)

const (
	inJSON = "application/json"
	inForm = "application/x-www-form-urlencoded"
)

func payload(text string) string { return url.Values{"payload": {text}}.Encode() }

func TestWhatARequestIs(t *testing.T) {
	t.Parallel()
	const event = `{"type":"event_callback","event_id":"Ev1","api_app_id":"A1","event":`
	for name, c := range map[string]struct {
		media, body string
		kind, id    string
		means       []string
	}{
		"url verification": {inJSON, `{"type":"url_verification","challenge":"c"}`, kindChallenge, "", nil},
		"message": {
			inJSON + "; charset=utf-8", event + `{"type":"message","channel":"C1","ts":"1.000200","text":"<@U0BOT> x"}}`,
			kindMessage, "Ev1",
			[]string{"message C1 1.000200"},
		},
		"mention": {
			inJSON, event + `{"type":"app_mention","channel":"C1","ts":"1.000200","text":"<@U0BOT> x"}}`, kindMention, "Ev1", []string{"message C1 1.000200"},
		},
		"file": {
			inJSON, event + `{"type":"message","subtype":"file_share","channel":"D1","ts":"1.000200","files":[{}]}}`,
			kindUpload, "Ev1",
			[]string{"message D1 1.000200"},
		},
		"edit": {
			inJSON, event + `{"type":"message","subtype":"message_changed","channel":"C1","ts":"1.000300","message":{"ts":"1.000200","text":"b"},
			"previous_message":{"ts":"1.000200","text":"a"}}}`, kindMessage, "Ev1", nil,
		},
		"our own message": {
			inJSON, event + `{"type":"message","channel":"C1","ts":"1.000200","app_id":"A1","bot_id":"B1","text":"<@U1> asked"}}`, kindNothing, "", nil,
		},
		"another app's message": {
			inJSON, event + `{"type":"message","channel":"C1","ts":"1.000200","app_id":"A2","bot_id":"B1","text":"<@U0BOT> x"}}`,
			kindMessage, "Ev1",
			[]string{"message C1 1.000200"},
		},
		"home":           {inJSON, event + `{"type":"app_home_opened","user":"U1","channel":"D1","tab":"home"}}`, "event app_home_opened", "Ev1", nil},
		"user change":    {inJSON, event + `{"type":"user_change","user":{"id":"U1","name":"x"}}}`, "event user_change", "Ev1", nil},
		"new channel":    {inJSON, event + `{"type":"channel_created","channel":{"id":"C1"}}}`, "event channel_created", "Ev1", nil},
		"event of no id": {inJSON, `{"type":"event_callback","event":{"type":"user_change"}}`, "event user_change", "sha256.", nil},
		"rate limited":   {inJSON, `{"type":"app_rate_limited","minute_rate_limited":1}`, "event app_rate_limited", "sha256.", nil},
		"of the future":  {inJSON, `{"type":"something_new"}`, kindNothing, "", nil},
		"slash": {
			inForm, "command=%2Fhandsoff&text=jobs&channel_id=C1&user_id=U1&trigger_id=13.47.80&response_url=https%3A%2F%2Fhooks.slack.com%2Fx",
			kindSlash, "13.47.80", nil,
		},
		"slash of no trigger":  {inForm, "command=%2Fhandsoff&channel_id=C1&user_id=U1", kindSlash, "sha256.", nil},
		"certificate check":    {inForm, "ssl_check=1&token=x", kindNothing, "", nil},
		"click":                {inForm, payload(`{"type":"block_actions","trigger_id":"1.2.3"}`), kindClick, "1.2.3", nil},
		"shortcut":             {inForm, payload(`{"type":"shortcut","trigger_id":"1.2.3"}`), kindShortcut, "1.2.3", nil},
		"message shortcut":     {inForm, payload(`{"type":"message_action","trigger_id":"1.2.3"}`), kindOnMessage, "1.2.3", nil},
		"submission":           {inForm, payload(`{"type":"view_submission","trigger_id":"1.2.3"}`), kindSubmission, "1.2.3", nil},
		"options":              {inForm, payload(`{"type":"block_suggestion"}`), kindOptions, "sha256.", nil},
		"closed":               {inForm, payload(`{"type":"view_closed"}`), kindNothing, "", nil},
		"an id of other bytes": {inForm, payload(`{"type":"block_actions","trigger_id":"a b"}`), kindClick, "sha256.", nil},
		"an id without end":    {inForm, payload(`{"type":"block_actions","trigger_id":"` + strings.Repeat("1", 101) + `"}`), kindClick, "sha256.", nil},
	} {
		a, err := read(c.media, []byte(c.body))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		digested := c.id == "sha256." && strings.HasPrefix(a.id, c.id)
		if a.kind != c.kind || a.id != c.id && !digested || !slices.Equal(a.means, c.means) {
			t.Errorf("%s: %q %q %q", name, a.kind, a.id, a.means)
		}
	}
}

func TestWhatIsNoRequestOfSlack(t *testing.T) {
	t.Parallel()
	const event = `{"type":"event_callback","event_id":"Ev1","event":`
	for name, c := range map[string]struct{ media, body string }{
		"no content type":              {"", "{}"},
		"text":                         {"text/plain", "{}"},
		"no JSON":                      {inJSON, "jobs"},
		"no form":                      {inForm, "a=%zz"},
		"an empty form":                {inForm, ""},
		"a payload that is no JSON":    {inForm, "payload=x"},
		"a slash command of nobody":    {inForm, "command=%2Fhandsoff&channel_id=C1"},
		"a slash command from nowhere": {inForm, "command=%2Fhandsoff&user_id=U1"},
		"a message from nowhere":       {inJSON, event + `{"type":"message","ts":"1.000200","text":"<@U0BOT>"}}`},
		"a message at no time":         {inJSON, event + `{"type":"message","channel":"C1","text":"<@U0BOT>"}}`},
		"a thread that is none":        {inJSON, event + `{"type":"message","channel":"C1","ts":"1.000200","thread_ts":"a b","text":"<@U0BOT>"}}`},
	} {
		if a, err := read(c.media, []byte(c.body)); !errors.Is(err, errMalformed) {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}
