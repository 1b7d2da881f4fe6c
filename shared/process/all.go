package process

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"unicode"
)

// Seen is a process as /proc shows it at one moment.
type Seen struct {
	Ref

	// Parent, Group and Session are the identifiers of its parent, its process group and its session.
	Parent, Group, Session int
	// Dead says that it has ended and only waits to be reaped.
	Dead bool
}

// All returns every process that can be seen. /proc is read entry by entry while the machine runs on: a process whose
// parent ended in that very moment can be told with a parent that is not in the list.
func All() ([]Seen, error) {
	folder, err := os.Open("/proc")
	if err != nil {
		return nil, fmt.Errorf("list the processes: %w", err)
	}
	names, err := folder.Readdirnames(-1)
	_ = folder.Close()
	if err != nil {
		return nil, fmt.Errorf("list the processes: %w", err)
	}
	var all []Seen
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		if s, err := readStat(pid); err == nil {
			all = append(all, Seen{
				Ref: Ref{PID: pid, Start: s.start, Boot: bootID()}, Parent: s.parent, Group: s.group, Session: s.session,
				Dead: s.dead(),
			})
		}
	}
	return all, nil
}

// Below returns those of all that descend from pid and have not ended.
func Below(all []Seen, pid int) []Seen {
	children := make(map[int][]Seen)
	for _, s := range all {
		children[s.Parent] = append(children[s.Parent], s)
	}
	var below []Seen
	for queue, known := []int{pid}, map[int]bool{pid: true}; len(queue) > 0; queue = queue[1:] {
		for _, s := range children[queue[0]] {
			if known[s.PID] {
				continue // a number that was given to somebody else while we read
			}
			known[s.PID] = true
			queue = append(queue, s.PID)
			if !s.Dead {
				below = append(below, s)
			}
		}
	}
	return below
}

// maxCommand is how many characters of a command line are told.
const maxCommand = 120

// Command is the command line for a person to read, "sleep 600 (pid 12)", cut to 120 characters. It is as the process
// was called: whoever shows it masks it.
func (s Seen) Command() string {
	raw, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", s.PID))
	text := strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(string(raw), " ")))
	if text == "" {
		name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", s.PID))
		text = strings.TrimSpace(string(name))
	}
	if short := []rune(text); len(short) > maxCommand {
		text = string(short[:maxCommand]) + "…"
	}
	return fmt.Sprintf("%s (pid %d)", text, s.PID)
}
