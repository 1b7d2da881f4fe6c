package endtoend

import (
	"regexp"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// jobsLike are the jobs of somebody whose command is exactly that.
func (w *workspace) jobsLike(principal, line string) (found []*job.Job) {
	w.Helper()
	for _, open := range []bool{true, false} {
		list, err := jobtest.List(w.Context(), w.jobs, job.Browse{Open: open, Wants: func(j *job.Job) bool { return j.Principal == principal }})
		if err != nil {
			return nil // Redis is away, and the caller asks again
		}
		for _, j := range list {
			if j.Text == line && !slices.ContainsFunc(found, func(o *job.Job) bool { return o.ID == j.ID }) {
				found = append(found, j)
			}
		}
	}
	return found
}

// oneJob waits for the job of a line, and checks that it is the only one.
func (w *workspace) oneJob(principal, line string) string {
	w.Helper()
	var found []*job.Job
	w.eventually("there is a job of "+line, func() bool { found = w.jobsLike(principal, line); return len(found) > 0 })
	if len(found) != 1 {
		w.Fatalf("%d jobs were made of %s", len(found), line)
	}
	return found[0].ID
}

// cards are a job's own messages in a channel.
func (m *member) cards(channel, id string) (found []seen) {
	m.Helper()
	own := regexp.MustCompile(`^:\w+: .*\n` + id + ` `)
	for _, message := range m.see(channel, "") {
		if message.Bot && message.Thread != "broadcast" && own.MatchString(message.text()) {
			found = append(found, message)
		}
	}
	return found
}

// outcomes are how a card says that a job has ended.
func outcomes() map[job.State]string {
	return map[job.State]string{
		job.Succeeded: "succeeded in ", job.Failed: "failed after ", job.Cancelled: "was cancelled ",
	}
}

// whole waits for a job's end, and until Slack shows all of it: one message with the outcome and without Cancel, in its
// thread each line of the story once, and the last word once.
func (m *member) whole(channel, id string) *job.Job {
	m.Helper()
	j := m.ended(id)
	outcome := outcomes()[j.State]
	var list []seen
	m.eventually("the card of "+id+" says that it "+outcome, func() bool {
		list = m.cards(channel, id)
		return slices.ContainsFunc(list, func(c seen) bool { return strings.Contains(c.text(), outcome) })
	})
	if len(list) != 1 {
		m.Fatalf("%s has %d cards:\n%s", id, len(list), texts(list))
	}
	if slices.Contains(list[0].labels(), "Cancel") {
		m.Errorf("what is over can be cancelled:\n%s", texts(list))
	}
	m.thread(channel, list[0].TS, j, id+" "+outcome)
	return j
}

// addressed is whom a last word calls that is said in the channel too.
var addressed = regexp.MustCompile(`^@\w+ `)

// thread checks what is said in the thread of a job's card. The last word comes last.
func (m *member) thread(channel, root string, j *job.Job, last string) {
	m.Helper()
	var said []string
	count := func(line string) (n int) {
		for _, s := range said {
			if s == line || line == last && strings.HasPrefix(addressed.ReplaceAllString(s, ""), line) {
				n++
			}
		}
		return n
	}
	m.eventually("the last word of "+j.ID+" is said", func() bool {
		said = nil
		for _, reply := range m.see(channel, root) {
			if reply.Bot && reply.TS != root {
				said = append(said, reply.Lines...)
			}
		}
		return count(last) > 0
	})
	story, err := m.jobs.Story(m.Context(), j.ID, "", 1000)
	m.must(err)
	want := map[string]int{last: 1}
	for _, line := range story {
		for text := range strings.Lines(line.Text) {
			want[strings.TrimRight(text, "\n")]++
		}
	}
	for line, n := range want {
		if got := count(line); got != n {
			m.Errorf("%s: %q is said %d times, not %d, in:\n%s", j.ID, line, got, n, strings.Join(said, "\n"))
		}
	}
}

// called is a call of Slack's Web API.
type called struct {
	Method, Channel, TS, Outcome string
}

// calls are what was asked of Slack, oldest first.
func (w *workspace) calls() (list []called) {
	w.Helper()
	w.order("calls", nil, &list)
	return list
}
