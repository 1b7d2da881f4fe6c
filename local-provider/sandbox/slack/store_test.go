package slack_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/slack"
)

// kept is a Slack that keeps its state in a folder.
func kept(dir string) func(*slack.Options) { return func(o *slack.Options) { o.Dir = dir } }

func TestStateSurvives(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := newRig(t, kept(dir))
	root := r.post(slack.Ops, "root", "metadata", `{"event_type":"e","event_payload":{}}`, "blocks", `[{"type":"divider"}]`)
	r.post(slack.Ops, "reply", "thread_ts", root)
	gone := r.post(slack.Ops, "gone")
	r.ok("chat.update", "channel", slack.Ops, "ts", root, "text", "changed")
	r.ok("chat.delete", "channel", slack.Ops, "ts", gone)
	r.post(slack.Ann, "direct")
	r.ok("views.publish", "user_id", slack.Ann, "view", home)
	r.ok("conversations.join", "channel", slack.Quiet)
	upload(r, slack.Bob, slack.Ops)
	if err := r.slack.ChangeUser("eve", func(u *slack.User) { u.Deleted = true }); err != nil {
		t.Fatal(err)
	}
	if err := r.slack.Kick(slack.Ops, slack.Eve); err != nil { // a channel that changes keeps its messages
		t.Fatal(err)
	}
	messages, channels, users := r.slack.Messages(slack.Ops), r.slack.Channels(), r.slack.Users()

	// A process that was killed has not closed anything, and may have been writing.
	file := filepath.Join(dir, "slack.jsonl")
	torn, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = torn.WriteString(`{"kind":"message","id":"C0OPS","sub":"1.1","val`)
	torn.Close()

	again := newRig(t, kept(dir))
	if got := again.slack.Messages(slack.Ops); !reflect.DeepEqual(got, messages) || len(got) != 3 {
		t.Errorf("#ops held\n%+v\nand holds\n%+v", messages, got)
	}
	if got := again.slack.Channels(); !reflect.DeepEqual(got, channels) {
		t.Errorf("channels were\n%+v\nand are\n%+v", channels, got)
	}
	if got := again.slack.Users(); !reflect.DeepEqual(got, users) {
		t.Errorf("users were\n%+v\nand are\n%+v", users, got)
	}
	if v, ok := again.slack.Home(slack.Ann); !ok || !strings.Contains(string(v.Payload), "divider") {
		t.Errorf("ann's Home is %+v", v)
	}
	again.post(slack.Ops, "later")
	third := newRig(t, kept(dir))
	if n := len(third.slack.Messages(slack.Ops)); n != 4 {
		t.Errorf("%d messages", n)
	}
	if f, _, _, err := third.web.GetFileInfoContext(t.Context(), third.slack.Messages(slack.Ops)[2].Files[0], 0, 0); err != nil || f.Size != 10 {
		t.Errorf("the file is %+v, %v", f, err)
	}
}

// TestTimeGoesOnAfterARestart: messages of a clock that was ahead stay before those that come later.
func TestTimeGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := newRig(t, kept(dir))
	r.slack.Advance(24 * time.Hour)
	first := r.post(slack.Ops, "first")
	again := newRig(t, kept(dir))
	again.post(slack.Ops, "second")
	if got := texts(again.ok("conversations.history", "channel", slack.Ops, "oldest", first)["messages"]); got != "second" {
		t.Errorf("after the first message there is %q", got)
	}
	if again.slack.Now().Before(r.slack.Now().Truncate(time.Microsecond)) {
		t.Errorf("time went back from %v to %v", r.slack.Now(), again.slack.Now())
	}
}

func TestStateIsRewritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := newRig(t, kept(dir))
	ts := r.post(slack.Ops, "x")
	for range 5000 {
		r.ok("chat.update", "channel", slack.Ops, "ts", ts, "text", strings.Repeat("y", 500))
	}
	info, err := os.Stat(filepath.Join(dir, "slack.jsonl"))
	if err != nil || info.Size() > 2<<20 {
		t.Errorf("the file has %v bytes, %v", info.Size(), err)
	}
	again := newRig(t, kept(dir))
	if got := again.slack.Messages(slack.Ops); len(got) != 1 || len(got[0].Text) != 500 {
		t.Errorf("#ops holds %+v", got)
	}
	if err := r.slack.Err(); err != nil {
		t.Error(err)
	}
}

func TestUnreadableState(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"no json": "x\n", "no user": `{"kind":"user","id":"U1","value":[]}` + "\n"} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "slack.jsonl"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s := slack.New(slack.Options{Token: appToken, Dir: dir})
		if err := s.Err(); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%s: %v", name, err)
		}
		s.Close()
	}
}

func TestOldMessagesGo(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *slack.Options) { o.Kept, o.Bytes = 10, 20_000 })
	for i := range 30 {
		r.post(slack.Ops, string(rune('a'+i%26)))
	}
	if got := r.slack.Messages(slack.Ops); len(got) != 10 || got[9].Text != "d" {
		t.Errorf("%d messages are kept", len(got))
	}
	for range 5 {
		r.post(slack.General, strings.Repeat("x", 4000))
	}
	if bytes := r.send("GET", "/sandbox/status", "", "").body["bytes"]; bytes.(float64) > 20_000 || len(r.slack.Messages(slack.Ops)) != 0 {
		t.Errorf("%v bytes are kept", bytes)
	}
	r.post(slack.General, strings.Repeat("x", 30_000))
	if got := r.slack.Messages(slack.General); len(got) != 1 {
		t.Errorf("of a large message and smaller ones, %d are kept", len(got))
	}
}

func TestTimestampsDiffer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	seen := map[string]bool{}
	for range 100 {
		ts := r.post(slack.Ops, "x")
		if seen[ts] {
			t.Fatalf("%s twice", ts)
		}
		seen[ts] = true
	}
	running := newRig(t, func(o *slack.Options) { o.Frozen, o.Speed = false, 1000 })
	before := running.slack.Now()
	running.slack.SetSpeed(0)
	running.slack.Advance(time.Hour)
	if d := running.slack.Now().Sub(before); d < time.Hour {
		t.Errorf("an hour took %v", d)
	}
}
