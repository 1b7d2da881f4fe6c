package github

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// longestWait is how long we wait at most at GitHub's word: its windows are an hour.
	longestWait = time.Hour + time.Minute
	// shortestWait is what a limit costs at least.
	shortestWait = time.Second
)

// limitOf reports whether an answer says that we call too much, and for how long to be silent. It follows the order that
// GitHub gives: Retry-After, then the reset of a primary limit that is used up, else a minute. A reset while requests remain
// belongs to another limit and means nothing here.
//
// Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
func limitOf(answer *http.Response, message string, now time.Time) (time.Duration, bool) {
	if answer == nil {
		return 0, false
	}
	if answer.StatusCode != http.StatusTooManyRequests && answer.StatusCode != http.StatusForbidden {
		return 0, false
	}
	if wait := retryAfter(answer); wait > 0 {
		return wait, true
	}
	if answer.Header.Get("X-Ratelimit-Remaining") == "0" {
		return untilReset(answer, now), true
	}
	message = strings.ToLower(message)
	if answer.StatusCode == http.StatusTooManyRequests || strings.Contains(message, "secondary rate limit") ||
		strings.Contains(message, "abuse detection") || strings.Contains(message, "api rate limit exceeded") {
		return usualWait, true
	}
	return 0, false
}

// ofAll reports whether a limit is that of all calls, and not of searches or the like, which have their own.
func ofAll(answer *http.Response) bool {
	resource := answer.Header.Get("X-Ratelimit-Resource")
	return resource == "" || resource == "core"
}

// lastOne is for how long to be silent after an answer that was the last one before a limit is used up; 0 when there may be
// more. go-github is not told: it would hold back this process alone, and takes searches at an Enterprise Server for any call.
func lastOne(answer *http.Response) time.Duration {
	if answer.Header.Get("X-Ratelimit-Remaining") != "0" || answer.Header.Get("X-Ratelimit-Reset") == "" {
		return 0
	}
	silence := untilReset(answer, time.Now())
	answer.Header.Del("X-Ratelimit-Reset")
	if !ofAll(answer) {
		return 0
	}
	return silence
}

// untilReset is how long a used-up limit lasts, by GitHub's own clock where it says what time it is there.
func untilReset(answer *http.Response, now time.Time) time.Duration {
	seconds, err := strconv.ParseInt(answer.Header.Get("X-Ratelimit-Reset"), 10, 64)
	if err != nil || seconds <= 0 {
		return usualWait
	}
	if theirs, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
		now = theirs
	}
	return bounded(time.Unix(seconds, 0).Sub(now) + shortestWait) // the reset is given in whole seconds
}

// retryAfter is how long GitHub asks us to wait in so many words; 0 when it does not.
func retryAfter(answer *http.Response) time.Duration {
	seconds, err := strconv.ParseInt(strings.TrimSpace(answer.Header.Get("Retry-After")), 10, 32)
	if err != nil || seconds <= 0 {
		return 0
	}
	return bounded(time.Duration(seconds) * time.Second)
}

func bounded(wait time.Duration) time.Duration { return min(max(wait, shortestWait), longestWait) }
