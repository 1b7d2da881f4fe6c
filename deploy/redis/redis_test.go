// Package redis_test tries the reference of Redis with a real one: how it is started, backed up and restored, and how its password
// changes.
package redis_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// patience is how long something may take that must come.
const patience = 2 * time.Minute

// server is a Redis that `start` began.
type server struct {
	*exec.Cmd

	dir, port, passwords string
	temporary            string // what it has for files that it needs for a moment
}

// place makes the folder of a Redis, and whom it lets in.
func place(t *testing.T, passwords string) *server {
	t.Helper()
	_, port, _ := net.SplitHostPort(jobtest.FreeAddress(t))
	if _, err := os.Stat("redis.conf"); err != nil { // when it changes, this is tested again
		t.Fatal(err)
	}
	s := &server{dir: t.TempDir(), temporary: t.TempDir(), port: port, passwords: filepath.Join(t.TempDir(), "redis-passwords")}
	s.letIn(t, passwords)
	return s
}

func (s *server) letIn(t *testing.T, passwords string) {
	t.Helper()
	if err := os.WriteFile(s.passwords, []byte(passwords), 0o600); err != nil {
		t.Fatal(err)
	}
}

// start starts it, and waits until it answers whoever knows the password.
func (s *server) start(t *testing.T, password string) *redis.Client {
	t.Helper()
	s.Cmd = exec.CommandContext(context.WithoutCancel(t.Context()), "./start", "redis.conf", s.passwords, "--port", s.port, "--bind", "127.0.0.1", "--dir", s.dir)
	s.Env = append(os.Environ(), "TMPDIR="+s.temporary)
	var said bytes.Buffer
	s.Stdout, s.Stderr = &said, &said
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	cmd := s.Cmd
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }) // it may have been ended before
	client := s.client(t, password)
	for end := time.Now().Add(patience); client.Ping(t.Context()).Err() != nil; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("Redis does not come up: %v\n%s", client.Ping(t.Context()).Err(), said.String())
		}
	}
	return client
}

func (s *server) client(t *testing.T, password string) *redis.Client {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: net.JoinHostPort("127.0.0.1", s.port), Password: password, MaxRetries: -1})
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func (s *server) stop(t *testing.T) {
	t.Helper()
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.Wait(); err != nil {
		t.Fatalf("Redis did not end well: %v", err)
	}
}

func script(t *testing.T, name string, args ...string) (string, error) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "./"+name, args...).CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// The reference is one that every part works with, and nobody gets in without a password or deletes everything.
func TestTheReference(t *testing.T) {
	t.Parallel()
	s := place(t, "\nthe password, spaces and 'quotes' too\n")
	client := s.start(t, "the password, spaces and 'quotes' too")
	if _, err := job.Open(t.Context(), client, job.Options{}); err != nil {
		t.Errorf("the job store refuses it: %v", err)
	}
	settings := client.ConfigGet(t.Context(), "*").Val()
	if settings["appendonly"] != "yes" || settings["maxmemory-policy"] != "noeviction" || settings["maxmemory"] == "0" {
		t.Errorf("it is set up with %s %s %s", settings["appendonly"], settings["maxmemory-policy"], settings["maxmemory"])
	}
	if err := s.client(t, "").Ping(t.Context()).Err(); err == nil {
		t.Error("it lets in whoever comes")
	}
	if err := client.FlushAll(t.Context()).Err(); err == nil || !strings.Contains(err.Error(), "NOPERM") {
		t.Errorf("everything can be deleted: %v", err)
	}
	if left, err := os.ReadDir(s.temporary); err != nil || len(left) > 0 {
		t.Errorf("it leaves %v behind at each start: %v", left, err)
	}
	if err := client.Do(t.Context(), "ACL", "LOAD").Err(); err != nil {
		t.Errorf("whom it lets in cannot be read again: %v", err)
	}
	command, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", s.Process.Pid))
	if err != nil || bytes.Contains(command, []byte("spaces")) {
		t.Errorf("its arguments are %q, %v", command, err)
	}
	if out, err := script(t, "start", "redis.conf", "/dev/null"); err == nil || !strings.Contains(out, "no password") {
		t.Errorf("without a password it starts: %v %s", err, out)
	}
}

// One password follows the other, and at no moment is anybody refused who was told of one that is still good.
func TestThePasswordRotates(t *testing.T) {
	t.Parallel()
	s := place(t, "the old one\n")
	s.start(t, "the old one").Set(t.Context(), "kept", "yes", 0)
	s.stop(t)
	s.letIn(t, "the new one\nthe old one\n")
	old := s.start(t, "the old one") // a function that was not deployed again yet
	fresh := s.client(t, "the new one")
	if fresh.Get(t.Context(), "kept").Val() != "yes" || old.Get(t.Context(), "kept").Val() != "yes" {
		t.Error("one of both is not let in, or it began anew")
	}
	s.stop(t)
	s.letIn(t, "the new one\n")
	s.start(t, "the new one")
	if err := old.Ping(t.Context()).Err(); err == nil || !strings.Contains(err.Error(), "WRONGPASS") {
		t.Errorf("the old one is still good: %v", err)
	}
}

// A backup is made while Redis works, and put in its place it is all there is again.
func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	s := place(t, "a password\n")
	client := s.start(t, "a password")
	folder := t.TempDir()
	client.Set(t.Context(), "job", "as it was", 0)
	made, err := script(t, "backup", folder, s.passwords, "-p", s.port)
	if err != nil || filepath.Dir(made) != folder {
		t.Fatalf("backup: %v\n%s", err, made)
	}
	if info, err := os.Stat(made); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v %v", info.Mode(), err)
	}
	client.Set(t.Context(), "job", "spoilt", 0)
	client.Set(t.Context(), "more", "of it", 0)
	if out, err := script(t, "restore", made, s.dir); err == nil || !strings.Contains(out, "stop it first") {
		t.Errorf("it is restored under a running Redis: %v\n%s", err, out)
	}
	s.stop(t)
	if out, err := script(t, "restore", made, s.dir); err != nil {
		t.Fatalf("restore: %v\n%s", err, out)
	}
	client = s.start(t, "a password")
	if kept, more := client.Get(t.Context(), "job").Val(), client.Exists(t.Context(), "more").Val(); kept != "as it was" || more != 0 {
		t.Errorf("restored is %q, and %d", kept, more)
	}
	client.Set(t.Context(), "after", "it", 0)
	s.stop(t)
	if client = s.start(t, "a password"); client.Get(t.Context(), "after").Val() != "it" {
		t.Error("what is written after it is not on the disk")
	}
	if _, err := os.Stat(filepath.Join(s.dir, "before-restore", "appendonly.aof.manifest")); err != nil {
		t.Errorf("what was there before is not kept: %v", err)
	}
}

// sinceYear are the seconds since 2026, in which numbers of jobs begin after a restore.
func sinceYear() int64 { return time.Now().Unix() - time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Unix() }

// A backup that is restored again, here or on another disk, never gives an id that was given after it was restored before.
func TestRestoredTwice(t *testing.T) {
	t.Parallel()
	here, elsewhere := place(t, "a password\n"), place(t, "a password\n")
	client := here.start(t, "a password")
	client.Set(t.Context(), job.Prefix+"seq", "41", 0)
	made, err := script(t, "backup", t.TempDir(), here.passwords, "-p", here.port)
	if err != nil {
		t.Fatalf("backup: %v\n%s", err, made)
	}
	here.stop(t)
	last := sinceYear()
	for n, s := range []*server{here, here, elsewhere} {
		for sinceYear() <= last {
			time.Sleep(10 * time.Millisecond) // a bot of less than a job a second
		}
		if out, err := script(t, "restore", made, s.dir); err != nil {
			t.Fatalf("restore: %v\n%s", err, out)
		}
		client = s.start(t, "a password")
		seq, err := client.Get(t.Context(), job.Prefix+"seq").Int64()
		if err != nil || seq <= last || seq > sinceYear() {
			t.Errorf("after restore %d the next job is number %d, %v; want one past %d", n+1, seq, err, last)
		}
		last = client.Incr(t.Context(), job.Prefix+"seq").Val()
		s.stop(t)
	}
}

// Where there were more jobs than seconds, or the clock is wrong, ids go on further all the same.
func TestRestoredWithManyJobs(t *testing.T) {
	t.Parallel()
	s := place(t, "a password\n")
	client := s.start(t, "a password")
	client.Set(t.Context(), job.Prefix+"seq", "20000000000", 0)
	made, err := script(t, "backup", t.TempDir(), s.passwords, "-p", s.port)
	if err != nil {
		t.Fatalf("backup: %v\n%s", err, made)
	}
	s.stop(t)
	if out, err := script(t, "restore", made, s.dir); err != nil {
		t.Fatalf("restore: %v\n%s", err, out)
	}
	if seq := s.start(t, "a password").Get(t.Context(), job.Prefix+"seq").Val(); seq != "20000100000" {
		t.Errorf("the next job is number %s", seq)
	}
}

// What is not whole is no backup, is not left behind as if it were one, and is not restored.
func TestNoHalfBackup(t *testing.T) {
	t.Parallel()
	s := place(t, "a password\n")
	client := s.start(t, "a password")
	client.Set(t.Context(), "job", strings.Repeat("long ", 1000), 0)
	folder := t.TempDir()
	wrong := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(wrong, []byte("no password\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := script(t, "backup", folder, wrong, "-p", s.port); err == nil {
		t.Errorf("a backup without being let in: %s", out)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Errorf("it left %v, %v", left, err)
	}
	made, err := script(t, "backup", folder, s.passwords, "-p", s.port)
	if err != nil {
		t.Fatalf("%v\n%s", err, made)
	}
	s.stop(t)
	if err := os.Truncate(made, 60); err != nil {
		t.Fatal(err)
	}
	if out, err := script(t, "restore", made, s.dir); err == nil || !strings.Contains(out, "not whole") {
		t.Errorf("half a backup is restored: %v\n%s", err, out)
	}
	if s.start(t, "a password").Exists(t.Context(), "job").Val() != 1 {
		t.Error("what there was is gone")
	}
}

// form is how a backup is called.
const form = "2006-01-02T15-04-05Z.rdb"

// Of backups those of a day before the youngest are kept, and then the last one of each day; the others go before the next one is written,
// and nothing else does. While Redis gives nothing, no time makes them older.
func TestOldBackupsGo(t *testing.T) {
	t.Parallel()
	s := place(t, "a password\n")
	s.start(t, "a password")
	folder := t.TempDir()
	put := func(name string, age time.Duration) {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		when := time.Now().Add(-age)
		if err := os.Chtimes(path, when, when); err != nil {
			t.Fatal(err)
		}
	}
	youngest := time.Date(2020, 3, 2, 12, 17, 0, 0, time.UTC) // after the end of a February
	kept := []string{"2019-01-01T00-00-00Z.rdb.mine", "notes.txt"}
	for _, name := range kept {
		put(name, 1000*time.Hour)
	}
	for age := range 30 * 24 {
		at := youngest.Add(-time.Duration(age) * time.Hour)
		put(at.Format(form), 0)
		if age <= 24 || age <= 14*24 && at.Hour() == 23 {
			kept = append(kept, at.Format(form))
		}
	}
	put(".2020-01-01T00-00-00Z.part", 2*time.Hour)
	put(".2020-01-01T00-00-00Z.part.said", 2*time.Hour)
	wrong := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(wrong, []byte("no password\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	slices.Sort(kept)
	for range 2 {
		if out, err := script(t, "backup", folder, wrong, "-p", s.port); err == nil {
			t.Fatalf("a backup without being let in: %s", out)
		}
		if left := names(t, folder); !slices.Equal(left, kept) {
			t.Errorf("left are\n%s\nwant\n%s", strings.Join(left, "\n"), strings.Join(kept, "\n"))
		}
	}
}

// names are those of a folder's files.
func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, entry := range entries {
		all = append(all, entry.Name())
	}
	return all
}

// The youngest is never deleted: when nothing was backed up for long, it is all there is. One that a wrong clock dated later makes no other
// older.
func TestTheYoungestBackupStays(t *testing.T) {
	t.Parallel()
	s := place(t, "a password\n")
	s.start(t, "a password")
	folder := t.TempDir()
	put := func(name string) {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("2020-01-01T00-00-00Z.rdb")
	put("2020-01-15T00-00-01Z.rdb")
	made, err := script(t, "backup", folder, s.passwords, "-p", s.port)
	if err != nil {
		t.Fatalf("%v\n%s", err, made)
	}
	if left := names(t, folder); !slices.Equal(left, []string{"2020-01-15T00-00-01Z.rdb", filepath.Base(made)}) {
		t.Errorf("left are %v", left)
	}
	put("2999-01-01T00-00-00Z.rdb")
	if out, err := script(t, "backup", folder, "/dev/null", "-p", s.port); err == nil {
		t.Fatalf("a backup without being let in: %s", out)
	}
	if left := names(t, folder); !slices.Contains(left, filepath.Base(made)) || !slices.Contains(left, "2999-01-01T00-00-00Z.rdb") {
		t.Errorf("left are %v", left)
	}
}
