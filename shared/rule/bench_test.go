package rule_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/rule"
)

// manyRules are 500 rules as a large team has them: most for a project by name, a third for a glob of them, some for
// everything, each with a condition.
func manyRules(t testing.TB) *rule.Set {
	t.Helper()
	var b strings.Builder
	b.WriteString("rules:\n")
	topics := []string{"gerrit.patchset-created", "gerrit.comment-added", "gerrit.change-merged", "gerrit.*", "github.push", "github.pull_request.*"}
	for i := range 500 {
		project := fmt.Sprintf("openstack/project-%d", i%100)
		switch {
		case i%50 == 0:
			project = "**"
		case i%3 == 0:
			project = fmt.Sprintf("team-%d/**", i%20)
		}
		fmt.Fprintf(&b, `  - name: rule-%d
    on: [%s, %s]
    where: {project: %q, branch: [main, stable/*], status: NEW}
    if: change.wip != true && change.subject not contains "[no ci]" && patchSet.kind != "NO_CODE_CHANGE"
    run: jenkins build
    args: {job: "verify/%d", REF: "{{ patchSet.ref }}"}
`, i, topics[i%len(topics)], topics[(i+1)%len(topics)], project, i)
	}
	return read(t, b.String())
}

// gerritEvents are patch sets of a hundred projects, as Gerrit tells of them.
func gerritEvents(n int) []*event.Event {
	events := make([]*event.Event, n)
	for i := range events {
		events[i] = &event.Event{
			ID: fmt.Sprint(i), Topic: "gerrit.patchset-created", Source: "gerrit:review", Subject: fmt.Sprintf("gerrit:review/%d", i),
			Author:  event.Author{Name: "ann", Principal: "gerrit:review/ann"},
			Payload: []byte(strings.ReplaceAll(patchSetCreated, "PROJECT", fmt.Sprintf("openstack/project-%d", i%100))),
		}
	}
	return events
}

const patchSetCreated = `{"uploader":{"name":"Ann Example","email":"ann@example.org","username":"ann"},"patchSet":{"number":3,"revision":
"5d1f4f6cf1f0c8e6a2f3b4c5d6e7f8091a2b3c4d","parents":["a2f3b4c5d6e7f8091a2b3c4d5d1f4f6cf1f0c8e6"],"ref":"refs/changes/11/4711/3","uploader":
{"name":"Ann Example","email":"ann@example.org","username":"ann"},"createdOn":1700000000,"author":{"name":"Ann Example","email":
"ann@example.org","username":"ann"},"kind":"REWORK","sizeInsertions":120,"sizeDeletions":-33},"change":{"project":"PROJECT","branch":"main",
"topic":"bp/scheduler","id":"I5d1f4f6cf1f0c8e6a2f3b4c5d6e7f8091a2b3c4d","number":4711,"subject":"Fix the scheduler's weigher for shared hosts",
"owner":{"name":"Ann Example","email":"ann@example.org","username":"ann"},"url":"https://review.example.org/c/PROJECT/+/4711",
"commitMessage":"Fix the scheduler's weigher for shared hosts\n\nThe weigher counted hosts twice that are in more than one aggregate.\nCount each once.\n\nCloses-Bug: #2012345\nChange-Id: I5d1f4f6cf1f0c8e6a2f3b4c5d6e7f8091a2b3c4d\n",
"hashtags":["ci","scheduler"],"createdOn":1690000000,"status":"NEW"},"project":{"name":"PROJECT"},"refName":"refs/heads/main","changeKey":
{"key":"I5d1f4f6cf1f0c8e6a2f3b4c5d6e7f8091a2b3c4d"},"type":"patchset-created","eventCreatedOn":1700000001}`

// BenchmarkDecide is everything that is done for one event against 500 rules: its payload is read, and all rules that it
// may match are asked. 5,000 a second must leave most of a core free: well below 200 µs.
func BenchmarkDecide(b *testing.B) {
	set, events := manyRules(b), gerritEvents(1000)
	matched := 0
	b.ReportAllocs()
	began := cpuTime()
	for i := 0; b.Loop(); i++ {
		decisions, err := set.Decide(b.Context(), events[i%len(events)], nil, nil)
		if err != nil {
			b.Fatal(err)
		}
		matched += len(decisions)
	}
	spent := cpuTime() - began
	b.ReportMetric(float64(matched)/float64(b.N), "matches/op")
	b.ReportMetric(float64(spent.Microseconds())/float64(b.N), "cpu-µs/op")
	b.ReportMetric(float64(b.N)/spent.Seconds(), "events/cpu-s")
}

// cpuTime is what this process has had of all cores, garbage collection included: the machine may be busy with other things.
func cpuTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkOneRule is one rule's decision, filters and condition, with the payload read: below 20 µs for half of them.
func BenchmarkOneRule(b *testing.B) {
	set := read(b, `rules: [{name: a, on: gerrit.*, where: {project: openstack/**, branch: [main, stable/*], status: NEW, owner: "!bot"},
		if: 'change.wip != true && change.subject not contains "[no ci]" && any(change.hashtags, # == "ci") && patchSet.sizeInsertions < 500',
		run: jenkins build}]`)
	env, err := rule.ForEvent(gerritEvents(1)[0], nil)
	if err != nil {
		b.Fatal(err)
	}
	r := set.Rule("a")
	took := make([]time.Duration, 0, 1<<20)
	b.ReportAllocs()
	for b.Loop() {
		began := time.Now()
		if ok, err := r.Matches(context.Background(), env); !ok || err != nil {
			b.Fatal(ok, err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1000, "µs-p50")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1000, "µs-p99")
}

// BenchmarkReadPayload is what reading the payload takes of that.
func BenchmarkReadPayload(b *testing.B) {
	e := gerritEvents(1)[0]
	b.SetBytes(int64(len(e.Payload)))
	b.ReportAllocs()
	began := cpuTime()
	for b.Loop() {
		if _, err := rule.ForEvent(e, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((cpuTime()-began).Microseconds())/float64(b.N), "cpu-µs/op")
}
