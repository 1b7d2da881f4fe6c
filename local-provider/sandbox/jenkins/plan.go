package jenkins

import (
	"strconv"
	"strings"
	"time"
)

// A plan is what a build would do if nobody interfered.
type plan struct {
	steps  []step
	end    time.Duration // from the start; endless when negative
	result string
	tail   string // printed just before "Finished:"

	vanishes time.Duration // when the record disappears; never when zero
	obeys    string        // the mildest signal that ends it: stop, term or kill
	asks     string        // the id of the input that it waits for
	question string        // what it asks
}

// endless is the end of a plan that has none.
const endless = time.Duration(-1)

// longest bounds a plan, so that times stay sane whatever a script asks for.
const longest = 7 * 24 * time.Hour

// maxSteps bounds the number of lines that a plan prints one by one.
const maxSteps = 2000

// A step is a piece of console and when it appears.
type step struct {
	at time.Duration
	segment
}

// The signals, from mild to harsh.
const (
	signalStop = "stop"
	signalTerm = "term"
	signalKill = "kill"
)

// harsh orders the signals.
func harsh(signal string) int {
	return map[string]int{signalStop: 0, signalTerm: 1, signalKill: 2}[signal]
}

// newPlan works out what a build does, from what it was started with.
func newPlan(b *build) *plan {
	p := &planner{plan: plan{result: success, obeys: signalStop}, build: b}
	p.preamble()
	if recipe, ok := recipes[recipeOf(b.Script)]; ok {
		recipe(p)
	} else if b.job.isPipeline() {
		p.groovy(b.Script)
	} else {
		p.shell(b.Script)
	}
	if b.job.isPipeline() && p.plan.end >= 0 {
		p.plan.tail = "[Pipeline] End of Pipeline\n" + p.plan.tail
	}
	return &p.plan
}

// recipeOf reads the mark by which a demo job's script names what the sandbox does instead of running it.
func recipeOf(script string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(script), "\n")
	_, name, ok := strings.Cut(line, " sandbox: ")
	if !ok {
		return ""
	}
	return strings.TrimSpace(name)
}

// A planner writes a plan from its start to its end.
type planner struct {
	plan  plan
	build *build
	at    time.Duration
}

// say prints at the moment that has been reached.
func (p *planner) say(text string) {
	if len(p.plan.steps) < maxSteps {
		p.plan.steps = append(p.plan.steps, step{at: p.at, segment: segment{text: text}})
	}
}

// fill prints numbered lines.
func (p *planner) fill(first, lines int64) {
	p.plan.steps = append(p.plan.steps, step{at: p.at, segment: segment{first: first, lines: lines}})
}

// wait lets time pass.
func (p *planner) wait(d time.Duration) {
	p.at = min(p.at+max(d, 0), longest)
	p.plan.end = p.at
}

// finish ends the plan with a result.
func (p *planner) finish(result string) {
	p.plan.end, p.plan.result = p.at, result
	if result == failure && !p.build.job.isPipeline() {
		p.plan.tail = "Build step 'Execute shell' marked build as failure\n"
	}
}

// preamble is what Jenkins prints before a build does anything.
func (p *planner) preamble() {
	b := p.build
	var text strings.Builder
	for _, c := range b.Causes {
		text.WriteString(c.description() + "\n")
	}
	if b.job.isPipeline() {
		p.say(text.String() + "[Pipeline] Start of Pipeline\n")
		return
	}
	text.WriteString("Running as SYSTEM\nBuilding on the built-in node in workspace /var/jenkins_home/workspace/" +
		b.job.fullName() + "\n")
	if b.Script != "" {
		text.WriteString("[" + b.job.name + "] $ /bin/sh -xe /tmp/jenkins" + strconv.FormatInt(b.QueueID+7349, 10) + ".sh\n")
	}
	p.say(text.String())
	p.wait(30 * time.Millisecond)
}

// number is the value of a parameter as a number within bounds, or a default.
func (p *planner) number(name string, ifNone, low, high int) int {
	n, err := strconv.Atoi(strings.TrimSpace(p.build.parameter(name)))
	if err != nil {
		return ifNone
	}
	return min(max(n, low), high)
}
