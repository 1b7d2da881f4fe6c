package endtoend

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/handsoff/handsoff/shared/job"
)

// The conversations in testdata, over every door and with both kinds of queue. The commands of a script are:
//
//	as NAME            somebody else goes on; a script begins with the operator of its name
//	say LINE           somebody says a line
//	$ME                how the operator of the script's name is called at this door
//	begins PATTERN     a job was made of the line; its command is like that, and $JOB becomes its id
//	hears PATTERN      the answer, or what came since, has a line like that; its named groups become variables
//	sees PATTERN       likewise, but of all that can be known of the job $JOB without a question
//	nothing started    no job and no build was made of the last line
//	[!line-mode] …     not over that door
//	order TEXT         Jenkins is told to misbehave, or to behave again
func TestConversations(t *testing.T) {
	t.Parallel()
	for _, queue := range []string{"strong", "weak"} {
		t.Run(queue, func(t *testing.T) {
			t.Parallel()
			s := start(t, "-queue", queue)
			s.jenkins.order("clock?speed=2")
			for name, open := range doors() {
				if queue == "weak" && name == "line-mode" {
					continue // the same gateway, and the same queue
				}
				t.Run(name, func(t *testing.T) { t.Parallel(); s.converse(t, name, open) })
			}
		})
	}
}

func (s *system) converse(t *testing.T, name string, open func(*system, string) door) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			tb, ok := env.T().(testing.TB)
			if !ok {
				return fmt.Errorf("%T is no testing.TB", env.T())
			}
			env.Values[dialogueKey{}] = &dialogue{system: s.in(tb), open: open, doors: map[string]door{}}
			return nil
		},
		Condition: func(condition string) (bool, error) { return condition == name, nil },
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"as":      func(ts *testscript.TestScript, _ bool, args []string) { dialogueOf(ts).turnTo(args[0]) },
			"say":     func(ts *testscript.TestScript, _ bool, args []string) { dialogueOf(ts).say(strings.Join(args, " ")) },
			"begins":  func(ts *testscript.TestScript, _ bool, args []string) { dialogueOf(ts).begins(ts, args[0]) },
			"hears":   func(ts *testscript.TestScript, _ bool, args []string) { dialogueOf(ts).hears(ts, args[0]) },
			"sees":    func(ts *testscript.TestScript, _ bool, args []string) { dialogueOf(ts).sees(ts, args[0]) },
			"nothing": func(ts *testscript.TestScript, _ bool, _ []string) { dialogueOf(ts).nothingStarted(ts) },
			"order":   func(ts *testscript.TestScript, _ bool, args []string) { dialogueOf(ts).jenkins.order(args[0]) },
		},
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
		list, err := s.jobs.List(s.Context(), job.Query{Open: open, Principal: principal, Limit: 1000})
		s.must(err)
		n += len(list)
	}
	return n
}
