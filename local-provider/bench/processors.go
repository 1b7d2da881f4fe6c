package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// tick is a unit of /proc/<pid>/stat on Linux: USER_HZ is 100 on every architecture that Go runs on.
const tick = 10 * time.Millisecond

// processorTimes is how much of the processors each process that was started from dir has had, by name. Those with the
// same name count together.
func processorTimes(dir string) (map[string]time.Duration, error) {
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	used := make(map[string]time.Duration)
	for _, p := range processes {
		stat, err := os.ReadFile(p + "/stat")
		if err != nil || p != "/proc/"+strconv.Itoa(os.Getpid()) && !speaksOf(p, dir) {
			continue // another's, or ended meanwhile
		}
		_, after, _ := bytes.Cut(stat, []byte(") ")) // the program's name, in parentheses, comes before it
		fields := strings.Fields(string(after))
		const user, system = 11, 12 // proc(5): utime and stime, less the two that were cut off, from nought
		for _, i := range []int{user, system} {
			if n, err := strconv.Atoi(fields[min(i, len(fields)-1)]); err == nil {
				used[programName(p)] += time.Duration(n) * tick
			}
		}
	}
	return used, nil
}

// shares says how many processors each program kept busy, those that did most first.
func shares(before, after map[string]time.Duration, over time.Duration) string {
	share := make(map[string]float64)
	var names []string
	for name, used := range after {
		const little = 0.02
		if share[name] = (used - before[name]).Seconds() / over.Seconds(); share[name] > little {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return int(1000 * (share[b] - share[a])) })
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %.2f", name, share[name])
	}
	return strings.Join(names, ", ")
}
