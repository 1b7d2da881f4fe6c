package talk_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/job/jobtest"

	"github.com/redis/go-redis/v9"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/handsoff/handsoff/functions/ptg/exchange"
	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/functions/ptg/talk"
	"github.com/handsoff/handsoff/shared/command"
)

// The conversations in testdata. A script begins on a Monday at half past nine, with an event of four rooms on five days. Its
// commands are:
//
//	say WHO LINE    somebody says something in the event's channel; ! when it is not done
//	dm WHO LINE     somebody says something to the bot alone
//	in PLACE WHO LINE  somebody says something elsewhere among people, at an address
//	done            the last deed is confirmed, and done
//	told            what people were told since the last look
//	pass TIME       time passes
//	site URL FILE   a file stands at an address
//	holds [!]TEXT   the event's export has a text
//	alert, record   what all topics say; what the audit trail has
func TestConversations(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata", ContinueOnError: true, RequireExplicitExec: true, UpdateScripts: os.Getenv("UPDATE") != "",
		Setup: func(env *testscript.Env) error {
			tb, ok := env.T().(testing.TB)
			if !ok {
				return fmt.Errorf("%T is no testing.TB", env.T())
			}
			env.Values[stageKey{}] = newStage(tb)
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"say": func(ts *testscript.TestScript, neg bool, args []string) {
				stageOf(ts).says(ts, neg, channel, true, args)
			},
			"dm": func(ts *testscript.TestScript, neg bool, args []string) {
				stageOf(ts).says(ts, neg, "", false, args)
			},
			"in": func(ts *testscript.TestScript, neg bool, args []string) {
				stageOf(ts).says(ts, neg, args[0], true, args[1:])
			},
			"done": func(ts *testscript.TestScript, neg bool, _ []string) { stageOf(ts).done(ts, neg) },
			"told": func(ts *testscript.TestScript, _ bool, _ []string) {
				stageOf(ts).print(ts, stageOf(ts).world.hears()...)
			},
			"alert": func(ts *testscript.TestScript, _ bool, _ []string) { stageOf(ts).print(ts, stageOf(ts).world.alert) },
			"record": func(ts *testscript.TestScript, _ bool, _ []string) {
				stageOf(ts).print(ts, stageOf(ts).world.record...)
			},
			"pass": func(ts *testscript.TestScript, _ bool, args []string) {
				d, err := time.ParseDuration(args[0])
				ts.Check(err)
				stageOf(ts).now = stageOf(ts).now.Add(d)
			},
			"site": func(ts *testscript.TestScript, _ bool, args []string) {
				stageOf(ts).world.site[args[0]] = ts.ReadFile(args[1])
			},
			"holds": func(ts *testscript.TestScript, neg bool, args []string) {
				if text := stageOf(ts).export(); strings.Contains(text, args[0]) == neg {
					ts.Fatalf("the event:\n%s", text)
				}
			},
		},
	})
}

// channel is that of the event.
const channel = "irc:oftc/#ptg"

type stageKey struct{}

func stageOf(ts *testscript.TestScript) *stage {
	s, ok := ts.Value(stageKey{}).(*stage)
	if !ok {
		ts.Fatalf("no stage")
	}
	return s
}

// stage is an event of which people talk.
type stage struct {
	testing.TB

	world *world
	store *gathering.Store
	talk  *talk.Talk
	now   time.Time
	said  int
}

// monday is when a conversation begins.
var monday = time.Date(2018, 9, 10, 15, 30, 0, 0, time.UTC)

func newStage(tb testing.TB) *stage {
	tb.Helper()
	rdb := jobtest.Embedded(tb)
	return stageOn(tb, rdb)
}

func stageOn(tb testing.TB, rdb *redis.Client) *stage {
	tb.Helper()
	s := &stage{TB: tb, world: newWorld(), now: monday}
	s.store = gathering.NewStore(rdb).WithClock(func() time.Time { return s.now })
	s.talk = talk.New(s.store, s.world, talk.Settings{
		Channels: []string{channel, "slack:C0PTG"}, Events: map[string][]string{"summit": {"irc:oftc/#summit"}}, IRCOps: true,
		Organisers: "admin", Moderators: "moderator", Status: "status", Announce: []string{"slack:C0ALL"},
		URL: "https://ptg.example.org", Docs: "https://docs.example.org/ptg",
	})
	root := gathering.Author{Principal: "telnet:root", Name: "root"}
	ctx := context.Background()
	if _, err := s.store.Create(ctx, "denver", root, "ptg event new denver", "", gathering.About{Name: "Denver", Zone: "America/Denver"}); err != nil {
		tb.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join("testdata", "denver.json"))
	if err != nil {
		tb.Fatal(err)
	}
	file, err := exchange.Read(text)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := s.store.Change(ctx, "denver", root, "~fetchdb", "", func(d *gathering.Draft) (string, error) {
		_, err := exchange.Merge(d, file, exchange.Rules{})
		return "", err
	}); err != nil {
		tb.Fatal(err)
	}
	return s
}

// saying is what somebody says: op and voiced have what they are called, ann~ has no account, root is an administrator at telnet
// and boss may say #status; Zed is at Slack.
func (s *stage) saying(who, where, line string, overheard bool) talk.Saying {
	s.said++
	said := talk.Saying{
		By: "irc:oftc/" + who, Name: who, Door: "irc", Where: where, Line: line, Overheard: overheard, ID: fmt.Sprint("said ", s.said),
	}
	switch who {
	case "op":
		said.Groups = []string{"irc-op:oftc/#ptg"}
	case "elsewhere":
		said.Groups = []string{"irc-op:oftc/#other", "irc-voice:oftc/#other"}
	case "voiced":
		said.Groups = []string{"irc-voice:oftc/#ptg"}
	case "helper":
		said.Roles = []string{"moderator"}
	case "boss":
		said.Roles = []string{"status"}
	case "root":
		said.By, said.Door, said.Roles = "telnet:root", "telnet", []string{"admin", "moderator", "status"}
	case "zed":
		said.By, said.Door = "slack:U0ZED", "slack"
	}
	if nick, unknown := strings.CutSuffix(who, "~"); unknown {
		said.By, said.Name = "irc-nick:oftc/"+nick, nick
	}
	if where == "" {
		said.Where = strings.Replace(said.By, "/", "/@", 1)
	}
	return said
}

// says has somebody say something, and prints the answer.
func (s *stage) says(ts *testscript.TestScript, neg bool, where string, overheard bool, args []string) {
	answer, err := s.talk.Say(context.Background(), s.saying(args[0], where, strings.Join(args[1:], " "), overheard))
	ts.Check(err)
	text := answer.Text
	switch {
	case answer.Problem != nil && answer.Problem.Code == command.CodeOverheard:
		s.print(ts, "(left alone)")
		return
	case text == "" && answer.Problem == nil:
		text = "(silence)"
	}
	s.print(ts, text)
	if neg != (answer.Problem != nil) {
		ts.Fatalf("said: %s", answer)
	}
}

// done confirms the last deed.
func (s *stage) done(ts *testscript.TestScript, neg bool) {
	deed := s.world.asked[len(s.world.asked)-1]
	by := gathering.Author{Principal: s.world.by.By, Name: s.world.by.Name}
	reply, err := s.talk.Do(context.Background(), deed, by, fmt.Sprint("job ", len(s.world.asked)))
	text, theirs := talk.IsMistake(err)
	if err != nil && !theirs {
		ts.Fatalf("%v", err)
	}
	s.print(ts, reply+text)
	if neg != theirs {
		ts.Fatalf("%v", err)
	}
}

func (s *stage) print(ts *testscript.TestScript, lines ...string) {
	_, _ = ts.Stdout().Write([]byte(strings.Join(lines, "\n") + "\n"))
}

// export is all that is known of the event.
func (s *stage) export() string {
	s.Helper()
	g, err := s.store.Get(context.Background(), "denver")
	if err != nil {
		s.Fatal(err)
	}
	text, err := exchange.Write(g, exchange.Whole)
	if err != nil {
		s.Fatal(err)
	}
	return string(text)
}
