package endtoend

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/handsoff/handsoff/local-provider/function"
	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/supervisor"
	"github.com/handsoff/handsoff/shared/process"
)

// The processes that are killed.
const (
	theSupervisor = "supervisor"
	theProvider   = "provider"
	theTelnet     = "telnet-gateway"
	theJenkins    = "sandbox-jenkins"
	theRedis      = "redis"
)

// victims are all processes whose death must cost nothing: the services and every function.
func victims() []string {
	return []string{theSupervisor, theProvider, theTelnet, theJenkins, "command", "jobs", "clock", "notify", "jenkins"}
}

// find is the process of a name, if it runs.
func (s *system) find(name string) (process.Ref, bool) {
	s.Helper()
	if name == theSupervisor {
		var ref process.Ref
		text, err := os.ReadFile(filepath.Join(s.home.Run(), "supervisor.json"))
		s.must(err)
		s.must(json.Unmarshal(text, &ref))
		return ref, ref.Alive()
	}
	services, err := supervisor.Traces(supervisor.Folders{Run: s.home.Services(), Logs: s.home.Logs(), Work: s.home.ServiceWork()})
	s.must(err)
	for _, t := range services {
		if t.Name == name {
			return t.Ref, t.Alive()
		}
	}
	replicas, err := function.Traces(s.home.Replicas())
	s.must(err)
	for _, t := range replicas {
		if t.Function == name && t.Alive() {
			return t.Ref, true
		}
	}
	return process.Ref{}, false
}

// kill ends a process without warning, and gives what was killed.
func (s *system) kill(name string) process.Ref { return s.end(name, unix.SIGKILL) }

func (s *system) end(name string, how unix.Signal) process.Ref {
	s.Helper()
	if name == theRedis {
		s.keepEverything()
	}
	var ref process.Ref
	s.eventually(name+" runs", func() bool {
		var alive bool
		ref, alive = s.find(name)
		return alive && ref.Signal(how) == nil
	})
	ctx, cancel := context.WithTimeout(s.Context(), patience)
	defer cancel()
	if err := ref.Wait(ctx); err != nil {
		s.Fatalf("%s does not end: %v", name, err)
	}
	return ref
}

// keepEverything has the Redis that runs answer only when what it answers is on the disk. As it is set up it writes once a second,
// and while the disk is busy not even that: whoever kills it may lose what it answered last.
func (s *system) keepEverything() {
	s.Helper()
	s.eventually("Redis keeps everything", func() bool {
		return s.redis.ConfigSet(s.Context(), "appendfsync", "always").Err() == nil
	})
}

// away ends Redis and keeps its place taken, so that everybody is refused there until it is given back.
func (s *system) away(how unix.Signal) (giveBack func()) {
	s.Helper()
	var place net.Listener
	running := true
	s.eventually("the place of Redis is taken", func() (taken bool) {
		if running { // it was faster; after each end it is started a little later
			s.end(theRedis, how)
		}
		var err error
		place, err = (&net.ListenConfig{}).Listen(s.Context(), "tcp", s.ports.RedisAddress())
		_, running = s.find(theRedis)
		return err == nil
	})
	var refusing sync.WaitGroup
	refusing.Go(func() {
		for {
			caller, err := place.Accept()
			if err != nil {
				return
			}
			_ = caller.Close()
		}
	})
	stop := sync.OnceFunc(func() { _ = place.Close(); refusing.Wait() })
	s.Cleanup(stop) // also when this fails
	return func() {
		stop()
		s.eventually("Redis answers", func() bool { return s.redis.Ping(s.Context()).Err() == nil })
	}
}

// back waits until another process has taken the place of a killed one.
func (s *system) back(name string, killed process.Ref) {
	s.Helper()
	s.eventually(name+" is back", func() bool {
		ref, alive := s.find(name)
		return alive && ref != killed && (name != theTelnet || supervisor.Answers(s.Context(), home.Loopback(s.ports.Telnet)))
	})
}
