package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

// measureMemory reads the resident memory of every process of the system.
func (s *system) measureMemory(_ context.Context, t *table) error {
	rss, err := residents(s.dir)
	if err != nil {
		return err
	}
	names := make([]string, 0, len(rss))
	total, worst := 0, ""
	for name, kb := range rss {
		names = append(names, name)
		total += kb
		if worst == "" || kb > rss[worst] {
			worst = name
		}
	}
	sort.Slice(names, func(i, j int) bool { return rss[names[i]] > rss[names[j]] })
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = fmt.Sprintf("%s %.0f", name, float64(rss[name])/1024)
	}
	t.add("largest process", fmt.Sprintf("%s %.1f MB", worst, float64(rss[worst])/1024), "< 30 MB", rss[worst] < 30<<10)
	t.add("the whole idle system", fmt.Sprintf("%.0f MB (%s)", float64(total)/1024, strings.Join(parts, ", ")), "< 120 MB", total < 120<<10)
	return nil
}

// residents finds the processes whose command line or environment speaks of dir, and gives their VmRSS in kB. Processes of
// one program count as one name each with a number.
func residents(dir string) (map[string]int, error) {
	entries, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	found := make(map[string]int)
	for _, p := range entries {
		line, err := os.ReadFile(p + "/cmdline")
		if err != nil {
			continue // it has ended
		}
		env, err := os.ReadFile(p + "/environ")
		if err != nil || !strings.Contains(string(line)+string(env), dir) || strings.HasPrefix(filepath.Base(string(line)), "bench") {
			continue
		}
		status, err := os.ReadFile(p + "/status")
		if err != nil {
			continue
		}
		kb := vmRSS(string(status))
		if kb == 0 {
			continue
		}
		words := strings.Split(strings.TrimRight(string(line), "\x00"), "\x00")
		name := filepath.Base(words[0])
		if name == "local-provider" && len(words) > 1 {
			name += " " + words[1]
		}
		for base, n := name, 2; found[name] != 0; n++ {
			name = base + " " + strconv.Itoa(n)
		}
		found[name] = kb
	}
	return found, nil
}

func vmRSS(status string) int {
	for line := range strings.Lines(status) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			if err == nil {
				return kb
			}
		}
	}
	return 0
}
