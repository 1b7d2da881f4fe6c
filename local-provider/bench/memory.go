package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// memory is what one process holds, in kB: all that is resident, and its share of it, where pages that several processes
// hold are divided among them. Only shares can be added up.
type memory struct{ resident, share int }

// measureMemory reads the memory of every process of the system, the sandbox's not: while every function is awake, as it is just after they
// were used, and when those that nobody uses are at rest.
func (s *system) measureMemory(ctx context.Context, t *table, others *pair) error {
	except := map[string]bool{strconv.Itoa(os.Getpid()): true}
	for _, c := range others.cmds {
		except[strconv.Itoa(c.Process.Pid)] = true
	}
	awake, err := residents(s.dir, except)
	if err != nil {
		return err
	}
	worst := largest(awake)
	t.add("largest process", fmt.Sprintf("%s %.1f MB", worst, float64(awake[worst].resident)/1024), "< 30 MB", awake[worst].resident < 30<<10)
	if err := s.rest(ctx); err != nil {
		return err
	}
	idle, err := residents(s.dir, except)
	if err != nil {
		return err
	}
	t.add("the whole idle system without the sandbox, pages that processes share counted once",
		fmt.Sprintf("%.0f MB (%.0f MB with every function awake)", float64(sum(idle))/1024, float64(sum(awake))/1024), "< 120 MB", sum(idle) < 120<<10)
	return nil
}

// rest stops every function but the clock, which is never idle, as the provider does with one that was not used for a
// quarter of an hour. The next request starts it again.
func (s *system) rest(ctx context.Context) error {
	functions, err := filepath.Glob("functions/*")
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	for _, path := range functions {
		name := filepath.Base(path)
		if name == "clock" {
			continue
		}
		body := fmt.Sprintf(`{"serviceName":%q,"replicas":0}`, name)
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.ports.GatewayURL()+"/system/scale-function/"+name, strings.NewReader(body))
		if err != nil {
			return fmt.Errorf("bench: %w", err)
		}
		request.SetBasicAuth("admin", s.password)
		answer, err := client.Do(request)
		if err != nil {
			return fmt.Errorf("bench: %w", err)
		}
		_ = answer.Body.Close() // nothing in it is wanted
		if answer.StatusCode >= http.StatusMultipleChoices {
			return fmt.Errorf("bench: %s cannot be put to rest: %s", name, answer.Status)
		}
	}
	time.Sleep(5 * time.Second)
	return nil
}

// largest names the process with the most resident memory, and tells of all.
func largest(found map[string]memory) string {
	names := slices.SortedFunc(maps.Keys(found), func(a, b string) int { return found[b].resident - found[a].resident })
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = fmt.Sprintf("%s %.0f", name, float64(found[name].resident)/1024)
	}
	fmt.Fprintln(os.Stderr, "resident, in MB:", strings.Join(parts, ", "))
	return names[0]
}

func sum(found map[string]memory) (total int) {
	for _, m := range found {
		total += m.share
	}
	return total
}

// residents finds the processes of handsoff that were started from dir or work in it, and gives their memory by name.
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
		if name == "probe" || playsPart(name) {
			continue // the bench's own, and what stands for systems that are elsewhere
		}
		for base, n := name, 2; found[name].resident != 0; n++ {
			name = base + " " + strconv.Itoa(n)
		}
		found[name] = memory{field(string(status), "Rss:"), field(string(status), "Pss:")}
	}
	return found, nil
}

// playsPart reports whether a program is of the sandbox: its own, the IRC server, and ARA in Python.
func playsPart(program string) bool {
	return strings.HasPrefix(program, "sandbox-") || program == "ngircd" || program == "python3"
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
