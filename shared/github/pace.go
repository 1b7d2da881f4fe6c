package github

import (
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// Lane says how a write waits for its turn.
type Lane string

// The lanes of turn.lua.
const (
	Create   Lane = "create"   // makes something that people are told of: a comment, a review, a pull request
	Change   Lane = "change"   // any other write
	Progress Lane = "progress" // a write that lets all others go first: the next one says more
	read     Lane = "read"
)

// What GitHub asks for, and somewhat less. Source:
// https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api ("at least one second between each
// request", "serially instead of concurrently") and …/rate-limits-for-the-rest-api ("no more than 80 content-generating
// requests per minute and no more than 500 … per hour").
const (
	writeGap      = time.Second
	progressGap   = 2 * time.Second
	createsMinute = 70
	createsHour   = 450
	// writeHold is for how long a turn keeps all other writes of the account back when its process dies over it; longer than
	// a call.
	writeHold = 15 * time.Second
)

var (
	//go:embed turn.lua
	turnText string
	//go:embed done.lua
	doneText string

	turnScript = redis.NewScript(turnText)
	doneScript = redis.NewScript(doneText)
)

// ticket is a turn that was taken for the next write made with a context.
type ticket struct{ whose, name string }

type ticketKey struct{}

// Turn asks for the turn of one write in a repository (repo may be empty). When wait is 0 the write that is made with the
// returned context goes at once; it should follow soon, or the turn be given back, since all other writes of the account wait
// for it. Else the turn
// has not come: ask again after wait. who names the asker, whose place in line is kept.
//
// A write made without a turn takes one by itself, and waits for it as long as Options.Patience; when that is not enough it
// fails as RateLimited and Unsent.
func (a *App) Turn(ctx context.Context, owner, repo string, lane Lane, who string) (with context.Context, wait time.Duration, err error) {
	account, err := a.account(ctx, owner, repo)
	if err != nil {
		return ctx, 0, err
	}
	t := &ticket{whose: account.whose, name: rand.Text()}
	wait, err = a.take(ctx, t, lane, who, 0)
	if err != nil || wait > 0 {
		return ctx, wait, err
	}
	return context.WithValue(ctx, ticketKey{}, t), 0, nil
}

// GiveBack ends the turn of a context of [App.Turn] with which no write was made, so that nobody waits for it.
func (a *App) GiveBack(ctx context.Context) {
	held, ok := ctx.Value(ticketKey{}).(*ticket)
	if !ok || held.name == "" {
		return
	}
	mine := *held
	held.name = ""
	_ = a.done(ctx, &mine, 0) // else it lapses
}

// take asks for a turn once. A place in line that is further off than most is not taken; 0 for any.
func (a *App) take(ctx context.Context, t *ticket, lane Lane, who string, most time.Duration) (time.Duration, error) {
	if a.redis == nil {
		return 0, nil
	}
	ms, err := turnScript.Run(ctx, a.redis, []string{job.Prefix}, a.millis(), t.whose, string(lane), who, t.name,
		writeHold.Milliseconds(), writeGap.Milliseconds(), progressGap.Milliseconds(), createsMinute, createsHour,
		most.Milliseconds()).Int64()
	if err != nil {
		return 0, fmt.Errorf("take a turn at GitHub: %w", err)
	}
	return time.Duration(ms) * time.Millisecond, nil
}

// done ends a turn; silence is for how long GitHub asked us to call it no more, 0 when it did not.
func (a *App) done(ctx context.Context, t *ticket, silence time.Duration) error {
	if a.redis == nil {
		return nil
	}
	return doneScript.Run(context.WithoutCancel(ctx), a.redis, []string{job.Prefix}, a.millis(), t.whose, t.name,
		writeGap.Milliseconds(), silence.Milliseconds()).Err()
}

func (a *App) millis() int64 {
	if a.clock == nil {
		return 0
	}
	return a.clock().UnixMilli()
}

// paced makes an account's calls in their turn.
type paced struct {
	app   *App
	whose string
	next  http.RoundTripper
}

// RoundTrip sends a request in its turn. An answer that says we call too much becomes an error here: of what go-github makes
// of it, the block would last for up to an hour, in this process alone.
func (p *paced) RoundTrip(r *http.Request) (*http.Response, error) {
	t, err := p.turn(r)
	if err != nil {
		closeBody(r)
		return nil, err
	}
	answer, err := p.next.RoundTrip(r)
	silence, limit := p.observe(answer, err)
	if t.name != "" || silence > 0 {
		_ = p.app.done(r.Context(), t, silence) // else the turn lapses
	}
	if limit != nil {
		_ = answer.Body.Close()
		return nil, limit
	}
	return answer, err
}

// turn takes the turn of a request. What follows a redirect is of the same turn.
func (p *paced) turn(r *http.Request) (*ticket, error) {
	lane, t := Change, &ticket{whose: p.whose}
	switch {
	case r.Response != nil:
		return t, nil
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		lane = read
	default:
		if held, ok := r.Context().Value(ticketKey{}).(*ticket); ok && held.whose == p.whose && held.name != "" {
			mine := *held
			held.name = "" // it is for one write
			return &mine, nil
		}
		t.name = rand.Text()
		if r.Method == http.MethodPost {
			lane = Create
		}
	}
	return t, p.wait(r.Context(), t, lane)
}

// wait takes a turn, and waits for it within the patience there is.
func (p *paced) wait(ctx context.Context, t *ticket, lane Lane) error {
	who := t.name
	if p.app.patience == 0 {
		who = "" // who does not wait needs no place
	}
	for left := p.app.patience; ; {
		wait, err := p.app.take(ctx, t, lane, who, left)
		switch {
		case err != nil && lane == read:
			return nil // a Redis that is away keeps nobody from reading
		case err != nil:
			return &Error{Kind: Down, Code: "the turn could not be taken", Unsent: true, Err: err}
		case wait == 0:
			return nil
		case wait > left:
			return &Error{Kind: RateLimited, Code: "its turn has not come", After: wait, Unsent: true}
		}
		left -= wait
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// observe reads from an answer for how long GitHub wants to hear nothing of the account, and makes an error of one that
// says so; and whether it refuses a token that should be a new one then.
func (p *paced) observe(answer *http.Response, err error) (silence time.Duration, limit error) {
	if token, ok := errors.AsType[*ghinstallation.HTTPError](err); ok && token.Response != nil {
		if status := token.Response.StatusCode; status >= http.StatusBadRequest && status < http.StatusInternalServerError {
			p.app.forget(p.whose)
		}
		silence, _ = limitOf(token.Response, peek(token.Response), time.Now())
		return silence, nil
	}
	if answer == nil {
		return 0, nil
	}
	if answer.StatusCode == http.StatusUnauthorized {
		p.app.forget(p.whose)
	}
	if answer.StatusCode != http.StatusForbidden && answer.StatusCode != http.StatusTooManyRequests {
		return lastOne(answer), nil
	}
	wait, limited := limitOf(answer, peek(answer), time.Now())
	if !limited {
		return 0, nil
	}
	if ofAll(answer) {
		silence = wait
	}
	return silence, &Error{
		Kind: RateLimited, Status: answer.StatusCode, After: wait,
		Code: fmt.Sprintf("%d %s", answer.StatusCode, http.StatusText(answer.StatusCode)), Detail: "too many requests",
	}
}

func closeBody(r *http.Request) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
}
