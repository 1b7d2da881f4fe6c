package job

import (
	"context"
	"embed"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/lua"
)

//go:embed script/*.lua
var sources embed.FS

// script is one atomic transition: script/lib.lua, what else it stands on, and script/<name>.lua.
type script struct {
	name string
	lua  *redis.Script
}

func load(name string, on ...string) script {
	return script{name: name, lua: lua.Load(sources, slices.Concat([]string{"lib"}, on, []string{name})...)}
}

// The scripts. What each takes and returns stands at the top of its file.
var (
	acceptScript   = load("accept", "count", "end", "ring")
	skipScript     = load("skip")
	admitScript    = load("admit")
	startScript    = load("start", "count", "end", "stop")
	renewScript    = load("renew")
	saveScript     = load("save")
	parkScript     = load("park")
	finishScript   = load("finish", "count", "end")
	cancelScript   = load("cancel", "count", "end", "stop")
	approveScript  = load("approve", "count", "end", "ring")
	dueScript      = load("due")
	wakeScript     = load("wake")
	setbackScript  = load("setback")
	watchScript    = load("watch")
	claimScript    = load("claim")
	releaseScript  = load("release")
	sweepScript    = load("sweep")
	foldScript     = load("fold", "count")
	strangerScript = load("stranger")
	tellScript     = load("tell")
)

func (s *Store) run(ctx context.Context, sc script, args ...any) *redis.Cmd {
	return sc.lua.Run(ctx, s.rdb, []string{Prefix}, s.timed(args)...)
}

// timed puts the time before a script's arguments.
func (s *Store) timed(args []any) []any {
	full := make([]any, 0, len(args)+1)
	full = append(full, s.millis())
	return append(full, args...)
}

// reply is a script's answer of the form {word, …}.
type reply []any

func (s *Store) ask(ctx context.Context, sc script, args ...any) (reply, error) {
	return answer(sc, s.run(ctx, sc, args...))
}

// answer reads what a script answered.
func answer(sc script, cmd *redis.Cmd) (reply, error) {
	values, err := cmd.Slice()
	if err != nil {
		return nil, fmt.Errorf("job: %s: %w", sc.name, err)
	}
	if len(values) == 0 {
		return nil, fmt.Errorf("job: %s: empty answer", sc.name)
	}
	return values, nil
}

func (r reply) word() string { return r.text(0) }

func (r reply) text(i int) string {
	if i >= len(r) {
		return ""
	}
	s, _ := r[i].(string)
	return s
}

func (r reply) number(i int) int64 {
	if i >= len(r) {
		return 0
	}
	n, _ := r[i].(int64)
	return n
}

func (r reply) strings(i int) []string {
	if i >= len(r) {
		return nil
	}
	list, _ := r[i].([]any)
	texts := make([]string, len(list))
	for n, v := range list {
		texts[n], _ = v.(string)
	}
	return texts
}

// pointers reads nudges: id, function, id, function, …
func (r reply) pointers(i int) []Pointer { return pointers(r.strings(i)) }

func pointers(flat []string) []Pointer {
	list := make([]Pointer, 0, len(flat)/2)
	for n := 0; n+1 < len(flat); n += 2 {
		list = append(list, Pointer{ID: flat[n], Function: flat[n+1]})
	}
	return list
}
