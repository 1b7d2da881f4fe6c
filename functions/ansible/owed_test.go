package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/ansible/ara"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// brief is for how long a job waits whose ARA will not take its record's ending.
const brief = time.Second

// recorded has a run go on until its record is known, behind a gate to ARA that is to be shut before it ends.
func recorded(t *testing.T) (b *bench, g *gate, id string, proceed func()) {
	t.Helper()
	g = newGate(t)
	b = newBench(t, g.url())
	b.cap.endFor = brief
	args, proceed := b.held()
	id = b.ask("slow", args)
	b.begin(id)
	b.until(id, "the link", func(j *job.Job) bool { return len(j.Links) > 0 && strings.Contains(j.Progress.Line, "Work") })
	return b, g, id, proceed
}

// owes says how much ARA is owed, and checks that the clock is told to have the function look.
func (b *bench) owes() int {
	b.Helper()
	n := b.redis.HLen(b.Context(), owedKey).Val()
	if tended := b.redis.SIsMember(b.Context(), job.TendedKey, "ansible").Val(); tended != (n > 0) {
		b.Errorf("%d are owed, and that the clock looks is %v", n, tended)
	}
	return int(n)
}

// paid has ARA told what it is owed, and gives the record of a job.
func (b *bench) paid(id string) *ara.Playbook {
	b.Helper()
	jobtest.Eventually(b, "ARA to take what it is owed", func() bool {
		if err := b.cap.tend(b.Context(), ""); err != nil {
			b.Fatal(err)
		}
		return b.owes() == 0
	})
	record, err := b.cap.ara.ByLabel(b.Context(), jobLabel(id))
	if err != nil || record == nil {
		b.Fatalf("no record: %v", err)
	}
	return record
}

// ARA is away when a run ends, and until after its job has: the record ends once ARA is back, as of when the run ended.
func TestARADownAfter(t *testing.T) {
	t.Parallel()
	b, g, id, proceed := recorded(t)
	g.set(true, false)
	proceed()
	done := b.finished(id)
	b.ends(done, job.Succeeded)
	b.says(b.story(id), "its record of this run is not complete; it will be told once it answers.")
	if res := b.result(done); !strings.Contains(res.Note, "not complete") || res.Record == "" {
		t.Errorf("%+v", res)
	}
	if err := b.cap.tend(t.Context(), ""); err != nil || b.owes() != 1 {
		t.Errorf("ARA is away, and is owed %d: %v", b.owes(), err)
	}
	g.set(false, false)
	if record := b.paid(id); record.Status != ara.Completed || record.Ended.After(done.Finished) {
		t.Errorf("%+v, and the job ended at %s", record, done.Finished)
	}
}

// A server that takes requests and never answers costs a cancel a few seconds, and is told in the receipt.
func TestARAHangsAtACancel(t *testing.T) {
	t.Parallel()
	b, g, id, _ := recorded(t)
	g.set(true, true)
	b.cancel(id)
	done := b.finished(id)
	b.ends(done, job.Cancelled, "ARA's record of it still says running, because it could not be closed: ARA does not answer", "; it will be told once it answers")
	g.set(false, false)
	record := b.paid(id)
	if record.Status != ara.Failed || !strings.Contains(fmt.Sprint(record.Labels), "{cancelled}") || record.Items.Records != 1 {
		t.Errorf("%+v", record)
	}
}

// The function is killed while ARA is away: whoever looks at what is left of it says what ARA does not know, and ARA learns it.
func TestARADownWhenTheFunctionDies(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	b := newBench(t, g.url())
	b.cap.endFor = brief
	id := b.ask("slow", nil)
	function := b.life(id, g.url())
	b.until(id, "the link", func(j *job.Job) bool { return len(j.Links) > 0 && strings.Contains(j.Progress.Line, "Work") })
	g.set(true, false)
	kill(t, function)
	b.ends(b.takenOver(id), job.Unknown, "ARA's record of it still says running, because it could not be closed: ARA does not answer", "; it will be told once it answers.")
	g.set(false, false)
	if record := b.paid(id); record.Status != ara.Failed || !strings.Contains(fmt.Sprint(record.Labels), "{interrupted}") {
		t.Errorf("%+v", record)
	}
	b.tidy()
}

// Whoever is asked to stop, or loses the job, while ARA is waited for, owes it the ending all the same.
func TestOwedByOneThatIsToStop(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	b := newBench(t, g.url())
	b.cap.endFor = brief
	g.set(true, false)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	at := &course{Try: 1, Path: "/runs/stopped.yml", Began: time.Now(), Online: true}
	note := (&runner{b.cap}).settleRecord(ctx, "k3f7", at, true)
	b.says(note, "it will be told once it answers")
	if n := b.owes(); n != 1 {
		t.Errorf("ARA is owed %d", n)
	}
}

// What cannot be told any more is let go: a record that was deleted, one that is too old, words that nobody can read.
func TestNoLongerOwed(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	b := newBench(t, g.url())
	now := time.Now()
	owe := func(e *ending) {
		t.Helper()
		if err := b.cap.owe(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	owe(&ending{Job: "k3f7", Try: 1, Record: 1 << 30, Status: ara.Failed, Ended: now})
	owe(&ending{Job: "k3f7", Try: 2, Path: "/runs/never.yml", Began: now, Status: ara.Failed, Ended: now})
	b.redis.HSet(t.Context(), owedKey, "h0rs:1", "{")
	if err := b.cap.tend(t.Context(), ""); err != nil || b.owes() != 0 {
		t.Errorf("ARA is owed %d: %v", b.owes(), err)
	}
	g.set(true, false)
	owe(&ending{Job: "k3f7", Try: 3, Record: 1, Status: ara.Failed, Ended: now.Add(-owedFor - time.Hour)})
	owe(&ending{Job: "k3f7", Try: 4, Record: 1, Status: ara.Failed, Ended: now.Add(-owedFor + time.Hour)})
	for range 50 { // the first that finds nobody there is the last
		if err := b.cap.tend(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
	}
	if left := b.redis.HKeys(t.Context(), owedKey).Val(); len(left) != 1 || left[0] != "k3f7:4" {
		t.Errorf("ARA is owed %v", left)
	}
	b.cap.ara = nil
	if err := b.cap.tend(t.Context(), ""); err != nil || b.owes() != 0 {
		t.Errorf("nobody is there to be owed %d: %v", b.owes(), err)
	}
}

// A function whose section was taken away lets it go too, and is asked no more.
func TestOwedWithoutASection(t *testing.T) {
	t.Parallel()
	server := jobtest.Redis(t)
	c := &capability{redis: server.Client(t)}
	if err := c.owe(t.Context(), &ending{Job: "k3f7", Try: 1, Record: 1, Status: ara.Failed, Ended: time.Now()}); err != nil {
		t.Fatal(err)
	}
	status, text := serve(t, server.Address, "{}")("/", map[string]string{"job": command.AnyJob})
	tended, err := c.redis.SMembers(t.Context(), job.TendedKey).Result()
	if owed := c.redis.HLen(t.Context(), owedKey).Val(); status/100 != 2 || owed > 0 || len(tended) > 0 || err != nil {
		t.Errorf("%d are owed, and the clock nudges %v: %d %s, %v", owed, tended, status, text, err)
	}
}

// ARA takes the end of a record, and not why it ended: it is not said to be running.
func TestARATakesAnEndOnly(t *testing.T) {
	t.Parallel()
	there := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: araServer(t)})
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/v1/records") {
			http.Error(w, "no records here", http.StatusBadRequest)
			return
		}
		there.ServeHTTP(w, r)
	}))
	t.Cleanup(door.Close)
	b := newBench(t, "url: "+door.URL+", timeout: 1m")
	at := &course{Try: 1, Path: "/runs/noted.yml", Began: time.Now(), Online: true}
	at.Record = b.record(at.Path, at.Began)
	note := (&runner{b.cap}).closeRecord(t.Context(), at, closing{Label: "cancelled", Job: "k3f7"})
	if !strings.HasPrefix(note, "ARA's record of it has ended, but why is not in it: ") {
		t.Error(note)
	}
	if record, err := b.cap.ara.Playbook(t.Context(), at.Record); err != nil || !record.Over() {
		t.Errorf("%+v %v", record, err)
	}
}

// A record that has no label yet, and that began when the run had ended, is somebody else's.
func TestARecordThatBeganLater(t *testing.T) {
	t.Parallel()
	b := newBench(t, onARA(t))
	then := time.Now().Add(-time.Hour)
	later := b.record("/runs/shared.yml", time.Now())
	e := &ending{Job: "k3f7", Try: 1, Path: "/runs/shared.yml", Began: then, Status: ara.Failed, Ended: then.Add(time.Minute)}
	if err := b.cap.write(t.Context(), e); err != nil || e.Record != 0 {
		t.Errorf("%+v %v", e, err)
	}
	if record, err := b.cap.ara.Playbook(t.Context(), later); err != nil || record.Status != ara.Running {
		t.Errorf("%+v %v", record, err)
	}
}
