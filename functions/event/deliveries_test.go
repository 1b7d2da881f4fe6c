package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestWhatCameIsListed: from everywhere or one source, with what it led to; what GitHub's function handed on is listed once.
func TestWhatCameIsListed(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, three)
		h.starts()
		h.reads("events deliveries", nil, "Nothing was received of late")
		opened := h.pull("opened")
		for _, one := range []inbox.Delivery{{ID: opened.ID, Kind: "pull_request"}, {ID: "click-1", Kind: "check_run"}} {
			h.took("github", one, "told the rules")
		}
		h.took("slack", inbox.Delivery{ID: "Ev1", Kind: "message"}, "job k3f7")
		h.happens(opened)
		h.happens(h.pull("labeled"))
		h.happens(h.patch("change-merged"))
		made := h.open()[0].ID
		text := h.reads("events deliveries", nil, "gerrit", "gerrit.change-merged", "gerrit:review/4711", "done", "nova: remembered", "g-3",
			"github.pull_request.labeled", "no rule matches", "d-2", "github.pull_request.opened", "github:acme/app#12", "verify: job "+made, "d-1",
			"slack", "message", "job k3f7", "Ev1", "github", "check_run", "told the rules", "click-1").Text
		if strings.Count(text, "d-1") != 1 {
			t.Errorf("what was handed on is listed twice:\n%s", text)
		}
		for source, want := range map[string]string{"github": "d-2", "gerrit": "g-3", "slack": "Ev1"} {
			text := h.reads("events deliveries", map[string]any{"source": source}, want).Text
			if strings.Contains(text, "Ev1") != (source == "slack") || strings.Contains(text, "g-3") != (source == "gerrit") {
				t.Errorf("%s:\n%s", source, text)
			}
		}
		h.reads("events deliveries", map[string]any{"limit": 1}, "g-3", "There are more; say `events deliveries limit=2`.")
		h.reads("events show", map[string]any{"id": "Ev1"}, "Ev1, at the function slack: dealt with", "(job k3f7)")
	})
}

// took has a function deal with a delivery.
func (h *hall) took(function string, d inbox.Delivery, led string) {
	h.Helper()
	box := inbox.Open(h.Redis, function, inbox.Options{KeepBodies: 10, KeepBodyBytes: -1})
	if _, err := box.Put(h.Context(), d, nil); err != nil {
		h.Fatal(err)
	}
	w := inbox.NewWorker(box, func(_ context.Context, c *inbox.Claim) error { c.Led(led); return nil }, inbox.WorkerOptions{})
	defer func() { _ = w.Stop(context.WithoutCancel(h.Context())) }()
	jobtest.Eventually(h, "it to be done", func() bool {
		_, s, err := box.Find(h.Context(), d.ID)
		return err == nil && s.State == inbox.StateDone
	})
}

// TestAnEventIsReplayed: the rules make new work of it, that says what it is; the same request is one replay, however often it comes, and
// nothing that runs is stopped by what was true then.
func TestAnEventIsReplayed(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, `
  - {name: verify, on: github.pull_request.synchronize, run: jenkins build, args: {job: verify/app}, once: "{{ event.revision }}"}
`)
		h.starts()
		first := h.pull("synchronize", func(e *event.Event) { e.Moved = true })
		h.happens(first)
		h.happens(h.pull("synchronize", func(e *event.Event) { e.Moved, e.Revision = true, nextSHA }))
		if states := h.states(); !slices.Equal(states, []job.State{job.Cancelled, job.Queued}) {
			t.Fatalf("%v", states)
		}
		call := command.Call{ID: "one click", Args: map[string]any{"id": first.ID}, Principal: "telnet:ops"}
		var said []string
		for range 3 {
			answer, err := h.eventsReplay(t.Context(), call)
			if err != nil || answer.Problem != nil {
				t.Fatal(answer, err)
			}
			said = append(said, answer.Text)
			h.settles()
		}
		if said[0] != said[1] || said[0] != said[2] || !strings.HasPrefix(said[0], "The rules look at d-1 again, as replay.") {
			t.Errorf("%q", said)
		}
		if states := h.states(); !slices.Equal(states, []job.State{job.Cancelled, job.Queued, job.Queued}) {
			t.Errorf("after one replay: %v", states)
		}
		id := strings.TrimSuffix(strings.Fields(said[0])[7], ";")
		made := h.decided(id)
		why, err := h.Jobs.Get(t.Context(), made)
		if err != nil || !slices.Contains(why.Why.Notes, "telnet:ops had the event d-1 replayed") || !slices.Equal(why.Why.Cause[:3], []string{"rule:verify", "event:" + id, "event:d-1"}) {
			t.Errorf("%+v %v", why.Why, err)
		}
		h.reads("events show", map[string]any{"id": id}, "dealt with", "(verify: job "+made+")", "caused by", "event:d-1", "replays", "d-1, as telnet:ops wanted")
		// Another request is another replay, also of a replay.
		call.ID, call.Args = "another click", map[string]any{"id": id}
		answer, err := h.eventsReplay(t.Context(), call)
		if err != nil || !strings.HasPrefix(answer.Text, "The rules look at d-1 again, as replay.") {
			t.Error(answer, err)
		}
		h.settles()
		if n := len(h.states()); n != 4 {
			t.Errorf("there are %d jobs", n)
		}
		trail, err := h.Jobs.AuditTail(t.Context(), 50)
		replays := slices.DeleteFunc(trail, func(e job.AuditEntry) bool { return e.Act != "event replayed" })
		if err != nil || len(replays) != 2 || replays[1].Who != "telnet:ops" || replays[1].Detail != "d-1 as "+id {
			t.Errorf("%+v %v", replays, err)
		}
	})
}

// states are those of all jobs, in the order in which they were made.
func (h *hall) states() []job.State {
	h.Helper()
	list, err := jobtest.List(h.Context(), h.Jobs, job.Browse{})
	if err != nil {
		h.Fatal(err)
	}
	open, err := jobtest.List(h.Context(), h.Jobs, job.Browse{Open: true})
	if err != nil {
		h.Fatal(err)
	}
	list = append(list, open...)
	slices.SortFunc(list, func(a, b *job.Job) int { return a.Created.Compare(b.Created) })
	states := make([]job.State, len(list))
	for i, j := range list {
		states[i] = j.State
	}
	return states
}

// decided is the job that was made for an event.
func (h *hall) decided(id string) string {
	h.Helper()
	list, err := event.JobsOf(h.Context(), h.Redis, "github:acme/app#12")
	if err != nil {
		h.Fatal(err)
	}
	for _, made := range list {
		if made.Event == id {
			return made.Job
		}
	}
	h.Fatalf("no job was made for %s: %+v", id, list)
	return ""
}

// TestWhatCannotBeReplayed, and why.
func TestWhatCannotBeReplayed(t *testing.T) {
	t.Parallel()
	_, rdb := jobtest.New(t)
	h := newHall(t, rdb, three)
	waits := h.pull("opened")
	if _, err := event.Put(t.Context(), h.box, waits); err != nil {
		t.Fatal(err)
	}
	h.took("slack", inbox.Delivery{ID: "Ev1", Kind: "message"}, "job k3f7")
	says := func(id, code, text string) {
		t.Helper()
		answer := h.says("events replay", map[string]any{"id": id})
		if answer.Problem == nil || answer.Problem.Code != code || !strings.Contains(answer.Text, text) {
			t.Errorf("%s: %+v", id, answer)
		}
	}
	says("nothing", command.CodeNotFound, "No event nothing is known")
	says("Ev1", command.CodeConflict, "Ev1 went to slack and not to the rules")
	says(waits.ID, command.CodeConflict, "is not dealt with yet")
	h.starts()
	h.settles()
	large := h.pull("opened", func(e *event.Event) {
		e.Payload = []byte(`{"action":"opened","x":"` + strings.Repeat("x", 40_000) + `"}`)
	})
	h.happens(large)
	says(large.ID, command.CodeNotFound, " kB, and only those up to 32 kB are. Its sender may send it once more.")
	asked := h.comment("deploy")
	h.happens(asked)
	says(asked.ID, command.CodeConflict, "What somebody said is to be said again.")
	if list, err := event.Deliveries(t.Context(), rdb, "github", 9); err != nil || list[0].ID != asked.ID {
		t.Errorf("something was replayed: %+v %v", list, err)
	}
	if _, err := h.box.Put(t.Context(), inbox.Delivery{ID: "broken", Kind: "event", Body: []byte("[")}, nil); err != nil {
		t.Fatal(err)
	}
	h.worker.Kick()
	h.settles()
	says("broken", command.CodeConflict, "`events revive broken`")
}

// TestAReplayIsAuditedWhoeverDies: the function dies before and after each call of Redis, and the request comes again. The event is replayed
// once, and the trail says so.
func TestAReplayIsAuditedWhoeverDies(t *testing.T) {
	t.Parallel()
	play := func(t *testing.T, death jobtest.Death) int {
		t.Helper()
		_, rdb := jobtest.New(t)
		h := newHall(t, rdb, verify)
		h.starts()
		first := h.pull("opened")
		h.happens(first)
		mortal := redis.NewClient(&redis.Options{Addr: rdb.Options().Addr, MaxRetries: -1})
		t.Cleanup(func() { _ = mortal.Close() })
		d, life := h.makes(mortal), jobtest.NewLife(death)
		d.worker = inbox.NewWorker(h.box, h.work, inbox.WorkerOptions{Log: h.desk.Log})
		if err := d.worker.Stop(t.Context()); err != nil { // what it is told is heard by nobody
			t.Fatal(err)
		}
		mortal.AddHook(life)
		call := command.Call{ID: "one click", Args: map[string]any{"id": first.ID}, Principal: "telnet:ops"}
		if _, err := d.eventsReplay(t.Context(), call); (err != nil) != (death.Point > 0) {
			t.Fatal(err)
		}
		if answer, err := h.eventsReplay(t.Context(), call); err != nil || answer.Problem != nil {
			t.Fatal(answer, err)
		}
		h.settles()
		if n := len(h.states()); n != 2 {
			t.Errorf("there are %d jobs", n)
		}
		trail, err := h.Jobs.AuditTail(t.Context(), 50)
		said := slices.DeleteFunc(trail, func(e job.AuditEntry) bool { return e.Act != "event replayed" })
		most := 1
		if death.Point > 0 {
			most = 2
		}
		if err != nil || len(said) < 1 || len(said) > most || !strings.HasPrefix(said[0].Detail, "d-1 as replay.") {
			t.Errorf("%+v %v", said, err)
		}
		return life.Points()
	}
	points := play(t, jobtest.Death{})
	if points < 4 {
		t.Fatalf("only %d points", points)
	}
	for point := 1; point <= points; point++ {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d %v", point, after), func(t *testing.T) {
				t.Parallel()
				play(t, jobtest.Death{Point: point, After: after})
			})
		}
	}
}

// replays has an event replayed, and gives what the rules decided about that.
func (h *hall) replays(id, click string) []string {
	h.Helper()
	known := len(h.outcomes())
	answer, err := h.eventsReplay(h.Context(), command.Call{ID: click, Args: map[string]any{"id": id}, Principal: "telnet:ops"})
	if err != nil || answer.Problem != nil {
		h.Fatal(answer, err)
	}
	h.settles()
	var made []string
	for _, one := range h.outcomes()[known:] {
		_, what, _ := strings.Cut(one, " ")
		made = append(made, what)
	}
	return made
}

// TestOnceIsAnEvents: a rule that did nothing about an event acts for each of its replays; what it did for the event no replay gives back.
func TestOnceIsAnEvents(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, `
  - {name: rests, on: github.pull_request.opened, once: "{{ event.revision }}", run: jenkins build}
  - {name: strict, on: github.pull_request.reopened, needs: [maintain], once: "{{ event.revision }}", run: jenkins build}
  - {name: seldom, on: github.pull_request.edited, most: 2/h, once: "{{ event.revision }}", run: jenkins build}
`)
		h.starts()
		h.says("rules pause", map[string]any{"rule": "rests"})
		h.happens(h.pull("opened"))
		h.says("rules resume", map[string]any{"rule": "rests"})
		h.wants(h.replays("d-1", "a"), []string{"rests ran"})
		h.wants(h.replays("d-1", "b"), []string{"rests ran"})
		h.happens(h.pull("opened"))
		h.happens(h.pull("reopened", by("github:9", "tom")))
		h.gateway.sets(func(g *gateway) { g.permissions["tom"] = "maintain" })
		h.wants(h.replays("d-3", "c"), []string{"strict ran"})
		h.wants(h.replays("d-3", "d"), []string{"strict ran"})
		h.happens(h.pull("edited"))
		h.wants(h.replays("d-4", "e"), []string{"seldom ran"})
		h.wants(h.replays("d-4", "f"), []string{"seldom blown"})
		h.happens(h.pull("edited", func(e *event.Event) { e.Subject = "github:acme/app#13" }))
		h.wants(slices.DeleteFunc(h.outcomes(), func(one string) bool { return strings.HasPrefix(one, "replay.") }), []string{
			"d-1 rests paused", "d-2 rests before", "d-3 strict lacking", "d-4 seldom ran", "d-5 seldom before",
		})
	})
}
