package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestConversations plays the scripts: accept, step and pass make the world, say talks.
func TestConversations(t *testing.T) {
	t.Parallel()
	value := func(ts *testscript.TestScript) *talk { return ts.Value("talk").(*talk) }
	testscript.Run(t, testscript.Params{
		Dir: "testdata", UpdateScripts: os.Getenv("UPDATE") != "", RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			s := newTalk(env.T().(testing.TB), jobtest.Embedded(env.T().(testing.TB)))
			env.Values["talk"] = s
			env.Defer(func() {
				if err := s.close(); err != nil {
					panic(err)
				}
			})
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"say": func(ts *testscript.TestScript, neg bool, args []string) {
				answer, err := value(ts).say(args[0], strings.Join(args[1:], " "))
				ts.Check(err)
				if neg != (answer.Problem != nil) {
					ts.Fatalf("unexpected: %s", answer)
				}
				fmt.Fprintln(ts.Stdout(), answer)
			},
			"same-call": func(ts *testscript.TestScript, _ bool, args []string) {
				value(ts).same = true
				_, err := value(ts).say(args[0], strings.Join(args[1:], " "))
				ts.Check(err)
			},
			"watchers": func(ts *testscript.TestScript, _ bool, args []string) {
				found, err := value(ts).desk.jobs.Watchers(context.Background(), args[0])
				ts.Check(err)
				fmt.Fprintln(ts.Stdout(), strings.Join(slices.Sorted(maps.Keys(found)), " "))
			},
			"accept": func(ts *testscript.TestScript, _ bool, args []string) {
				options := make(map[string]string)
				for _, option := range args[3:] {
					name, text, _ := strings.Cut(option, "=")
					options[name] = text
				}
				id, err := value(ts).accept(args[1], args[2], options)
				ts.Check(err)
				ts.Setenv(args[0], id)
			},
			"step": func(ts *testscript.TestScript, _ bool, args []string) { ts.Check(value(ts).step(args[0], args[1:])) },
			"pass": func(ts *testscript.TestScript, _ bool, args []string) {
				d, err := time.ParseDuration(args[0])
				ts.Check(err)
				value(ts).clock.Add(d)
			},
		},
	})
}
