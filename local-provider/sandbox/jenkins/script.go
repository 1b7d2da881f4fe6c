package jenkins

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// shell plans a script that somebody else's job has. Of the shell only echo, sleep, exit, true and false are understood;
// any other command is traced, as `sh -x` does, and takes no time. Nothing is ever executed.
func (p *planner) shell(script string) {
	p.plan.end = p.at
	for line := range strings.SplitSeq(script, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		command, argument, _ := strings.Cut(os.Expand(line, p.variable), " ")
		argument = unquoted(argument)
		p.say(strings.TrimRight("+ "+command+" "+argument, " ") + "\n")
		if result := p.command(command, argument); result != "" {
			p.finish(result)
			return
		}
	}
	p.finish(success)
}

// command plays one command; a result ends the script.
func (p *planner) command(command, argument string) string {
	switch command {
	case "echo":
		p.say(argument + "\n")
	case "sleep":
		p.wait(seconds(argument))
	case "false":
		return failure
	case "exit":
		if code, err := strconv.Atoi(strings.TrimSpace(argument)); err != nil || code == 0 {
			return success
		}
		return failure
	}
	return ""
}

// variable is a build's environment, as far as scripts tend to use it.
func (p *planner) variable(name string) string {
	switch name {
	case "BUILD_NUMBER", "BUILD_ID":
		return strconv.Itoa(p.build.Number)
	case "JOB_NAME":
		return p.build.job.fullName()
	case "JOB_BASE_NAME":
		return p.build.job.name
	default:
		return p.build.parameter(name)
	}
}

func unquoted(text string) string {
	text = strings.TrimSpace(text)
	if n := len(text); n >= 2 && (text[0] == '"' || text[0] == '\'') && text[n-1] == text[0] {
		return text[1 : n-1]
	}
	return text
}

// seconds reads the argument of sleep, with the suffixes of the GNU command.
func seconds(text string) time.Duration {
	unit := time.Second
	switch {
	case strings.HasSuffix(text, "m"):
		unit = time.Minute
	case strings.HasSuffix(text, "h"):
		unit = time.Hour
	}
	n, err := strconv.ParseFloat(strings.TrimRight(text, "smh"), 64)
	if err != nil || !(n >= 0 && n*float64(unit) <= float64(longest)) { // also for NaN
		return 0
	}
	return time.Duration(n * float64(unit))
}

// The pipeline steps that are understood: echo 'x', sleep 5, error 'x', input 'x'.
var groovyStep = regexp.MustCompile(`^(echo|sleep|error|input)\b[\s(]*(?:message:|time:)?\s*(?:'([^']*)'|"([^"]*)"|(\d+))`)

// groovy plans a pipeline that somebody else's job has; a step that is not understood takes no time and prints nothing.
func (p *planner) groovy(script string) {
	p.plan.end = p.at
	for line := range strings.SplitSeq(script, "\n") {
		found := groovyStep.FindStringSubmatch(strings.TrimSpace(line))
		if found == nil {
			continue
		}
		argument := os.Expand(found[2]+found[3]+found[4], p.groovyVariable)
		switch found[1] {
		case "echo":
			p.say("[Pipeline] echo\n" + argument + "\n")
		case "sleep":
			d := seconds(argument)
			p.say("[Pipeline] sleep\nSleeping for " + timeSpan(d) + "\n")
			p.wait(d)
		case "error":
			p.say("[Pipeline] error\n")
			p.plan.tail = fmt.Sprintf("ERROR: %s\n", argument)
			p.finish(failure)
			return
		case "input":
			p.plan.asks, p.plan.question = "Input", argument
			p.say("[Pipeline] input\n" + argument + "\nProceed or Abort\n")
			p.plan.end = endless
			return
		}
	}
	p.finish(success)
}

func (p *planner) groovyVariable(name string) string {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "params."), "env.")
	return p.variable(name)
}
