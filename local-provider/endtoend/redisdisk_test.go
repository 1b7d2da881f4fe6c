package endtoend

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/handsoff/handsoff/local-provider/home/hometest"
	"github.com/handsoff/handsoff/shared/job"
)

// disk is what a Redis writes to, and can be kept from growing: what is written past its end is an error, as on a disk that is full.
type disk struct {
	*system

	server *exec.Cmd
	limit  unix.Rlimit // as it was
}

// redisOnADisk puts a Redis of the same settings and data in the place of the one that runs. Nobody but the test looks after it.
func (s *system) redisOnADisk() *disk {
	s.Helper()
	done := hometest.Alone(s) // its port is free meanwhile
	s.kill(theSupervisor)
	s.kill(theRedis)
	d := &disk{system: s}
	// The signal that comes with the error, and that a disk does not send, would end it.
	d.server = exec.CommandContext(context.WithoutCancel(s.Context()), "sh", "-c", `trap "" XFSZ; exec redis-server "$0"`, s.home.RedisConfig())
	var said bytes.Buffer
	d.server.Stdout, d.server.Stderr = &said, &said
	s.must(d.server.Start())
	s.Cleanup(func() {
		d.end()
		if s.Failed() {
			s.Logf("Redis said:\n%s", said.String())
		}
	})
	s.eventually("Redis answers", func() bool { return s.redis.Ping(s.Context()).Err() == nil })
	done()
	s.must(unix.Prlimit(d.server.Process.Pid, unix.RLIMIT_FSIZE, nil, &d.limit))
	return d
}

func (d *disk) end() {
	_ = d.server.Process.Kill() // it may have been ended before
	_ = d.server.Wait()
}

// fill leaves room for half a command.
func (d *disk) fill() {
	d.Helper()
	files, err := filepath.Glob(filepath.Join(d.home.Redis(), "appendonlydir", "*.incr.aof"))
	d.must(err)
	longest := uint64(0)
	for _, path := range files {
		info, err := os.Stat(path)
		d.must(err)
		longest = max(longest, uint64(info.Size()))
	}
	d.room(longest + 20)
}

// free makes as much room as there was.
func (d *disk) free() { d.Helper(); d.room(d.limit.Cur) }

func (d *disk) room(bytes uint64) {
	d.Helper()
	d.must(unix.Prlimit(d.server.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: d.limit.Max}, nil))
}

// TestRedisDiskFull fills the disk to which Redis writes, while a build runs. Everybody is told why nothing is started; nothing is started in
// secret; and when there is room everything goes on by itself, with what had been accepted, on the disk.
func TestRedisDiskFull(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.jenkins.order("hold?job=demo/slow")
	ann := s.telnet("ann")
	ann.Say("jenkins build demo/slow seconds=3")
	var id string
	s.eventually("it builds", func() bool { id = jobIn(ann.Heard()); return id != "" && s.told(id, " has started: ") })
	d := s.redisOnADisk()
	s.post("bob", "ping") // the bot is there again
	accepted := []string{id}
	d.fill()
	s.eventually("Redis takes no writes", func() bool {
		_, text := s.request("/function/command", []byte("jenkins build demo/results"), cliKey("bob"))
		if made := jobIn(text); made != "" {
			accepted = append(accepted, made)
		}
		return strings.Contains(text, "takes no writes now, so nothing was started; its log says why, a full disk perhaps.")
	})
	ann.Say("jenkins build demo/typed")
	ann.see("takes no writes now, so nothing was started")
	s.jenkins.order("release?job=demo/slow")
	d.free()
	var last string
	s.eventually("Redis takes writes again", func() bool {
		_, text := s.request("/function/command", []byte("jenkins build demo/results"), cliKey("bob"))
		last = jobIn(text)
		return last != ""
	})
	accepted = append(accepted, last)
	for _, id := range accepted {
		if j := s.ended(id); j.State != job.Succeeded || len(s.jenkins.startsOf(id)) != 1 {
			t.Errorf("%s is %s %s, with the builds %+v", id, j.State, j.Error, s.jenkins.startsOf(id))
		}
	}
	if n := s.jenkins.starts(); n != len(accepted) {
		t.Errorf("%d builds of %d jobs", n, len(accepted))
	}
	ann.see("@" + id + " succeeded in")
	s.keepEverything()
	done := hometest.Alone(t)
	d.end()
	s.upAlone()
	done()
	for _, id := range accepted {
		if j := s.job(id); j.State != job.Succeeded {
			t.Errorf("on the disk %s is %s", id, j.State)
		}
	}
}
