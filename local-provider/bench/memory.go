package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

// memory is what one process holds, in kB: all that is resident, and its share of it, where pages that several processes
// hold are divided among them. Only shares can be added up.
type memory struct{ resident, share int }

// measureMemory reads the memory of every process of the system.
func (s *system) measureMemory(t *table, others *pair) error {
	except := map[string]bool{strconv.Itoa(os.Getpid()): true}
	for _, c := range others.cmds {
		except[strconv.Itoa(c.Process.Pid)] = true
	}
	rss, err := residents(s.dir, except)
	if err != nil {
		return err
	}
	names := make([]string, 0, len(rss))
	total, worst := 0, ""
	for name, m := range rss {
		names = append(names, name)
		total += m.share
		if worst == "" || m.resident > rss[worst].resident {
			worst = name
		}
	}
	sort.Slice(names, func(i, j int) bool { return rss[names[i]].resident > rss[names[j]].resident })
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = fmt.Sprintf("%s %.0f", name, float64(rss[name].resident)/1024)
	}
	fmt.Fprintln(os.Stderr, "resident, in MB:", strings.Join(parts, ", "))
	t.add("largest process", fmt.Sprintf("%s %.1f MB", worst, float64(rss[worst].resident)/1024), "< 30 MB", rss[worst].resident < 30<<10)
	t.add("the whole idle system, pages that processes share counted once", fmt.Sprintf("%.0f MB", float64(total)/1024), "< 120 MB", total < 120<<10)
	return nil
}

// residents finds the processes that were started from dir or work in it, and gives their memory by name.
func residents(dir string, except map[string]bool) (map[string]memory, error) {
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	found := make(map[string]memory)
	for _, p := range processes {
		status, err := os.ReadFile(p + "/smaps_rollup")
		if err != nil || except[filepath.Base(p)] || !speaksOf(p, dir) {
			continue // another's, or ended meanwhile
		}
		name := programName(p)
		if name == "probe" {
			continue // the bench's own
		}
		for base, n := name, 2; found[name].resident != 0; n++ {
			name = base + " " + strconv.Itoa(n)
		}
		found[name] = memory{field(string(status), "Rss:"), field(string(status), "Pss:")}
	}
	return found, nil
}

// speaksOf reports whether a process was told of dir, or has files of it open.
func speaksOf(process, dir string) bool {
	for _, file := range []string{"/cmdline", "/environ"} {
		if text, err := os.ReadFile(process + file); err == nil && strings.Contains(string(text), dir) {
			return true
		}
	}
	cwd, err := os.Readlink(process + "/cwd")
	return err == nil && strings.HasPrefix(cwd, dir)
}

// programName is a process' program, without the path, registry and tag of its image.
func programName(process string) string {
	line, err := os.ReadFile(process + "/cmdline")
	if err != nil {
		return "ended"
	}
	words := strings.Split(strings.TrimRight(string(line), "\x00"), "\x00")
	program, _, _ := strings.Cut(filepath.Base(words[0]), "=")
	program = program[strings.LastIndex(program, "+")+1:]
	if program == "local-provider" && len(words) > 1 {
		program += " " + words[1]
	}
	program, _, _ = strings.Cut(program, " 127.") // redis-server writes its address there
	return program
}

// field reads one line of smaps_rollup, in kB; 0 when there is none.
func field(status, name string) int {
	for line := range strings.Lines(status) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			kb, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			if err == nil {
				return kb
			}
		}
	}
	return 0
}
