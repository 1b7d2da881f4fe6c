package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/health"
)

// Door is what GitHub is called where it is said how the doors do.
const Door = "github"

// watched notes how our calls go.
type watched struct {
	next   http.RoundTripper
	caller *health.Caller
}

// RoundTrip sends a request.
func (w watched) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := w.next.RoundTrip(r)
	if why, lasts := wrong(answer, err); why != "" {
		w.caller.Bad(r.Context(), why, lasts)
	} else if err == nil {
		w.caller.Good(r.Context(), rateOf(answer))
	}
	return answer, err
}

// wrong says why a call is none that went well, and how long that is held against GitHub; nothing when it is. That GitHub does not have
// something, or not for us, is an answer like another.
func wrong(answer *http.Response, err error) (why string, lasts time.Duration) {
	switch {
	case errors.Is(err, context.Canceled):
		return "", 0
	case err != nil:
		return "it does not answer", health.Passing
	case answer.StatusCode == http.StatusUnauthorized:
		return "it refuses our account (401): is the App's key, or the token, still good?", health.ToMend
	case answer.StatusCode >= http.StatusInternalServerError:
		return fmt.Sprintf("it answers with an error of its own (%d)", answer.StatusCode), health.Passing
	}
	if wait, is := limitOf(answer, peekRefusal(answer), time.Now()); is {
		return "it asks us to call no more for " + chat.Duration(wait), max(wait, health.Passing)
	}
	return "", 0
}

func peekRefusal(answer *http.Response) string {
	if answer.StatusCode < http.StatusBadRequest {
		return ""
	}
	return peek(answer)
}

// rateOf is how many calls are left; nil when that is not told, or is of searches or the like.
func rateOf(answer *http.Response) *health.Rate {
	number := func(name string) int64 {
		n, _ := strconv.ParseInt(answer.Header.Get("X-Ratelimit-"+name), 10, 64)
		return n
	}
	most := number("Limit")
	if most <= 0 || !ofAll(answer) {
		return nil
	}
	return &health.Rate{Left: number("Remaining"), Most: most, Reset: time.Unix(number("Reset"), 0)}
}
