package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	gogithub "github.com/google/go-github/v62/github"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/github"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// push moves the branch of the first pull request.
func (h *hall) push() string {
	h.Helper()
	h.github.Advance(2 * time.Second)
	sha, err := h.github.Person("bob").Push("acme/app", sandbox.Push{Branch: "greeting", Message: "More", Files: map[string]string{"x": h.github.Now().String()}})
	h.must(err)
	return sha
}

// only is the one event of a command.
func (h *hall) only() *event.Event {
	h.Helper()
	h.settles()
	list := h.eventsOf(event.Comment)
	if len(list) != 1 {
		h.Fatalf("%d commands; said %q; log:\n%s", len(list), h.comments(1), h.logs)
	}
	return list[0]
}

func TestACommand(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	head := h.push()
	id := h.says("bob", 1, "Let us see:\n/Build 'a b' c=d\n> /build no")
	e := h.only()
	if e.ID != fmt.Sprintf("github.comment.%d.0", id) || !e.Asked || e.Author.Principal != "github:583232" || e.Subject != app1 || e.Revision != head {
		t.Errorf("%+v", e)
	}
	if want := []string{"github-read:acme/app", "github-triage:acme/app", "github-write:acme/app"}; !slices.Equal(e.Author.Groups, want) {
		t.Errorf("groups %q", e.Author.Groups)
	}
	if want := fmt.Sprintf("%s@%s~%d", app1, head, id); e.Answer != want {
		t.Errorf("answered at %s, want %s", e.Answer, want)
	}
	var payload struct {
		Asked event.Asked `json:"asked"`
		Head  event.Head  `json:"head"`
		Pull  struct {
			Title string `json:"title"`
		} `json:"pull_request"`
		Comment struct {
			ID int64 `json:"id"`
		} `json:"comment"`
	}
	h.must(json.Unmarshal(e.Payload, &payload))
	if payload.Asked.Word != "build" || !slices.Equal(payload.Asked.Args, []string{"a b", "c=d"}) || payload.Comment.ID != id || payload.Pull.Title == "" {
		t.Errorf("%+v", payload)
	}
	if name, err := github.LoginOf(t.Context(), h.client, "github:583232"); name != "bob" || err != nil {
		t.Errorf("people read of %q, %v", name, err)
	}
	if want := (event.Head{SHA: head, Ref: "greeting", Repo: "acme/app", Base: "main", Number: 1}); payload.Head != want {
		t.Errorf("%+v", payload.Head)
	}
	if said := h.comments(1); len(said) != 0 {
		t.Errorf("said %q", said)
	}
}

// TestWhoseCommandsCount: a stranger's do, with what GitHub lets them do; a bot's and our own do not, nor what is edited in or
// no rule hears.
func TestWhoseCommandsCount(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	h.push()
	client, err := h.app.ClientFor(t.Context(), "acme", "app")
	h.must(err)
	body := "/build"
	_, _, err = client.Issues.CreateComment(t.Context(), "acme", "app", 1, ghComment(body))
	h.must(err)
	h.says("bob", 1, "/deploy now\n/etc/passwd")
	edited := h.says("eve", 1, "nothing yet")
	h.github.Advance(2 * time.Second)
	h.must(h.github.Person("eve").EditComment(edited, "/build"))
	h.settles()
	if list := h.eventsOf(event.Comment); len(list) != 0 {
		t.Errorf("%d, the first is %s", len(list), list[0].ID)
	}
	if said := h.comments(1); len(said) != 2 || said[0] != "" || !strings.Contains(strings.Join(said, "\n"), "edited comment does not count") {
		t.Errorf("said %q", said)
	}
	if own := h.eventsOf("github.issue_comment.created"); !slices.ContainsFunc(own, func(e *event.Event) bool { return e.Author.Self }) {
		t.Error("our own comment is not known as ours")
	}
	h.says("eve", 1, "/build")
	if e := h.only(); !slices.Equal(e.Author.Groups, []string{"github-read:acme/app"}) || e.Author.Principal != "github:583233" {
		t.Errorf("%+v", e.Author)
	}
}

// TestABranchThatMoved: what was pushed after a comment, or may have been, is not built.
func TestABranchThatMoved(t *testing.T) {
	t.Parallel()
	h := idleHall(t, jobtest.Embedded(t))
	h.starts()
	h.push()
	h.settles()
	h.hooks.leadsTo(nil) // the comment arrives late
	h.says("bob", 1, "/build")
	h.push()
	h.hears()
	h.hooks.leadsTo(h.handler)
	h.redeliver("issue_comment")
	h.settles()
	if list := h.eventsOf(event.Comment); len(list) != 0 {
		t.Fatalf("built %s for %s", list[0].ID, list[0].Revision)
	}
	if said := h.comments(1); len(said) != 1 || !strings.Contains(said[0], "The branch has moved since your comment") {
		t.Fatalf("said %q", said)
	}
	// The next comment is made against what is there.
	h.says("bob", 1, "/build")
	if e := h.only(); e.Revision == "" {
		t.Errorf("%+v", e)
	}
}

// TestAsSoonAsItIsOpen: what a pull request was opened with is its head for who comments within the same second; after a
// push in that second it is not certain any more.
func TestAsSoonAsItIsOpen(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	at := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	pr := &gogithub.PullRequest{CreatedAt: &gogithub.Timestamp{Time: at}, Head: &gogithub.PullRequestBranch{SHA: new("a")}}
	for _, c := range []struct {
		last knownHead
		said time.Time
		want bool
	}{
		{knownHead{"a", at, true}, at, true},
		{knownHead{"a", at, false}, at, false},
		{knownHead{"b", at, true}, at, false},
		{knownHead{"a", at.Add(time.Second), true}, at.Add(time.Second), false},
		{knownHead{"a", at.Add(time.Second), true}, at, false},
		{knownHead{"a", at, false}, at.Add(time.Second), true},
	} {
		if got := certain(pr, &said{at: c.said}, c.last); got != c.want {
			t.Errorf("%+v, said at %s: %t", c.last, c.said, got)
		}
	}
	number, err := h.github.Person("bob").OpenPull("acme/app", sandbox.NewPull{Title: "Quick"})
	h.must(err)
	_, err = h.github.Person("bob").Comment("acme/app", number, "/build")
	h.must(err)
	if e := h.only(); e.Subject != fmt.Sprint("github:acme/app#", number) || e.Revision == "" {
		t.Errorf("%+v", e)
	}
}

// TestAnUnknownHead: of a pull request that was there before us, nothing is built until it is known what was seen.
func TestAnUnknownHead(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	h.hooks.leadsTo(nil)
	h.push()
	h.hears()
	h.hooks.leadsTo(h.handler)
	h.client.FlushAll(t.Context())
	h.says("bob", 1, "/build") // nothing was pushed since: that is known
	h.only()
	h.client.FlushAll(t.Context())
	h.hooks.leadsTo(nil)
	h.says("bob", 1, "/build")
	_, err := h.github.Person("bob").Push("acme/app", sandbox.Push{Branch: "another", Message: "x", Files: map[string]string{"y": "z"}})
	h.must(err)
	h.hears()
	h.hooks.leadsTo(h.handler)
	h.redeliver("issue_comment")
	h.settles()
	if said := h.comments(1); len(h.eventsOf(event.Comment)) != 0 || len(said) != 1 || !strings.Contains(said[0], "I cannot tell that it has not") {
		t.Fatalf("%d built, said %q", len(h.eventsOf(event.Comment)), said)
	}
	h.github.Advance(time.Minute)
	h.says("bob", 1, "/build")
	h.only()
}

// redeliver has GitHub send again what failed of an event.
func (h *hall) redeliver(name string) {
	h.Helper()
	for _, of := range []string{"acme", "acme/app", ""} {
		for _, hook := range h.github.Hooks(of) {
			for _, d := range h.github.Deliveries(hook.ID) {
				if d.Event == name && d.Code != 202 {
					h.must(h.github.Redeliver(d.ID))
				}
			}
		}
	}
	h.hears()
}

// TestAForgedComment: who knows a webhook's secret can speak for nobody.
func TestAForgedComment(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	head := h.push()
	id := h.says("eve", 1, "/build")
	h.only()
	for i, change := range []struct{ from, to string }{ // also when nobody knows the delivery any more
		{`"id":583233,"login":"eve"`, `"id":583231,"login":"ann"`}, // another author
		{"/build", "/build evil"},
		{fmt.Sprintf(`"id":%d`, id), `"id":77`},
		{`"number":1,`, `"number":2,`},
	} {
		body := strings.ReplaceAll(fmt.Sprintf(`{"action":"created","issue":{"number":1,"pull_request":{}},"comment":{"id":%d,"body":"/build","created_at":%q,`+
			`"updated_at":"%d","user":{"id":583233,"login":"eve","type":"User"}},"sender":{"id":583233,"login":"eve","type":"User"},"repository":{"id":1,"full_name":"acme/app"}}`,
			id, h.github.Now().UTC().Format(time.RFC3339), i), change.from, change.to)
		h.forgets("github")
		if w := h.post(body, headersOf(fmt.Sprint("forged", i), "issue_comment", repoSecret, body)); w.Code != 202 {
			t.Fatal(w.Code, w.Body)
		}
		h.settles()
	}
	if list := h.eventsOf(event.Comment); len(list) != 1 || list[0].Revision != head {
		t.Errorf("%d commands", len(list))
	}
	if n := h.counts("github_withdrawn"); n != 4 {
		t.Errorf("%d are counted", n)
	}
}

// TestReviews: a command in a review or on a line is for the commit that was looked at.
func TestReviews(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	head := h.push()
	h.settles()
	h.github.Advance(2 * time.Second)
	h.must(h.github.Person("bob").Review("acme/app", 1, "COMMENT", "/build"))
	if e := h.only(); e.Revision != head || strings.Contains(e.Answer, "~") {
		t.Errorf("%+v", e)
	}
	h.github.Advance(2 * time.Second)
	line, err := h.github.Person("bob").ReviewComment("acme/app", 1, "main.go", 1, "/build")
	h.must(err)
	h.settles()
	list := h.eventsOf(event.Comment)
	if len(list) != 2 || list[1].Answer != fmt.Sprintf("%s@%s~r%d", app1, head, line) {
		t.Errorf("%d, said %q", len(list), h.comments(1))
	}
}

func TestOwnCommands(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	h.push()
	running := h.made("verify", nil)
	waiting := h.made("deploy", nil, func(r *job.Request) { r.Signoff = &job.Signoff{Need: 1, Role: "approver"} })
	h.github.Advance(time.Hour)
	for _, c := range []struct {
		says string
		asks []string // command and arguments
		said []string // parts of what is said
	}{
		{"/cancel", []string{"cancel " + running, "cancel " + waiting}, []string{"`/cancel`", "You said cancel " + running, "You said cancel " + waiting}},
		{"/cancel " + running + " not needed", []string{"cancel " + running + " not needed"}, []string{"You said cancel " + running + " not needed"}},
		{"/approve", []string{"approve " + waiting}, []string{"You said approve " + waiting}},
		{"/reject no way", []string{"reject " + waiting + " no way"}, []string{"You said reject"}},
		{"/why", []string{"why " + waiting}, []string{"You said why"}},
		{"/status", []string{"job " + waiting}, []string{running + " is queued", waiting + " needs 1 approval"}},
		{"/status " + running, []string{"job " + running}, []string{"You said job " + running}},
		{"/help", nil, []string{"/retest [job]", "rules also hear: /build"}},
		{"/retest " + running, nil, []string{running + " is not over"}},
		{"/cancel\n/status", []string{"cancel " + running, "cancel " + waiting, "job " + waiting}, []string{"`/cancel`", "`/status`"}},
	} {
		before := len(h.comments(1))
		h.desk.envelopes()
		h.says("bob", 1, c.says)
		h.settles()
		var asked []string
		for _, e := range h.desk.envelopes() {
			args := command.Values(e.Args)
			asked = append(asked, strings.TrimSpace(e.Command+" "+args.String("id")+" "+args.String("reason")))
			if e.Principal != "github:583232" || !slices.Contains(e.Groups, "github-write:acme/app") || e.Origin.Address != app1 || e.Origin.Door != "github" {
				t.Errorf("%s: %+v", c.says, e)
			}
		}
		slices.Sort(asked)
		slices.Sort(c.asks)
		if !slices.Equal(asked, c.asks) {
			t.Errorf("%s: asked %q, want %q", c.says, asked, c.asks)
		}
		said := h.comments(1)[before:]
		if len(said) != 1 {
			t.Errorf("%s: said %q", c.says, said)
			continue
		}
		for _, part := range c.said {
			if !strings.Contains(said[0], part) {
				t.Errorf("%s: %q lacks %q", c.says, said[0], part)
			}
		}
	}
}

// TestStatusCallsPeopleByTheirLogins where those are known.
func TestStatusCallsPeopleByTheirLogins(t *testing.T) {
	t.Parallel()
	for by, called := range map[string]string{"github:583232": "as bob asked", "github:99": "as github:99 asked", "slack:U1": "as slack:U1 asked"} {
		h := newHall(t, jobtest.Embedded(t))
		h.push()
		id := h.made("verify", nil)
		h.ends(id, job.Wait(time.Hour))
		_, err := h.Jobs.Cancel(t.Context(), id, by, "")
		h.must(err)
		h.says("bob", 1, "/status")
		h.settles()
		if said := strings.Join(h.comments(1), "\n"); !strings.Contains(said, called) {
			t.Errorf("%s: %q", by, said)
		}
	}
}

// TestWhereWeAreStrangers nothing is said: other bots hear the same words.
func TestWhereWeAreStrangers(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	h.must(h.github.AddRepo("bob/own", map[string]string{"bob": "admin"}))
	h.must(h.github.Person("bob").Star("bob/own"))
	n, err := h.github.Person("bob").OpenIssue("bob/own", "x", "y")
	h.must(err)
	_, err = h.github.AddHook(sandbox.NewHook{Of: "bob/own", URL: h.hooks.URL + "/hook", Secret: anySecret})
	h.must(err)
	h.github.Advance(2 * time.Second)
	_, err = h.github.Person("bob").Comment("bob/own", n, "/help\n/cancel\n/build")
	h.must(err)
	h.settles()
	if list := h.eventsOf("github.issue_comment.created"); len(list) != 1 {
		t.Errorf("%d heard", len(list))
	}
	if calls := h.github.Calls("/comments"); len(calls) != 0 {
		t.Errorf("%+v", calls)
	}
}

func TestRetest(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	head := h.push()
	failed, asked := h.made("verify", nil), h.made("build", &event.Asked{Line: "build fast", Word: "build", Args: []string{"fast"}, Text: "fast"})
	fine := h.made("other", nil)
	h.ends(failed, job.Fail("no", nil))
	h.ends(asked, job.Fail("no", nil))
	h.ends(fine, job.Done(nil))
	id := h.says("bob", 1, "/retest")
	h.settles()
	var again []*event.Event
	for _, e := range h.events() {
		if len(e.Only) > 0 {
			again = append(again, e)
		}
	}
	if len(again) != 2 {
		t.Fatalf("%d again; said %q", len(again), h.comments(1))
	}
	slices.SortFunc(again, func(a, b *event.Event) int { return strings.Compare(a.Only[0], b.Only[0]) })
	if e := again[0]; e.Topic != event.Comment || !e.Asked || e.Only[0] != "build" || !strings.Contains(string(e.Payload), `"line":"build fast"`) {
		t.Errorf("%+v", e)
	}
	e := again[1]
	if e.Topic != "github.pull_request.opened" || e.Asked || e.Only[0] != "verify" || e.Moved || e.Revision != head || !strings.HasSuffix(e.Answer, fmt.Sprint("~", id)) {
		t.Errorf("%+v", e)
	}
	var payload struct {
		Action string `json:"action"`
		Number int    `json:"number"`
		Pull   struct {
			Head struct {
				SHA string `json:"sha"`
			} `json:"head"`
		} `json:"pull_request"`
		Repo struct {
			Full string `json:"full_name"`
		} `json:"repository"`
	}
	h.must(json.Unmarshal(e.Payload, &payload))
	if payload.Action != "opened" || payload.Number != 1 || payload.Pull.Head.SHA != head || payload.Repo.Full != "acme/app" {
		t.Errorf("%s", e.Payload)
	}
	// A stranger may not have rules act that act by themselves.
	h.says("eve", 1, "/retest "+failed)
	h.settles()
	if said := h.comments(1); !strings.Contains(said[len(said)-1], "by those who may write to acme/app") {
		t.Errorf("said %q", said)
	}
}

// TestButtons: a click is the clicker's word; only a refusal is said.
func TestButtons(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	head := h.push()
	id := h.made("verify", nil)
	client, err := h.app.ClientFor(t.Context(), "acme", "app")
	h.must(err)
	run, _, err := client.Checks.CreateCheckRun(t.Context(), "acme", "app", ghCheck(id, head))
	h.must(err)
	h.must(h.github.Person("bob").Click(run.GetID(), "cancel"))
	h.settles()
	asked := h.desk.envelopes()
	if len(asked) != 1 || asked[0].Command != "cancel" || command.Values(asked[0].Args).String("id") != id || asked[0].Principal != "github:583232" {
		t.Fatalf("%+v; log %s", asked, h.logs)
	}
	if said := h.comments(1); len(said) != 0 {
		t.Errorf("said %q", said)
	}
	h.desk.refuses("You may not.")
	h.must(h.github.Person("bob").Click(run.GetID(), "cancel"))
	h.settles()
	if said := h.comments(1); len(said) != 1 || !strings.Contains(said[0], "You may not.") || !strings.Contains(said[0], "bob clicked") {
		t.Errorf("said %q", said)
	}
	h.ends(id, job.Fail("no", nil))
	_, _, err = client.Checks.UpdateCheckRun(t.Context(), "acme", "app", run.GetID(), ghDone(id))
	h.must(err)
	h.must(h.github.Person("bob").Rerun(run.GetID()))
	h.settles()
	h.must(h.github.Person("bob").RerunAll("acme/app", 1))
	h.settles()
	var only []string
	for _, e := range h.events() {
		only = append(only, e.Only...)
	}
	if !slices.Equal(only, []string{"verify"}) && !slices.Equal(only, []string{"verify", "verify"}) {
		t.Errorf("again %q", only)
	}
	// A check run of a job that shows itself elsewhere is not ours to click.
	other, _, err := client.Checks.CreateCheckRun(t.Context(), "acme", "app", ghCheck("zzzz", head))
	h.must(err)
	h.desk.envelopes()
	h.must(h.github.Person("bob").Click(other.GetID(), "cancel"))
	h.settles()
	if asked := h.desk.envelopes(); len(asked) != 0 {
		t.Errorf("%+v", asked)
	}
}

func TestTooManyReplies(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	key := "handsoff:github:replies:acme/app#1"
	for i := range mostReplies - 1 {
		h.must(h.client.SAdd(t.Context(), key, i).Err())
	}
	for range 3 {
		h.says("eve", 1, "/help")
	}
	h.settles()
	if n := len(h.comments(1)); n != 1 {
		t.Errorf("%d replies", n)
	}
	if n := h.counts("github_replies_withheld"); n != 2 {
		t.Errorf("%d withheld", n)
	}
	if life := h.client.TTL(t.Context(), key).Val(); life <= 0 || life > repliesWithin {
		t.Errorf("they count for %s", life)
	}
}
