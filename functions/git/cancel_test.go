package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/git"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// reached calls when the sync comes to a step for the first time.
func (b *bench) reached(step string, do func(ctx context.Context) error) {
	done := false
	b.cap.at = func(ctx context.Context, at string) error {
		if at != step || done {
			return nil
		}
		done = true
		return do(ctx)
	}
}

// runs reports whether a git that reaches the bench's server still runs.
func (b *bench) runs() string {
	b.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		b.Fatal(err)
	}
	for _, entry := range entries {
		text, err := os.ReadFile("/proc/" + entry.Name() + "/cmdline")
		if line := strings.ReplaceAll(string(text), "\x00", " "); err == nil && strings.Contains(line, b.dir) {
			return line
		}
	}
	return ""
}

// TestCancelAnywhere: git is gone, and the downstream is as it was, or complete.
func TestCancelAnywhere(t *testing.T) {
	t.Parallel()
	const fetch, push = "git-upload-pack", "git-receive-pack"
	hang := func(f sandbox.Fault) *sandbox.Fault { return &f }
	for name, c := range map[string]struct {
		fault *sandbox.Fault // where git hangs when somebody cancels
		step  string         // or where the function is
		want  job.State
	}{
		"looking upstream":   {fault: hang(sandbox.Fault{Kind: sandbox.FaultHang, Repository: sandbox.Upstream}), want: job.Cancelled},
		"looking downstream": {fault: hang(sandbox.Fault{Kind: sandbox.FaultHang, Repository: sandbox.Mirror}), want: job.Cancelled},
		"fetching": {fault: hang(sandbox.Fault{
			Kind: sandbox.FaultHang, Service: fetch, Method: "POST", Repository: sandbox.Upstream, Span: fault.Span{Skip: 2},
		}), want: job.Cancelled},
		"fetched":          {step: "fetched", want: job.Cancelled},
		"before the push":  {step: "push begins", want: job.Cancelled},
		"pushing, no list": {fault: hang(sandbox.Fault{Kind: sandbox.FaultHang, Service: push, Method: "GET"}), want: job.Cancelled},
		"pushing":          {fault: hang(sandbox.Fault{Kind: sandbox.FaultHang, Service: push, Method: "POST"}), want: job.Cancelled},
		"pushing half":     {fault: hang(sandbox.Fault{Kind: sandbox.FaultSlow, After: 100_000, Service: push, Method: "POST"}), want: job.Cancelled},
		"pushed":           {step: "pushed", want: job.Succeeded},
	} {
		t.Run(strings.ReplaceAll(name, ",", ""), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, "")
			b.large()
			id := b.ask("git sync kettle", nil)
			cancel := func() {
				if _, err := b.store.Cancel(b.Context(), id, "telnet:ann", "enough"); err != nil {
					t.Error(err)
				}
			}
			switch {
			case c.step != "":
				b.reached(c.step, func(ctx context.Context) error {
					cancel()
					<-ctx.Done()
					return context.Cause(ctx)
				})
			default:
				b.server.Break(*c.fault)
				go func() {
					for b.server.Befallen() == 0 && b.Context().Err() == nil {
						time.Sleep(time.Millisecond)
					}
					cancel()
				}()
			}
			j := b.cancelled(id)
			b.ends(j, c.want)
			if line := b.runs(); line != "" {
				b.Errorf("git still runs: %s", line)
			}
			switch j.State {
			case job.Succeeded:
				b.alike()
			default:
				if refs := b.refs(sandbox.Mirror); refs != "" {
					b.Errorf("something was pushed:\n%s", refs)
				}
			}
			if j.Receipt == nil && j.State == job.Cancelled {
				b.Error("there is no receipt")
			}
			b.server.Mend()
			b.ends(b.sync(), job.Succeeded) // nothing that was left stands in the way
			b.alike()
		})
	}
}

// TestCancelWhileTheServerIsAtIt: a server that checks what it was sent goes on when git has gone. The receipt says so, and the
// server takes all of it, or nothing.
func TestCancelWhileTheServerIsAtIt(t *testing.T) {
	t.Parallel()
	b := newBench(t, "")
	b.large()
	at, gate, over := b.dir+"-at", b.dir+"-gate", b.dir+"-over"
	b.hook("pre-receive", fmt.Sprintf("touch %s\nwhile [ ! -e %s ]; do sleep 0.01; done\ntouch %s\n", at, gate, over))
	id := b.ask("git sync kettle", nil)
	go func() {
		for !exists(at) && b.Context().Err() == nil {
			time.Sleep(time.Millisecond)
		}
		if _, err := b.store.Cancel(b.Context(), id, "telnet:ann", "enough"); err != nil && b.Context().Err() == nil {
			t.Error(err)
		}
	}()
	j := b.cancelled(id)
	b.ends(j, job.Cancelled)
	if line := b.runs(); line != "" {
		b.Errorf("git still runs: %s", line)
	}
	if refs := b.refs(sandbox.Mirror); refs != "" {
		b.Errorf("something was pushed:\n%s", refs)
	}
	if j.Receipt == nil || !strings.Contains(strings.Join(j.Receipt.Left, "\n"), "a push had been begun") {
		b.Errorf("%+v", j.Receipt)
	}
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		b.Fatal(err)
	}
	jobtest.Eventually(t, "the server to be done", func() bool { return exists(over) })
	b.ends(b.sync(), job.Succeeded)
	b.alike()
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// cancelled is finished for a job that is cancelled while it is stepped.
func (b *bench) cancelled(id string) *job.Job {
	b.Helper()
	for range 60 {
		if _, err := b.worker.Run(b.Context(), id); err != nil {
			b.Fatal(err)
		}
		j := b.job(id)
		if j.State.Final() {
			return j
		}
		if j.State == job.Cancelling {
			b.server.Mend()
		}
		b.pass(time.Second)
	}
	b.Fatalf("not finished: %s\n%s", jobtest.Describe(b.job(id)), b.story(id))
	return nil
}

func TestCancelBeforeAnything(t *testing.T) {
	t.Parallel()
	b := newBench(t, "")
	id := b.ask("git sync kettle", nil)
	if _, err := b.store.Cancel(t.Context(), id, "telnet:ann", ""); err != nil {
		t.Fatal(err)
	}
	b.ends(b.job(id), job.Cancelled)
	if len(b.server.Asked()) > 0 {
		t.Error(b.server.Asked())
	}
}
