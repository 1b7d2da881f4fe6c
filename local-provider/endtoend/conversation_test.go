package endtoend

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// The conversations in testdata, over every door and with both kinds of queue. The commands of a script are:
//
//	as NAME            somebody else goes on; a script begins with the operator of its name
//	say LINE           somebody says a line
//	$ME, $DOOR         how the operator of the script's name is called at this door, and the door's name
//	begins PATTERN     a job was made of the line; its command is like that, and $JOB becomes its id
//	hears PATTERN      the answer, or what came since, has a line like that; its named groups become variables
//	sees PATTERN       likewise, but of all that can be known of the job $JOB without a question
//	nothing started    no job and no build was made of the last line
//	in PLACE           from now on they speak in a channel, or to the bot alone again; only over irc
//	! told PATTERN     the bot has said no line like that where they are; only over irc
//	few MOST           the bot has said no more lines than that to them, or where they are; only over irc
//	$SITE, $SECOND     where there is a file of an event, and whom others mean at this door by second; only in some folders
//	[!line-mode] …     not over that door
//	order TEXT         Jenkins is told to misbehave, or to behave again
//	presses KEY        by tmux' name for it; only over telnet
//
// and those of withOperations, withClouds and withGatherings.
func TestConversations(t *testing.T) {
	t.Parallel()
	for _, queue := range []string{"strong", "weak"} {
		t.Run(queue, func(t *testing.T) {
			t.Parallel()
			var l *lab
			if queue == "strong" {
				l = newLab(t)
			}
			site, config := newSite(t, l.with(withIRC(t, configuration())))
			s := startWith(t, config, "-queue", queue)
			s.jenkins.order("clock?speed=2")
			s.jenkins.busy()
			for name, open := range doors() {
				if queue == "weak" && (name == "line-mode" || name == "irc") {
					continue // the same gateway, or the same way to the same queue
				}
				t.Run(name, func(t *testing.T) { t.Parallel(); s.converse(t, "testdata", name, open) })
			}
			if open := doors()["irc"]; open != nil && queue == "strong" {
				t.Run("channel", func(t *testing.T) { t.Parallel(); s.converse(t, "testdata/irc", "irc", open) })
			}
			if queue == "strong" {
				s.gatherings(t, "telnet", "telnet:second", site)
				s.gatherings(t, "slack", "slack:"+slackID("second"), site)
				l.tests(t, s, site)
			}
		})
	}
}

// converse holds the conversations of a folder over the door of that name. more are variables, each with its value.
func (s *system) converse(t *testing.T, dir, name string, open func(*system, string) door, more ...string) {
	testscript.Run(t, testscript.Params{
		Dir: dir,
		Setup: func(env *testscript.Env) error {
			tb, ok := env.T().(testing.TB)
			if !ok {
				return fmt.Errorf("%T is no testing.TB", env.T())
			}
			env.Setenv("GIT", s.ports.GitURL())
			env.Setenv("DOOR", name)
			env.Vars = append(env.Vars, more...)
			env.Values[dialogueKey{}] = &dialogue{system: s.in(tb), open: open, doors: map[string]door{}}
			return nil
		},
		Condition: func(condition string) (bool, error) { return condition == name, nil },
		Cmds: withGatherings(withClouds(withOperations(map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"as":      func(ts *testscript.TestScript, _ bool, args []string) { dialogueOf(ts).turnTo(args[0]) },
			"say":     func(ts *testscript.TestScript, _ bool, args []string) { dialogueOf(ts).say(strings.Join(args, " ")) },
			"begins":  func(ts *testscript.TestScript, _ bool, args []string) { dialogueOf(ts).begins(ts, args[0]) },
			"hears":   func(ts *testscript.TestScript, _ bool, args []string) { dialogueOf(ts).hears(ts, args[0]) },
			"sees":    func(ts *testscript.TestScript, _ bool, args []string) { dialogueOf(ts).sees(ts, args[0]) },
			"nothing": func(ts *testscript.TestScript, _ bool, _ []string) { dialogueOf(ts).nothingStarted(ts) },
			"order":   func(ts *testscript.TestScript, _ bool, args []string) { dialogueOf(ts).jenkins.order(args[0]) },
			"presses": func(ts *testscript.TestScript, _ bool, args []string) { dialogueOf(ts).presses(ts, args[0]) },
			"in":      func(ts *testscript.TestScript, _ bool, args []string) { dialogueOf(ts).chatter(ts).goTo(args[0]) },
			"told":    func(ts *testscript.TestScript, _ bool, args []string) { dialogueOf(ts).toldNothing(ts, args[0]) },
			"few":     func(ts *testscript.TestScript, _ bool, args []string) { dialogueOf(ts).toldFew(ts, args[0]) },
		}, func(ts *testscript.TestScript) *system { return dialogueOf(ts).system }),
			func(ts *testscript.TestScript) *system { return dialogueOf(ts).system }),
			func(ts *testscript.TestScript) *system { return dialogueOf(ts).system }),
	})
}

type dialogueKey struct{}

func dialogueOf(ts *testscript.TestScript) *dialogue {
	d, ok := ts.Value(dialogueKey{}).(*dialogue)
	if !ok {
		ts.Fatalf("no dialogue")
	}
	if d.door == nil {
		d.turnTo(ts.Name())
		ts.Setenv("ME", d.Called())
	}
	return d
}

// dialogue is one script, over one door.
type dialogue struct {
	*system

	door
	open  func(*system, string) door
	doors map[string]door
	made  int // jobs of the person before the last line
}

func (d *dialogue) turnTo(name string) {
	if d.doors[name] == nil {
		d.doors[name] = d.open(d.system, name)
	}
	d.door = d.doors[name]
}

func (d *dialogue) say(line string) {
	d.made = d.jobsOf(d.Principal())
	d.Say(line)
}

func (d *dialogue) begins(ts *testscript.TestScript, line string) {
	d.match(ts, d.Begun(line), d.Heard)
}

func (d *dialogue) hears(ts *testscript.TestScript, pattern string) {
	d.match(ts, pattern, d.Heard)
}

func (d *dialogue) sees(ts *testscript.TestScript, pattern string) {
	d.match(ts, pattern, func() string { return d.About(ts.Getenv("JOB")) })
}

// match waits until a line of the text matches.
func (d *dialogue) match(ts *testscript.TestScript, pattern string, text func() string) {
	want, err := regexp.Compile("(?m)" + pattern)
	if err != nil {
		ts.Fatalf("%v", err)
	}
	var last string
	var found []string
	if !within(patience, func() bool { last = text(); found = want.FindStringSubmatch(last); return found != nil }) {
		ts.Fatalf("waited for %s\nthere is:\n%s", pattern, last)
	}
	for i, name := range want.SubexpNames() {
		if name != "" {
			ts.Setenv(name, found[i])
		}
	}
}

func (d *dialogue) nothingStarted(ts *testscript.TestScript) {
	if n := d.jobsOf(d.Principal()); n != d.made {
		ts.Fatalf("%d jobs were started; heard:\n%s", n-d.made, d.Heard())
	}
}

func (s *system) jobsOf(principal string) (n int) {
	for _, open := range []bool{true, false} {
		list, err := jobtest.List(s.Context(), s.jobs, job.Browse{Open: open, Wants: func(j *job.Job) bool { return j.Principal == principal }})
		s.must(err)
		n += len(list)
	}
	return n
}

func (d *dialogue) chatter(ts *testscript.TestScript) *chatter {
	c, ok := d.door.(*chatter)
	if !ok {
		ts.Fatalf("there are no channels at this door")
	}
	return c
}

func (d *dialogue) toldNothing(ts *testscript.TestScript, pattern string) {
	if all := d.chatter(ts).told(0); regexp.MustCompile("(?m)" + pattern).MatchString(all) {
		ts.Fatalf("something like %s was said:\n%s", pattern, all)
	}
}

func (d *dialogue) toldFew(ts *testscript.TestScript, most string) {
	limit, err := strconv.Atoi(most)
	ts.Check(err)
	all := slices.DeleteFunc(d.chatter(ts).client.Told(bot), func(line string) bool { return strings.HasPrefix(line, "NOTICE: ") }) // for all
	if len(all) > limit {
		ts.Fatalf("%d lines were said:\n%s", len(all), strings.Join(all, "\n"))
	}
}

func (d *dialogue) presses(ts *testscript.TestScript, key string) {
	p, ok := d.door.(*person)
	if !ok {
		ts.Fatalf("there are no keys at this door")
	}
	p.press(key)
}
