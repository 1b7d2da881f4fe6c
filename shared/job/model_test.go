package job_test

import (
	"crypto/rand"
	"errors"
	"flag"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

const modelLease = 10 * time.Second

// expected is what the model knows of one job.
type expected struct {
	state       job.State
	parent      string
	children    []string
	closing     bool   // a cancel of its parent does not reach it
	needs, lock string // the lock it needs, and the one that it takes
	above       string // who holds the lock above that
	woken       bool
	need        int
	approved    []string
	until       time.Time // of the sign-off
	began       bool
	deadline    time.Time
	fence       int64
	lease, wake time.Time // zero when there is none
	lapses      int
	asked       bool
	byDeadline  bool
	last        *job.Job // once final
}

// model is the state machine of docs/architecture.md, in Go, beside the one in Lua.
type model struct {
	*rapid.T
	outer *testing.T
	store *job.Store
	rdb   *redis.Client
	clock *jobtest.Clock
	jobs  map[string]*expected
	order []string
	keys  map[string]string
	lines map[string][]string // lock → jobs in line
	held  []*job.Held
}

// TestMain makes rapid's runs longer and fewer: what goes wrong here takes several steps to come about. Flags of the
// command line still win, as in make soak.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{"rapid.steps": "80", "rapid.checks": "50"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

func TestStateMachine(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		rapid.Check(t, func(rt *rapid.T) {
			if err := rdb.FlushAll(t.Context()).Err(); err != nil {
				rt.Fatal(err)
			}
			clock := jobtest.NewClock()
			m := &model{
				T: rt, outer: t, rdb: rdb, clock: clock, store: jobtest.Open(t, rdb, job.Options{Now: clock.Now}),
				jobs: map[string]*expected{}, keys: map[string]string{}, lines: map[string][]string{},
			}
			rt.Repeat(map[string]func(*rapid.T){
				"accept": m.accept, "take": m.take, "take again": m.take, "write": m.write, "park": m.park, "finish": m.finish,
				"cancel": m.cancel, "approve": m.approve, "time passes": m.pass, "": m.agree,
			})
		})
	})
}

func (m *model) must(err error) {
	if err != nil {
		m.Fatal(err)
	}
}

func (m *model) any(t *rapid.T) (string, *expected) {
	if len(m.order) == 0 {
		t.Skip("no jobs yet")
	}
	id := rapid.SampledFrom(m.order).Draw(t, "job")
	return id, m.jobs[id]
}

func (m *model) accept(t *rapid.T) {
	if len(m.order) == 6 {
		t.Skip("few jobs meet more often")
	}
	lock := rapid.SampledFrom([]string{"a", "a", "", "b"}).Draw(t, "lock")
	need := rapid.SampledFrom([]int{0, 0, 0, 0, 1, 2}).Draw(t, "need")
	key := rapid.SampledFrom([]string{"", "", "k", "l"}).Draw(t, "key")
	parent, fence := m.family(t)
	words := rapid.SampledFrom([]string{"test run", "test stop"}).Draw(t, "command")
	got, err := m.store.Accept(m.outer.Context(), jobtest.Request(func(r *job.Request) {
		r.Command = words
		r.Lock, r.Key, r.Limit = lock, key, time.Hour
		r.Signoff = &job.Signoff{Need: need, Role: "approver", Within: 30 * time.Minute}
		r.Parent, r.Closing = parent, fence
	}))
	if m.keys[key] == "" && m.refuses(parent, fence) {
		if !errors.Is(err, job.ErrParent) {
			t.Fatalf("a child of %+v under fence %d: %v", m.jobs[parent], fence, err)
		}
		return
	}
	m.must(err)
	if id := m.keys[key]; key != "" && id != "" {
		if got.ID != id || !got.Existing {
			t.Fatalf("key %s gave %+v, want %s", key, got, id)
		}
		return
	}
	if key != "" {
		m.keys[key] = got.ID
	}
	e := &expected{state: job.Queued, needs: lock, lock: lock, need: need, parent: parent, closing: parent != "" && fence > 0}
	m.jobs[got.ID], m.order = e, append(m.order, got.ID)
	if parent != "" {
		m.jobs[parent].children = append(m.jobs[parent].children, got.ID)
	}
	if need > 0 {
		e.state, e.until = job.Confirming, m.clock.Now().Add(30*time.Minute)
		return
	}
	m.queueUp(got.ID, e)
	if want := e.state; got.State != want {
		t.Fatalf("%s is %s, want %s", got.ID, got.State, want)
	}
}

// family draws who asks for a job, and under which fence: often one that runs, and its own.
func (m *model) family(t *rapid.T) (parent string, fence int64) {
	candidates := []string{""}
	for _, id := range m.order {
		candidates = append(candidates, id)
		if e := m.jobs[id]; e.fence > 0 && !e.state.Final() {
			candidates = append(candidates, id, id, id)
		}
	}
	parent = rapid.SampledFrom(candidates).Draw(t, "parent")
	if p := m.jobs[parent]; p != nil {
		fence = rapid.SampledFrom([]int64{0, p.fence, 1}).Draw(t, "fence")
	}
	return parent, fence
}

// refuses reports whether a job may have no child that is asked for under this fence; 0 is any.
func (m *model) refuses(parent string, fence int64) bool {
	p := m.jobs[parent]
	if p == nil {
		return false
	}
	holds := fence == p.fence && (p.state == job.Running || p.state == job.Cancelling)
	return p.state.Final() || fence > 0 && !holds || fence == 0 && p.asked
}

// queueUp puts a job in line: below the lock of the nearest job that led to it and has the same one.
func (m *model) queueUp(id string, e *expected) {
	if e.lock == "" {
		return
	}
	for up := e.parent; up != ""; up = m.jobs[up].parent {
		if p := m.jobs[up]; p.needs == e.needs && p.fence > 0 && !p.state.Final() {
			e.lock, e.above = p.lock+" of "+up, up
			break
		}
	}
	m.lines[e.lock] = append(m.lines[e.lock], id)
	if holder := m.lines[e.lock][0]; holder != id && m.waitsFor(holder, id) {
		m.end(id, e, job.Failed)
	}
}

// waitsFor reports whether one job waits, through any others, for another.
func (m *model) waitsFor(one, other string) bool {
	reached := map[string]bool{one: true}
	for more := true; more; {
		more = false
		for id := range reached {
			for _, next := range m.waits(id) {
				more = more || !reached[next]
				reached[next] = true
			}
		}
	}
	return reached[other]
}

// waits are those for whom a job waits: who holds its lock, or what it started, or what holds the locks below its own.
func (m *model) waits(id string) []string {
	e := m.jobs[id]
	if e.state.Final() {
		return m.lines[e.lock+" of "+id]
	}
	list := slices.DeleteFunc(slices.Clone(e.children), func(child string) bool { return m.jobs[child].state.Final() })
	if e.state == job.Queued && e.lock != "" {
		list = append(list, m.lines[e.lock][0])
	}
	return list
}

func (m *model) take(t *rapid.T) {
	id, e := m.any(t)
	held, err := m.store.TakeLease(m.outer.Context(), id, "test", rand.Text(), modelLease)
	m.must(err)
	if want := m.mayTake(id, e); want != (held != nil) {
		t.Fatalf("took %s: %v, want %v (%+v)", id, held != nil, want, e)
	}
	if held != nil {
		m.held = append(m.held, held)
	}
}

// mayTake moves the model as a take does.
func (m *model) mayTake(id string, e *expected) bool {
	now := m.clock.Now()
	switch {
	case e.state.Final() || e.lease.After(now):
		return false
	case e.state == job.Confirming:
		if !e.until.After(now) {
			m.end(id, e, job.Failed)
		}
		return false
	case e.wake.After(now), e.state == job.Queued && e.lock != "" && m.lines[e.lock][0] != id:
		return false
	}
	if !e.lease.IsZero() {
		if e.lapses++; e.lapses >= 5 {
			verdict := job.Failed
			if e.state == job.Cancelling {
				verdict = job.Unknown
			}
			m.end(id, e, verdict)
			return false
		}
	}
	if !e.began {
		e.began, e.deadline = true, now.Add(time.Hour)
	}
	switch {
	case e.state == job.Cancelling:
	case !e.deadline.After(now):
		m.stopStarted(e)
		e.state, e.asked, e.byDeadline = job.Cancelling, true, true
	default:
		e.state = job.Running
	}
	e.fence++
	e.lease, e.wake = now.Add(modelLease), time.Time{}
	return true
}

func (m *model) end(id string, e *expected, state job.State) {
	e.state, e.lease, e.wake = state, time.Time{}, time.Time{}
	m.leave(id, e)
	if p := m.jobs[e.parent]; p != nil {
		switch {
		case p.state == job.Waiting, p.state == job.Cancelling && p.lease.IsZero():
			p.wake = m.clock.Now()
		case p.state == job.Running, p.state == job.Cancelling:
			p.woken = true
		}
	}
}

// leave takes a job that is over out of its line, unless one that it started is in the line below.
func (m *model) leave(id string, e *expected) {
	if e.lock == "" || len(m.lines[e.lock+" of "+id]) > 0 {
		return
	}
	m.lines[e.lock] = slices.DeleteFunc(m.lines[e.lock], func(other string) bool { return other == id })
	if above := m.jobs[e.above]; above != nil && above.state.Final() {
		m.leave(e.above, above)
	}
}

func (m *model) lease(t *rapid.T) (*job.Held, *expected, bool) {
	if len(m.held) == 0 {
		t.Skip("no leases yet")
	}
	h := m.held[rapid.IntRange(0, len(m.held)-1).Draw(t, "lease")]
	e := m.jobs[h.Job.ID]
	return h, e, e.fence == h.Job.Fence && (e.state == job.Running || e.state == job.Cancelling)
}

func (m *model) write(t *rapid.T) {
	h, _, holds := m.lease(t)
	word, err := h.Write(m.outer.Context(), rapid.IntRange(1, 3).Draw(t, "op"), "a line")
	m.must(err)
	if (word == "ok") != holds {
		t.Fatalf("write under fence %d of %s: %s", h.Job.Fence, h.Job.ID, word)
	}
}

func (m *model) park(t *rapid.T) {
	h, e, holds := m.lease(t)
	phase := rapid.SampledFrom([]string{"step", "cancel"}).Draw(t, "phase")
	if phase == "cancel" && e.state != job.Cancelling {
		t.Skip("nobody calls Cancel")
	}
	wait := time.Duration(rapid.IntRange(1, 100).Draw(t, "wait")) * time.Second
	word, err := h.Park(m.outer.Context(), wait, phase)
	m.must(err)
	switch {
	case e.fence == h.Job.Fence && e.lease.IsZero():
		if word != "ok" {
			t.Fatalf("a repeated park: %s", word)
		}
	case !holds:
		if word != "lost" {
			t.Fatalf("park under a lost lease: %s", word)
		}
	case e.state == job.Cancelling && phase == "step":
		if word != "cancelling" {
			t.Fatalf("park of a step that is to stop: %s", word)
		}
	default:
		if word != "ok" {
			t.Fatalf("park: %s", word)
		}
		e.lease, e.wake, e.lapses = time.Time{}, m.clock.Now().Add(wait), 0
		if e.state == job.Running {
			if e.wake.After(e.deadline) {
				e.wake = e.deadline
			}
			if m.clock.Now().After(e.wake) {
				e.wake = m.clock.Now()
			}
			e.state = job.Waiting
		}
		if e.woken {
			e.wake, e.woken = m.clock.Now(), false
		}
	}
}

func (m *model) finish(t *rapid.T) {
	h, e, holds := m.lease(t)
	phase, state, evidence := "step", rapid.SampledFrom([]job.State{job.Succeeded, job.Failed, job.Unknown}).Draw(t, "state"), ""
	if e.state == job.Cancelling && rapid.Bool().Draw(t, "in cancel") {
		phase = "cancel"
		if rapid.Bool().Draw(t, "stopped") {
			state, evidence = job.Cancelled, "seen"
		}
	}
	word, err := h.Finish(m.outer.Context(), state, phase, evidence)
	m.must(err)
	switch {
	case !holds:
		if repeated := e.state.Final() && e.fence == h.Job.Fence; (word == "ok") != repeated {
			t.Fatalf("finish under a lost lease: %s", word)
		}
	case e.state == job.Cancelling && phase == "step" && state != job.Succeeded:
		if word != "cancelling" {
			t.Fatalf("finish of a step that is to stop: %s", word)
		}
	default:
		if word != "ok" {
			t.Fatalf("finish: %s", word)
		}
		if state == job.Cancelled && e.byDeadline {
			state = job.Failed
		}
		m.end(h.Job.ID, e, state)
	}
}

func (m *model) cancel(t *rapid.T) {
	id, e := m.any(t)
	_, err := m.store.Cancel(m.outer.Context(), id, "telnet:bob", "")
	if errors.Is(err, job.ErrFinished) != e.state.Final() {
		t.Fatalf("cancel of a %s job: %v", e.state, err)
	}
	m.stop(id, e)
}

// stop is the wish that a job and what it started stop.
func (m *model) stop(id string, e *expected) {
	if e.state.Final() {
		return
	}
	m.stopStarted(e)
	switch {
	case e.asked:
	case e.state == job.Confirming || (e.state == job.Queued && e.fence == 0):
		e.asked = true
		m.end(id, e, job.Cancelled)
	default:
		e.asked, e.state, e.wake = true, job.Cancelling, time.Time{}
	}
}

// stopStarted is the wish that what a job started stop, but for what it closes with.
func (m *model) stopStarted(e *expected) {
	for _, child := range e.children {
		if c := m.jobs[child]; !c.closing {
			m.stop(child, c)
		}
	}
}

func (m *model) approve(t *rapid.T) {
	id, e := m.any(t)
	who := rapid.SampledFrom([]string{"telnet:ann", "telnet:bob", "telnet:eve"}).Draw(t, "who")
	force := rapid.Bool().Draw(t, "force")
	_, err := m.store.Approve(m.outer.Context(), id, who, force)
	var want error
	switch {
	case e.state != job.Confirming || !e.until.After(m.clock.Now()):
		want = job.ErrNotConfirming
	case who == "telnet:ann" && !force:
		want = job.ErrOwnWord
	case slices.Contains(e.approved, who) && !force:
		want = job.ErrAlreadyApproved
	}
	if !errors.Is(err, want) {
		t.Fatalf("approve: %v, want %v", err, want)
	}
	if err != nil {
		return
	}
	if e.approved = append(e.approved, who); force || len(e.approved) >= e.need {
		e.state = job.Queued
		m.queueUp(id, e)
	}
}

func (m *model) pass(t *rapid.T) {
	m.clock.Add(time.Duration(rapid.SampledFrom([]int{1, 5, 11, 60, 1800, 4000}).Draw(t, "seconds")) * time.Second)
}

// agree compares the records with the model, and the indexes with the records.
func (m *model) agree(t *rapid.T) {
	ctx := m.outer.Context()
	due, err := m.store.DueIDs(ctx)
	m.must(err)
	open, err := jobtest.List(ctx, m.store, job.Browse{Open: true})
	m.must(err)
	finished, err := jobtest.List(ctx, m.store, job.Browse{})
	m.must(err)
	records := map[string]*job.Job{}
	for _, j := range slices.Concat(open, finished) {
		records[j.ID] = j
	}
	unfinished := 0
	for id, e := range m.jobs {
		j := records[id]
		if j == nil {
			t.Fatalf("%s is in no list", id)
		}
		if j.State != e.state || j.Fence != e.fence || !j.Lease.Equal(e.lease) {
			t.Fatalf("%s lease %v, want %+v", jobtest.Describe(j), j.Lease, e)
		}
		if e.state.Final() {
			if e.last != nil && cmp.Diff(e.last, j) != "" {
				t.Fatalf("a finished job changed: %s", cmp.Diff(e.last, j))
			}
			e.last = j
		} else {
			unfinished++
		}
		if slices.Contains(due, id) == e.state.Final() {
			t.Fatalf("%s in the due index: %v", jobtest.Describe(j), !e.state.Final())
		}
		if j.State == job.Cancelled && (j.Receipt == nil || j.Receipt.Asked.IsZero() || j.Receipt.Confirmed.IsZero()) {
			t.Fatalf("cancelled without a receipt: %s", jobtest.Describe(j))
		}
	}
	if len(open) != unfinished {
		t.Fatalf("%d jobs are open, want %d", len(open), unfinished)
	}
	m.counted(t, slices.Concat(open, finished))
	for id, e := range m.jobs { // what runs alone has everything above it
		if e.lock == "" || e.state.Final() || e.state == job.Confirming || e.fence == 0 {
			continue
		}
		for at := id; at != ""; at = m.jobs[at].above {
			if line := m.lines[m.jobs[at].lock]; len(line) == 0 || line[0] != at {
				t.Fatalf("%s runs, and %s is not the first in line for %s: %v", id, at, m.jobs[at].lock, line)
			}
		}
	}
	for lock, line := range m.lines {
		got, err := m.store.LockLine(ctx, lock)
		m.must(err)
		if !slices.Equal(got, line) && len(got)+len(line) > 0 {
			t.Fatalf("line for %s: %v, want %v", lock, got, line)
		}
	}
}
