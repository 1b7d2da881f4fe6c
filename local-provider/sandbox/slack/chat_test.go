package slack_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/local-provider/sandbox/slack"
)

func TestOneMessageEditedInPlace(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := t.Context()
	mark := goslack.SlackMetadata{EventType: "handsoff_job", EventPayload: map[string]any{"job": "abcd"}}
	channel, ts, err := r.web.PostMessageContext(ctx, slack.Ops, goslack.MsgOptionText("slow &amp; <@U0ANN>", false),
		goslack.MsgOptionBlocks(goslack.NewHeaderBlock(goslack.NewTextBlockObject("plain_text", "demo/slow", false, false)),
			goslack.NewActionBlock("", goslack.NewButtonBlockElement("cancel", "x", goslack.NewTextBlockObject("plain_text", "Cancel", false, false)))),
		goslack.MsgOptionMetadata(mark))
	if err != nil || channel != slack.Ops {
		t.Fatal(channel, err)
	}
	history, err := r.web.GetConversationHistoryContext(ctx, &goslack.GetConversationHistoryParameters{ChannelID: channel, IncludeAllMetadata: true})
	if err != nil || len(history.Messages) != 1 {
		t.Fatal(history, err)
	}
	m := history.Messages[0]
	if m.Timestamp != ts || m.Text != "slow &amp; <@U0ANN>" || m.BotID != slack.BotID || m.User != slack.BotUser || m.Edited != nil ||
		m.Metadata.EventType != "handsoff_job" || m.Metadata.EventPayload["job"] != "abcd" || len(m.Blocks.BlockSet) != 2 {
		t.Errorf("the message is %+v", m)
	}
	if id := m.Blocks.BlockSet[0].(*goslack.HeaderBlock).BlockID; id == "" {
		t.Error("the header has no id")
	}
	if err := update(r, channel, ts, "done"); err != nil {
		t.Fatal(err)
	}
	changed := r.slack.Messages(channel)[0]
	if changed.Text != "done" || changed.Blocks != nil || changed.Metadata == nil || changed.Edited == nil {
		t.Errorf("after a change of its text the message is %+v", changed)
	}
	if _, _, err := r.web.DeleteMessageContext(ctx, channel, ts); err != nil || len(r.slack.Messages(channel)) != 0 {
		t.Errorf("it is there: %v, %v", r.slack.Messages(channel), err)
	}
	err = update(r, channel, ts, "again")
	if refused := (goslack.SlackErrorResponse{}); !errors.As(err, &refused) || refused.Err != "message_not_found" {
		t.Errorf("a deleted message is changed: %v", err)
	}
}

// update changes a message's text by slack-go's client.
func update(r *rig, channel, ts, text string) error {
	_, at, _, err := r.web.UpdateMessageContext(r.Context(), channel, ts, goslack.MsgOptionText(text, false))
	if err == nil && at != ts {
		r.Errorf("not %s was changed, but %s", ts, at)
	}
	return err
}

func TestUpdateKeepsWhatIsNotSent(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ts := r.post(slack.Ops, "x", "blocks", `[{"type":"divider"}]`, "attachments", `[{"text":"a"}]`, "metadata", `{"event_type":"e","event_payload":{}}`)
	message := func() slack.Message { return r.slack.Messages(slack.Ops)[0] }
	r.ok("chat.update", "channel", slack.Ops, "ts", ts, "blocks", `[{"type":"divider"},{"type":"divider"}]`)
	if m := message(); strings.Count(string(m.Blocks), "divider") != 2 || m.Attachments == nil || m.Metadata == nil || m.Text != "x" || m.Edited != nil {
		t.Errorf("after a change of its blocks it is %+v", m)
	}
	r.ok("chat.update", "channel", slack.Ops, "ts", ts, "text", "y", "blocks", `[{"type":"divider"}]`, "attachments", "[]", "metadata", "{}")
	if m := message(); m.Attachments != nil || m.Metadata != nil || m.Blocks == nil || m.Text != "y" {
		t.Errorf("after taking away it is %+v", m)
	}
	r.refused("no_text", "chat.update", "channel", slack.Ops, "ts", ts)
	r.refused("no_text", "chat.update", "channel", slack.Ops, "ts", ts, "text", "")
	r.refused("msg_too_long", "chat.update", "channel", slack.Ops, "ts", ts, "text", strings.Repeat("é", 4001))
	r.ok("chat.update", "channel", slack.Ops, "ts", ts, "text", strings.Repeat("é", 4000))
}

func TestWhereTheBotMayWrite(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.post("ops", "by name")
	r.post("#ops", "by name")
	r.post(slack.Quiet, "chat:write.public")
	r.refused("not_in_channel", "conversations.history", "channel", slack.Quiet)
	r.refused("channel_not_found", "chat.postMessage", "channel", slack.Secret, "text", "x")
	r.refused("channel_not_found", "conversations.info", "channel", slack.Secret)
	r.refused("channel_not_found", "chat.postMessage", "channel", "C0NONE", "text", "x")
	r.refused("channel_not_found", "chat.postMessage", "text", "x")
	r.refused("is_archived", "chat.postMessage", "channel", slack.Old, "text", "x")
	r.refused("cannot_dm_bot", "chat.postMessage", "channel", slack.OtherBot, "text", "x")
	r.refused("user_disabled", "chat.postMessage", "channel", slack.Gone, "text", "x")
	r.refused("channel_not_found", "chat.update", "channel", "ops", "ts", "1.1", "text", "x")
	r.post(slack.Ann, "by user")
	if got := r.slack.DirectMessages(slack.Ann); len(got) != 1 || got[0].Text != "by user" {
		t.Errorf("ann got %v", got)
	}

	member := newRig(t, scopes("chat:write", "channels:history"))
	member.refused("not_in_channel", "chat.postMessage", "channel", slack.Quiet, "text", "x")
	member.post(slack.Ops, "a member")
	if err := member.slack.Kick(slack.Ops, ""); err != nil {
		t.Fatal(err)
	}
	member.refused("not_in_channel", "chat.postMessage", "channel", slack.Ops, "text", "x")
	member.refused("not_in_channel", "conversations.history", "channel", slack.Ops)
	if err := member.slack.Kick(slack.Admins, ""); err != nil {
		t.Fatal(err)
	}
	member.refused("channel_not_found", "chat.postMessage", "channel", slack.Admins, "text", "x")

	closed := newRig(t, scopes("chat:write", "im:write"), func(o *slack.Options) { o.Manifest.Messages = false })
	closed.refused("messages_tab_disabled", "chat.postMessage", "channel", slack.Ann, "text", "x")
}

func TestArchiving(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ts := r.post(slack.Ops, "x")
	if err := r.slack.Archive("ops", true); err != nil {
		t.Fatal(err)
	}
	r.refused("is_archived", "chat.postMessage", "channel", slack.Ops, "text", "x")
	r.refused("is_inactive", "chat.update", "channel", slack.Ops, "ts", ts, "text", "x")
	if err := r.slack.Archive("ops", false); err != nil {
		t.Fatal(err)
	}
	r.ok("chat.update", "channel", slack.Ops, "ts", ts, "text", "y")
}

func TestOtherPeoplesMessages(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ann, err := r.slack.Person(slack.Ann)
	if err != nil {
		t.Fatal(err)
	}
	ts, err := ann.Say(slack.Saying{Channel: slack.Ops, Text: "mine"})
	if err != nil {
		t.Fatal(err)
	}
	r.refused("cant_update_message", "chat.update", "channel", slack.Ops, "ts", ts, "text", "x")
	r.refused("cant_delete_message", "chat.delete", "channel", slack.Ops, "ts", ts)
	r.refused("message_not_found", "chat.delete", "channel", slack.Ops, "ts", "1.000001")
	if err := r.slack.Erase("ops", ts); err != nil || len(r.slack.Messages(slack.Ops)) != 0 {
		t.Errorf("an administrator cannot delete it: %v", err)
	}
}

func TestWhatAMessageMayCarry(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	post := func(arguments ...string) []string { return append([]string{"channel", slack.Ops}, arguments...) }
	section := `{"type":"section","text":{"type":"mrkdwn","text":"` + strings.Repeat("x", 3000) + `"}}`
	for _, c := range []struct {
		code      string
		arguments []string
	}{
		{"no_text", nil},
		{"no_text", []string{"text", " \n"}},
		{"no_text", []string{"blocks", "[]"}},
		{"invalid_blocks_format", []string{"blocks", `{"type":"divider"}`}},
		{"invalid_blocks_format", []string{"text", "x", "blocks", `[{]`}},
		{"invalid_blocks_format", []string{"text", "x", "blocks", `["divider"]`}},
		{"invalid_blocks", []string{"text", "x", "blocks", `[{"type":"nothing"}]`}},
		{"msg_blocks_too_long", []string{"blocks", "[" + section + strings.Repeat(","+section, 4) + "]"}},
		{"invalid_attachments", []string{"text", "x", "attachments", `{}`}},
		{"invalid_attachments", []string{"text", "x", "attachments", `[{"blocks":[{"type":"nothing"}]}]`}},
		{"too_many_attachments", []string{"text", "x", "attachments", "[{}" + strings.Repeat(",{}", 100) + "]"}},
		{"invalid_metadata_format", []string{"text", "x", "metadata", `{"event_type":"e"}`}},
		{"invalid_metadata_format", []string{"text", "x", "metadata", `[]`}},
		{"invalid_metadata_format", []string{"text", "x", "metadata", `{"event_type":1,"event_payload":{}}`}},
		{"metadata_too_large", []string{"text", "x", "metadata", `{"event_type":"e","event_payload":{"x":"` + strings.Repeat("x", 8000) + `"}}`}},
		{"invalid_thread_ts", []string{"text", "x", "thread_ts", "yesterday"}},
		{"thread_not_found", []string{"text", "x", "thread_ts", "1700000000.000100"}},
	} {
		r.refused(c.code, "chat.postMessage", post(c.arguments...)...)
	}
	if n := len(r.slack.Messages(slack.Ops)); n != 0 {
		t.Errorf("%d messages were posted", n)
	}
	got := r.call("chat.postMessage", post("text", strings.Repeat("é", 40_001))...)
	if got.body["warning"] != "message_truncated" || len([]rune(r.slack.Messages(slack.Ops)[0].Text)) != 40_000 {
		t.Errorf("a long text: %.200s", got.text)
	}
	r.post(slack.Ops, "", "blocks", "["+section+strings.Repeat(","+section, 3)+"]")
}

func TestBadBlocksAreExplained(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	long := `[{"type":"section","text":{"type":"mrkdwn","text":"` + strings.Repeat("x", 3001) + `"}}]`
	got := r.refused("invalid_blocks", "chat.postMessage", "channel", slack.Ops, "blocks", long)
	if at(got.body, "errors", 1) != "must be less than 3001 characters [json-pointer:/blocks/0/text/text]" ||
		at(got.body, "response_metadata", "messages", 0) != "[ERROR] failed to match all allowed schemas [json-pointer:/blocks/0/text]" {
		t.Errorf("the answer is %s", got.text)
	}
	_, _, err := r.web.PostMessageContext(t.Context(), slack.Ops, goslack.MsgOptionBlocks(goslack.NewHeaderBlock(
		goslack.NewTextBlockObject("plain_text", strings.Repeat("x", 151), false, false))))
	var refused goslack.SlackErrorResponse
	if !errors.As(err, &refused) || len(refused.ResponseMetadata.Messages) != 1 ||
		refused.ResponseMetadata.Messages[0] != "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]" {
		t.Errorf("slack-go says %v, %v", err, refused.ResponseMetadata)
	}
}

func TestThreads(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := t.Context()
	root := r.post(slack.Ops, "root")
	var replies []string
	for _, text := range []string{"one", "two", "three"} {
		replies = append(replies, r.post(slack.Ops, text, "thread_ts", root))
	}
	loud := r.post(slack.Ops, "loud", "thread_ts", root, "reply_broadcast", "true")
	r.refused("cannot_reply_to_message", "chat.postMessage", "channel", slack.Ops, "text", "x", "thread_ts", replies[0])

	history := r.ok("conversations.history", "channel", slack.Ops)
	if got := texts(history["messages"]); got != "loud root" {
		t.Errorf("the channel shows %q", got)
	}
	if m := at(history, "messages", 1); at(m, "reply_count") != 4.0 || at(m, "latest_reply") != loud || at(m, "thread_ts") != root {
		t.Errorf("the root is %v", m)
	}
	messages, more, _, err := r.web.GetConversationRepliesContext(ctx, &goslack.GetConversationRepliesParameters{ChannelID: slack.Ops, Timestamp: root})
	if err != nil || more || len(messages) != 5 || messages[0].Timestamp != root || messages[4].SubType != "thread_broadcast" || messages[1].ParentUserId != slack.BotUser {
		t.Errorf("the thread is %+v, %v", messages, err)
	}
	page := r.ok("conversations.replies", "channel", slack.Ops, "ts", root, "limit", "2")
	next, _ := at(page, "response_metadata", "next_cursor").(string)
	if got := texts(page["messages"]); got != "root one two" || page["has_more"] != true {
		t.Errorf("the first page is %q", got)
	}
	if got := texts(r.ok("conversations.replies", "channel", slack.Ops, "ts", root, "limit", "2", "cursor", next)["messages"]); got != "root three loud" {
		t.Errorf("the second page is %q", got)
	}
	if got := texts(r.ok("conversations.replies", "channel", slack.Ops, "ts", replies[1])["messages"]); got != "two" {
		t.Errorf("by a reply there is %q", got)
	}
	r.refused("thread_not_found", "conversations.replies", "channel", slack.Ops, "ts", "1.000000")

	r.ok("chat.delete", "channel", slack.Ops, "ts", root)
	if got := r.ok("conversations.replies", "channel", slack.Ops, "ts", root); at(got, "messages", 0, "subtype") != "tombstone" {
		t.Errorf("a deleted root is %v", got)
	}
	for _, ts := range append(replies, loud) {
		r.ok("chat.delete", "channel", slack.Ops, "ts", ts)
	}
	if left := r.slack.Messages(slack.Ops); len(left) != 0 {
		t.Errorf("there is left: %v", left)
	}
}

func TestHistory(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var ts []string
	for text := range strings.FieldsSeq("a b c d e") {
		ts = append(ts, r.post(slack.Ops, text))
		r.slack.Advance(time.Second)
	}
	for want, arguments := range map[string][]string{
		"e d c b a": nil,
		"e d":       {"limit", "2"},
		"e d c":     {"oldest", ts[1]},
		"e d c b":   {"oldest", ts[1], "inclusive", "true"},
		"b a":       {"latest", ts[2]},
		"c b a":     {"latest", ts[2], "inclusive", "1"},
		"c":         {"latest", ts[2], "oldest", ts[2], "inclusive", "true"},
		"":          {"latest", "1"},
	} {
		if got := texts(r.ok("conversations.history", append([]string{"channel", slack.Ops}, arguments...)...)["messages"]); got != want {
			t.Errorf("%v: %q, want %q", arguments, got, want)
		}
	}
	var seen []string
	for cursor := ""; ; {
		page := r.ok("conversations.history", "channel", slack.Ops, "limit", "2", "cursor", cursor)
		seen = append(seen, texts(page["messages"]))
		cursor, _ = at(page, "response_metadata", "next_cursor").(string)
		if cursor == "" {
			break
		}
		r.post(slack.Ops, "later") // does not shift the pages
	}
	if got := strings.Join(seen, "|"); got != "e d|c b|a" {
		t.Errorf("the pages are %q", got)
	}
	for code, arguments := range map[string][]string{
		"invalid_ts_oldest": {"oldest", "x"}, "invalid_ts_latest": {"latest", "-1"}, "invalid_cursor": {"cursor", "x"},
		"invalid_limit": {"limit", "many"},
	} {
		r.refused(code, "conversations.history", append([]string{"channel", slack.Ops}, arguments...)...)
	}
}

func TestMetadataIsForWhoMayReadIt(t *testing.T) {
	t.Parallel()
	for want, granted := range map[bool][]string{true: {"metadata.message:read"}, false: {}} {
		r := newRig(t, scopes(append(granted, "chat:write", "channels:history")...))
		r.post(slack.Ops, "x", "metadata", `{"event_type":"e","event_payload":{"n":1}}`)
		with := r.ok("conversations.history", "channel", slack.Ops, "include_all_metadata", "true")
		without := r.ok("conversations.history", "channel", slack.Ops)
		if (at(with, "messages", 0, "metadata", "event_payload", "n") == 1.0) != want || at(without, "messages", 0, "metadata") != nil {
			t.Errorf("%v: %v, %v", granted, with, without)
		}
	}
}

func TestEphemeral(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ts, err := r.web.PostEphemeralContext(t.Context(), slack.Ops, slack.Ann, goslack.MsgOptionText("psst", false))
	if err != nil || ts == "" {
		t.Fatal(ts, err)
	}
	if got := r.slack.Ephemerals(slack.Ops, slack.Ann); len(got) != 1 || got[0].Message.Text != "psst" || got[0].Message.TS != ts {
		t.Errorf("ann sees %v", got)
	}
	if len(r.slack.Ephemerals("", slack.Bob)) != 0 || len(r.slack.Messages(slack.Ops)) != 0 {
		t.Error("others see it")
	}
	r.refused("user_not_in_channel", "chat.postEphemeral", "channel", slack.Ops, "user", slack.Guest, "text", "x")
	r.refused("user_not_in_channel", "chat.postEphemeral", "channel", slack.Ops, "text", "x")
	r.refused("no_text", "chat.postEphemeral", "channel", slack.Ops, "user", slack.Ann)
	r.refused("msg_too_long", "chat.postEphemeral", "channel", slack.Ops, "user", slack.Ann, "text", strings.Repeat("x", 4001))
	for range 300 {
		r.ok("chat.postEphemeral", "channel", slack.Ops, "user", slack.Ann, "text", "x")
	}
	if n := len(r.slack.Ephemerals("", slack.Ann)); n != 200 {
		t.Errorf("%d ephemeral messages are kept", n)
	}
}

func TestPermalink(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	root := r.post(slack.Ops, "x")
	reply := r.post(slack.Ops, "y", "thread_ts", root)
	link, _ := r.ok("chat.getPermalink", "channel", slack.Ops, "message_ts", reply)["permalink"].(string)
	if want := r.url + "/archives/C0OPS/p" + strings.ReplaceAll(reply, ".", "") + "?thread_ts=" + root + "&cid=C0OPS"; link != want {
		t.Errorf("the link is %s, want %s", link, want)
	}
	r.refused("message_not_found", "chat.getPermalink", "channel", slack.Ops, "message_ts", "1.1")
	r.refused("channel_not_found", "chat.getPermalink", "channel", slack.Secret, "message_ts", "1.1")
}

// TestPings counts the messages that call everybody: an app is judged by it.
func TestPings(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for text, want := range map[string]bool{
		"@channel &lt;!here&gt;": false, "<!here>": true, "<!channel|all>": true, "x <!everyone> y": true, "<!subteam^S0OPS>": false,
	} {
		ts := r.post(slack.Ops, text)
		calls := r.slack.Calls("chat.postMessage")
		if last := calls[len(calls)-1]; last.Pings != want || last.TS != ts || last.Channel != slack.Ops {
			t.Errorf("%q: %+v", text, last)
		}
	}
	r.post(slack.Ops, "x", "blocks", `[{"type":"section","text":{"type":"mrkdwn","text":"<!here> x"}}]`)
	r.post(slack.Ops, "@here", "link_names", "true")
	if got := r.send("GET", "/sandbox/status", "", "").body["pings"]; got != 5.0 {
		t.Errorf("%v messages pinged", got)
	}
}
