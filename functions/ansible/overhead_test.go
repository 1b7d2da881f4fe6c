package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/job"
)

// BenchmarkOverhead runs the same playbook plainly and through a job, in turn, with the same environment, and reports what the job
// costs on top: once without ARA, and once with ARA's own callback recording both to the same server. Machines are busy at times, so
// the medians are compared. Each round takes some seconds, so: go test -bench Overhead -benchtime 10x.
func BenchmarkOverhead(b *testing.B) {
	b.Run("unrecorded", func(b *testing.B) { overhead(b, unrecorded) })
	b.Run("recorded", func(b *testing.B) {
		server := "http://" + araServer(b)
		dir, err := new(recorder).plugins(b.Context(), "ansible-playbook")
		if err != nil {
			b.Fatal(err)
		}
		overhead(b, "url: "+server, "ANSIBLE_CALLBACK_PLUGINS="+dir, "ARA_API_CLIENT=http", "ARA_API_SERVER="+server)
	})
}

func overhead(tb *testing.B, ara string, env ...string) {
	b := newBench(tb, ara)
	edit(&b.set, "ok", func(p *playbook) { p.Path = workload(tb) })
	w, err := b.set.wishOf(&job.Job{Command: "ansible run ok"})
	if err != nil {
		tb.Fatal(err)
	}
	var plain, ours []time.Duration
	for tb.Loop() {
		plain = append(plain, b.plain(w, env))
		began := time.Now()
		id := b.ask("ok", nil)
		b.ends(b.run(id), job.Succeeded)
		ours = append(ours, time.Since(began))
	}
	tb.ReportMetric(median(plain), "plain-s")
	tb.ReportMetric(median(ours), "job-s")
	tb.ReportMetric((median(ours)/median(plain)-1)*100, "overhead-%")
}

// median is the middle of some, in seconds.
func median(all []time.Duration) float64 {
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]).Seconds() / 2
}

// workload is a playbook of twenty short tasks.
func workload(tb testing.TB) string {
	tb.Helper()
	var text strings.Builder
	text.WriteString("- hosts: all\n  gather_facts: false\n  tasks:\n")
	for i := range 20 {
		fmt.Fprintf(&text, "    - {name: Task %d, ansible.builtin.command: sleep 0.2}\n", i)
	}
	path := filepath.Join(tb.TempDir(), "workload.yml")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// plain runs ansible-playbook as a person would.
func (b *bench) plain(w *wish, env []string) time.Duration {
	b.Helper()
	hosts := filepath.Join(b.TempDir(), "hosts")
	if err := os.WriteFile(hosts, []byte(w.from.Static), 0o600); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command("ansible-playbook", "-i", hosts, w.playbook.Path)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + b.TempDir(), "LANG=C.UTF-8", "ANSIBLE_PIPELINING=1"}
	cmd.Env = append(cmd.Env, env...)
	began := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatal(err, string(out))
	}
	return time.Since(began)
}

// maxGrowth is how much memory, in kilobytes, the function may need more than at rest while a hundred megabytes stream through.
const maxGrowth = 40 << 10

// A hundred megabytes stream through a function in a process of its own: its memory stays flat.
func TestMemoryStaysFlat(t *testing.T) {
	t.Parallel()
	if raced() {
		t.Skip("the race detector keeps memory of its own")
	}
	b := newBench(t, unrecorded)
	id := b.ask("flood", nil)
	function := b.life(id, unrecorded)
	b.until(id, "the start", func(j *job.Job) bool { return len(j.Checkpoint) > 0 })
	before := memory(t, function.Process.Pid, "VmRSS")
	b.ends(b.finished(id), job.Succeeded)
	highest := memory(t, function.Process.Pid, "VmHWM")
	t.Logf("%d kB at rest, %d kB at most", before, highest)
	if highest-before > maxGrowth {
		t.Errorf("it grew from %d kB to %d kB", before, highest)
	}
}

func raced() bool {
	info, _ := debug.ReadBuildInfo()
	for _, setting := range info.Settings {
		if setting.Key == "-race" && setting.Value == "true" {
			return true
		}
	}
	return false
}

// memory reads a figure of a process, in kilobytes.
func memory(tb testing.TB, pid int, field string) int {
	tb.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		tb.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && name == field {
			n, err := strconv.Atoi(strings.Fields(value)[0])
			if err != nil {
				tb.Fatal(err)
			}
			return n
		}
	}
	tb.Fatal(field + " is not there")
	return 0
}
