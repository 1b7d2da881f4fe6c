package github_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/github"
)

// TestWhatAnswersMean: as go-github gives them, which takes only a 403 for a limit.
func TestWhatAnswersMean(t *testing.T) {
	t.Parallel()
	reset := time.Now().Add(time.Hour).Truncate(time.Second)
	before := func(reset time.Time, d time.Duration) map[string]string { // by GitHub's clock, not by how long the test takes
		return with(limits("0", reset), "Date", reset.Add(-d).UTC().Format(http.TimeFormat))
	}
	for name, test := range map[string]struct {
		status  int
		header  map[string]string
		message string
		kind    github.Kind
		after   time.Duration // at least, and not much more
	}{
		"primary":              {403, before(reset, 90*time.Second), "API rate limit exceeded for installation", github.RateLimited, 91 * time.Second},
		"primary by 429":       {429, before(reset, 90*time.Second), "API rate limit exceeded", github.RateLimited, 91 * time.Second},
		"primary, clock ahead": {403, before(reset, 10*time.Second), "", github.RateLimited, 11 * time.Second},
		"secondary":            {403, map[string]string{"Retry-After": "30"}, "You have exceeded a secondary rate limit.", github.RateLimited, 30 * time.Second},
		"secondary by 429":     {429, map[string]string{"Retry-After": "7"}, "", github.RateLimited, 7 * time.Second},
		"secondary, no time":   {403, limits("4000", reset), "You have exceeded a secondary rate limit", github.RateLimited, time.Minute},
		"for ages":             {429, map[string]string{"Retry-After": "999999999"}, "", github.RateLimited, time.Hour + time.Minute},
		"a date for seconds":   {429, map[string]string{"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, "", github.RateLimited, time.Minute},
		"forbidden":            {403, limits("4000", reset), "Resource not accessible by integration", github.Refused, 0},
		"locked":               {403, nil, "Unable to create comment because issue is locked.", github.Gone, 0},
		"archived":             {403, nil, "Repository was archived so is read-only.", github.Gone, 0},
		"bad credentials":      {401, nil, "Bad credentials", github.Refused, 0},
		"not found":            {404, nil, "Not Found", github.Gone, 0},
		"gone":                 {410, nil, "This issue was deleted", github.Gone, 0},
		"no such commit":       {422, nil, "No commit found for SHA: 123", github.Gone, 0},
		"invalid":              {422, nil, "Validation Failed", github.Invalid, 0},
		"down":                 {502, nil, "", github.Down, 5 * time.Second},
		"down for a while":     {503, map[string]string{"Retry-After": "120"}, "", github.Down, 120 * time.Second},
		"still at it":          {202, nil, "", github.Down, 5 * time.Second},
	} {
		h := newHub(t)
		h.on("GET /x", func(w http.ResponseWriter, _ *http.Request) {
			for key, value := range test.header {
				w.Header().Set(key, value)
			}
			say(w, test.status, map[string]any{"message": test.message})
		})
		err := get(t.Context(), h.open(account{token: true}), "acme", "", "x")
		if got := github.KindOf(err); got != test.kind {
			t.Errorf("%s: %v (%v), want %v", name, got, err, test.kind)
		}
		if after := github.RetryAfter(err); after < test.after || after > test.after+3*time.Second {
			t.Errorf("%s: again after %v, want %v", name, after, test.after)
		}
	}
}

func limits(remaining string, reset time.Time) map[string]string {
	return map[string]string{"X-RateLimit-Remaining": remaining, "X-RateLimit-Reset": fmt.Sprint(reset.Unix()), "X-RateLimit-Limit": "5000"}
}

func with(header map[string]string, key, value string) map[string]string {
	header[key] = value
	return header
}

// TestErrorsShowNoSecret: whatever failed.
func TestErrorsShowNoSecret(t *testing.T) {
	t.Parallel()
	for _, err := range []error{
		errors.New("x ghp_0123456789abcdefghijklmnopqrstuvwxyz01 y"),
		errors.New("github_pat_11AAAAAAA0123456789_abcdefghijklmn"),
		errors.New("Authorization: Bearer abcdefghijklmnopqrstuvwxyz0123456789"),
		errors.New("header token abcdefghijklmnop01234"),
		errors.New("jwt eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiI3In0.c2lnbmF0dXJl"),
		&url.Error{Op: "Get", URL: "https://secret@api.example.org/x?client_secret=secret", Err: errors.New("https://secret.example.org is away")},
	} {
		text := github.Classify("try", err).Error()
		for _, secret := range []string{"0123456789", "abcdefghij", "secret", "eyJ"} {
			if strings.Contains(text, secret) {
				t.Errorf("%q shows %s", text, secret)
			}
		}
	}
}

func TestOtherErrors(t *testing.T) {
	t.Parallel()
	wrap := func(err error) error { return &url.Error{Op: "Get", URL: "https://api.example.org", Err: err} }
	for _, test := range []struct {
		err  error
		kind github.Kind
		text string
	}{
		{wrap(context.DeadlineExceeded), github.Down, "timeout"},
		{wrap(context.Canceled), github.Down, "cancelled by ourselves"},
		{wrap(syscall.ECONNREFUSED), github.Down, "connection refused"},
		{wrap(&github.Error{Kind: github.RateLimited, Code: "its turn has not come", After: 3 * time.Second}), github.RateLimited, "in 3 s"},
		{errors.New("odd"), github.Invalid, "odd"},
	} {
		err := github.Classify("try", test.err)
		if github.KindOf(err) != test.kind || !strings.Contains(err.Error(), test.text) || !strings.HasPrefix(err.Error(), "try: ") {
			t.Errorf("%v is %v", err, github.KindOf(err))
		}
	}
	if !errors.Is(github.Classify("", wrap(context.Canceled)), context.Canceled) {
		t.Error("the end of a context is lost")
	}
	if github.Classify("", nil) != nil || github.KindOf(nil) != github.OK || github.RetryAfter(nil) != 0 {
		t.Error("no error is one")
	}
}
