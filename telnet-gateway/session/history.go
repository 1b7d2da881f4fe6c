package session

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/telnet-gateway/completion"
	"github.com/handsoff/handsoff/telnet-gateway/lineedit"
)

// The history's bounds: lines, bytes of a line, and how long it outlives its last use.
const (
	historyLines = 500
	historyLine  = 4 << 10
	historyTime  = 90 * 24 * time.Hour
)

// historyKey is a list of the lines a user typed, the newest first.
func historyKey(user string) string { return job.Prefix + "history:telnet:" + user }

// recallHistory loads the lines that were typed in earlier sessions. Without them the session goes on.
func (s *session) recallHistory(ctx context.Context) {
	lines, err := s.door.Redis.LRange(ctx, historyKey(s.user), 0, historyLines-1).Result()
	if err != nil {
		s.door.Log.WarnContext(ctx, "no history", "user", s.user, "error", err)
	}
	slices.Reverse(lines)
	for i, l := range lines {
		lines[i] = strings.ReplaceAll(lineedit.Clean(l), "\n", " ")
	}
	s.history = lineedit.NewHistory(historyLines, lines)
	s.term.SetHistory(s.history)
}

// remember keeps a line in the history, unless it begins with a blank or has something secret.
func (s *session) remember(ctx context.Context, line string) {
	if strings.HasPrefix(line, " ") || len(line) > historyLine || completion.Secret(line, s.finder.catalogue) {
		line = ""
	}
	line = strings.TrimSpace(line)
	s.history.Add(line)
	if line == "" {
		return
	}
	if !s.unkept.add(line) {
		return
	}
	s.background(ctx, func(ctx context.Context) func() {
		for lines := s.unkept.take(); len(lines) > 0; lines = s.unkept.take() {
			s.keep(ctx, lines)
		}
		return func() {}
	})
}

// keep puts lines into the history of sessions to come, also those of somebody who leaves.
func (s *session) keep(ctx context.Context, lines []any) {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), lookLimit)
	defer done()
	pipe, key := s.door.Redis.Pipeline(), historyKey(s.user)
	pipe.LPush(ctx, key, lines...)
	pipe.LTrim(ctx, key, 0, historyLines-1)
	pipe.Expire(ctx, key, historyTime)
	if _, err := pipe.Exec(ctx); err != nil {
		s.door.Log.WarnContext(ctx, "a line is not kept in the history", "user", s.user, "error", err)
	}
}

// unkept are lines that wait to be kept, in the order in which they were typed: one goroutine at a time keeps them.
type unkept struct {
	mu    sync.Mutex
	lines []any
	taken bool // somebody keeps them, and comes back for more
}

// add reports whether somebody has to come for the lines.
func (u *unkept) add(line string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.lines = append(u.lines, line)
	before := u.taken
	u.taken = true
	return !before
}

// take hands the lines out; nothing means that whoever asks need not come back.
func (u *unkept) take() []any {
	u.mu.Lock()
	defer u.mu.Unlock()
	lines := u.lines
	u.lines, u.taken = nil, len(lines) > 0
	return lines
}
