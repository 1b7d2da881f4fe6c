package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// The conversations in testdata. The commands of a script are:
//
//	say WHO WORDS…         somebody says something at a door; ! when it is not done. JOB becomes the job it made
//	thread JOB WHO WORDS…  likewise, in a job's thread
//	deploy NAME COMMANDS   a function with commands of its own is deployed
//	configure FILE         the file is what the secret with the configuration has from now on
//	nudged FUNCTION JOB    the function was nudged about the job
//	nojobs                 no job was made at all
func TestConversations(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Values[benchKey{}] = newBench(t)
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"say": func(ts *testscript.TestScript, neg bool, args []string) {
				talk(ts, neg, "", args)
			},
			"thread": func(ts *testscript.TestScript, neg bool, args []string) {
				talk(ts, neg, args[0], args[1:])
			},
			"deploy": func(ts *testscript.TestScript, _ bool, args []string) {
				g := benchOf(ts).gateway
				g.set(func() { g.functions[args[0]] = map[string]string{command.Annotation: args[1]} })
			},
			"configure": func(ts *testscript.TestScript, _ bool, args []string) {
				at := filepath.Join(benchOf(ts).platform.SecretDir, function.ConfigSecret)
				ts.Check(os.WriteFile(at, []byte(ts.ReadFile(args[0])), 0o600))
			},
			"nudged": func(ts *testscript.TestScript, _ bool, args []string) {
				waitForNudge(ts, strings.Join(args, " "))
			},
			"nojobs": func(ts *testscript.TestScript, _ bool, _ []string) {
				jobs, err := jobtest.List(context.Background(), benchOf(ts).platform.Jobs, job.Browse{Open: true})
				if err != nil || len(jobs) > 0 {
					ts.Fatalf("jobs: %v %v", jobs, err)
				}
			},
		},
	})
}

type benchKey struct{}

func benchOf(ts *testscript.TestScript) *bench {
	b, ok := ts.Value(benchKey{}).(*bench)
	if !ok {
		ts.Fatalf("no bench")
	}
	return b
}

func talk(ts *testscript.TestScript, neg bool, thread string, args []string) {
	answer := benchOf(ts).say(args[0], strings.Join(args[1:], " "), func(e *command.Envelope) { e.Job = thread })
	_, _ = ts.Stdout().Write([]byte(answer.String() + "\n"))
	if answer.Job != "" {
		ts.Setenv("JOB", answer.Job)
	}
	if neg != (answer.Problem != nil) {
		ts.Fatalf("said: %s", answer)
	}
}

func waitForNudge(ts *testscript.TestScript, want string) {
	b := benchOf(ts)
	jobtest.Eventually(b, "nudge "+want, func() bool {
		select {
		case got := <-b.gateway.nudged:
			return got == want
		default:
			return false
		}
	})
}
