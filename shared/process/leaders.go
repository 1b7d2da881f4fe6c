package process

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Leaders returns the group leaders whose working directory is dir or below it. It finds a process whose starter was
// killed in the instant between the start and the writing of the record.
func Leaders(dir string) ([]Ref, error) {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, fmt.Errorf("look for processes of %s: %w", dir, err)
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, fmt.Errorf("look for processes of %s: %w", dir, err)
	}
	var found []Ref
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if ref, ok := leaderIn(pid, dir); ok {
			found = append(found, ref)
		}
	}
	return found, nil
}

func leaderIn(pid int, dir string) (Ref, bool) {
	at, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	if err != nil || (at != dir && !strings.HasPrefix(at, dir+string(filepath.Separator))) {
		return Ref{}, false
	}
	s, err := readStat(pid)
	if err != nil || s.group != pid || s.dead() {
		return Ref{}, false
	}
	return Ref{PID: pid, Start: s.start, Boot: bootID()}, true
}
