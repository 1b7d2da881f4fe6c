package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/ruling"
)

// by changes whose event it is.
func by(principal, name string) func(e *event.Event) {
	return func(e *event.Event) { e.Author = event.Author{Principal: principal, Name: name} }
}

// goesRound has so many rules set each other off, one after the other, again and again, and gives what was decided last.
func goesRound(t *testing.T, rdb *redis.Client, rules, rounds int, more string) (h *hall, last ruling.Decision) {
	t.Helper()
	var config strings.Builder
	for i := range rules {
		fmt.Fprintf(&config, "  - {name: r%d, on: github.pull_request.a%d, run: jenkins build%s}\n", i, i, more)
	}
	h = newHall(t, rdb, config.String())
	h.starts()
	for i := range rules * rounds {
		h.happens(h.pull(fmt.Sprintf("a%d", i%rules), func(e *event.Event) { e.Author.Self = true }))
		list, err := ruling.Decisions(t.Context(), h.Redis, 1, func(*ruling.Decision) bool { return true })
		if err != nil || len(list) != 1 {
			t.Fatal(i, list, err)
		}
		if last = list[0]; last.Outcome != ran {
			break
		}
		if err := event.Acted(t.Context(), h.Redis, "github:acme/app#12", last.Job); err != nil {
			t.Fatal(err)
		}
	}
	return h, last
}

// TestALongLoop is noticed as a short one is: rules that set each other off, one after the other.
func TestALongLoop(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		_, last := goesRound(t, rdb, 25, 2, "")
		if last.Event != "d-26" || last.Rule != "r0" || last.Outcome != looped || !strings.Contains(last.Text, "by rule:r0") || !strings.Contains(last.Text, "did not set off itself") {
			t.Errorf("%+v", last)
		}
	})
}

// TestALoopThatNobodyFollowsBack is stopped by the fuse, which says so and how to go on.
func TestALoopThatNobodyFollowsBack(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h, last := goesRound(t, rdb, 40, 4, ", most: 2/h")
		if last.Event != "d-81" || last.Rule != "r0" || last.Outcome != blown {
			t.Errorf("%+v", last)
		}
		for _, part := range []string{"most: 2/1h, is blown", "acts again", "`rules pause r0`", "lead to itself", "by rule:r39"} {
			if !strings.Contains(last.Text, part) {
				t.Errorf("%q is not in %q", part, last.Text)
			}
		}
		if told := h.notices(); len(told) != 1 || !strings.HasPrefix(told[0], "slack:C0ADMIN The rule r0 was stopped") {
			t.Errorf("%q", told)
		}
	})
}

// TestWhoMayAndWhoMayNot: permissions are asked of GitHub at that moment, roles of the configuration.
func TestWhoMayAndWhoMayNot(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, `
  - {name: guard, on: github.pull_request.opened, unless: [triage, "github:99", role:release], run: jenkins build}
  - {name: strict, on: github.pull_request.reopened, needs: [maintain, role:release], run: jenkins build}
`)
		h.gateway.sets(func(g *gateway) { g.permissions["tom"] = "triage" })
		h.starts()
		vouched := func(e *event.Event) { e.Author.Groups = []string{"github-admin:acme/app"} }
		h.happens(h.pull("opened", by("github:8", "eve")))            // d-1: read only
		h.happens(h.pull("opened", by("github:9", "tom")))            // d-2
		h.happens(h.pull("opened", by("github:99", "zoe")))           // d-3
		h.happens(h.pull("opened"))                                   // d-4: ann has the role
		h.happens(h.pull("opened", by("gerrit:review/1", "ann")))     // d-5: a name of GitHub's proves nothing
		h.happens(h.pull("reopened", by("github:9", "tom"), vouched)) // d-6: what was vouched for may be over
		h.happens(h.pull("reopened"))                                 // d-7
		h.wants(h.outcomes(), []string{
			"d-1 guard ran", "d-2 guard let_be", "d-3 guard let_be", "d-4 guard let_be", "d-5 guard ran", "d-6 strict lacking", "d-7 strict ran",
		})
		h.wants(h.notices(), nil)
	})
}

// TestACommentNeedsWrite where the rule does not say otherwise, and who lacks it is told so, not too often.
func TestACommentNeedsWrite(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "  - {name: build, on: github.comment, where: {say: build}, run: jenkins build, most: 2/h}\n")
		h.starts()
		for range 4 {
			e := h.comment("build")
			by("github:8", "eve")(e)
			h.happens(e)
		}
		want := "github:acme/app#12~5 /build: it needs write; eve has read on acme/app, and the role operator here"
		if got := h.notices(); len(got) != 2 || !strings.HasPrefix(got[0], "github:acme/app#12~5 /build: it needs write; eve has read on acme/app, and no role here") {
			t.Errorf("%q, not twice %q", got, want)
		}
		if asked := h.gateway.envelopes(); len(asked) > 0 {
			t.Error(asked)
		}
	})
}

// TestNobodyIsLetThroughWhileGitHubIsAway: the event waits, and goes on when it is back.
func TestNobodyIsLetThroughWhileGitHubIsAway(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, `
  - {name: build, on: github.comment, run: jenkins build}
  - {name: tell, on: github.comment, needs: [role:release], notify: {to: [slack:C1], text: asked}}
`)
		h.gateway.sets(func(g *gateway) { g.away = true })
		h.starts()
		h.puts(h.comment("build"))
		jobtest.Eventually(t, "the other rule, and a second try", func() bool {
			h.gateway.mu.Lock()
			defer h.gateway.mu.Unlock()
			return len(h.gateway.askedGitHub) >= 2
		})
		if asked := h.gateway.envelopes(); len(asked) > 0 {
			t.Error("let through", asked)
		}
		h.wants(h.notices(), []string{"slack:C1 asked"}) // one that cannot be told holds no other up
		h.gateway.sets(func(g *gateway) { g.away = false })
		h.settles()
		if len(h.gateway.envelopes()) != 1 {
			t.Error("not asked once")
		}
		h.wants(h.outcomes(), []string{"d-1 tell told", "d-1 build ran"})
		h.wants(h.notices(), []string{"slack:C1 asked"})
	})
}

// TestOnceIsOnce for each value, whoever comes again.
func TestOnceIsOnce(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, `  - {name: guard, on: "github.pull_request.*", once: "{{ event.subject }}", run: jenkins build}`)
		h.starts()
		h.happens(h.pull("opened"))
		h.happens(h.pull("reopened"))
		h.happens(h.pull("reopened", func(e *event.Event) { e.Subject = "github:acme/app#13" }))
		h.happens(h.pull("reopened", func(e *event.Event) { e.Only, e.Answer = []string{"guard"}, "github:acme/app#12@"+headSHA+"~9" })) // somebody wants it again
		h.wants(h.outcomes(), []string{"d-1 guard ran", "d-2 guard before", "d-3 guard ran", "d-4 guard ran"})
		again := h.gateway.envelopes()[2]
		h.wants(again.Watch, []string{"github:acme/app#12@" + headSHA + "~9"})
		for _, key := range rdb.Keys(t.Context(), "handsoff:once:guard:*").Val() {
			if left := rdb.PTTL(t.Context(), key).Val(); left < 399*24*time.Hour || left > 400*24*time.Hour {
				t.Error(left)
			}
		}
	})
}

// TestALoopIsStopped: a rule that what it did has set off again is not run, and that is told once an hour.
func TestALoopIsStopped(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, `
  - {name: label, on: github.pull_request.labeled, run: jenkins build}
  - {name: other, on: github.pull_request.labeled, run: jenkins build}
`)
		h.starts()
		h.happens(h.pull("labeled", func(e *event.Event) { e.Cause = []string{"job:aaaa", "rule:label"} }))
		h.gateway.envelopes()
		made := h.open()
		if len(made) != 1 || made[0].Principal != "rule:other" {
			t.Fatal(made)
		}
		// What our own account does is put down to the job that did something there.
		if err := event.Acted(t.Context(), rdb, "github:acme/app#12", made[0].ID); err != nil {
			t.Fatal(err)
		}
		h.happens(h.pull("labeled", func(e *event.Event) { e.Author.Self = true }))
		h.wants(h.outcomes(), []string{"d-1 label looped", "d-1 other ran", "d-2 label looped", "d-2 other looped"})
		told := h.notices()
		if len(told) != 2 || !strings.HasPrefix(told[0], "slack:C0ADMIN The rule label was stopped at github.pull_request.labeled: what it did about github:acme/app#12") ||
			!strings.Contains(told[1], "The rule other") || !strings.Contains(told[0], "job:aaaa, by rule:label") {
			t.Errorf("%q", told)
		}
		counts, err := h.Jobs.Counts(t.Context())
		if err != nil || counts["rules_looped"] != 3 || counts["rules_ran"] != 1 {
			t.Error(counts, err)
		}
		trail, err := h.Jobs.AuditTail(t.Context(), 50)
		if err != nil || !strings.Contains(fmt.Sprint(trail), "rule stopped") {
			t.Error(trail, err)
		}
	})
}

// TestTheFuseBlows when a rule acts too often for one subject, and for that one only.
func TestTheFuseBlows(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, `  - {name: b, on: github.pull_request.synchronize, run: jenkins build, most: 3/h, once: "{{ event.id }}"}`)
		h.starts()
		for range 5 {
			h.happens(h.pull("synchronize"))
		}
		h.happens(h.pull("synchronize", func(e *event.Event) { e.Subject = "github:acme/app#13" }))
		h.wants(h.outcomes(), []string{"d-1 b ran", "d-2 b ran", "d-3 b ran", "d-4 b blown", "d-5 b blown", "d-6 b ran"})
		h.wants(h.notices(), []string{
			"slack:C0ADMIN The rule b was stopped at github.pull_request.synchronize: its fuse, most: 3/1h, is blown: it acted 3 times in 1h about " +
				"github:acme/app#12. It acts again as soon as that is no longer so; a larger most lets it act more often, `rules pause b` keeps it from acting at all.",
		})
		if n := len(rdb.Keys(t.Context(), "handsoff:once:b:*").Val()); n != 4 {
			t.Errorf("%d values are taken: what was not done is not done once", n)
		}
	})
}

// TestAConditionThatFails stops its rule alone, and is told.
func TestAConditionThatFails(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, verify+`
  - {name: odd, on: github.pull_request.opened, if: 'int(pull_request.title) > 1', run: jenkins build}
`)
		h.starts()
		h.happens(h.pull("opened"))
		h.wants(h.outcomes(), []string{"d-1 odd failed", "d-1 verify ran"})
		if told := h.notices(); len(told) != 1 || !strings.Contains(told[0], "The rule odd could not act on github.pull_request.opened") {
			t.Error(told)
		}
	})
}

// TestFilesAreAskedOfGitHub once for all rules, and of Gerrit when the event has settled.
func TestFilesAreAskedOfGitHub(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, `
  - {name: docs, on: "*.*", where: {files: doc/**}, run: jenkins build}
  - {name: docs-pr, on: github.pull_request.opened, where: {files: doc/**}, run: jenkins build}
  - {name: code, on: github.pull_request.opened, where: {files: src/**}, run: jenkins build}
`)
		h.gateway.sets(func(g *gateway) { g.files = []string{"README", "doc/a/b.md"} })
		gerrit := &slowGerrit{files: []string{"doc/x"}}
		h.gerrit = gerrit
		h.starts()
		h.happens(h.pull("opened"))
		if n := len(h.gateway.askedGitHub); n != 1 {
			t.Errorf("asked %d times", n)
		}
		h.wants(h.outcomes(), []string{"d-1 docs-pr ran"})
		young := h.patch("change-merged", func(e *event.Event) { e.At = time.Now().Add(-settled + 300*time.Millisecond) })
		h.happens(young)
		if gerrit.asked.Before(young.At.Add(settled)) {
			t.Errorf("asked %s after it happened", gerrit.asked.Sub(young.At))
		}
		h.wants(h.outcomes(), []string{"d-1 docs-pr ran", "g-2 docs ran"})
	})
}

// TestWhatGitHubRefusesIsSaid: a rule that needs an answer of GitHub's which there will never be does not act; who asked is
// told, else those who run the bot, and it is written down.
func TestWhatGitHubRefusesIsSaid(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, `
  - {name: build, on: github.comment, where: {say: build}, run: jenkins build}
  - {name: guard, on: github.pull_request.opened, unless: [write], run: jenkins build}
  - {name: docs, on: github.pull_request.opened, where: {files: doc/**}, run: jenkins build}
  - {name: code, on: github.pull_request.opened, where: {files: src/**}, run: jenkins build}
`)
		const why = "read acme/app: GitHub does not have it, or not for us (404 Not Found)"
		h.gateway.sets(func(g *gateway) { g.refuses = why })
		h.starts()
		h.happens(h.comment("build"))
		h.happens(h.pull("opened"))
		h.wants(h.outcomes(), []string{"d-1 build failed", "d-2 guard failed", "d-2 docs failed", "d-2 code failed"})
		if n := len(h.gateway.askedGitHub); n != 3 {
			t.Errorf("asked %d times", n)
		}
		told := h.notices()
		if len(told) != 4 || told[0] != "github:acme/app#12~5 /build: that cannot be asked: "+why {
			t.Errorf("%q", told)
		}
		for _, text := range told[1:] {
			if !strings.HasPrefix(text, "slack:C0ADMIN The rule ") || !strings.Contains(text, why) {
				t.Errorf("%q", text)
			}
		}
		if shown := h.says("events show", map[string]any{"id": "d-2"}).Text; !strings.Contains(shown, why) {
			t.Error(shown)
		}
		if asked := h.gateway.envelopes(); len(asked) > 0 {
			t.Error(asked)
		}
	})
}

// TestARefusalOfOurAccountIsWaitedOut: an event that needs an answer is tried again until our account gets one; who asked
// is told once that it waits.
func TestARefusalOfOurAccountIsWaitedOut(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, `
  - {name: build, on: github.comment, where: {say: build}, needs: write, run: jenkins build}
  - {name: code, on: github.pull_request.opened, where: {files: src/**}, run: jenkins build}
`)
		h.gateway.sets(func(g *gateway) {
			g.refuses, g.forNow = "ask GitHub: GitHub refuses our account (401 Unauthorized)", true
			g.permissions, g.files = map[string]string{"ann": "write"}, []string{"src/a.go"}
		})
		h.starts()
		h.puts(h.comment("build"))
		h.puts(h.pull("opened", func(e *event.Event) { e.Subject = "github:acme/app#13" }))
		jobtest.Eventually(t, "both are tried twice", func() bool {
			asked := map[string]int{}
			h.gateway.sets(func(g *gateway) {
				for _, one := range g.askedGitHub {
					asked[one]++
				}
			})
			tried := len(asked) == 2
			for _, n := range asked {
				tried = tried && n >= 2
			}
			return tried
		})
		h.wants(h.outcomes(), nil)
		told := []string{"github:acme/app#12~5 /build: " + waits}
		h.wants(h.notices(), told)
		if dead, err := inbox.ListDead(t.Context(), rdb, event.Function, 9); err != nil || len(dead) > 0 {
			t.Error(dead, err)
		}
		h.gateway.sets(func(g *gateway) { g.refuses, g.forNow = "", false })
		h.settles()
		if list := h.outcomes(); len(list) != 2 || !slices.Contains(list, "d-1 build ran") || !slices.Contains(list, "d-2 code ran") {
			t.Error(list)
		}
		h.wants(h.notices(), told)
	})
}

// TestAPausedRuleRests and is resumed.
func TestAPausedRuleRests(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, verify)
		h.starts()
		h.says("rules pause", map[string]any{"rule": "verify", "reason": "it votes twice"})
		h.happens(h.pull("opened"))
		h.wants(h.outcomes(), []string{"d-1 verify paused"})
		h.says("rules resume", map[string]any{"rule": "verify"})
		h.happens(h.pull("opened"))
		h.wants(h.outcomes(), []string{"d-1 verify paused", "d-2 verify ran"})
	})
}
