package function_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openfaas/faas-provider/logs"

	"github.com/handsoff/handsoff/local-provider/deployment"
	"github.com/handsoff/handsoff/local-provider/function"
	"github.com/handsoff/handsoff/local-provider/function/functiontest"
	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/journal"
	"github.com/handsoff/handsoff/shared/process"
)

func TestMain(m *testing.M) {
	functiontest.Run()
	os.Exit(m.Run())
}

type fixture struct {
	*function.Set

	stage   functiontest.Stage
	journal *journal.Journal
}

// newSet returns a set on a stage; several may share one, as a provider and its successor do.
func newSet(t *testing.T, stage functiontest.Stage) fixture {
	t.Helper()
	j := journal.New(stage.In("journals"))
	set := function.NewSet(function.Folders{
		Run: stage.In("run"), Work: stage.In("work"), SecretsOf: stage.In("secrets-of"), Grant: home.Home(stage.Dir).Grant,
	}, stage.Images, j)
	t.Cleanup(func() {
		set.Close(context.Background())
		_ = function.EndAll(context.Background(), stage.In("run"), stage.In("work"))
		j.Close()
	})
	return fixture{Set: set, stage: stage, journal: j}
}

func (f fixture) apply(t *testing.T, record deployment.Record) {
	t.Helper()
	if err := f.Apply(record); err != nil {
		t.Fatal(err)
	}
}

// call makes one request and returns the answer's text.
func (f fixture) call(t *testing.T, name, path string) (string, error) {
	t.Helper()
	lease, err := f.Acquire(t.Context(), name)
	if err != nil {
		return "", err
	}
	defer lease.Release()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+lease.Address+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return string(text), err
}

func (f fixture) echo(t *testing.T, name string) functiontest.Call {
	t.Helper()
	text, err := f.call(t, name, "/")
	if err != nil {
		t.Fatal(err)
	}
	var call functiontest.Call
	if err := json.Unmarshal([]byte(text), &call); err != nil {
		t.Fatal(err)
	}
	return call
}

func alive(t *testing.T, pid int) bool {
	t.Helper()
	_, err := process.Find(pid)
	return err == nil
}

func TestEnvironmentIsThePlatforms(t *testing.T) {
	t.Parallel()
	f := newSet(t, functiontest.NewStage(t))
	record := functiontest.Record("f", map[string]string{"own": "value", "port": "1", "fprocess": "x"})
	delete(record.EnvVars, "fprocess")
	record.Secrets = []string{"one"}
	for _, name := range []string{"one", "other"} {
		if err := os.WriteFile(f.stage.In("secrets", name), []byte("secret "+name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f.apply(t, record)
	env := make(map[string]string)
	for _, entry := range f.echo(t, "f").Env {
		key, value, _ := strings.Cut(entry, "=")
		env[key] = value
	}
	port, err := strconv.Atoi(env["port"])
	if err != nil || port < 1024 {
		t.Errorf("port is %q", env["port"])
	}
	delete(env, "port")
	want := map[string]string{
		"own": "value", functiontest.Marker: "1", "OPENFAAS_NAME": "f", "OPENFAAS_NAMESPACE": "openfaas-fn",
		"bind": "127.0.0.1", "secret_mount_path": f.stage.In("secrets-of", "f"), "HOME": f.stage.In("work", "f"), "TMPDIR": f.stage.In("work", "f", "tmp"),
		"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	}
	if fmt.Sprint(env) != fmt.Sprint(want) {
		t.Errorf("environment\n%v, want\n%v", env, want)
	}
	if text, err := f.call(t, "f", "/secret?name=one"); err != nil || text != "secret one" {
		t.Errorf("its secret is %q, %v", text, err)
	}
	if text, _ := f.call(t, "f", "/secret?name=other"); strings.Contains(text, "secret other") {
		t.Error("it sees a secret that its deployment does not name")
	}
}

func TestFirstRequestsShareOneStart(t *testing.T) {
	t.Parallel()
	f := newSet(t, functiontest.NewStage(t))
	f.apply(t, functiontest.Record("f", map[string]string{"start_delay": "100ms"}))
	pids := make(chan int, 20)
	var all sync.WaitGroup
	for range cap(pids) {
		all.Go(func() { pids <- f.echo(t, "f").PID })
	}
	all.Wait()
	close(pids)
	first := <-pids
	for pid := range pids {
		if pid != first {
			t.Fatalf("processes %d and %d were started", first, pid)
		}
	}
	if s := f.State("f"); s.Ready != 1 || s.Calls != 20 || s.Memory < 1<<20 {
		t.Errorf("State = %+v", s)
	}
}

func TestReadyPathSuffices(t *testing.T) {
	t.Parallel()
	f := newSet(t, functiontest.NewStage(t))
	f.apply(t, functiontest.Record("f", map[string]string{"only_ready": "1"}))
	if f.echo(t, "f").PID == 0 {
		t.Error("no answer")
	}
}

func TestScaleIsRoundRobin(t *testing.T) {
	t.Parallel()
	f := newSet(t, functiontest.NewStage(t))
	f.apply(t, functiontest.Record("f", nil))
	if err := f.Scale("f", 3); err != nil {
		t.Fatal(err)
	}
	functiontest.Eventually(t, "three processes serve", func() bool { return f.State("f").Ready == 3 })
	counts := make(map[int]int)
	for range 9 {
		counts[f.echo(t, "f").PID]++
	}
	for pid, n := range counts {
		if n != 3 || len(counts) != 3 {
			t.Errorf("process %d got %d of 9 calls; all: %v", pid, n, counts)
		}
	}
	if err := f.Scale("f", 1); err != nil {
		t.Fatal(err)
	}
	functiontest.Eventually(t, "two of them are gone", func() bool {
		living := 0
		for pid := range counts {
			if alive(t, pid) {
				living++
			}
		}
		return living == 1
	})
	if err := f.Scale("f", 0); err != nil {
		t.Fatal(err)
	}
	if s := f.State("f"); s.Ready != 0 {
		t.Errorf("scaled to 0: %+v", s)
	}
	if f.echo(t, "f").PID == 0 || f.State("f").Ready != 1 {
		t.Error("a request does not bring it back")
	}
	if err := f.Scale("nobody", 1); !errors.Is(err, function.ErrNotDeployed) {
		t.Errorf("Scale of nothing: %v", err)
	}
}

func TestIdleFunctionIsStopped(t *testing.T) {
	t.Parallel()
	f := newSet(t, functiontest.NewStage(t))
	record := functiontest.Record("f", nil)
	record.Labels = &map[string]string{"com.openfaas.scale.zero-duration": "300ms"}
	f.apply(t, record)
	kept := functiontest.Record("kept", nil)
	kept.Labels = &map[string]string{"com.openfaas.scale.zero-duration": "100ms", "com.openfaas.scale.zero": "false"}
	f.apply(t, kept)
	keptPID := f.echo(t, "kept").PID
	// A request in flight keeps it, however long.
	lease, err := f.Acquire(t.Context(), "f")
	if err != nil {
		t.Fatal(err)
	}
	pid := f.echo(t, "f").PID
	time.Sleep(900 * time.Millisecond) // three idle times
	if f.State("f").Ready != 1 || !alive(t, pid) {
		t.Error("it was stopped while a request was in flight")
	}
	lease.Release()
	functiontest.Eventually(t, "the idle process is gone", func() bool { return !alive(t, pid) })
	if f.echo(t, "f").PID == pid || f.echo(t, "kept").PID != keptPID {
		t.Error("the next request got the wrong process")
	}
	if lease, err = f.Acquire(t.Context(), "f"); err != nil { // it must not be stopped again
		t.Fatal(err)
	}
	defer lease.Release()
	functiontest.Eventually(t, "two processes have two files each", func() bool {
		left, err := filepath.Glob(f.stage.In("run", "*"))
		return err == nil && len(left) == 4
	})
}

func TestCrashIsRepaired(t *testing.T) {
	t.Parallel()
	f := newSet(t, functiontest.NewStage(t))
	f.apply(t, functiontest.Record("f", nil))
	text, err := f.call(t, "f", "/spawn")
	if err != nil {
		t.Fatal(err)
	}
	child, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	pid := f.echo(t, "f").PID
	_, _ = f.call(t, "f", "/crash")
	functiontest.Eventually(t, "another process serves without being asked", func() bool {
		return f.State("f").Ready == 1 && !alive(t, pid)
	})
	// The crashed one counts as ready until its end was noticed.
	functiontest.Eventually(t, "it answers", func() bool {
		_, err := f.call(t, "f", "/")
		return err == nil
	})
	if f.echo(t, "f").PID == pid {
		t.Error("the crashed process answers")
	}
	functiontest.Eventually(t, "the crashed one's child is gone", func() bool { return !alive(t, child) })
}

func TestFailingStartBacksOff(t *testing.T) {
	t.Parallel()
	f := newSet(t, functiontest.NewStage(t))
	f.apply(t, functiontest.Record("f", map[string]string{"fail_start": "1"}))
	_, err := f.Acquire(t.Context(), "f")
	var backingOff *function.BackingOffError
	if !errors.As(err, &backingOff) || backingOff.After <= 0 || !strings.Contains(err.Error(), "faas-cli logs f") {
		t.Fatalf("Acquire = %v", err)
	}
	if s := f.State("f"); s.Failing == nil {
		t.Errorf("State = %+v", s)
	}
	messages, err := f.journal.Query(t.Context(), logs.Request{Name: "f", Tail: 1})
	if err != nil {
		t.Fatal(err)
	}
	if m := <-messages; m.Text != "told to fail" {
		t.Errorf("its last words are %q", m.Text)
	}
	// A new revision is tried at once.
	fixed := functiontest.Record("f", nil)
	fixed.Revision = "2"
	f.apply(t, fixed)
	if f.echo(t, "f").PID == 0 {
		t.Error("the repaired function does not answer")
	}
}

func TestUpdateDrains(t *testing.T) {
	t.Parallel()
	f := newSet(t, functiontest.NewStage(t))
	f.apply(t, functiontest.Record("f", nil))
	old, err := f.Acquire(t.Context(), "f")
	if err != nil {
		t.Fatal(err)
	}
	pid := f.echo(t, "f").PID
	next := functiontest.Record("f", map[string]string{"own": "new"})
	next.Revision = "2"
	f.apply(t, next)
	call := f.echo(t, "f")
	if call.PID == pid || !slices.Contains(call.Env, "own=new") {
		t.Errorf("after the update process %d (was %d) answers", call.PID, pid)
	}
	if !alive(t, pid) {
		t.Error("the old process ended with a request in flight")
	}
	old.Release()
	functiontest.Eventually(t, "the old process is gone", func() bool { return !alive(t, pid) })
}

func TestDeafProcessIsKilled(t *testing.T) {
	t.Parallel()
	f := newSet(t, functiontest.NewStage(t))
	f.apply(t, functiontest.Record("f", map[string]string{"ignore_term": "1", "write_timeout": "300ms"}))
	pid := f.echo(t, "f").PID
	f.Remove("f")
	if _, err := f.Acquire(t.Context(), "f"); !errors.Is(err, function.ErrNotDeployed) {
		t.Errorf("Acquire of what was removed: %v", err)
	}
	functiontest.Eventually(t, "the deaf process is gone", func() bool { return !alive(t, pid) })
}

func TestSuccessorAdoptsOrEnds(t *testing.T) {
	t.Parallel()
	stage := functiontest.NewStage(t)
	first := newSet(t, stage)
	for _, name := range []string{"same", "updated", "deleted", "unrecorded"} {
		first.apply(t, functiontest.Record(name, nil))
	}
	pids := make(map[string]int)
	for _, name := range []string{"same", "updated", "deleted", "unrecorded"} {
		pids[name] = first.echo(t, name).PID
	}
	programs := make(map[string]int)
	for _, name := range []string{"same", "deleted"} {
		text, err := first.call(t, name, "/spawn?leader")
		if err != nil {
			t.Fatal(err)
		}
		if programs[name], err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	// As if the provider had been killed between a start and its record.
	records, err := filepath.Glob(stage.In("run", "unrecorded-*.json"))
	if err != nil || len(records) != 1 || os.Remove(records[0]) != nil {
		t.Fatalf("records %v, %v", records, err)
	}
	// The first set is simply forgotten, as a killed provider is.
	second := newSet(t, stage)
	second.apply(t, functiontest.Record("same", nil))
	updated := functiontest.Record("updated", nil)
	updated.Revision = "2"
	second.apply(t, updated)
	second.apply(t, functiontest.Record("unrecorded", nil))
	if err := second.Adopt(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := second.echo(t, "same").PID; got != pids["same"] {
		t.Errorf("process %d serves, not the adopted %d", got, pids["same"])
	}
	if !alive(t, programs["same"]) {
		t.Error("a program that the adopted process runs was taken for a stray")
	}
	functiontest.Eventually(t, "the program of the deleted function is gone", func() bool { return !alive(t, programs["deleted"]) })
	for _, name := range []string{"updated", "deleted", "unrecorded"} {
		functiontest.Eventually(t, name+" is gone", func() bool { return !alive(t, pids[name]) })
	}
	if second.echo(t, "updated").PID == pids["updated"] {
		t.Error("the old revision was adopted")
	}
	// What the adopted process prints is still kept, and its end is still seen.
	_, _ = second.call(t, "same", "/crash")
	functiontest.Eventually(t, "the adopted process was replaced", func() bool {
		return second.State("same").Ready == 1 && !alive(t, pids["same"])
	})
}

func TestSpecOf(t *testing.T) {
	t.Parallel()
	stage := functiontest.NewStage(t)
	record := functiontest.Record("f", map[string]string{"exec_timeout": "2m", "read_timeout": "5", "write_timeout": "0"})
	record.Labels = &map[string]string{"com.openfaas.scale.zero-duration": "1h"}
	spec, err := function.SpecOf(record, stage.Images)
	want := function.Timeouts{Exec: 2 * time.Minute, Read: 5 * time.Second}
	if err != nil || spec.Timeouts != want || spec.Idle != time.Hour {
		t.Errorf("SpecOf = %+v, %v", spec, err)
	}
	for name, change := range map[string]func(*deployment.Record){
		"bad timeout": func(r *deployment.Record) { r.EnvVars["exec_timeout"] = "soon" },
		"bad idle": func(r *deployment.Record) {
			r.Labels = &map[string]string{"com.openfaas.scale.zero-duration": "-1s"}
		},
		"no image": func(r *deployment.Record) { r.Image = "test/other" },
	} {
		record := functiontest.Record("f", nil)
		change(&record)
		if _, err := function.SpecOf(record, stage.Images); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
