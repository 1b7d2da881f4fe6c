package slack_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	goslack "github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"

	"github.com/handsoff/handsoff/local-provider/sandbox/slack"
)

// parsed is the next event as slack-go reads it.
func (s *stage) parsed() (slackevents.EventsAPIEvent, *slackevents.EventsAPICallbackEvent) {
	s.Helper()
	e, err := slackevents.ParseEvent(json.RawMessage(s.next().body), slackevents.OptionNoVerifyToken())
	if err != nil {
		s.Fatal(err)
	}
	outer, ok := e.Data.(*slackevents.EventsAPICallbackEvent)
	if !ok || outer.EventID == "" || outer.EventTime == 0 || outer.TeamID != slack.HomeTeam || outer.APIAppID != slack.AppID ||
		len(outer.Authorizations) != 1 || outer.Authorizations[0].UserID != slack.BotUser || !outer.Authorizations[0].IsBot {
		s.Fatalf("%+v", e.Data)
	}
	return e, outer
}

// TestMention: a mention is told twice, with two ids, as the same message.
func TestMention(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ts := s.say("ann", slack.Saying{Channel: "#ops", Text: "@handsoff: jobs & more"})
	ids := map[string]string{}
	for range 2 {
		e, outer := s.parsed()
		ids[e.InnerEvent.Type] = outer.EventID
		switch inner := e.InnerEvent.Data.(type) {
		case *slackevents.MessageEvent:
			if inner.ChannelType != "channel" || inner.Text != "<@U0HANDSOFF>: jobs &amp; more" || inner.TimeStamp != ts ||
				inner.User != slack.Ann || inner.Channel != slack.Ops || inner.EventTimeStamp != ts || inner.ClientMsgID == "" {
				t.Errorf("%+v", inner)
			}
			if len(inner.Blocks.BlockSet) != 1 || inner.Blocks.BlockSet[0].BlockType() != goslack.MBTRichText {
				t.Errorf("blocks %+v", inner.Blocks)
			}
		case *slackevents.AppMentionEvent:
			if inner.Text != "<@U0HANDSOFF>: jobs &amp; more" || inner.TimeStamp != ts || inner.User != slack.Ann || inner.Channel != slack.Ops {
				t.Errorf("%+v", inner)
			}
		default:
			t.Errorf("%T", inner)
		}
	}
	if len(ids) != 2 || ids["message"] == ids["app_mention"] {
		t.Errorf("told as %v", ids)
	}
}

// TestMessages: each kind of message comes with the fields by which an app tells it apart.
func TestMessages(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ann := s.person("ann")
	next := func(subtype string) *slackevents.MessageEvent {
		t.Helper()
		e, _ := s.parsed()
		inner, ok := e.InnerEvent.Data.(*slackevents.MessageEvent)
		if !ok || inner.SubType != subtype {
			t.Fatalf("%s: got %T %+v", subtype, e.InnerEvent.Data, e.InnerEvent.Data)
		}
		return inner
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ts := s.say("ann", slack.Saying{Channel: "@handsoff", Text: "jobs"})
	if got := next(""); got.ChannelType != "im" || !strings.HasPrefix(got.Channel, "D") {
		t.Errorf("%+v", got)
	}
	must(ann.Edit("@handsoff", ts, "status"))
	if got := next("message_changed"); got.Message.Text != "status" || got.Message.Edited == nil || got.PreviousMessage.Text != "jobs" || got.Message.Timestamp != ts {
		t.Errorf("%+v", got)
	}
	reply := s.say("ann", slack.Saying{Channel: "@handsoff", Text: "in it", Thread: ts})
	if got := next(""); got.ThreadTimeStamp != ts || got.TimeStamp != reply {
		t.Errorf("%+v", got)
	}
	s.say("ann", slack.Saying{Channel: "@handsoff", Text: "a reply to a reply", Thread: reply, Broadcast: true})
	if got := next("thread_broadcast"); got.ThreadTimeStamp != ts || got.Root == nil || got.Root.Text != "status" {
		t.Errorf("%+v", got)
	}
	must(ann.Delete("@handsoff", reply))
	if got := next("message_deleted"); got.DeletedTimeStamp != reply || got.PreviousMessage.Text != "in it" {
		t.Errorf("%+v", got)
	}
	up, err := ann.Upload(slack.Upload{Channel: "@handsoff", Name: "b.csv", Content: "a,b\n", Text: "run <this>"})
	must(err)
	got := next("file_share")
	if got.TimeStamp != up || got.Message.Text != "run &lt;this&gt;" || len(got.Message.Files) != 1 {
		t.Fatalf("%+v", got)
	}
	if f := got.Message.Files[0]; f.Name != "b.csv" || f.Size != 4 || f.Mimetype != "text/csv" || f.URLPrivate == "" || f.User != slack.Ann {
		t.Errorf("%+v", f)
	}
	s.say("ann", slack.Saying{Channel: "#ops", Text: "beep", Legacy: true})
	if got := next("bot_message"); got.BotID == "" || got.User != "" {
		t.Errorf("%+v", got)
	}
	s.post(slack.Ops, goslack.MsgOptionText("mine, <@U0HANDSOFF>", false))
	if got := next(""); got.BotID != slack.BotID || got.User != slack.BotUser {
		t.Errorf("%+v", got)
	}
	s.say("stan", slack.Saying{Channel: "#shared", Text: "hello"})
	if got := next(""); got.SourceTeam != slack.OtherTeam || got.UserTeam != slack.OtherTeam {
		t.Errorf("%+v", got)
	}
}

// TestWhatIsTold: the app hears of what it subscribed to, has the scope for, and may see.
func TestWhatIsTold(t *testing.T) {
	t.Parallel()
	without := func(event string) func(*slack.Options) {
		return func(o *slack.Options) {
			o.Manifest.Events = slices.DeleteFunc(o.Manifest.Events, func(name string) bool { return name == event })
		}
	}
	unscoped := func(scope string) func(*slack.Options) {
		return func(o *slack.Options) {
			o.Manifest.Scopes = slices.DeleteFunc(o.Manifest.Scopes, func(name string) bool { return name == scope })
		}
	}
	joined := func(o *slack.Options) { o.Manifest.Events = append(o.Manifest.Events, "member_joined_channel") }
	say := func(channel, text string) func(*stage) {
		return func(s *stage) { s.say("ann", slack.Saying{Channel: channel, Text: text}) }
	}
	for name, tt := range map[string]struct {
		change func(*slack.Options)
		do     func(*stage)
		want   string
	}{
		"a member":                   {nil, say("#ops", "@handsoff hi"), "app_mention message"},
		"not subscribed to mentions": {without("app_mention"), say("#ops", "@handsoff hi"), "message"},
		"not subscribed to messages": {without("message.channels"), say("#ops", "@handsoff hi"), "app_mention"},
		"no scope":                   {unscoped("channels:history"), say("#ops", "@handsoff hi"), "app_mention"},
		"no member":                  {nil, say("#quiet", "@handsoff hi"), ""},
		"no member of a private one": {nil, say("#private", "@handsoff https://github.com/a"), ""},
		"private":                    {nil, say("#admins", "hi"), "message"},
		"private, not subscribed":    {without("message.groups"), say("#admins", "hi"), ""},
		"other people's":             {nil, say("@bob", "@handsoff hi"), ""},
		"direct, mentioned":          {nil, say("@handsoff", "@handsoff hi"), "message"},
		"a link, no member":          {nil, say("#quiet", "https://github.com/a https://evil.org/github.com"), "link_shared"},
		"a link below a domain":      {nil, say("#quiet", "https://gist.github.com/a"), "link_shared"},
		"a link elsewhere":           {nil, say("#quiet", "https://notgithub.com/a"), ""},
		"links without the scope":    {unscoped("links:read"), say("#quiet", "https://github.com/a"), ""},
		"joined, not subscribed":     {nil, func(s *stage) { check(s, s.person("bob").Join("#quiet")) }, ""},
		"joined":                     {joined, func(s *stage) { check(s, s.person("gus").Join("#general"), s.person("ann").Invite("#ops", "gus")) }, "member_joined_channel"},
		"the bot is brought in":      {joined, func(s *stage) { check(s, s.person("ann").Invite("#quiet", "handsoff")) }, "member_joined_channel"},
		"a group":                    {nil, func(s *stage) { check(s, s.slack.SetMembers(slack.GroupOps, "eve")) }, "subteam_members_changed subteam_updated"},
		"a person":                   {nil, func(s *stage) { added(s, slack.User{ID: slack.Eve, Name: "eve"}) }, "user_change"},
		"somebody new":               {nil, func(s *stage) { added(s, slack.User{ID: "U0NEW"}) }, ""},
		"home":                       {nil, func(s *stage) { check(s, s.person("ann").OpenHome()) }, "app_home_opened"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var changes []func(*slack.Options)
			if tt.change != nil {
				changes = append(changes, tt.change)
			}
			s := newStage(t, changes...)
			tt.do(s)
			s.slack.Close() // ends what is under way, and sends nothing new
			types := map[string]bool{}
			for _, sent := range s.slack.Sent() {
				types[strings.TrimPrefix(sent.What, "event ")] = true
			}
			if got := strings.Join(slices.Sorted(maps.Keys(types)), " "); got != tt.want {
				t.Errorf("the app was told of %q, want %q", got, tt.want)
			}
		})
	}
}

func check(s *stage, errs ...error) {
	s.Helper()
	for _, err := range errs {
		if err != nil {
			s.Error(err)
		}
	}
}

func added(s *stage, u slack.User) {
	s.Helper()
	_, err := s.slack.AddUser(u)
	check(s, err)
}

// TestMentionByEdit: a mention that is written into a message later is told, one that was there is not told again.
func TestMentionByEdit(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ts := s.say("ann", slack.Saying{Channel: "#ops", Text: "jobs"})
	s.next()
	for text, want := range map[string][]string{"@handsoff jobs": {"app_mention", "message"}} {
		check(s, s.person("ann").Edit("#ops", ts, text))
		var got []string
		for range want {
			_, inner := s.event()
			got = append(got, fmt.Sprint(inner["type"]))
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("told of %v, want %v", got, want)
		}
	}
	check(s, s.person("ann").Edit("#ops", ts, "@handsoff status"))
	if _, inner := s.event(); inner["type"] != "message" {
		t.Errorf("told of %v again", inner["type"])
	}
	s.slack.Close()
	if n := len(s.slack.Sent()); n != 4 {
		t.Errorf("%d deliveries, want 4", n)
	}
}

// TestVerifyURL: only who answers with the challenge is believed.
func TestVerifyURL(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	challenge := func(rq received) string { return fmt.Sprint(object(t, rq.body)["challenge"]) }
	for name, tt := range map[string]struct {
		answer func(received) (int, string, string)
		good   bool
	}{
		"text": {func(rq received) (int, string, string) { return 200, "text/plain", challenge(rq) }, true},
		"JSON": {func(rq received) (int, string, string) {
			return 200, "application/json", `{"challenge":"` + challenge(rq) + `"}`
		}, true},
		"other": {func(received) (int, string, string) { return 200, "", "ok" }, false},
		"empty": {func(received) (int, string, string) { return 200, "application/json", `{}` }, false},
		"error": {func(rq received) (int, string, string) { return http.StatusForbidden, "", challenge(rq) }, false},
	} {
		s.answers(tt.answer)
		if err := s.slack.VerifyURL(t.Context()); (err == nil) != tt.good {
			t.Errorf("%s: %v", name, err)
		}
		e, err := slackevents.ParseEvent(json.RawMessage(s.next().body), slackevents.OptionNoVerifyToken())
		if _, ok := e.Data.(*slackevents.EventsAPIURLVerificationEvent); err != nil || !ok {
			t.Errorf("%s: %T, %v", name, e.Data, err)
		}
	}
}
