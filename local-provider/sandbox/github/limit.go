package github

import (
	"math"
	"net/http"
	"strconv"
	"time"
)

// How many requests an hour GitHub lets through (docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api).
const (
	anonymousPerHour = 60
	userPerHour      = 5000
	searchPerMinute  = 30
	contentPerHour   = 500
)

// A window counts requests until it ends.
type window struct {
	used int
	ends time.Time
}

// limits are the windows by name.
type limits struct {
	windows map[string]*window
}

// take counts a request, in a window that begins with its first one.
func (l *limits) take(name string, long time.Duration, now time.Time) *window {
	w := l.windows[name]
	if w == nil || !now.Before(w.ends) {
		w = &window{ends: now.Add(long)}
		l.windows[name] = w
	}
	w.used++
	return w
}

// A quota is what the rate limit headers tell.
type quota struct {
	limit, used int
	reset       time.Time
	resource    string
}

func (q quota) dress(h http.Header) {
	h.Set("X-Ratelimit-Limit", strconv.Itoa(q.limit))
	h.Set("X-Ratelimit-Remaining", strconv.Itoa(max(q.limit-q.used, 0)))
	h.Set("X-Ratelimit-Used", strconv.Itoa(min(q.used, q.limit)))
	h.Set("X-Ratelimit-Reset", strconv.FormatInt(q.reset.Unix(), 10))
	h.Set("X-Ratelimit-Resource", q.resource)
}

// primary counts a request against the rate limit of who makes it. The App's own calls are not counted.
func (s *Server) primary(a *actor, search bool) (quota, *answer) {
	q := quota{limit: userPerHour, resource: "core"}
	long := time.Hour
	switch {
	case search:
		q.limit, q.resource, long = searchPerMinute, "search", time.Minute
	case a.user == nil:
		q.limit = anonymousPerHour
	}
	w := s.limits.take(q.resource+" "+a.name(), long, s.clock.Now())
	q.used, q.reset = w.used, w.ends
	if s.options.Unlimited || q.used <= q.limit {
		return q, nil
	}
	return q, refusal(http.StatusForbidden, "API rate limit exceeded for "+a.name()+".")
}

// content counts a request that makes something against the secondary rate limit.
func (s *Server) content(a *actor) *answer {
	if s.options.Unlimited || s.options.ContentPerMinute < 0 {
		return nil
	}
	now := s.clock.Now()
	for _, bound := range []struct {
		most int
		long time.Duration
	}{{s.options.ContentPerMinute, time.Minute}, {max(contentPerHour, s.options.ContentPerMinute), time.Hour}} {
		w := s.limits.take("content "+bound.long.String()+" "+a.name(), bound.long, now)
		if w.used > bound.most {
			a := secondary(http.StatusForbidden, w.ends.Sub(now))
			return &a
		}
	}
	return nil
}

// secondary is how GitHub asks for patience; the documentation link is by what clients recognise it.
func secondary(status int, wait time.Duration) answer {
	a := reply(status, object{
		"message":           "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID.",
		"documentation_url": "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
		"status":            strconv.Itoa(status),
	})
	a.text = "secondary rate limit"
	return a.with("Retry-After", strconv.Itoa(max(int(math.Ceil(wait.Seconds())), 1)))
}
