package github

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// on breaks the calls that begin with a text.
func on(begins string, fault fakeFault) func(string) *fakeFault {
	return func(call string) *fakeFault {
		if strings.HasPrefix(call, begins) {
			return &fault
		}
		return nil
	}
}

// TestAPlaceThatIsGoneEnds: nothing follows the job there any more, and the log and the audit trail say why.
func TestAPlaceThatIsGoneEnds(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		for name, fault := range map[string]fakeFault{
			"not found": {status: 404, message: "Not Found"},
			"gone":      {status: 410, message: "This issue was deleted"},
			"locked":    {status: 403, message: "Unable to create comment because issue is locked."},
		} {
			id := y.accept(issue)
			y.hub.breaks(on("POST /repos/acme/app/issues/12/comments", fault))
			if err := y.until(y.door(y.Redis, y.hub), id, issue, time.Minute); !errors.Is(err, door.ErrGone) {
				t.Errorf("%s: %v", name, err)
			}
			if follows, _ := y.follows(id, issue); follows {
				t.Errorf("%s: it follows the job still", name)
			}
		}
		has(y, y.log.String(), "an address follows the job no longer", "issue is locked")
	})
}

// TestALostPartLeavesTheOthers: the check run is shown though the comment that asked is gone, and the other way round.
func TestALostPartLeavesTheOthers(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.accept(asked)
		y.hub.breaks(func(call string) *fakeFault {
			if strings.Contains(call, "/issues/") {
				return &fakeFault{status: 404, message: "Not Found"}
			}
			return nil
		})
		y.shows(id, asked)
		y.Ends(id, job.Done(nil))
		y.shows(id, asked)
		if y.runOf(id)["conclusion"] != "success" || len(y.hub.comments) != 0 {
			t.Error(y.hub.runs)
		}
		other := y.accept(asked)
		y.hub.breaks(on("POST /repos/acme/app/check-runs", fakeFault{status: 422, message: "No commit found for SHA: " + sha}))
		y.shows(other, asked)
		y.Ends(other, job.Done(nil))
		y.shows(other, asked)
		has(y, y.reply(other).Body, "succeeded")
		y.hub.comments = nil // somebody deletes it
		y.hub.breaks(nil)
		third := y.accept(issue)
		y.shows(third, issue)
		y.hub.comments = nil
		y.Ends(third, job.Done(nil))
		if err := y.until(y.door(y.Redis, y.hub), third, issue, time.Minute); !errors.Is(err, door.ErrGone) || len(y.hub.comments) != 0 {
			t.Error(err, y.hub.comments)
		}
	})
}

// TestAnAppThatMayWriteNoChecks sets statuses.
func TestAnAppThatMayWriteNoChecks(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.accept(commit)
		y.hub.breaks(on("POST /repos/acme/app/check-runs", fakeFault{status: 403, message: "Resource not accessible by integration"}))
		y.Ends(id, job.Done(nil))
		y.shows(id, commit)
		if len(y.hub.statuses) != 1 || y.hub.statuses[0]["state"] != "success" {
			t.Error(y.hub.statuses)
		}
		has(y, y.log.String(), "checks: write")
	})
}

// TestALimitIsObeyed: nobody calls GitHub until it says so, and nothing was posted twice then.
func TestALimitIsObeyed(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		for _, fault := range []fakeFault{
			{status: 429, header: map[string]string{"Retry-After": "120"}},
			{status: 403, message: "You have exceeded a secondary rate limit", header: map[string]string{"Retry-After": "120"}},
		} {
			id := y.accept(issue)
			limited := false
			y.hub.breaks(func(call string) *fakeFault {
				if strings.HasPrefix(call, "POST /repos/") && !limited {
					limited = true
					return &fault
				}
				return nil
			})
			d := y.door(y.Redis, y.hub)
			err := y.show(d, id, issue)
			for later, ok := errors.AsType[door.LaterError](err); ok && later.After < 2*time.Minute; later, ok = errors.AsType[door.LaterError](err) {
				y.Clock.Add(later.After)
				err = y.show(d, id, issue)
			}
			later, ok := errors.AsType[door.LaterError](err)
			if !ok || later.After != 2*time.Minute || !later.Reached {
				t.Fatal(err)
			}
			y.Clock.Add(time.Minute)
			y.hub.calls = nil
			if err := y.show(d, id, issue); !errors.As(err, &later) || later.After > time.Minute || len(y.hub.calls) != 0 {
				t.Errorf("%v, and GitHub was asked %q", err, y.hub.calls)
			}
			y.shows(id, issue)
			y.reply(id)
		}
	})
}

// TestAnAnswerThatIsLost: GitHub did it and nobody heard; it is found and edited, also among many comments of others, who
// may have copied the mark.
func TestAnAnswerThatIsLost(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.accept(asked)
		lost := map[string]bool{}
		y.hub.breaks(func(call string) *fakeFault {
			if strings.HasPrefix(call, http.MethodPost+" /repos/") && !lost[call] {
				lost[call] = true
				return &fakeFault{status: 502, did: true}
			}
			return nil
		})
		y.hub.comments = nil
		for n := range 150 {
			y.hub.comments = append(y.hub.comments, &fakeComment{
				ID: int64(n), Body: "<!-- handsoff job " + id + " -->", User: map[string]any{"id": 5, "login": "eve"}, Updated: y.Clock.Now().UTC(),
			})
		}
		y.shows(id, asked)
		y.Ends(id, job.Done(nil))
		y.shows(id, asked)
		has(y, y.reply(id).Body, "succeeded")
		if y.runOf(id)["conclusion"] != "success" || len(y.hub.comments) != 151 {
			t.Error(y.hub.runs, len(y.hub.comments))
		}
	})
}

// TestARefusedAccountWaitsForAnOperator, for a day after the job's end.
func TestARefusedAccountWaitsForAnOperator(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.accept(issue)
		y.hub.breaks(on("POST /repos/acme/app/issues/12/comments", fakeFault{status: 403, message: "Resource not accessible by integration"}))
		y.Ends(id, job.Done(nil))
		err := y.until(y.door(y.Redis, y.hub), id, issue, 10*time.Minute)
		if follows, _ := y.follows(id, issue); err == nil || errors.Is(err, door.ErrGone) || !follows {
			t.Fatal(err)
		}
		y.hub.breaks(nil)
		y.shows(id, issue)
		has(y, y.reply(id).Body, "succeeded")
		other := y.accept(issue)
		y.Ends(other, job.Done(nil))
		y.hub.breaks(on("POST /repos/acme/app/issues/12/comments", fakeFault{status: 401, message: "Bad credentials"}))
		y.Clock.Add(25 * time.Hour)
		if err := y.until(y.door(y.Redis, y.hub), other, issue, 10*time.Minute); !errors.Is(err, door.ErrGone) {
			t.Error(err)
		}
	})
}

// TestARefusedAccountIsTold to those who run the bot, once a day, whatever was refused; and where a commit takes nothing else, its
// outcome waits.
func TestARefusedAccountIsTold(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		no := fakeFault{status: 403, message: "Resource not accessible by integration"}
		y.hub.breaks(func(call string) *fakeFault {
			if strings.Contains(call, "/check-runs") || strings.Contains(call, "/statuses/") {
				return &no
			}
			return nil
		})
		id := y.accept(commit)
		y.Ends(id, job.Done(nil))
		err := y.until(y.door(y.Redis, y.hub), id, commit, 10*time.Minute)
		if _, refused := errors.AsType[door.RefusedError](err); !refused {
			t.Fatal(err)
		}
		y.tells("lets our App write no check run", "GitHub refuses our account")
		with := y.accept(asked)
		y.Ends(with, job.Done(nil))
		y.shows(with, asked)
		has(y, y.reply(with).Body, "succeeded")
		y.tells("lets our App write no check run", "GitHub refuses our account", "only a comment says how "+with)
		y.hub.breaks(nil)
		y.shows(id, commit)
		if len(y.hub.statuses) != 1 || y.hub.statuses[0]["state"] != "success" {
			t.Error(y.hub.statuses)
		}
		y.hub.breaks(on("POST /repos/acme/app/issues/12/comments", fakeFault{status: 401, message: "Bad credentials"}))
		for range 2 {
			third := y.accept(issue)
			y.Ends(third, job.Done(nil))
			err = y.until(y.door(y.Redis, y.hub), third, issue, 10*time.Minute)
			if _, refused := errors.AsType[door.RefusedError](err); !refused {
				t.Error(err)
			}
			id = third
		}
		y.tells("lets our App write no check run", "no status", "permissions", "See to the App's key or the token.")
		y.Clock.Add(25 * time.Hour)
		if err := y.until(y.door(y.Redis, y.hub), id, issue, 10*time.Minute); !errors.Is(err, door.ErrGone) {
			t.Error(err)
		}
		y.tells("no check run", "no status", "permissions", "key or the token", "did not let me say how "+id)
	})
}

// tells compares what those who run the bot are told with parts of it, one for each.
func (y *yard) tells(parts ...string) {
	y.Helper()
	list, err := jobtest.List(context.Background(), y.Jobs, job.Browse{Open: true, Notices: true})
	if err != nil {
		y.Fatal(err)
	}
	var told []string
	for _, j := range list {
		watchers, err := y.Jobs.Watchers(context.Background(), j.ID)
		if _, follows := watchers[ops]; err == nil && follows && j.IsNotice() {
			told = append(told, j.Text)
		}
	}
	if len(told) != len(parts) {
		y.Errorf("%d notices, want %d: %q", len(told), len(parts), told)
	}
	has(y, strings.Join(told, "\n"), parts...)
}

// TestAddressesThatAreNone end at once.
func TestAddressesThatAreNone(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		for _, address := range []string{"github:acme", "github:acme/app"} {
			id := y.accept(address)
			if err := y.show(y.door(y.Redis, y.hub), id, address); !errors.Is(err, door.ErrGone) {
				t.Errorf("%s: %v", address, err)
			}
		}
	})
}
