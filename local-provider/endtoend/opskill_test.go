package endtoend

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/process"
)

const (
	theAnsible   = "ansible"
	theGit       = "git"
	thePipeline  = "pipeline"
	theARA       = "ara"
	theGitItself = "sandbox-git"
)

// The playbooks of which each start leaves a mark, the first of them safe to repeat; they go before those of the sandbox.
const countingPlaybooks = `
  playbooks:
    often:
      <<: &counting {repo: "http://127.0.0.1:8086/ops/playbooks.git", path: count.yml, inventories: [local], args: [{name: marks}, {name: seconds, type: int, default: 2}]}
      repeat: true
    once: {<<: *counting}
`

// A pipeline in which something runs side by side, and something always.
const countingPipeline = `  counting:
    words: count
    args: [{name: marks}]
    steps:
      - {name: sync, run: git sync kettle}
      - {name: once, run: ansible run once, needs: [], args: {marks: "{{ args.marks }}"}}
      - {name: last, run: ansible run often, always: true, args: {marks: "{{ args.marks }}", seconds: 0}}
`

// opsVictims are all processes that playbooks, pipelines and syncs need, and an upgrade of the functions among them.
func opsVictims() []string {
	return []string{theAnsible, thePipeline, theARA, theGit, theGitItself, theRedis, theProvider, theUpgrade}
}

// TestOpsKill kills what playbooks, a pipeline and syncs need while they run, at moments that chance chooses. Nothing is begun
// twice that is not declared safe to repeat, no process survives, each job ends in a true state and is told of once.
func TestOpsKill(t *testing.T) {
	t.Parallel()
	o := newOps(start(t, "-ara"))
	all := opsVictims()
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	const together = 4
	o.strike(all[:together]...)
	o.strike(all[together:]...)
}

// TestOpsKillSoak kills each alone, many times, with both kinds of queue.
func TestOpsKillSoak(t *testing.T) {
	t.Parallel()
	if !soak {
		t.Skip("HANDSOFF_SOAK=1 asks for it")
	}
	const rounds = 5
	for _, queue := range []string{"strong", "weak"} {
		for _, victim := range opsVictims() {
			t.Run(queue+"/"+victim, func(t *testing.T) {
				t.Parallel()
				o := newOps(start(t, "-ara", "-queue", queue))
				for range rounds {
					o.strike(victim)
				}
			})
		}
	}
}

// ops is a system on which playbooks, a pipeline and syncs run, and somebody who watches.
type ops struct {
	*system

	watcher *person
	marks   string
	round   int
}

func newOps(s *system) *ops {
	s.Helper()
	playbook, err := os.ReadFile(filepath.Join("testdata", "ops", "playbooks", "count.yml"))
	s.must(err)
	s.repositories().commits("ops/playbooks", "main", "", map[string]string{"count.yml": string(playbook)})
	return &ops{system: s, watcher: s.telnet("ann"), marks: filepath.Join(string(s.home), "marks")}
}

// batch is what runs when it strikes.
type batch struct {
	once, often, count, sync string
	victims                  []string
	before, after            string         // what downstream has, and upstream
	seen                     []process.Seen // that worked for it
}

// strike has one of each run, kills, and looks at what became of them.
func (o *ops) strike(victims ...string) {
	o.Helper()
	o.round++
	tag := fmt.Sprintf("v9.%d", o.round)
	b := &batch{victims: victims, before: o.refs("acme/kettle")}
	o.repositories().commits("upstream/kettle", "stable/"+tag, tag, map[string]string{"NEWS.md": tag})
	b.after = o.refs("upstream/kettle")
	b.once = o.asks("ansible run once marks=" + o.marks)
	b.count = o.asks("count marks=" + o.marks)
	b.often = o.asks("ansible run often marks=" + o.marks)
	b.sync = o.asks("git sync kettle")
	for _, victim := range victims {
		wait := time.Duration(rand.Int64N(int64(3 * time.Second))) // where it strikes is left to chance
		o.Logf("%s strikes %s later", victim, wait)
		time.Sleep(wait)
		b.seen = append(b.seen, o.workers()...)
		if victim == theUpgrade {
			o.replace(theAnsible, thePipeline, theGit)
			continue
		}
		killed := o.kill(victim)
		if victim != theARA { // which takes seconds to be back, and nothing waits for it
			o.back(victim, killed)
		}
	}
	o.whole(b)
}

// asks has the watcher ask for a job.
func (o *ops) asks(line string) (id string) {
	o.Helper()
	o.watcher.Say(line)
	o.eventually(line+" is taken", func() bool { id = jobIn(o.watcher.Heard()); return id != "" })
	return id
}

// workers are all processes below the functions that attend programs.
func (o *ops) workers() (found []process.Seen) {
	o.Helper()
	all, err := process.All()
	o.must(err)
	for _, name := range []string{theAnsible, theGit} {
		if ref, alive := o.find(name); alive {
			found = append(found, process.Below(all, ref.PID)...)
		}
	}
	return found
}

// whole checks what became of a batch.
func (o *ops) whole(b *batch) {
	o.Helper()
	o.playbook(b, b.once, false)
	o.playbook(b, b.often, true)
	o.pipeline(b)
	o.mirrored(b)
	for _, id := range []string{b.once, b.often, b.count, b.sync} {
		o.toldOnce(id)
	}
	o.eventually("nothing of it runs", func() bool { return len(o.survivors(b)) == 0 })
}

// survivors are processes that nobody attends any more.
func (o *ops) survivors(b *batch) []string {
	left := slices.DeleteFunc(slices.Clone(b.seen), func(p process.Seen) bool { return !p.Alive() })
	return commands(append(left, o.attended("")...))
}

func (b *batch) killed(victims ...string) bool {
	return slices.ContainsFunc(victims, func(name string) bool { return slices.Contains(b.victims, name) })
}

// playbook checks that a job's state is what its marks and its record in ARA show.
func (o *ops) playbook(b *batch, id string, repeat bool) {
	o.Helper()
	j := o.ended(id)
	begun := 0
	if text, err := os.ReadFile(o.marks); err == nil {
		begun = strings.Count(string(text), id+"\n")
	}
	fits := false
	switch j.State {
	case job.Succeeded:
		fits = begun > 0
	case job.Failed: // its repository could not be read
		fits = begun == 0 && b.killed(theGitItself)
	case job.Unknown:
		fits = !repeat && b.killed(theAnsible, theProvider, theUpgrade)
	}
	if !fits || begun > 1 && !repeat {
		o.Errorf("%v were killed: %s is %s, and was begun %d times: %s", b.victims, j.Text, j.State, begun, j.Error)
	}
	if left := o.left(id); len(left) > 0 {
		o.Errorf("%v were killed: %s has ended, and there is still %v", b.victims, j.Text, commands(left))
	}
	o.eventually("ARA knows that no start of "+id+" runs", func() bool {
		running := slices.ContainsFunc(o.records(id), func(r araRecord) bool { return r.Status == "running" })
		if running { // it was away when the job ended, and is told of it at the next look
			o.tend(theAnsible)
		}
		return !running
	})
}

// tend has a function look after what it looks after, as the clock does every five minutes.
func (s *system) tend(function string) {
	s.Helper()
	nudge, err := json.Marshal(map[string]string{"job": command.AnyJob})
	s.must(err)
	s.deliver("/function/"+function, nudge, s.internalKeys().Sign(nudge)) // who was killed may not listen yet: the clock comes again
}

// pipeline checks that a run agrees with its children, and that each step was begun once.
func (o *ops) pipeline(b *batch) {
	o.Helper()
	j := o.ended(b.count)
	var result struct {
		Steps map[string]struct {
			State string `json:"state"`
			Job   string `json:"job"`
		} `json:"steps"`
	}
	o.must(json.Unmarshal(j.Result, &result))
	children, err := o.jobs.Children(o.Context(), j.ID)
	o.must(err)
	good := true
	for name, step := range result.Steps {
		if step.Job == "" {
			o.Errorf("%v were killed: the step %s was not begun", b.victims, name)
			continue
		}
		child := o.ended(step.Job)
		good = good && child.State == job.Succeeded
		if string(child.State) != step.State {
			o.Errorf("%v were killed: the step %s is %s, and its job %s", b.victims, name, step.State, child.State)
		}
		if name != "sync" {
			o.playbook(b, child.ID, name == "last")
		}
	}
	if len(children) != 3 || len(result.Steps) != 3 || good != (j.State == job.Succeeded) {
		o.Errorf("%v were killed: the run is %s with the children %v: %s\n%s", b.victims, j.State, children, j.Error, j.Result)
	}
}

// mirrored checks that downstream is as it was or as upstream is, and that it is so when the sync succeeded.
func (o *ops) mirrored(b *batch) {
	o.Helper()
	j := o.ended(b.sync)
	down := o.refs("acme/kettle")
	fits := down == b.after && j.State == job.Succeeded || j.State == job.Failed && b.killed(theGitItself) && (down == b.before || down == b.after)
	if !fits {
		o.Errorf("%v were killed: %s is %s: %s\nupstream has\n%s\nand downstream\n%s", b.victims, j.Text, j.State, j.Error, b.after, down)
	}
}

// toldOnce waits until the watcher has been told of a job's end, and checks that it was once.
func (o *ops) toldOnce(id string) {
	o.Helper()
	end := regexp.MustCompile(`(?m)^@` + id + ` (succeeded|failed|was cancelled|ended, and nobody can tell)`)
	o.eventually("the end of "+id+" is told", func() bool { return end.MatchString(o.watcher.Screen()) })
	if n := len(end.FindAllString(o.watcher.Screen(), -1)); n != 1 {
		o.Errorf("the end of %s was told %d times", id, n)
	}
}
