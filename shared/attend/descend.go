package attend

import (
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/handsoff/handsoff/shared/process"
)

// forkExec starts the program. The thread that calls it is the one whose end the program does not survive.
func forkExec(b beginning, files []uintptr) (int, error) {
	pid, err := syscall.ForkExec(b.Path, append([]string{b.Path}, b.Args...), &syscall.ProcAttr{
		Dir: b.Dir, Env: b.Env, Files: files,
		Sys: &syscall.SysProcAttr{Setpgid: true, Pdeathsig: unix.SIGKILL},
	})
	if err != nil {
		return 0, &os.PathError{Op: "start", Path: b.Path, Err: err}
	}
	return pid, nil
}

// descend does what is due on the way down, and reports whether the keeper's work is done.
func (k *keeper) descend() bool {
	if k.over && k.way == nil {
		k.take(remains(k.begin))
	}
	for len(k.way) > 0 {
		if k.none {
			return true
		}
		s := k.way[0]
		switch {
		case !s.all && len(k.group()) == 0:
			k.take(k.way[1:])
		case k.since < s.wait:
			return false
		case s.again:
			k.stuck()
			k.take(k.way)
		default:
			k.take(k.way[1:])
		}
	}
	return false
}

// take begins with the first step of a way.
func (k *keeper) take(way []step) {
	k.way, k.since = way, 0
	s := way[0]
	if s.signal == 0 || k.none {
		return
	}
	if !s.all {
		k.signalGroup(s.signal)
		return
	}
	below := k.below()
	if !k.named {
		k.named = true
		if left := commands(below, notMaster); len(left) > 0 {
			k.tell(notice{Left: left})
		}
	}
	for _, one := range below {
		_ = one.Signal(s.signal) // what does not go is seen by looking
		_ = one.Signal(unix.SIGCONT)
	}
}

// signalGroup reaches a program that was stopped too.
func (k *keeper) signalGroup(s unix.Signal) {
	if k.program == 0 || len(k.group()) == 0 {
		return
	}
	_ = unix.Kill(-k.program, s)
	_ = unix.Kill(-k.program, unix.SIGCONT)
	k.tell(notice{Sent: name(s)})
}

// stuck tells what would not go although it was killed: it waits in the kernel, or belongs to somebody else.
func (k *keeper) stuck() {
	if left := commands(k.below(), func(string) bool { return true }); len(left) > 0 {
		k.tell(notice{Stuck: left})
	}
}

// below is what descends from the keeper and runs.
func (k *keeper) below() []process.Seen {
	all, err := process.All()
	if err != nil {
		return nil
	}
	return process.Below(all, os.Getpid())
}

// group is what runs of the program's own group.
func (k *keeper) group() []process.Seen {
	var group []process.Seen
	for _, s := range k.below() {
		if s.Group == k.program {
			group = append(group, s)
		}
	}
	return group
}

// maxCommands is how many command lines are told.
const maxCommands = 50

func commands(seen []process.Seen, which func(command string) bool) []string {
	var told []string
	for _, s := range seen {
		if command := s.Command(); which(command) && len(told) < maxCommands {
			told = append(told, command)
		}
	}
	return told
}

// notMaster leaves out the connections that ssh keeps open for a later run (ControlPersist): they are meant to stay, do
// nothing by themselves, and are ended all the same.
func notMaster(command string) bool {
	return !strings.HasPrefix(command, "ssh: ") || !strings.Contains(command, "[mux]")
}
