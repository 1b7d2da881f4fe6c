package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/sign"
)

// system is a whole handsoff on free ports of this machine, in a folder of its own.
type system struct {
	dir   string
	ports home.Ports
	jobs  *job.Store
	rdb   *redis.Client
	keys  sign.Keys
	cli   sign.Keys

	password string // of the gateway
}

// start brings it up, with the function probe beside the others. config is the configuration's file; empty for the sandbox's. What is
// to be there before is put there by prepare.
func start(ctx context.Context, config string, prepare ...func(home.Home) error) (*system, error) {
	dir, err := os.MkdirTemp("", "handsoff-bench-")
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	begun := &system{dir: dir}
	for _, put := range prepare {
		if err := put(home.Home(dir)); err != nil {
			return nil, errors.Join(err, os.RemoveAll(dir))
		}
	}
	if err := begun.begin(ctx, config); err != nil {
		return nil, errors.Join(err, begun.stop())
	}
	return begun, nil
}

func (s *system) begin(ctx context.Context, config string) (err error) {
	for _, args := range [][]string{
		{"go", "build", "-trimpath", "-ldflags", "-s -w", "-o", "bin/", "./local-provider", "./telnet-gateway", "./gerrit-listener", "./irc-gateway", "./local-provider/sandbox/.../cmd/..."},
		{"bin/local-provider", "up", "-home", s.dir, "-ports", "auto", "-config", cmp.Or(config, "config/sandbox.yml")},
		{"bin/local-provider", "build", "-home", s.dir, "-f", "local-provider/bench/stack.yml"},
		{"bin/local-provider", "deploy", "-home", s.dir, "-f", "local-provider/bench/stack.yml"},
	} {
		if err := execute(ctx, args...); err != nil {
			return err
		}
	}
	h := home.Home(s.dir)
	if s.ports, err = h.ReadPorts(); err != nil {
		return err
	}
	if s.keys, err = keys(h.Secret("handsoff-key")); err != nil {
		return err
	}
	if s.cli, err = keys(h.Secret("handsoff-cli-keys")); err != nil {
		return err
	}
	gateway, err := os.ReadFile(h.Secret("basic-auth-password"))
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	s.password = strings.TrimSpace(string(gateway))
	password, err := os.ReadFile(h.Secret("redis-password"))
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	s.rdb = redis.NewClient(&redis.Options{Addr: s.ports.RedisAddress(), Password: strings.TrimSpace(string(password))})
	s.jobs, err = job.Open(ctx, s.rdb, job.Options{})
	return err
}

func (s *system) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if s.rdb != nil {
		_ = s.rdb.Close() // the process ends
	}
	return errors.Join(execute(ctx, "bin/local-provider", "down", "-home", s.dir), os.RemoveAll(s.dir))
}

func execute(ctx context.Context, args ...string) error {
	out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

func keys(path string) (sign.Keys, error) {
	text, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	return sign.Parse(text)
}

// measureSystem measures what a person feels, first on an idle system and then on one full of jobs.
func measureSystem(ctx context.Context, o options, t *table) (err error) {
	s, err := start(ctx, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	pair, err := s.startPair(ctx, "command")
	if err != nil {
		return err
	}
	defer pair.stop()

	empty, err := s.latencies(ctx, o, pair)
	if err != nil {
		return err
	}
	t.add("accepting a signed command, p50", figure(empty.accept), fmt.Sprintf("≤ 1.5 × the floor's %s (is %.2f ×)", figure(empty.floor), empty.accept.over(empty.floor)),
		empty.accept.over(empty.floor) <= 1.5)
	t.add("command sent → step running, p50", figure(empty.running), "≤ 5 ms", empty.running <= 5*millisecond)
	t.add("cancel sent → context ended, by the hint, p50", figure(empty.cancel), "≤ 5 ms", empty.cancel <= 5*millisecond)
	// A job that somebody watches brings notify up; then the system is left alone.
	answer, _, err := post(ctx, s.door(), s.keys, envelope("jenkins build demo/results", "telnet:bench"))
	if err != nil {
		return err
	}
	if err := s.settled(ctx, answer); err != nil {
		return err
	}
	time.Sleep(10 * time.Second)
	if err := s.measureMemory(ctx, t, pair); err != nil {
		return err
	}
	if err := s.fill(ctx, o); err != nil {
		return err
	}
	full, err := s.latencies(ctx, o, pair)
	if err != nil {
		return err
	}
	with := fmt.Sprintf(", with %d finished and %d waiting jobs", o.finished, o.waiting)
	// Each is held against the floor of its own moment, so that the machine's drift is not taken for ours.
	drift := full.floor.over(empty.floor)
	for _, f := range []struct {
		what          string
		before, after span
	}{{"accepting", empty.accept, full.accept}, {"command → running", empty.running, full.running}, {"cancel → ended", empty.cancel, full.cancel}} {
		slower := f.after.over(f.before)/drift - 1
		t.add(f.what+with, fmt.Sprintf("%s, %+.0f %%", figure(f.after), 100*slower), "≤ 10 % slower", slower <= 0.10)
	}
	// Last, because what it leaves behind is still dealt with for a while.
	return s.measureSlack(ctx, o, pair, t)
}

// fill makes finished and waiting jobs.
func (s *system) fill(ctx context.Context, o options) error {
	worker := job.NewWorker(s.jobs, job.WorkerOptions{
		Function: "bench", Name: "bench", Concurrency: 8, Heartbeat: time.Second,
		Steps: map[string]job.Stepper{"finish": outcome(job.Done(nil)), "wait": outcome(job.Wait(24 * time.Hour))},
	})
	for _, kind := range []struct {
		words string
		n     int
	}{{"finish", o.finished}, {"wait", o.waiting}} {
		for range kind.n {
			a, err := s.jobs.Accept(ctx, job.Request{Function: "bench", Command: kind.words, Text: kind.words, Principal: "cli:bench"})
			if err != nil {
				return err
			}
			if _, err := worker.Run(ctx, a.ID); err != nil {
				return err
			}
		}
	}
	return worker.Stop(ctx)
}

// outcome is a capability with one answer.
type outcome job.Outcome

func (o outcome) Step(context.Context, *job.Run) (job.Outcome, error) { return job.Outcome(o), nil }
