package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/job"
)

const gib = 1 << 30

// look is one look: how many minutes after the first one, what was read, and what is to be said, by how it begins.
type look struct {
	minute int
	read   readings
	says   []string
}

func memoryAt(percent uint64) readings { return readings{used: percent*gib/100 + 1, most: gib} }

func idle(list ...job.Untaken) readings { return readings{jobs: true, untaken: list} }

func lost(n int64) readings {
	if n == 0 {
		return readings{dead: map[string]int64{}}
	}
	return readings{dead: map[string]int64{"slack": n}}
}

func due(id string, fence int64) job.Untaken {
	return job.Untaken{Pointer: job.Pointer{ID: id, Function: "jenkins"}, Fence: fence}
}

func TestWhatRunsLowIsToldOnce(t *testing.T) {
	t.Parallel()
	for name, looks := range map[string][]look{
		"nothing": {{0, memoryAt(84), nil}, {1, readings{}, nil}},
		"it fills, is full, and has room again": {
			{0, memoryAt(85), []string{"I am running low on resources: Redis uses 85 % of its memory (870 of 1024 MiB)"}},
			{1, memoryAt(90), nil},
			{2, memoryAt(95), []string{"I am nearly out of room: Redis uses 95 %"}},
			{3, memoryAt(99), nil},
			{4, memoryAt(40), nil}, // too soon
			{31, memoryAt(40), nil},
			{32, memoryAt(40), []string{"There is room again: Redis uses 40 %"}},
			{33, memoryAt(40), nil},
		},
		"it fills to and fro": {
			{0, memoryAt(86), []string{"I am running low"}},
			{1, memoryAt(84), nil},
			{2, memoryAt(86), nil},
			{40, memoryAt(86), nil},
			{41, memoryAt(84), []string{"There is room again"}},
			{42, memoryAt(86), nil},
			{70, memoryAt(86), nil},
			{71, memoryAt(86), []string{"I am running low"}},
		},
		"full at once, and again": {
			{0, memoryAt(97), []string{"I am nearly out of room"}},
			{1, memoryAt(86), nil},
			{2, memoryAt(97), nil},
			{30, memoryAt(10), []string{"There is room again"}},
			{31, memoryAt(97), []string{"I am nearly out of room"}},
		},
		"what cannot be read is not over": {
			{0, memoryAt(86), []string{"I am running low"}}, {60, readings{}, nil}, {61, memoryAt(10), []string{"There is room"}},
		},
		"the machine's memory": {
			{0, readings{used: 90, most: 100, machine: true}, []string{"I am running low on resources: Redis uses 90 % of the machine's memory"}},
		},
		"a file": {
			{0, readings{files: true}, nil},
			{1, readings{files: true, failing: []string{"aof_last_write_status is err"}}, []string{"Redis cannot write its file (aof_last_write_status is err)"}},
			{31, readings{files: true}, []string{"Redis can write its file again."}},
		},
		"nobody takes a job": {
			{0, idle(due("k3f7", 1)), nil},
			{1, idle(due("k3f7", 1)), nil},
			{2, idle(due("k3f7", 1)), []string{"A job of jenkins has been due for more than two minutes, and nobody takes it (k3f7): is the function jenkins deployed"}},
			{3, idle(due("k3f7", 1), due("a", 0)), nil},
			{33, idle(due("k3f7", 1), due("a", 0)), nil}, // the clock was away; they need not have been due all the time
			{35, idle(due("k3f7", 1), due("a", 0)), []string{"2 jobs of jenkins have been due"}},
			{66, idle(due("k3f7", 1), due("a", 0), due("b", 0)), nil}, // not yet twice as many
			{68, idle(due("k3f7", 1), due("a", 0), due("b", 0)), nil},
			{69, readings{}, nil},
			{70, idle(), []string{"The function jenkins takes its jobs again."}},
		},
		"somebody takes it between two looks": {
			{0, idle(due("k3f7", 1)), nil}, {2, idle(due("k3f7", 2)), nil}, {3, idle(), nil}, {4, idle(due("k3f7", 2)), nil}, {5, idle(due("k3f7", 2)), nil},
		},
		"nobody was there to nudge it": {
			{0, idle(due("k3f7", 1)), nil}, {60, idle(due("k3f7", 1)), nil}, {61, idle(due("k3f7", 1)), nil}, {62, idle(due("k3f7", 1)), []string{"A job of jenkins"}},
		},
		"deliveries": {
			{0, lost(0), nil},
			{1, lost(1), []string{"A delivery to slack was given up"}},
			{2, lost(2), nil},
			{31, lost(2), []string{"2 deliveries to slack were given up"}},
			{62, lost(1), nil},
			{63, readings{}, nil},
			{64, lost(0), []string{"No delivery to slack that was given up is left."}},
		},
		"two things": {
			{0, readings{used: 90, most: 100, dead: map[string]int64{"slack": 1}}, []string{"A delivery to slack", "I am running low"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var m memo
			began := time.Date(2026, time.January, 2, 3, 4, 5, 0, time.UTC)
			keys := make(map[string]bool)
			for _, l := range looks {
				list := m.looks(l.read, began.Add(time.Duration(l.minute)*time.Minute))
				for i, s := range list {
					if i >= len(l.says) || !strings.HasPrefix(s.text, l.says[i]) {
						t.Errorf("minute %d says %q", l.minute, s.text)
					}
					if keys[s.key] {
						t.Errorf("minute %d: the key %q was used before", l.minute, s.key)
					}
					keys[s.key] = true
					m.note(s)
				}
				if len(list) < len(l.says) {
					t.Errorf("minute %d says nothing of %q", l.minute, l.says[len(list):])
				}
			}
		})
	}
}

// TestNoNoticeTooOften: whatever is read, no level of a condition is told twice in half an hour, and nothing is said to
// begin twice without an end between, or to end without having begun.
func TestNoNoticeTooOften(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		var m memo
		now := time.Date(2026, time.January, 2, 3, 4, 5, 0, time.UTC)
		last, level := make(map[string]time.Time), make(map[string]int)
		for range rapid.IntRange(1, 60).Draw(rt, "looks") {
			now = now.Add(time.Duration(rapid.SampledFrom([]int{1, 1, 1, 5, 30, 3000}).Draw(rt, "minutes")) * time.Minute)
			r := readings{used: rapid.SampledFrom([]uint64{10, 90, 99}).Draw(rt, "used"), most: 100, files: true, jobs: true}
			r.dead = map[string]int64{}
			if n := rapid.Int64Range(0, 3).Draw(rt, "dead"); n > 0 {
				r.dead["slack"] = n
			}
			if rapid.Bool().Draw(rt, "job") {
				r.untaken = append(r.untaken, due("a", 1))
			}
			for _, s := range m.looks(r, now) {
				key := fmt.Sprint(s.name, s.told.Level)
				if before, ok := last[key]; ok && now.Sub(before) < silence {
					rt.Fatalf("%q was said %s ago", s.text, now.Sub(before))
				}
				if s.told.Level < level[s.name] && s.told.Level != fine || s.told.Level == fine && level[s.name] == fine {
					rt.Fatalf("%q was said when it was at %d", s.text, level[s.name])
				}
				last[key], level[s.name] = now, s.told.Level
				m.note(s)
			}
		}
	})
}

// looks is what a check says, without saying it.
func (m *memo) looks(r readings, now time.Time) []statement {
	m.begin(r, now)
	return judge(m.Told, conditions(r, *m, now), now)
}

func TestOldConditionsAreForgotten(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.January, 2, 3, 4, 5, 0, time.UTC)
	at := func(ago time.Duration, level int) told {
		var t told
		t.Level, t.At[fine] = level, now.Add(-ago)
		return t
	}
	m := memo{Told: map[string]told{"new": at(47*time.Hour, fine), "old": at(49*time.Hour, fine), "goes on": at(49*time.Hour, warning)}}
	m.begin(readings{}, now)
	if names := slices.Sorted(maps.Keys(m.Told)); !slices.Equal(names, []string{"goes on", "new"}) {
		t.Errorf("kept %q", names)
	}
}
