package supervisor_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/handsoff/handsoff/local-provider/supervisor"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/process"
)

// TestMain lets the test binary be a service: "service <address>" listens until SIGTERM, "service fail" ends at once.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "service" {
		serve(os.Args[2])
	}
	os.Exit(m.Run())
}

func serve(address string) {
	fmt.Println("service says hello")
	if address == "fail" {
		os.Exit(3)
	}
	if _, err := net.Listen("tcp", address); err != nil {
		os.Exit(4)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
	os.Exit(0)
}

type scene struct {
	folders supervisor.Folders
	t       *testing.T
}

func newScene(t *testing.T) scene {
	t.Helper()
	dir := t.TempDir()
	s := scene{supervisor.Folders{Run: filepath.Join(dir, "run"), Logs: filepath.Join(dir, "logs"), Work: filepath.Join(dir, "work")}, t}
	for _, folder := range []string{s.folders.Run, s.folders.Logs, s.folders.Work} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = supervisor.Stop(context.Background(), s.folders) })
	return s
}

func (s scene) service(name string, args ...string) supervisor.Service {
	s.t.Helper()
	self, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	address := ""
	if len(args) == 0 {
		address = jobtest.FreeAddress(s.t) // also when it is started again
		args = []string{"service", address}
	}
	return supervisor.Service{Name: name, Path: self, Args: args, Env: []string{}, Address: address, Grace: 5 * time.Second}
}

// run supervises until the returned function is called, with the cause of the end.
func (s scene) run(services ...supervisor.Service) (stop func(cause error) error, begun error) {
	s.t.Helper()
	ctx, cancel := context.WithCancelCause(context.Background())
	ready, ended := make(chan error, 1), make(chan error, 1)
	go func() { ended <- supervisor.Run(ctx, s.folders, services, func(err error) { ready <- err }) }()
	var once sync.Once
	stop = func(cause error) (err error) {
		once.Do(func() {
			cancel(cause)
			err = <-ended
		})
		return err
	}
	s.t.Cleanup(func() { _ = stop(nil) })
	select {
	case begun = <-ready:
	case err := <-ended:
		s.t.Fatalf("the supervisor ended: %v", err)
	}
	return stop, begun
}

func (s scene) trace(name string) supervisor.Trace {
	s.t.Helper()
	traces, err := supervisor.Traces(s.folders)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, trace := range traces {
		if trace.Name == name {
			return trace
		}
	}
	return supervisor.Trace{}
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for !condition() {
		if time.Now().After(deadline) {
			t.Fatalf("it never came true that %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func TestRestartsWhatDies(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	stop, begun := s.run(s.service("a"))
	if begun != nil {
		t.Fatal(begun)
	}
	for range 3 {
		old := s.trace("a")
		if err := old.Signal(unix.SIGKILL); err != nil {
			t.Fatal(err)
		}
		// Somebody else may have its port for a moment, and then it is started more than once.
		eventually(t, "another process serves", func() bool {
			now := s.trace("a")
			return now.Alive() && now.PID != old.PID && now.Restarts > old.Restarts && supervisor.Answers(t.Context(), now.Address)
		})
	}
	last := s.trace("a")
	if err := stop(nil); err != nil || last.Alive() {
		t.Errorf("stopped with %v; alive %v", err, last.Alive())
	}
	text, err := os.ReadFile(filepath.Join(s.folders.Logs, "a.log"))
	if err != nil || strings.Count(string(text), "hello") != 1+last.Restarts {
		t.Errorf("%d restarts; its log is %q, %v", last.Restarts, text, err)
	}
}

func TestHandOverAndAdoption(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	same, changed, dropped := s.service("same"), s.service("changed"), s.service("dropped")
	stop, _ := s.run(same, changed, dropped)
	before := map[string]supervisor.Trace{"same": s.trace("same"), "changed": s.trace("changed"), "dropped": s.trace("dropped")}
	if err := stop(supervisor.ErrHandOver); err != nil {
		t.Fatal(err)
	}
	for name, trace := range before {
		if !trace.Alive() {
			t.Errorf("%s was not left running", name)
		}
	}
	changed.Env = []string{"X=1"}
	_, begun := s.run(same, changed)
	if begun != nil {
		t.Fatal(begun)
	}
	if s.trace("same").Ref != before["same"].Ref {
		t.Error("the unchanged service was replaced")
	}
	if s.trace("changed").Ref == before["changed"].Ref || before["changed"].Alive() {
		t.Error("the changed service was not replaced")
	}
	if before["dropped"].Alive() || s.trace("dropped").PID != 0 {
		t.Error("the dropped service runs on")
	}
	// It also watches what it adopted.
	if err := before["same"].Signal(unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the adopted service is restarted", func() bool { return s.trace("same").Alive() })
}

func TestFailingServiceDoesNotStopOthers(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	bad := s.service("bad", "service", "fail")
	bad.Address = "127.0.0.1:1"
	gone := s.service("gone", "service", "fail")
	gone.Path = filepath.Join(s.folders.Work, "nothing")
	_, begun := s.run(bad, gone, s.service("good"))
	if begun == nil || !strings.Contains(begun.Error(), "bad.log") || !strings.Contains(begun.Error(), "gone") {
		t.Errorf("begun with %v", begun)
	}
	if !s.trace("good").Alive() {
		t.Error("the good service does not run")
	}
	eventually(t, "the bad one is tried again and again", func() bool { return s.trace("bad").Restarts >= 3 })
}

// What runs when nobody supervises is stopped by its records, and by its place when the record is lost.
func TestStopWithoutSupervisor(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	stop, _ := s.run(s.service("a"), s.service("b"))
	a, b := s.trace("a"), s.trace("b")
	if err := stop(supervisor.ErrHandOver); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(s.folders.Run, "b.json")); err != nil {
		t.Fatal(err)
	}
	stranger, err := process.Start(process.Spec{Path: "/bin/sleep", Args: []string{"600"}, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stranger.Kill(context.Background()) })
	if err := supervisor.Stop(t.Context(), s.folders); err != nil {
		t.Fatal(err)
	}
	if a.Alive() || b.Alive() || !stranger.Alive() {
		t.Errorf("alive: recorded %v, unrecorded %v, stranger %v", a.Alive(), b.Alive(), stranger.Alive())
	}
}

// A record whose number is somebody else's by now is nobody's.
func TestReusedNumberIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	stranger, err := process.Start(process.Spec{Path: "/bin/sleep", Args: []string{"600"}, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stranger.Kill(context.Background()) })
	record := fmt.Sprintf(`{"pid":%d,"start":%d,"boot":%q}`, stranger.PID, stranger.Start+1, stranger.Boot)
	for _, name := range []string{"wanted", "unwanted"} {
		if err := os.WriteFile(filepath.Join(s.folders.Run, name+".json"), []byte(record), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, begun := s.run(s.service("wanted")); begun != nil {
		t.Fatal(begun)
	}
	if !stranger.Alive() {
		t.Error("a stranger was killed")
	}
	if !s.trace("wanted").Alive() {
		t.Error("the service does not run")
	}
}

func TestBrokenRecordIsReplaced(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	if err := os.WriteFile(filepath.Join(s.folders.Run, "a.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	stop, begun := s.run(s.service("a"))
	if begun != nil || !s.trace("a").Alive() {
		t.Errorf("begun with %v", begun)
	}
	if err := stop(errors.New("end")); err != nil {
		t.Error(err)
	}
}
