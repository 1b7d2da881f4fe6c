package endtoend

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/home/hometest"
	"github.com/handsoff/handsoff/shared/job"
)

// system is a whole handsoff on free ports, in a folder of its own.
type system struct {
	testing.TB
	home     home.Home
	ports    home.Ports
	greeting string // what up said
	password string // of everybody who may log in
	jobs     *job.Store
	redis    *redis.Client
	jenkins  *sandbox
	flags    []string
	bin      string
	terminal *multiplexer
	network  *network
}

// start brings a system up as `make up` does, and takes it down at the end. flags are further ones for `up`.
func start(t testing.TB, flags ...string) *system {
	t.Helper()
	return startWith(t, configuration(), flags...)
}

// startWith is start with a configuration of its own.
func startWith(t testing.TB, configuration string, flags ...string) *system {
	t.Helper()
	bin, images := programs(t)
	s := &system{TB: t, bin: bin, flags: flags}
	var err error
	if s.home, err = home.Open(filepath.Join(t.TempDir(), "home")); err != nil {
		t.Fatal(err)
	}
	// What was built once serves all systems.
	s.must(os.Remove(s.home.Images()), os.Symlink(images, s.home.Images()))
	s.must(s.home.WriteSecret(home.SecretCLIKeys, cliKeys()))
	s.must(os.WriteFile(s.configuration(), []byte(configuration), 0o600))
	t.Cleanup(s.stop)
	s.greeting = s.up()
	if s.ports, err = s.home.ReadPorts(); err != nil {
		t.Fatal(err)
	}
	s.letIn()
	s.connect()
	s.jenkins = newSandbox(s)
	s.terminal = newMultiplexer(s)
	s.network = &network{system: s, clients: map[string]*client{}}
	s.workspace().waits(slackWaits)
	return s
}

func (s *system) configuration() string { return filepath.Join(string(s.home), "sandbox.yml") }

// up starts what does not run.
func (s *system) up() string {
	s.Helper()
	defer hometest.Alone(s)()
	return s.upAlone()
}

// upAlone is up for whoever sees to it that nothing else starts.
func (s *system) upAlone() string {
	s.Helper()
	return s.run(append([]string{
		"up", "-home", string(s.home), "-ports", "auto", "-build=false", "-bin", s.bin, "-config", s.configuration(),
		"-ara=false", // it takes seconds, and few tests look at it: these say -ara
	}, s.flags...)...)
}

func (s *system) stop() {
	if s.Failed() {
		s.Logf("the logs end so:\n%s", s.logs())
	}
	if s.redis != nil {
		_ = s.redis.Close() // the process ends
	}
	if out, err := s.command(context.Background(), "down", "-home", string(s.home)); err != nil {
		s.Errorf("down: %v\n%s", err, out)
	}
}

// command runs local-provider in the project's folder, as people do.
func (s *system) command(ctx context.Context, args ...string) (string, error) {
	const longest = 10 * time.Minute // somebody else may compile
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, "local-provider"), args...)
	cmd.Dir = project
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (s *system) run(args ...string) string {
	s.Helper()
	out, err := s.command(s.Context(), args...)
	if err != nil {
		s.Fatalf("local-provider %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

var shownOnce = regexp.MustCompile(`password (\S+) \(shown`)

// letIn gives everybody the password that `up` has shown for its first user.
func (s *system) letIn() {
	s.Helper()
	found := shownOnce.FindStringSubmatch(s.greeting)
	if found == nil {
		s.Fatalf("no password in:\n%s", s.greeting)
	}
	s.password = found[1]
	entry, err := s.home.ReadSecret(home.SecretTelnetUsers)
	s.must(err)
	hash, ok := strings.CutPrefix(entry, "ops:")
	if !ok {
		s.Fatalf("not an entry of ops: %s", entry)
	}
	var users strings.Builder
	for _, name := range people() {
		fmt.Fprintf(&users, "%s:%s\n", name, hash)
	}
	s.must(s.home.WriteSecret(home.SecretTelnetUsers, users.String()))
}

// connect opens the truth behind all doors.
func (s *system) connect() {
	s.Helper()
	password, err := s.home.ReadSecret(home.SecretRedis)
	s.must(err)
	s.redis = redis.NewClient(&redis.Options{Addr: s.ports.RedisAddress(), Password: password})
	s.jobs, err = job.Open(s.Context(), s.redis, job.Options{})
	s.must(err)
}

func (s *system) must(errs ...error) {
	s.Helper()
	for _, err := range errs {
		if err != nil {
			s.Fatal(err)
		}
	}
}

// job reads a job, trying again while Redis is away.
func (s *system) job(id string) *job.Job {
	s.Helper()
	var j *job.Job
	s.eventually("job "+id+" can be read", func() bool {
		var err error
		j, err = s.jobs.Get(s.Context(), id)
		return err == nil
	})
	return j
}

// ended waits for a job's end.
func (s *system) ended(id string) *job.Job {
	s.Helper()
	var j *job.Job
	s.eventually("job "+id+" ends", func() bool {
		j = s.job(id)
		return j.State.Final()
	})
	return j
}

// patience is how long a condition may take to come true. It is never waited out when all is well.
const patience = 3 * time.Minute

// eventually waits until a condition is true.
func (s *system) eventually(what string, condition func() bool) {
	s.Helper()
	if !within(patience, condition) {
		s.Fatalf("after %s still not: %s", patience, what)
	}
}

func within(limit time.Duration, condition func() bool) bool {
	for end := time.Now().Add(limit); ; time.Sleep(25 * time.Millisecond) {
		if condition() {
			return true
		}
		if now := time.Now(); now.After(end) || now.After(lastCall) {
			return false
		}
	}
}

// logs are the ends of all logs, without what is as it should be.
func (s *system) logs() string {
	const end = 15 // lines of each
	var all strings.Builder
	for _, pattern := range []string{filepath.Join(s.home.Logs(), "*.log"), filepath.Join(s.home.Journals(), "*.log")} {
		paths, _ := filepath.Glob(pattern) // the pattern is well-formed
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				text = []byte(err.Error())
			}
			lines := slices.DeleteFunc(bytes.Split(bytes.TrimSpace(text), []byte("\n")), func(line []byte) bool {
				return bytes.Contains(line, []byte(`"level":"INFO"`))
			})
			fmt.Fprintf(&all, "== %s\n%s\n", filepath.Base(path), bytes.Join(lines[max(0, len(lines)-end):], []byte("\n")))
		}
	}
	return all.String()
}

// in is the system for a part of a test.
func (s *system) in(t testing.TB) *system {
	part := *s
	part.TB = t
	part.jenkins = &sandbox{system: &part, token: s.jenkins.token}
	return &part
}
