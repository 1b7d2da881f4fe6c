package github

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handsoff/handsoff/functions/notify/door/doortest"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/job"
)

// TestAJobThatACommentAskedFor: a reaction, one reply edited in place, one check run, from beginning to end.
func TestAJobThatACommentAskedFor(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.accept(asked, func(r *job.Request) {
			r.Text, r.Principal = "jenkins build demo/slow SHA="+sha+" OS=linux", "github:583231"
		})
		y.shows(id, asked)
		has(y, y.reply(id).Body, "⏳ `"+id+"` is queued and begins in a moment: `jenkins build demo/slow SHA=", "Asked for by `github:583231`",
			"[Details](<https://hands.example/jobs/"+id+">)", "Say `/cancel "+id+"` to stop it.")
		run := y.runOf(id)
		want := map[string]any{
			"name": "handsoff: jenkins build demo/slow OS=linux", "head_sha": sha, "status": "queued", "details_url": "https://hands.example/jobs/" + id,
			"external_id": id,
		}
		for key, value := range want {
			if run[key] != value {
				t.Errorf("%s is %v, want %v", key, run[key], value)
			}
		}
		if diff := cmp.Diff([]any{map[string]any{"label": "Cancel", "description": "Stop " + id + "; a receipt says when", "identifier": "cancel"}}, run["actions"]); diff != "" {
			t.Error(diff)
		}
		if got := y.reacted(); !slices.Equal(got, []string{"eyes on issues/comments"}) {
			t.Error(got)
		}
		y.progresses(id, 40, "build #12 has started", "@ann was told of #12")
		y.shows(id, asked)
		body := y.reply(id).Body
		has(y, body, "🏃 `"+id+"` is running", "[########------------] 40 %; build #12 runs", "build #12 has started\n")
		if before, _, told := strings.Cut(body, "@ann"); !told || strings.Count(before, "```")%2 == 0 {
			t.Errorf("somebody is called, or it is not told:\n%s", body)
		}
		if run["status"] != "in_progress" || run["output"].(map[string]any)["title"] != id+" is running, 40 %: build #12 runs" {
			t.Errorf("%v", run)
		}
		y.Ends(id, job.Done(nil))
		y.shows(id, asked)
		has(y, y.reply(id).Body, "✅ `"+id+"` succeeded")
		if run["status"] != "completed" || run["conclusion"] != "success" || len(run["actions"].([]any)) != 0 {
			t.Errorf("%v", run)
		}
		if got := y.reacted(); !slices.Equal(got, []string{"eyes on issues/comments", "rocket on issues/comments"}) {
			t.Error(got)
		}
		if _, whole := y.follows(id, asked); !whole {
			t.Error("it is not up to date")
		}
	})
}

// TestHowJobsEnd: what is said of each end.
func TestHowJobsEnd(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		for _, test := range []struct {
			out                        func(id string) job.Outcome
			sign, conclusion, reaction string
			button                     bool
		}{
			{func(string) job.Outcome { return job.Fail("it broke <b>badly</b>", nil) }, "❌", "failure", "confused", true},
			{func(string) job.Outcome { return job.Unsure("nobody saw it") }, "❔", "action_required", "confused", true},
		} {
			y.hub.reactions = nil
			id := y.accept(asked)
			y.progresses(id, 10)
			y.Ends(id, test.out(id))
			y.shows(id, asked)
			run := y.runOf(id)
			has(y, y.reply(id).Body, test.sign)
			if run["conclusion"] != test.conclusion || (len(run["actions"].([]any)) == 1) != test.button {
				t.Errorf("%v", run)
			}
			if got := y.reacted(); !slices.Equal(got, []string{test.reaction + " on issues/comments"}) {
				t.Error(got)
			}
		}
	})
}

// TestACommitThatARuleFollows gets a check run and nothing else; a retest's takes its place by the same name.
func TestACommitThatARuleFollows(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		first, second := y.accept(commit), y.accept(commit)
		for _, id := range []string{first, second} {
			y.progresses(id, 10)
			y.Ends(id, job.Fail("broken", nil))
			y.shows(id, commit)
		}
		if y.runOf(first)["name"] != y.runOf(second)["name"] || len(y.hub.comments) != 0 || len(y.reacted()) != 0 {
			t.Errorf("%v, %v", y.hub.runs, y.hub.comments)
		}
	})
}

// TestWithoutAnAppThereIsACommitStatus: set when the state changes, not for mere progress.
func TestWithoutAnAppThereIsACommitStatus(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		y.hub.installed = false
		id := y.accept(commit, func(r *job.Request) { r.Text = "jenkins build demo/slow" })
		y.shows(id, commit)
		for percent := 10; percent < 50; percent += 10 {
			y.progresses(id, percent)
			y.shows(id, commit)
		}
		y.Ends(id, job.Fail(strings.Repeat("it broke ", 100), nil))
		y.shows(id, commit)
		var got []string
		for _, s := range y.hub.statuses {
			got = append(got, fmt.Sprint(s["context"], " ", s["state"]))
			if text := s["description"].(string); len([]rune(text)) > 140 || !strings.HasPrefix(text, id) || s["target_url"] != "https://hands.example/jobs/"+id {
				t.Errorf("%v", s)
			}
		}
		want := []string{"handsoff: jenkins build demo/slow pending", "handsoff: jenkins build demo/slow failure"}
		if !slices.Equal(got, want) || len(y.hub.runs) != 0 {
			t.Errorf("%q", got)
		}
	})
}

// TestProgressIsShownNowAndThen, and what changes at once.
func TestProgressIsShownNowAndThen(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.accept(issue)
		y.progresses(id, 1)
		y.shows(id, issue)
		edits := y.reply(id).edits
		d := y.door(y.Redis, y.hub)
		y.Takes(id, func(ctx context.Context, run *job.Run) (job.Outcome, error) {
			for percent := 2; percent <= 60; percent++ {
				if err := run.Save(ctx, job.Change{Progress: &job.Progress{Percent: percent}}); err != nil {
					return job.Outcome{}, err
				}
				_ = y.show(d, id, issue)
				y.Clock.Add(time.Second)
			}
			return job.Wait(doortest.Rest), nil
		})
		if n := y.reply(id).edits - edits; n < 3 || n > 5 {
			t.Errorf("%d edits in a minute", n)
		}
		y.shows(id, issue)
		has(y, y.reply(id).Body, "60 %")
		at := y.Clock.Now()
		y.Ends(id, job.Done(nil))
		y.shows(id, issue)
		has(y, y.reply(id).Body, "succeeded")
		if last := y.hub.wrote[len(y.hub.wrote)-1]; last.Sub(at) > doortest.Rest+2*time.Second {
			t.Errorf("the end was shown %v later", last.Sub(at))
		}
		for i := 1; i < len(y.hub.wrote); i++ {
			if gap := y.hub.wrote[i].Sub(y.hub.wrote[i-1]); gap < time.Second {
				t.Errorf("%v between two writes", gap)
			}
		}
	})
}

// TestWhatWeWroteIsKnownToBeOurs: before it is written.
func TestWhatWeWroteIsKnownToBeOurs(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.accept(asked)
		y.hub.breaks(func(call string) *fakeFault {
			if strings.HasPrefix(call, "POST /repos/") {
				for _, subject := range []string{"github:acme/app#12", "github:acme/app"} {
					e := &event.Event{Author: event.Author{Self: true}, Subject: subject}
					if cause, err := event.CausedBy(t.Context(), y.Redis, y.Jobs, e); err != nil || !slices.Contains(cause, "job:"+id) {
						t.Errorf("before %s the cause of %s is %v, %v", call, subject, cause, err)
					}
				}
			}
			return nil
		})
		y.shows(id, asked)
	})
}

// TestARefusalIsNoThumbUp: who asked in vain sees it at the comment, too.
func TestARefusalIsNoThumbUp(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.notice(asked, "build: it needs write", true)
		y.shows(id, asked)
		has(y, y.reply(id).Body, "build: it needs write")
		if got := y.reacted(); !slices.Equal(got, []string{"confused on issues/comments"}) {
			t.Error(got)
		}
	})
}

// TestAnAnswerAtOnceIsOneComment: a notice, whose text is all there is.
func TestAnAnswerAtOnceIsOneComment(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.notice(asked, "@ann, I know no command `biuld`; do you mean build? See #12", false)
		y.shows(id, asked)
		body := y.reply(id).Body
		has(y, body, "@&#8203;ann, I know no command \\`biuld\\`; do you mean build? See \\#&#8203;12")
		if strings.Contains(body, "succeeded") || len(y.hub.runs) != 0 || !slices.Equal(y.reacted(), []string{"+1 on issues/comments"}) {
			t.Error(body, y.hub.runs, y.reacted())
		}
	})
}
