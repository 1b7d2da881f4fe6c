package jenkins

import (
	"fmt"
	"time"
)

// recipes are the ready-made behaviours that a script names in its first line, "# sandbox: slow".
var recipes = map[string]func(*planner){
	"slow":     (*planner).slow,
	"fail":     (*planner).fail,
	"results":  (*planner).results,
	"hang":     (*planner).hang,
	"stubborn": func(p *planner) { p.deaf(signalTerm) },
	"immortal": func(p *planner) { p.deaf(signalKill) },
	"vanish":   (*planner).vanish,
	"unstable": (*planner).shaky,
	"input":    (*planner).ask,
	"typed":    (*planner).typed,
	"big":      (*planner).big,
}

// slow takes as many seconds as it is told and says how far it is, at most a hundred times.
func (p *planner) slow() {
	const marks = 100
	seconds := p.number("seconds", 30, 0, int(longest/time.Second))
	lines := min(max(seconds, 1), marks)
	total := time.Duration(seconds) * time.Second
	p.say(fmt.Sprintf("+ working for %d seconds\n", seconds))
	start := p.at
	for i := 1; i <= lines; i++ {
		p.wait(start + total*time.Duration(i)/time.Duration(lines) - p.at)
		p.say(fmt.Sprintf("%3d%% done, %s of %s\n", i*100/lines, (p.at - start).Round(time.Second), total))
	}
	p.finish(success)
}

// fail prints what a failed compilation prints.
func (p *planner) fail() {
	p.say("+ make all\n")
	for i := 1; i <= 40; i++ {
		p.wait(50 * time.Millisecond)
		p.say(fmt.Sprintf("cc -c -o build/part%02d.o src/part%02d.c\n", i, i))
	}
	p.wait(time.Second)
	p.say("src/main.c: In function 'main':\n" +
		"src/main.c:42:9: error: 'teapot' undeclared (first use in this function)\n" +
		"   42 |         teapot(short, stout);\n" +
		"      |         ^~~~~~\n" +
		"make: *** [Makefile:17: build/main.o] Error 1\n")
	p.finish(failure)
}

// results prints the line by which a job hands structured results to whoever started it.
func (p *planner) results() {
	p.say("+ ./measure.sh\n")
	p.wait(2 * time.Second)
	p.say(fmt.Sprintf("Howdy pardner, I heard you wanted some results: "+
		`{"image": "registry.example.org/%s:%d", "tests": {"passed": 41, "failed": 1}, "took": 2.5}`+"\n",
		p.build.job.name, p.build.Number))
	p.wait(500 * time.Millisecond)
	p.finish(success)
}

// hang never ends by itself.
func (p *planner) hang() {
	p.say("+ ./wait-for-the-cows-to-come-home\nNo cows in sight.\n")
	p.plan.end = endless
}

// deaf is a pipeline that catches every interruption until the signal it obeys.
func (p *planner) deaf(obeys string) {
	p.say("[Pipeline] echo\nI shall not be moved.\n[Pipeline] sleep\nSleeping for 1 day\n")
	p.plan.end, p.plan.obeys = endless, obeys
}

// vanish loses its record while it runs.
func (p *planner) vanish() {
	p.say("+ ./houdini.sh\nWatch closely now.\n")
	p.plan.vanishes = p.at + 3*time.Second
	p.wait(30 * time.Second)
	p.finish(success)
}

// shaky ends with failed tests.
func (p *planner) shaky() {
	p.say("+ ./run-tests.sh\n")
	p.wait(3 * time.Second)
	p.say("Ran 42 tests, 41 passed, 1 failed.\n")
	p.plan.tail = "Build step 'Publish JUnit test result report' changed build result to UNSTABLE\n"
	p.plan.end, p.plan.result = p.at, unstable
}

// ask is a pipeline that waits for a person.
func (p *planner) ask() {
	p.plan.asks, p.plan.question = "Deploy", "Deploy to production?"
	p.say("[Pipeline] input\n" + p.plan.question + "\nProceed or Abort\n")
	p.plan.end = endless
}

// typed prints every parameter that it got.
func (p *planner) typed() {
	p.say("+ env\n")
	for _, v := range p.build.Parameters {
		value := v.Value
		if v.Secret {
			value = "****"
		}
		p.say(v.Name + "=" + value + "\n")
	}
	p.wait(time.Second)
	p.finish(success)
}

// big prints many megabytes in five seconds.
func (p *planner) big() {
	const megabyte, parts = 1_000_000, 10
	lines := int64(p.number("megabytes", 20, 1, 1000)) * megabyte / fillerWidth
	p.say("+ ./chatter.sh\n")
	for i := range int64(parts) {
		p.fill(i*lines/parts, lines/parts)
		p.wait(500 * time.Millisecond)
	}
	p.finish(success)
}
