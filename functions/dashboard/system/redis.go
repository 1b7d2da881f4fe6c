package system

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/redisinfo"
)

// server is how Redis does.
type server struct {
	Known   bool // an embedded one does not tell
	Took    time.Duration
	Used    uint64 // bytes
	Most    uint64 // 0 when there is no limit
	Clients uint64
	Version string
	Failing []string // what it could not write
}

// Percent is how much of its memory is used; 0 when there is no limit.
func (s server) Percent() uint64 { return redisinfo.Percent(s.Used, s.Most) }

// Memory is that in words.
func (s server) Memory() string {
	text := mebibytes(s.Used)
	if s.Most > 0 {
		text += " of " + mebibytes(s.Most)
	}
	return text
}

// Answers is how long it takes to answer.
func (s server) Answers() string {
	return fmt.Sprintf("%.1f ms", max(float64(s.Took.Microseconds())/1000, 0.1)) // what is less is nothing to anybody
}

func mebibytes(n uint64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }

func (p *pages) redis(ctx context.Context, h *health, _ time.Time) error {
	began := time.Now()
	if err := p.Redis.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("ping: %w", err)
	}
	s := server{Took: time.Since(began)}
	info, _ := redisinfo.Read(ctx, p.Redis) // an embedded one knows less
	s.Known, s.Used, s.Most, s.Clients, s.Version, s.Failing = info.Used > 0, info.Used, info.Limit, info.Clients, info.Version, info.Failing
	h.Redis = s
	if s.Percent() >= redisinfo.Low {
		h.Wrong = append(h.Wrong, fmt.Sprintf("Redis uses %d %% of its memory (%s). When it is full, no new job is taken.", s.Percent(), s.Memory()))
	}
	if len(s.Failing) > 0 {
		h.Wrong = append(h.Wrong, "Redis cannot write its file ("+strings.Join(s.Failing, ", ")+"): what happens now is lost if it stops. Is its disk full?")
	}
	return nil
}
