// Package process names, starts, watches and stops operating-system processes in a way that outlives the program
// that started them.
//
// A process identifier alone is not a name: the kernel gives it to somebody else after the process has ended. A Ref
// therefore carries the start time and the boot in which it was taken, so that a record on disk can be trusted after
// the writer was killed, and a stranger is never signalled.
package process

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
)

// ErrGone is answered when the process that a Ref names no longer runs.
var ErrGone = errors.New("the process has ended")

// Ref names one process of one boot of this machine.
type Ref struct {
	// PID is the process identifier, which is also the identifier of its process group.
	PID int `json:"pid"`
	// Start is when the process began, in clock ticks since boot (proc(5), field 22 of stat).
	Start uint64 `json:"start"`
	// Boot is the kernel's identifier of the running boot.
	Boot string `json:"boot"`
}

// NoBoot is the Boot of a Ref where the kernel does not tell its boot's identifier.
const NoBoot = "unknown"

// bootID is read once: it cannot change while this program runs.
var bootID = sync.OnceValue(func() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return NoBoot
	}
	return strings.TrimSpace(string(id))
})

// Find returns the Ref of a running process, or ErrGone.
func Find(pid int) (Ref, error) {
	s, err := readStat(pid)
	if err != nil {
		return Ref{}, err
	}
	if s.dead() {
		return Ref{}, ErrGone
	}
	return Ref{PID: pid, Start: s.start, Boot: bootID()}, nil
}

// Alive reports whether the process still runs; a zombie does not.
func (r Ref) Alive() bool {
	if r.PID <= 0 || r.Boot != bootID() {
		return false
	}
	s, err := readStat(r.PID)
	return err == nil && s.start == r.Start && !s.dead()
}

// Memory is the resident size in bytes.
func (r Ref) Memory() (int64, error) {
	if !r.Alive() {
		return 0, ErrGone
	}
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", r.PID))
	if err != nil {
		return 0, fmt.Errorf("read the memory of process %d: %w", r.PID, err)
	}
	fields := strings.Fields(string(raw))
	if len(fields) < 2 {
		return 0, fmt.Errorf("read the memory of process %d: unexpected text", r.PID)
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read the memory of process %d: %w", r.PID, err)
	}
	return pages * int64(os.Getpagesize()), nil
}

// stat is what is needed of /proc/<pid>/stat.
type stat struct {
	state                  byte
	parent, group, session int
	start                  uint64
}

func (s stat) dead() bool { return s.state == 'Z' || s.state == 'X' }

func readStat(pid int) (stat, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}, ErrGone
	}
	return parseStat(string(raw))
}

// parseStat starts behind the last parenthesis, because a command's name may hold spaces and parentheses itself.
func parseStat(text string) (stat, error) {
	const (
		stateField  = 0
		parentField = 1
		startField  = 19
	)
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(fields) <= startField || len(fields[stateField]) != 1 {
		return stat{}, errors.New("unexpected text in a stat file of /proc")
	}
	var family [3]int
	for i := range family {
		number, err := strconv.Atoi(fields[parentField+i])
		if err != nil {
			return stat{}, fmt.Errorf("parse parent, group and session in a stat file of /proc: %w", err)
		}
		family[i] = number
	}
	start, err := strconv.ParseUint(fields[startField], 10, 64)
	if err != nil {
		return stat{}, fmt.Errorf("parse the start time in a stat file of /proc: %w", err)
	}
	return stat{state: fields[stateField][0], parent: family[0], group: family[1], session: family[2], start: start}, nil
}
