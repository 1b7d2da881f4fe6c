package endtoend

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// What only Slack has: channels, threads, buttons, forms, files, Home. The commands of a script in testdata/slack are:
//
//	as NAME            somebody else goes on; a script begins with the operator of its name
//	in CHANNEL         and in another channel: #general, or @handsoff for direct messages
//	slash TEXT         /handsoff TEXT
//	says TEXT          a message
//	replies TEXT       a message in the thread of the job's card
//	edits TEXT, deletes  what was said last
//	uploads FILE       a file, to the bot
//	begins PATTERN     a card of a command like that appears; $JOB becomes its job's id
//	card PATTERN       the job's card has a line like that
//	thread PATTERN     so has its thread
//	answered PATTERN   so has the thread of what was said last
//	channel PATTERN    so has another message of the channel; after what was said last
//	privately PATTERN  so has one that only they see
//	buttons LABELS     the card has these buttons and no others
//	clicks LABEL       on the card
//	presses LABEL      on the message found last
//	home PATTERN       their Home has a line like that; home-clicks LABEL presses a button there
//	shortcut           opens the form; modal PATTERN waits for a line of it
//	chooses FIELD VALUE  in the form
//	submits [PATTERN]  sends it; with a pattern it comes back with a mistake like that
//	nothing PATTERN    nothing like that is in the channel
//	state WORD         the job is in that state
//	whole              it has ended, its card and thread say all that there is to say, and each once
//
// and those of withOperations, withClouds and withGatherings.
func TestSlackConversations(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.jenkins.order("clock?speed=2")
	s.jenkins.busy()
	s.slackTalks(t, "testdata/slack")
}

// slackTalks holds the conversations of a folder.
func (s *system) slackTalks(t *testing.T, dir string) {
	testscript.Run(t, testscript.Params{
		Dir: dir,
		Setup: func(env *testscript.Env) error {
			tb, ok := env.T().(testing.TB)
			if !ok {
				return fmt.Errorf("%T is no testing.TB", env.T())
			}
			w := s.in(tb).workspace()
			env.Values[talkKey{}] = &talk{workspace: w, place: "#general"}
			return nil
		},
		Cmds: withGatherings(withClouds(withOperations(map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"as":    func(ts *testscript.TestScript, _ bool, args []string) { talkOf(ts).turnTo(args[0]) },
			"in":    func(ts *testscript.TestScript, _ bool, args []string) { talkOf(ts).in(args[0]) },
			"slash": func(ts *testscript.TestScript, _ bool, args []string) { talkOf(ts).slashes(strings.Join(args, " ")) },
			"says":  func(ts *testscript.TestScript, _ bool, args []string) { talkOf(ts).says("", strings.Join(args, " ")) },
			"replies": func(ts *testscript.TestScript, _ bool, args []string) {
				talkOf(ts).replies(ts, strings.Join(args, " "))
			},
			"edits":       func(ts *testscript.TestScript, _ bool, args []string) { talkOf(ts).edits(strings.Join(args, " ")) },
			"deletes":     func(ts *testscript.TestScript, _ bool, _ []string) { talkOf(ts).deletes() },
			"uploads":     func(ts *testscript.TestScript, _ bool, args []string) { talkOf(ts).uploads(ts, args[0]) },
			"begins":      func(ts *testscript.TestScript, _ bool, args []string) { talkOf(ts).begins(ts, args[0]) },
			"card":        func(ts *testscript.TestScript, _ bool, args []string) { talkOf(ts).card(ts, args[0]) },
			"thread":      func(ts *testscript.TestScript, _ bool, args []string) { talkOf(ts).thread(ts, args[0]) },
			"answered":    func(ts *testscript.TestScript, _ bool, args []string) { talkOf(ts).answered(ts, args[0]) },
			"channel":     func(ts *testscript.TestScript, _ bool, args []string) { talkOf(ts).channel(ts, args[0]) },
			"privately":   func(ts *testscript.TestScript, _ bool, args []string) { talkOf(ts).privately(ts, args[0]) },
			"buttons":     func(ts *testscript.TestScript, _ bool, args []string) { talkOf(ts).hasButtons(ts, args) },
			"clicks":      func(ts *testscript.TestScript, _ bool, args []string) { talkOf(ts).clicks(ts, args[0]) },
			"presses":     func(ts *testscript.TestScript, _ bool, args []string) { talkOf(ts).presses(args[0]) },
			"shortcut":    func(ts *testscript.TestScript, _ bool, _ []string) { talkOf(ts).shortcut() },
			"chooses":     func(ts *testscript.TestScript, _ bool, args []string) { talkOf(ts).chooses(args[0], args[1]) },
			"submits":     func(ts *testscript.TestScript, _ bool, args []string) { talkOf(ts).submits(ts, args) },
			"modal":       func(ts *testscript.TestScript, _ bool, args []string) { talkOf(ts).modal(ts, args[0]) },
			"home":        func(ts *testscript.TestScript, _ bool, args []string) { talkOf(ts).home(ts, args[0]) },
			"home-clicks": func(ts *testscript.TestScript, _ bool, args []string) { talkOf(ts).homeClicks(ts, args[0]) },
			"nothing":     func(ts *testscript.TestScript, _ bool, args []string) { talkOf(ts).nothing(ts, args[0]) },
			"whole": func(ts *testscript.TestScript, _ bool, _ []string) {
				talkOf(ts).member.whole(talkOf(ts).place, ts.Getenv("JOB"))
			},
			"state": func(ts *testscript.TestScript, _ bool, args []string) { talkOf(ts).state(ts, args[0]) },
		}, func(ts *testscript.TestScript) *system { return talkOf(ts).system }),
			func(ts *testscript.TestScript) *system { return talkOf(ts).system }),
			func(ts *testscript.TestScript) *system { return talkOf(ts).system }),
	})
}

type talkKey struct{}

func talkOf(ts *testscript.TestScript) *talk {
	t, ok := ts.Value(talkKey{}).(*talk)
	if !ok {
		ts.Fatalf("no talk")
	}
	if t.member == nil {
		t.turnTo(strings.TrimPrefix(ts.Name(), "slack/"))
	}
	return t
}

// talk is one script.
type talk struct {
	*workspace

	member *member
	place  string // a channel
	last   string // when something was last said there
	found  seen   // the message found last
}

func (t *talk) turnTo(name string) {
	t.member = t.join(name)
	t.in(t.place)
}

// in goes to a channel. That somebody is there already, or may not go there by themselves, does no harm.
func (t *talk) in(place string) {
	if t.place = place; place != direct {
		_ = t.member.tries("join", map[string]any{"channel": place})
	}
}

func (t *talk) says(thread, text string) { t.last = t.member.say(t.place, thread, text) }

func (t *talk) slashes(text string) {
	if list := t.member.see(t.place, ""); len(list) > 0 {
		t.last = list[len(list)-1].TS
	}
	t.member.slash(t.place, text)
}

func (t *talk) edits(text string) {
	t.member.do("edit", map[string]any{"channel": t.place, "ts": t.last, "text": text}, nil)
}

func (t *talk) deletes() {
	t.member.do("delete", map[string]any{"channel": t.place, "ts": t.last}, nil)
}

func (t *talk) uploads(ts *testscript.TestScript, file string) {
	content, err := os.ReadFile(ts.MkAbs(file))
	t.must(err)
	var said struct {
		TS string `json:"ts"`
	}
	t.member.do("upload", map[string]any{"channel": t.place, "name": file, "content": string(content)}, &said)
	t.last = said.TS
}

// find waits for a message that fits.
func (t *talk) find(ts *testscript.TestScript, what, thread string, fits func(seen) bool) seen {
	var list []seen
	var found seen
	if !within(patience, func() bool {
		list = t.member.see(t.place, thread)
		i := slices.IndexFunc(list, fits)
		if i >= 0 {
			found = list[i]
		}
		return i >= 0
	}) {
		ts.Fatalf("waited for %s in %s %s\nthere is:\n%s", what, t.place, thread, texts(list))
	}
	return found
}

func pattern(ts *testscript.TestScript, text string) *regexp.Regexp {
	want, err := regexp.Compile("(?m)" + text)
	ts.Check(err)
	return want
}

func (t *talk) begins(ts *testscript.TestScript, line string) {
	want := pattern(ts, `^:\w+: `+line+`\n(\w{4,}) `)
	found := t.find(ts, "a card of "+line, "", func(m seen) bool { return m.Bot && m.TS > t.last && want.MatchString(m.text()) })
	ts.Setenv("JOB", want.FindStringSubmatch(found.text())[1])
}

// theCard is the card of $JOB here.
func (t *talk) theCard(ts *testscript.TestScript, what string, fits func(seen) bool) seen {
	own := pattern(ts, `^:\w+: .*\n`+ts.Getenv("JOB")+` `)
	return t.find(ts, what, "", func(m seen) bool { return m.Bot && m.Thread != "broadcast" && own.MatchString(m.text()) && fits(m) })
}

func (t *talk) anyCard(ts *testscript.TestScript) seen {
	return t.theCard(ts, "the card of "+ts.Getenv("JOB"), func(seen) bool { return true })
}

func (t *talk) card(ts *testscript.TestScript, line string) {
	want := pattern(ts, line)
	t.theCard(ts, "a card with "+line, func(m seen) bool { return want.MatchString(m.text()) })
}

func (t *talk) hasButtons(ts *testscript.TestScript, labels []string) {
	t.theCard(ts, "a card with the buttons "+strings.Join(labels, ", "), func(m seen) bool { return slices.Equal(m.labels(), labels) })
}

func (t *talk) clicks(ts *testscript.TestScript, label string) {
	t.member.click(t.place, t.theCard(ts, "a button "+label, func(m seen) bool { return slices.Contains(m.labels(), label) }), label)
}

// replies says something in a job's thread, once it is known whose thread that is: nobody is faster than the bot that posted it.
func (t *talk) replies(ts *testscript.TestScript, text string) {
	card := t.anyCard(ts).TS
	within(patience, func() bool {
		keys, err := t.redis.Keys(t.Context(), "handsoff:slack:thread:*:"+card).Result()
		return err == nil && len(keys) > 0
	})
	t.says(card, text)
}

func (t *talk) thread(ts *testscript.TestScript, line string) {
	want := pattern(ts, line)
	t.find(ts, line, t.anyCard(ts).TS, func(m seen) bool { return want.MatchString(m.text()) })
}

func (t *talk) answered(ts *testscript.TestScript, line string) {
	want := pattern(ts, line)
	t.find(ts, line, t.last, func(m seen) bool { return m.Bot && want.MatchString(m.text()) })
}

func (t *talk) channel(ts *testscript.TestScript, line string) {
	want := pattern(ts, line)
	t.found = t.find(ts, line, "", func(m seen) bool { return m.TS > t.last && want.MatchString(m.text()) })
}

func (t *talk) privately(ts *testscript.TestScript, line string) {
	want := pattern(ts, line)
	t.found = t.find(ts, "privately "+line, "", func(m seen) bool { return m.OnlyYou && want.MatchString(m.text()) })
}

func (t *talk) presses(label string) { t.member.click(t.place, t.found, label) }

func (t *talk) nothing(ts *testscript.TestScript, line string) {
	want := pattern(ts, line)
	for _, m := range t.member.see(t.place, "") {
		if want.MatchString(m.text()) {
			ts.Fatalf("there is %s:\n%s", line, m.text())
		}
	}
}

func (t *talk) state(ts *testscript.TestScript, word string) {
	id := ts.Getenv("JOB")
	if !within(patience, func() bool { return string(t.job(id).State) == word }) {
		ts.Fatalf("%s is %s", id, t.job(id).State)
	}
}

// view is what somebody has before them: their Home, or a form.
type view struct {
	Lines []string          `json:"lines"`
	Flaws map[string]string `json:"flaws"`
}

func (t *talk) home(ts *testscript.TestScript, line string) {
	want := pattern(ts, line)
	t.member.do("open-home", map[string]any{}, nil)
	var shown view
	if !within(patience, func() bool {
		text, err := t.member.try("people/"+t.member.id+"/home", nil)
		if err != nil {
			return false // nothing was published yet
		}
		ts.Check(json.Unmarshal(text, &shown))
		return want.MatchString(strings.Join(shown.Lines, "\n"))
	}) {
		ts.Fatalf("waited for %s in the Home of %s\nthere is:\n%s", line, t.member.name, strings.Join(shown.Lines, "\n"))
	}
}

func (t *talk) homeClicks(ts *testscript.TestScript, label string) {
	ts.Check(t.member.tries("do", map[string]any{"view": "home", "action": label, "confirmed": true}))
}

func (t *talk) shortcut() { t.member.do("shortcut", map[string]any{"name": "run"}, nil) }

func (t *talk) modal(ts *testscript.TestScript, line string) {
	want := pattern(ts, line)
	var shown []view
	if !within(patience, func() bool {
		t.member.do("modals", nil, &shown)
		return len(shown) > 0 && want.MatchString(strings.Join(shown[len(shown)-1].Lines, "\n"))
	}) {
		ts.Fatalf("waited for %s in the form\nthere is:\n%v", line, shown)
	}
}

func (t *talk) chooses(field, value string) {
	t.member.do("do", map[string]any{"view": "modal", "action": field, "value": value}, nil)
}

func (t *talk) submits(ts *testscript.TestScript, flaw []string) {
	err := t.member.tries("submit", map[string]any{})
	if len(flaw) == 0 {
		ts.Check(err)
		return
	}
	if err == nil || !pattern(ts, flaw[0]).MatchString(err.Error()) {
		ts.Fatalf("waited for %s; there is: %v", flaw[0], err)
	}
}
