package endtoend

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestEventConversations holds the conversations in testdata/github and testdata/gerrit, with the rules and schedules of
// config/sandbox.yml. Each script has a repository of its name. Its commands are:
//
//	as NAME [ROLE]      who acts at GitHub from now on, and what they may in the repository
//	in REPO             another repository than acme/<script>
//	pull TITLE          opens a pull request, which is meant from now on
//	comments TEXT       there; \n is a new line
//	labels LABEL…       it
//	pushes, closes      to its branch; the pull request
//	clicks ID           a button of the job's check run
//	pushed WHO PROJECT SUBJECT   a change in Gerrit, which is meant from now on
//	acts WHO ACT [LABEL=VOTE]    amend, abandon, submit, review on that change
//	begins PATTERN      a rule had a job made of a command like that for what is meant, after the last; it becomes $JOB
//	state WORD          the job gets into that state
//	reply PATTERN       its comment, of which there is one, has a line like that
//	bot PATTERN         one of the bot's comments has a line like that
//	says N              the bot has made that many comments there
//	reacted CONTENT…    the comment said last has these reactions of the bot
//	check STATUS [CONCLUSION]    the job's check run, of which there is one
//	pr STATE            how the pull request is
//	votes N             the bot's vote on the change; message PATTERN, its one message about the job
//	jobs N              so many jobs were made of what is meant
//	links PATTERN       the address of what is meant, said in Slack, is unfolded into a line like that
//	tells LINE PATTERN  ops gives a command, and the answer has a line like that
//	asks LINE PATTERN   likewise, and again until it has
//	slack PATTERN       a message like that is in #general; admins PATTERN, where the alerts go
func TestEventConversations(t *testing.T) {
	t.Parallel()
	// What is to be cancelled must still be building then: all patch sets of a change but the first one.
	const built, lasting = `job: demo/slow, seconds: "10"`, `job: demo/slow, seconds: "{{ patchSet.number > 1 ? '9000' : '10' }}"`
	config := strings.Replace(configuration(), built, lasting, 1)
	if !strings.Contains(config, lasting) {
		t.Fatal("the configuration builds no patch sets")
	}
	s := startWith(t, config)
	s.jenkins.order("clock?speed=2")
	s.jenkins.busy()
	for _, dir := range []string{"github", "gerrit"} {
		t.Run(dir, func(t *testing.T) { t.Parallel(); s.forgeTalks(t, dir) })
	}
}

func (s *system) forgeTalks(t *testing.T, dir string) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/" + dir,
		Setup: func(env *testscript.Env) error {
			tb, ok := env.T().(testing.TB)
			if !ok {
				return fmt.Errorf("%T is no testing.TB", env.T())
			}
			part := s.in(tb)
			env.Values[forgeKey{}] = &forgeTalk{system: part, github: part.github(), gerrit: part.gerrit()}
			return nil
		},
		Cmds: forgeCommands(),
	})
}

type forgeKey struct{}

// forgeTalk is one script.
type forgeTalk struct {
	*system

	github           *github
	gerrit           *gerrit
	login, repo      string
	subject          string // what is meant
	pull, branch     string
	commits          []string // that were its head
	comment, changed string
	seen             []string // jobs that began
}

func forgeCommands() map[string]func(ts *testscript.TestScript, neg bool, args []string) {
	all := map[string]func(ts *testscript.TestScript, neg bool, args []string){}
	for word, do := range map[string]func(f *forgeTalk, ts *testscript.TestScript, args []string){
		"as": (*forgeTalk).as, "in": (*forgeTalk).in, "pull": (*forgeTalk).opens, "comments": (*forgeTalk).comments,
		"pushes": (*forgeTalk).pushes, "closes": (*forgeTalk).closes, "clicks": (*forgeTalk).clicks,
		"pushed": (*forgeTalk).pushed, "acts": (*forgeTalk).acts, "begins": (*forgeTalk).begins, "state": (*forgeTalk).state,
		"reply": (*forgeTalk).reply, "bot": (*forgeTalk).bot, "says": (*forgeTalk).says, "reacted": (*forgeTalk).reacted,
		"check": (*forgeTalk).check, "pr": (*forgeTalk).pr, "votes": (*forgeTalk).votes, "message": (*forgeTalk).message,
		"jobs": (*forgeTalk).counts, "tells": (*forgeTalk).tells, "asks": (*forgeTalk).asks, "slack": (*forgeTalk).slack,
		"labels": (*forgeTalk).labels, "admins": (*forgeTalk).admins,
		"links": (*forgeTalk).links,
	} {
		all[word] = func(ts *testscript.TestScript, _ bool, args []string) {
			f, ok := ts.Value(forgeKey{}).(*forgeTalk)
			if !ok {
				ts.Fatalf("no talk")
			}
			if f.repo == "" {
				f.repo = "acme/" + ts.Name()
			}
			do(f, ts, args)
		}
	}
	return all
}

// until waits for something, and says what there is instead.
func (f *forgeTalk) until(ts *testscript.TestScript, what string, there func() (bool, string)) {
	last := ""
	if !within(patience, func() (found bool) { found, last = there(); return found }) {
		ts.Fatalf("waited for %s\nthere is:\n%s", what, last)
	}
}

func (f *forgeTalk) as(_ *testscript.TestScript, args []string) {
	f.login = args[0]
	f.github.member(f.login, f.repo, strings.Join(args[1:], ""))
}

func (f *forgeTalk) in(_ *testscript.TestScript, args []string) { f.repo = args[0] }

// opens opens a pull request, of which the bot is told before of what is said there. GitHub's times are whole seconds, and in that of its
// making nobody has looked at it.
func (f *forgeTalk) opens(_ *testscript.TestScript, args []string) {
	defer func() { time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second))) }()
	f.pull = f.github.does(f.login, "pull", map[string]any{"repo": f.repo, "title": args[0]})
	f.subject, f.commits, f.seen = "github:"+f.repo+"#"+f.pull, nil, nil
	f.eventually("the bot is told of "+f.subject, func() bool { return f.github.opened(f.repo, f.pull) })
	f.head()
}

// head notes what the head is now.
func (f *forgeTalk) head() (state string) {
	var pull struct {
		State string
		Head  struct{ SHA, Ref string }
	}
	f.github.rest(f.repo+"/pulls/"+f.pull, &pull)
	if f.branch = pull.Head.Ref; !slices.Contains(f.commits, pull.Head.SHA) {
		f.commits = append(f.commits, pull.Head.SHA)
	}
	return pull.State
}

func (f *forgeTalk) deed() map[string]any {
	number, err := strconv.Atoi(f.pull)
	f.must(err)
	return map[string]any{"repo": f.repo, "number": number}
}

func (f *forgeTalk) comments(_ *testscript.TestScript, args []string) {
	deed := f.deed()
	deed["body"] = strings.ReplaceAll(args[0], `\n`, "\n")
	f.comment = f.github.does(f.login, "comment", deed)
}

func (f *forgeTalk) labels(_ *testscript.TestScript, args []string) {
	deed := f.deed()
	deed["labels"] = args
	f.github.order("people/"+f.login+"/label", deed, nil)
}

func (f *forgeTalk) pushes(_ *testscript.TestScript, _ []string) {
	f.github.does(f.login, "push", map[string]any{"repo": f.repo, "branch": f.branch})
	f.head()
}

func (f *forgeTalk) closes(_ *testscript.TestScript, _ []string) {
	f.github.order("people/"+f.login+"/close", f.deed(), nil)
}

func (f *forgeTalk) clicks(ts *testscript.TestScript, args []string) {
	f.github.order("people/"+f.login+"/click", map[string]any{"run": f.oneCheck(ts).ID, "button": args[0]}, nil)
}

func (f *forgeTalk) pushed(_ *testscript.TestScript, args []string) {
	f.changed = f.gerrit.push(args[0], args[1], args[2])
	f.subject, f.seen = "gerrit:review/"+f.changed, nil
}

func (f *forgeTalk) acts(ts *testscript.TestScript, args []string) {
	number, err := strconv.Atoi(f.changed)
	ts.Check(err)
	act := map[string]any{"number": number}
	if len(args) > 2 {
		label, vote, _ := strings.Cut(args[2], "=")
		value, err := strconv.Atoi(vote)
		ts.Check(err)
		act["review"] = map[string]any{"labels": map[string]int{label: value}}
	}
	f.gerrit.order("people/"+args[0]+"/"+args[1], act, nil)
}

func (f *forgeTalk) begins(ts *testscript.TestScript, args []string) {
	want := pattern(ts, "^"+args[0]+"$")
	f.until(ts, "a job of "+args[0]+" for "+f.subject, func() (bool, string) {
		ids := f.made(f.subject)
		for _, id := range slices.Backward(ids) { // the oldest first
			if !slices.Contains(f.seen, id) && want.MatchString(f.job(id).Text) {
				f.seen = append(f.seen, id)
				ts.Setenv("JOB", id)
				return true, ""
			}
		}
		return false, fmt.Sprint(ids)
	})
}

func (f *forgeTalk) state(ts *testscript.TestScript, args []string) {
	f.until(ts, args[0], func() (bool, string) {
		j := f.job(ts.Getenv("JOB"))
		return string(j.State) == args[0], fmt.Sprintf("%s is %s %s", j.ID, j.State, j.Error)
	})
}

func (f *forgeTalk) reply(ts *testscript.TestScript, args []string) {
	want := pattern(ts, args[0])
	f.until(ts, args[0], func() (bool, string) {
		list := f.github.about(f.repo, f.pull, ts.Getenv("JOB"))
		if len(list) > 1 {
			ts.Fatalf("%d comments: %v", len(list), list)
		}
		return len(list) == 1 && want.MatchString(list[0].Body), fmt.Sprint(list)
	})
}

func (f *forgeTalk) bot(ts *testscript.TestScript, args []string) {
	want := pattern(ts, args[0])
	f.until(ts, args[0], func() (bool, string) {
		list := f.github.said(f.repo, f.pull)
		return slices.ContainsFunc(list, func(c comment) bool { return want.MatchString(c.Body) }), fmt.Sprint(list)
	})
}

func (f *forgeTalk) says(ts *testscript.TestScript, args []string) {
	f.until(ts, args[0]+" comments of the bot", func() (bool, string) {
		list := f.github.said(f.repo, f.pull)
		return fmt.Sprint(len(list)) == args[0], fmt.Sprint(list)
	})
}

// reacted waits for reactions to the comment. Who was fast may have ended before it was seen to be taken up: without eyes.
func (f *forgeTalk) reacted(ts *testscript.TestScript, args []string) {
	f.until(ts, fmt.Sprint(args), func() (bool, string) {
		list := f.github.reactions(f.repo, f.comment)
		if len(args) == 1 && args[0] != "eyes" {
			return slices.Contains(list, args[0]) && len(list) <= 2, fmt.Sprint(list)
		}
		return slices.Equal(list, args), fmt.Sprint(list)
	})
}

// oneCheck is the job's check run.
func (f *forgeTalk) oneCheck(ts *testscript.TestScript) (run checkRun) {
	f.until(ts, "a check run", func() (bool, string) {
		list := f.github.checksOf(f.repo, f.commits, ts.Getenv("JOB"))
		if len(list) > 1 {
			ts.Fatalf("%d check runs: %v", len(list), list)
		}
		if len(list) == 1 {
			run = list[0]
		}
		return len(list) == 1, "none"
	})
	return run
}

func (f *forgeTalk) check(ts *testscript.TestScript, args []string) {
	f.until(ts, fmt.Sprint(args), func() (bool, string) {
		run := f.oneCheck(ts)
		return strings.TrimSpace(run.Status+" "+run.Conclusion) == strings.Join(args, " "), fmt.Sprint(run)
	})
}

func (f *forgeTalk) pr(ts *testscript.TestScript, args []string) {
	f.until(ts, args[0], func() (bool, string) { state := f.head(); return state == args[0], state })
}

func (f *forgeTalk) votes(ts *testscript.TestScript, args []string) {
	f.until(ts, "a vote of "+args[0], func() (bool, string) {
		now := f.gerrit.change(f.changed)
		return fmt.Sprint(now.verified()) == args[0], fmt.Sprint(now)
	})
}

func (f *forgeTalk) message(ts *testscript.TestScript, args []string) {
	want := pattern(ts, args[0])
	f.until(ts, args[0], func() (bool, string) {
		now := f.gerrit.change(f.changed)
		list := now.said(ts.Getenv("JOB"))
		if len(list) > 1 {
			ts.Fatalf("%d messages: %q", len(list), list)
		}
		return len(list) == 1 && want.MatchString(list[0]), fmt.Sprint(now.Messages)
	})
}

func (f *forgeTalk) counts(ts *testscript.TestScript, args []string) {
	if ids := f.made(f.subject); fmt.Sprint(len(ids)) != args[0] {
		ts.Fatalf("%s has the jobs %v", f.subject, ids)
	}
}

func (f *forgeTalk) tells(ts *testscript.TestScript, args []string) {
	answer := f.post("ops", args[0])
	found := pattern(ts, args[1]).FindStringSubmatch(answer)
	if found == nil {
		ts.Fatalf("waited for %s\nthere is:\n%s", args[1], answer)
	}
	name(ts, pattern(ts, args[1]), found)
}

func (f *forgeTalk) asks(ts *testscript.TestScript, args []string) {
	want := pattern(ts, args[1])
	f.until(ts, args[1], func() (bool, string) {
		answer := f.post("ops", args[0])
		found := want.FindStringSubmatch(answer)
		name(ts, want, found)
		return found != nil, answer
	})
}

// name makes variables of the named groups.
func name(ts *testscript.TestScript, want *regexp.Regexp, found []string) {
	for i, group := range want.SubexpNames() {
		if group != "" && i < len(found) {
			ts.Setenv(group, found[i])
		}
	}
}

func (f *forgeTalk) slack(_ *testscript.TestScript, args []string) {
	f.workspace().join("ann").finds("C0GENERAL", "", args[0])
}

func (f *forgeTalk) links(_ *testscript.TestScript, args []string) {
	link := f.ports.GitHubURL() + "/" + f.repo + "/pull/" + f.pull
	if f.changed != "" {
		link = f.ports.GerritURL() + "/c/acme/app/+/" + f.changed
	}
	f.workspace().join("ann").say("C0GENERAL", "", "look at "+link)
	f.workspace().join("ann").finds("C0GENERAL", "", regexp.QuoteMeta(link)+`(?s:.*)^\| .*`+args[0])
}

func (f *forgeTalk) admins(_ *testscript.TestScript, args []string) {
	f.workspace().join("ann").finds("C0ADMIN", "", args[0])
}
