package slack_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/local-provider/sandbox/slack"
)

// form reads a request as net/http would.
func (r received) form(t *testing.T) *http.Request {
	t.Helper()
	rq, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	rq.Header = r.header
	return rq
}

// callback is the next request as an interaction, as slack-go reads it.
func (s *stage) callback() goslack.InteractionCallback {
	s.Helper()
	c, err := goslack.InteractionCallbackParse(s.next().form(s.T))
	if err != nil {
		s.Fatal(err)
	}
	if c.Team.ID != slack.HomeTeam || c.APIAppID != slack.AppID || c.User.ID == "" || c.User.TeamID == "" {
		s.Errorf("%+v", c)
	}
	return c
}

// TestSlash: a slash command has all of its fields, and what the app answers is shown to who typed it.
func TestSlash(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ann := s.person("ann")
	for _, tt := range []struct {
		status           int
		kind, body, seen string
		fails            bool
	}{
		{200, "", "", "", false},
		{200, "text/plain; charset=utf-8", "plain &amp; simple", "plain & simple", false},
		{200, "application/json", `{"text":"*bold*"}`, "bold", false},
		{200, "application/json", `{"blocks":[{"type":"nonsense"}]}`, `/handsoff failed with the error "invalid_command_response"`, true},
		{500, "", "secret detail", `/handsoff failed with the error "dispatch_failed"`, true},
		{401, "", "", `/handsoff failed with the error "dispatch_failed"`, true},
	} {
		s.answers(func(received) (int, string, string) { return tt.status, tt.kind, tt.body })
		before := len(s.lines("ann", "#quiet", ""))
		err := ann.Slash(t.Context(), "#quiet", "/handsoff  jenkins build \"a b\" @bob\nx")
		if (err != nil) != tt.fails || err != nil && !strings.Contains(err.Error(), tt.seen) {
			t.Errorf("%d %s: %v", tt.status, tt.body, err)
		}
		c, err := goslack.SlashCommandParse(s.next().form(t))
		if err != nil {
			t.Fatal(err)
		}
		if c.Command != "/handsoff" || c.Text != "jenkins build \"a b\" <@U0BOB|bob>\nx" || c.ChannelID != slack.Quiet || c.ChannelName != "quiet" ||
			c.UserID != slack.Ann || c.UserName != "ann" || c.TeamID != slack.HomeTeam || c.TeamDomain != "home" ||
			c.TriggerID == "" || !strings.HasPrefix(c.ResponseURL, s.url) || c.APIAppID != slack.AppID {
			t.Errorf("%+v", c)
		}
		list := s.lines("ann", "#quiet", "")
		switch {
		case tt.seen == "" && len(list) != before:
			t.Errorf("an empty answer shows %v", list[before:])
		case tt.seen != "" && (len(list) != before+1 || list[before].Lines[0] != tt.seen || !list[before].OnlyYou):
			t.Errorf("%d %s shows %+v, want %q", tt.status, tt.body, list[before:], tt.seen)
		}
		if others := s.lines("eve", "#quiet", ""); len(others) != 0 {
			t.Errorf("eve sees %+v", others)
		}
	}
}

// TestSlashWithoutApp: an app that is not there, and commands that nobody has.
func TestSlashWithoutApp(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(o *slack.Options) { o.EventsURL = "" })
	ann := s.person("ann")
	for line, want := range map[string]string{
		"/handsoff jobs": `/handsoff failed with the error "dispatch_failed"`,
		"/giphy cats":    `/giphy is not a valid command`,
	} {
		if err := ann.Slash(t.Context(), "#ops", line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", line, err)
		}
	}
	if got := s.lines("ann", "#ops", ""); len(got) != 2 || got[0].Name != "Slackbot" {
		t.Errorf("%+v", got)
	}
	s.say("ann", slack.Saying{Channel: "#ops", Text: "@handsoff hi"})
	if got := s.slack.Sent(); len(got) != 0 {
		t.Errorf("sent to nobody: %+v", got)
	}
}

// TestSlowApp: after three seconds the person is told, and nothing is sent again.
func TestSlowApp(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(o *slack.Options) { o.Patience = 0 })
	release := make(chan struct{})
	defer close(release)
	s.answers(func(received) (int, string, string) { <-release; return 200, "", "" })
	err := s.person("ann").Slash(t.Context(), "#ops", "/handsoff jobs")
	if err == nil || !strings.Contains(err.Error(), `"operation_timeout"`) {
		t.Error(err)
	}
	if got := s.slack.Sent(); len(got) != 1 || len(got[0].Attempts) != 1 || got[0].Attempts[0].Took < 3*time.Second {
		t.Errorf("%+v", got)
	}
}

// TestClick: a button tells where it stands and what it is worth; one that asks first is not clicked by accident.
func TestClick(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ann := s.person("ann")
	root := s.post(slack.Ops, goslack.MsgOptionText("root", false))
	s.next()
	ts := s.post(slack.Ops, append(jobCard("running", cancelButton(), goslack.NewButtonBlockElement("command:1", "log", plain("Log"))), goslack.MsgOptionTS(root))...)
	s.next()
	list := s.lines("ann", "#ops", root)
	if len(list) != 2 || len(list[1].Buttons) != 2 || !list[1].Buttons[0].Asks || list[1].Lines[len(list[1].Lines)-1] != "[Cancel] [Log]" {
		t.Fatalf("%+v", list)
	}
	act := slack.Act{Channel: "#ops", Message: ts, Action: "cancel"}
	if err := ann.Do(t.Context(), act); !errors.Is(err, slack.ErrUnusable) {
		t.Errorf("clicked without being asked: %v", err)
	}
	act.Confirmed = true
	if err := ann.Do(t.Context(), act); err != nil {
		t.Fatal(err)
	}
	c := s.callback()
	a := c.ActionCallback.BlockActions
	if c.Type != goslack.InteractionTypeBlockActions || c.Channel.ID != slack.Ops || c.Container.MessageTs != ts || c.Container.ThreadTs != root ||
		c.Message.Timestamp != ts || c.TriggerID == "" || c.ResponseURL == "" || c.User.ID != slack.Ann || len(a) != 1 ||
		a[0].ActionID != "command:0" || a[0].Value != `{"command":"cancel","args":{"id":"k7qx"}}` || a[0].BlockID != "job" || a[0].ActionTs == "" {
		t.Errorf("%+v", c)
	}
	s.answers(func(received) (int, string, string) { return 503, "", "" })
	if err := ann.Do(t.Context(), slack.Act{Channel: "#ops", Message: ts, Action: "Log"}); !errors.Is(err, slack.ErrNoAnswer) || !strings.Contains(err.Error(), "HTTP 503") {
		t.Error(err)
	}
	if n := len(s.slack.Sent()[2:]); n != 2 {
		t.Errorf("%d interactions were sent, want 2: they are not repeated", n)
	}
	if err := ann.Do(t.Context(), slack.Act{Channel: "#ops", Action: "Retry"}); !errors.Is(err, slack.ErrTooLate) || !strings.Contains(err.Error(), `nothing in #ops is called "Retry"`) {
		t.Error(err)
	}
	s.answers(func(received) (int, string, string) { return 200, "", "" })
	if err := ann.Do(t.Context(), slack.Act{Channel: "#ops", Action: "Log"}); err != nil {
		t.Error(err)
	}
	if c := s.callback(); c.Container.MessageTs != ts {
		t.Errorf("the newest message with such a button is %s, not %s", ts, c.Container.MessageTs)
	}
	if err := ann.Do(t.Context(), slack.Act{Channel: "#ops", Message: ts, Action: "Retry"}); !errors.Is(err, slack.ErrTooLate) || !strings.Contains(err.Error(), `"Cancel", "Log"`) {
		t.Error(err)
	}
}

// TestEphemeralClick: of an ephemeral message the app is told only where it was; its response URL replaces it.
func TestEphemeralClick(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ann := s.person("ann")
	button := goslack.NewActionBlock("b", goslack.NewButtonBlockElement("did-you-mean", `{"text":"jobs"}`, plain("jobs")))
	if _, err := s.web.PostEphemeralContext(t.Context(), slack.Ops, slack.Ann, goslack.MsgOptionBlocks(button)); err != nil {
		t.Fatal(err)
	}
	seen := s.lines("ann", "#ops", "")
	if len(seen) != 1 || !seen[0].OnlyYou || len(s.lines("bob", "#ops", "")) != 0 {
		t.Fatalf("%+v", seen)
	}
	act := slack.Act{Channel: "#ops", Message: seen[0].TS, Action: "jobs"}
	if err := ann.Do(t.Context(), act); err != nil {
		t.Fatal(err)
	}
	c := s.callback()
	if !c.Container.IsEphemeral || c.Container.MessageTs != seen[0].TS || c.Message.Timestamp != "" || c.Channel.ID != slack.Ops {
		t.Errorf("%+v", c)
	}
	if err := s.person("bob").Do(t.Context(), act); !errors.Is(err, slack.ErrTooLate) {
		t.Errorf("bob clicks what only ann sees: %v", err)
	}
	err := goslack.PostWebhookContext(t.Context(), c.ResponseURL, &goslack.WebhookMessage{Text: "no jobs", ReplaceOriginal: true})
	if err != nil {
		t.Fatal(err)
	}
	if seen := s.lines("ann", "#ops", ""); len(seen) != 1 || seen[0].Lines[0] != "no jobs" || len(seen[0].Buttons) != 0 {
		t.Errorf("%+v", seen)
	}
}

// TestMenus: what is chosen in a message is told and kept.
func TestMenus(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ann := s.person("ann")
	option := func(name string) *goslack.OptionBlockObject {
		return goslack.NewOptionBlockObject(name, plain(strings.ToUpper(name)), nil)
	}
	menu := goslack.NewOptionsSelectBlockElement(goslack.OptTypeStatic, plain("Size"), "size", option("small"), option("large"))
	who := goslack.NewOptionsSelectBlockElement(goslack.OptTypeUser, plain("Who"), "who")
	boxes := goslack.NewCheckboxGroupsBlockElement("boxes", option("one"), option("two"))
	more := goslack.NewOverflowBlockElement("more", option("log"), option("why"))
	ts := s.post(slack.Ops, goslack.MsgOptionText("form", false), goslack.MsgOptionBlocks(goslack.NewActionBlock("form", menu, who, boxes, more)))
	s.next()
	do := func(action, value string) (goslack.InteractionCallback, error) {
		err := ann.Do(t.Context(), slack.Act{Channel: "#ops", Message: ts, Action: action, Value: value})
		if err != nil {
			return goslack.InteractionCallback{}, err
		}
		return s.callback(), nil
	}
	c, err := do("size", "LARGE")
	if err != nil || c.ActionCallback.BlockActions[0].SelectedOption.Value != "large" {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err = do("who", "@bob"); err != nil || c.ActionCallback.BlockActions[0].SelectedUser != slack.Bob {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err = do("boxes", "one, two"); err != nil || len(c.ActionCallback.BlockActions[0].SelectedOptions) != 2 {
		t.Errorf("%+v, %v", c, err)
	}
	if state := c.BlockActionState.Values["form"]; state["size"].SelectedOption.Value != "large" || state["who"].SelectedUser != slack.Bob {
		t.Errorf("the state is %+v", state)
	}
	if c, err = do("more", "why"); err != nil || c.ActionCallback.BlockActions[0].SelectedOption.Value != "why" {
		t.Errorf("%+v, %v", c, err)
	}
	for action, value := range map[string]string{"size": "medium", "who": "nobody", "boxes": "one,three"} {
		if _, err := do(action, value); err == nil {
			t.Errorf("%s has %s", action, value)
		}
	}
	if got := s.lines("ann", "#ops", "")[0].Lines; got[0] != "<static_select: LARGE> <users_select: @bob> <checkboxes: ONE, TWO> <overflow:>" {
		t.Errorf("%q", got)
	}
}

// TestRefused: what a person cannot do in Slack, they cannot do here.
func TestRefused(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	bobs := s.say("bob", slack.Saying{Channel: "#ops", Text: "mine"})
	say := func(who, channel, text string) func() error {
		return func() error { _, err := s.person(who).Say(slack.Saying{Channel: channel, Text: text}); return err }
	}
	for name, tt := range map[string]struct {
		do   func() error
		kind error
		want string
	}{
		"nobody":           {func() error { _, err := s.slack.Person("zoe"); return err }, slack.ErrNoSuch, "zoe"},
		"a bot":            {func() error { _, err := s.slack.Person("ci"); return err }, slack.ErrUnusable, "bot"},
		"deactivated":      {func() error { _, err := s.slack.Person("gil"); return err }, slack.ErrUnusable, "deactivated"},
		"no channel":       {say("ann", "#nowhere", "x"), slack.ErrNoSuch, "#nowhere"},
		"private":          {say("eve", "#private", "x"), slack.ErrNoSuch, "#private"},
		"guest outside":    {say("gus", "#ops", "x"), slack.ErrNoSuch, "#ops"},
		"stranger outside": {say("stan", "#general", "x"), slack.ErrNoSuch, "#general"},
		"not joined":       {say("bob", "#quiet", "x"), slack.ErrNotYours, "has not joined"},
		"archived":         {say("ann", "#old", "x"), slack.ErrUnusable, "archived"},
		"nothing":          {say("ann", "#ops", " \n"), slack.ErrUnusable, "nothing"},
		"too long":         {say("ann", "#ops", strings.Repeat("x", 12001)), slack.ErrUnusable, "12000"},
		"other's message":  {func() error { return s.person("ann").Edit("#ops", bobs, "x") }, slack.ErrNotYours, "bob"},
		"no message":       {func() error { return s.person("ann").Delete("#ops", "1.2") }, slack.ErrTooLate, "1.2"},
		"no thread": {func() error {
			_, err := s.person("ann").Say(slack.Saying{Channel: "#ops", Text: "x", Thread: "1.2"})
			return err
		}, slack.ErrTooLate, "1.2"},
		"large file": {func() error {
			_, err := s.person("ann").Upload(slack.Upload{Channel: "#ops", Name: "a", Content: strings.Repeat("x", slack.MaxFile+1)})
			return err
		}, slack.ErrUnusable, "bytes"},
		"no modal":    {func() error { return s.person("ann").Submit(t.Context()) }, slack.ErrTooLate, "no modal"},
		"no home":     {func() error { return s.person("ann").Do(t.Context(), slack.Act{View: "home", Action: "x"}) }, slack.ErrTooLate, "no home"},
		"no view":     {func() error { return s.person("ann").Do(t.Context(), slack.Act{View: "door"}) }, slack.ErrUnusable, "door"},
		"no shortcut": {func() error { return s.person("ann").Shortcut(t.Context(), "fly") }, slack.ErrNoSuch, "fly"},
		"no group":    {func() error { return s.slack.SetMembers("S9") }, slack.ErrNoSuch, "S9"},
		"no member":   {func() error { return s.slack.SetMembers(slack.GroupOps, "zoe") }, slack.ErrNoSuch, "zoe"},
		"join a DM":   {func() error { return s.person("ann").Join("@bob") }, slack.ErrUnusable, "@bob"},
		"other DMs":   {func() error { _, err := s.person("eve").See(s.directOf("ann"), ""); return err }, slack.ErrNoSuch, ""},
		"the bot":     {func() error { _, err := s.slack.AddUser(slack.User{ID: slack.BotUser}); return err }, slack.ErrUnusable, ""},
	} {
		if err := tt.do(); !errors.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %v with %q", name, err, tt.kind, tt.want)
		}
	}
}

// directOf is the id of somebody's direct messages with the bot.
func (s *stage) directOf(who string) string {
	s.Helper()
	client, err := s.person(who).Client("@handsoff", "")
	if err != nil {
		s.Fatal(err)
	}
	return client.Channel
}

// TestPeopleByHTTP: the same by HTTP, for who has the token.
func TestPeopleByHTTP(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	if status, _ := s.send(http.MethodPost, "/sandbox/people/ann/say", `{"channel":"#ops","text":"x"}`, "wrong"); status != http.StatusUnauthorized {
		t.Errorf("a wrong token: %d", status)
	}
	status, answer := s.order("/sandbox/people/ann/say", `{"channel":"#ops","text":"@handsoff hi","smart":true}`)
	ts, _ := answer["ts"].(string)
	if status != http.StatusOK || ts == "" {
		t.Fatalf("%d %v", status, answer)
	}
	for _, tt := range []struct {
		path, body string
		status     int
	}{
		{"ann/edit", `{"channel":"#ops","ts":"` + ts + `","text":"@bob hi"}`, 200},
		{"U0BOB/say", `{"channel":"#ops","text":"x","thread":"` + ts + `"}`, 200},
		{"ann/slash", `{"channel":"#ops","text":"/handsoff jobs"}`, 200},
		{"ann/upload", `{"channel":"@handsoff","name":"a.txt","content":"jobs"}`, 200},
		{"eve/join", `{"channel":"#shared"}`, 200},
		{"ann/open-home", ``, 200},
		{"ann/shortcut", `{"name":"run"}`, 200},
		{"bob/delete", `{"channel":"#ops","ts":"` + ts + `"}`, 409},
		{"zoe/say", `{"channel":"#ops","text":"x"}`, 409},
		{"ann/say", `{"channel":"#ops","test":"x"}`, 400},
		{"ann/say", `[]`, 400},
		{"ann/submit", `{}`, 409},
		{"ann/suggest", `{"view":"home","action":"x"}`, 409},
	} {
		if status, answer := s.order("/sandbox/people/"+tt.path, tt.body); status != tt.status || status != 200 && answer["error"] == "" {
			t.Errorf("%s %s: %d %v", tt.path, tt.body, status, answer)
		}
	}
	if status, answer := s.order("/sandbox/people", `{"id":"U0BUILD","name":"build"}`); status != 200 || answer["kind"] != "member" {
		t.Errorf("somebody new: %d %v", status, answer)
	}
	s.say("build", slack.Saying{Channel: "#general", Text: "hello"})
	text := s.read("/sandbox/people/ann/see?as=text&channel=" + url.QueryEscape("#ops"))
	lines := strings.Split(text, "\n")
	if len(lines) < 3 || !strings.HasSuffix(lines[0], " ann (edited)") || lines[1] != "  @bob hi" || lines[2] != "  (1 in the thread "+ts+")" {
		t.Errorf("%q", lines)
	}
	if text := s.read("/sandbox/people/ann/see?as=text&since=" + ts + "&thread=" + ts + "&channel=C0OPS"); !strings.HasSuffix(text, " bob\n  x\n") {
		t.Errorf("%q", text)
	}
	if text := s.read("/sandbox/people/ann/typed?as=text&channel=C0OPS&ts=" + ts); text != "@bob hi" {
		t.Errorf("%q", text)
	}
	if text := s.read("/sandbox/sent"); !strings.Contains(text, `"what":"slash command"`) || !strings.Contains(text, `"event_id":"Ev`) {
		t.Error(text)
	}
	if text := s.read("/sandbox/people"); !strings.Contains(text, `"id":"U0BUILD"`) {
		t.Error(text)
	}
}

// read is what a path shows.
func (s *stage) read(path string) string {
	s.Helper()
	rq, err := http.NewRequestWithContext(s.Context(), http.MethodGet, s.url+path, http.NoBody)
	if err != nil {
		s.Fatal(err)
	}
	rq.SetBasicAuth("anybody", appToken)
	return s.body(rq)
}
