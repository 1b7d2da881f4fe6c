package github_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
	"github.com/handsoff/handsoff/local-provider/sandbox/github"
)

func limited(o *github.Options) { o.Unlimited = false }

func TestSecondaryLimit(t *testing.T) {
	t.Parallel()
	r := newRig(t, limited, func(o *github.Options) { o.ContentPerMinute = 5 })
	bot, ctx := r.client(botToken), t.Context()
	say := func() error {
		_, _, err := bot.Issues.CreateComment(ctx, "acme", "app", 1, &gogithub.IssueComment{Body: new("x")})
		return err
	}
	for range 5 {
		r.must(say())
	}
	var abuse *gogithub.AbuseRateLimitError
	if err := say(); !errors.As(err, &abuse) || abuse.GetRetryAfter() != time.Minute {
		t.Fatalf("the sixth: %v", err)
	}
	if _, _, err := r.as("bob").Issues.CreateComment(ctx, "acme", "app", 1, &gogithub.IssueComment{Body: new("x")}); err != nil {
		t.Errorf("somebody else is limited: %v", err)
	}
	if got := r.send("GET", "/repos/acme/app/issues/1/comments", botToken, ""); got.StatusCode != http.StatusOK || strings.Count(got.text, `"body"`) != 6 {
		t.Errorf("reading is limited, or what was refused happened: %d", got.StatusCode)
	}
	r.github.Advance(time.Minute)
	bot = r.client(botToken) // go-github itself remembers the limit
	r.must(say())
}

func TestPrimaryLimit(t *testing.T) {
	t.Parallel()
	r := newRig(t, limited)
	for range 60 {
		if got := r.send("GET", "/repos/acme/app", "", ""); got.StatusCode != http.StatusOK || got.Header.Get("X-Ratelimit-Limit") != "60" {
			t.Fatalf("%d %s", got.StatusCode, got.text)
		}
	}
	_, _, err := r.client("").Repositories.Get(t.Context(), "acme", "app")
	var over *gogithub.RateLimitError
	if !errors.As(err, &over) || over.Rate.Remaining != 0 || over.Rate.Reset.Sub(r.github.Now()) < 59*time.Minute {
		t.Errorf("the sixty-first: %v", err)
	}
	if got := r.send("GET", "/repos/acme/app", botToken, ""); got.Header.Get("X-Ratelimit-Remaining") != "4999" {
		t.Errorf("with a token %s are left", got.Header.Get("X-Ratelimit-Remaining"))
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	const path, body = "/repos/acme/app/issues/1/comments", `{"body":"x"}`
	for _, c := range []struct {
		fault    github.Fault
		status   int // zero: the connection is cut
		happened bool
	}{
		{github.Fault{Kind: github.FaultDown}, 0, false},
		{github.Fault{Kind: github.FaultDrop}, 0, true},
		{github.Fault{Kind: github.FaultSlow, Delay: time.Millisecond}, 201, true},
		{github.Fault{Kind: github.FaultError}, 502, false},
		{github.Fault{Kind: github.FaultError, Code: 503}, 503, false},
		{github.Fault{Kind: github.FaultAfter, Code: 500}, 500, true},
		{github.Fault{Kind: github.FaultSecondary}, 403, false},
		{github.Fault{Kind: github.FaultSecondary, Code: 429, Delay: 3 * time.Second}, 429, false},
		{github.Fault{Kind: github.FaultPrimary, Delay: time.Hour}, 403, false},
		{github.Fault{Kind: github.FaultToken}, 401, false},
		{github.Fault{Kind: github.FaultGone}, 404, false},
		{github.Fault{Kind: github.FaultRefused}, 403, false},
	} {
		t.Run(string(c.fault.Kind), func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			c.fault.Method, c.fault.Path, c.fault.Span = http.MethodPost, "/comments", fault.Span{Times: 1, Skip: 1}
			r.github.Break(c.fault)
			if got := r.send("POST", path, botToken, body); got.StatusCode != http.StatusCreated {
				t.Fatalf("the one that is skipped: %d", got.StatusCode)
			}
			rq, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url+path, strings.NewReader(body))
			r.must(err)
			rq.Header.Set("Authorization", "Bearer "+botToken)
			rsp, err := r.http.Do(rq)
			status := 0
			if err == nil {
				status = rsp.StatusCode
				rsp.Body.Close()
			}
			if status != c.status {
				t.Errorf("it answers %d, %v, want %d", status, err, c.status)
			}
			want := map[bool]int{true: 2, false: 1}[c.happened]
			if n := strings.Count(r.send("GET", path, botToken, "").text, `"body"`); n != want {
				t.Errorf("%d comments, want %d", n, want)
			}
			if got := r.send("POST", path, botToken, body); got.StatusCode != http.StatusCreated {
				t.Errorf("the one after it: %d", got.StatusCode)
			}
		})
	}
}

func TestMend(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first := r.github.Break(github.Fault{Kind: github.FaultGone, Path: "/repos/acme/app"})
	r.github.Break(github.Fault{Kind: github.FaultToken, Path: "/repos/acme/lib"})
	r.github.Mend(first)
	for path, want := range map[string]int{"app": 200, "lib": 401} {
		if got := r.send("GET", "/repos/acme/"+path, "", ""); got.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, got.StatusCode, want)
		}
	}
	r.github.Mend()
	if got := r.send("GET", "/repos/acme/lib", "", ""); got.StatusCode != http.StatusOK {
		t.Errorf("when all is mended: %d", got.StatusCode)
	}
	if calls := r.github.Calls("GET /repos/acme/lib"); fmt.Sprint(calls[0].Status, calls[1].Status) != "401 200" {
		t.Errorf("the ledger has %v", calls)
	}
}
