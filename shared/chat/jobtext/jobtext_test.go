package jobtext_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/job"
)

var noon = time.Date(2026, time.January, 2, 12, 0, 0, 0, time.UTC)

// example is a job that began two minutes before noon, with changes.
func example(changes ...func(*job.Job)) *job.Job {
	j := &job.Job{
		ID: "k3f7", Text: "jenkins build demo/slow", Principal: "telnet:ann", State: job.Running,
		Progress: job.Progress{Percent: -1}, Created: noon.Add(-3 * time.Minute), Started: noon.Add(-2 * time.Minute),
	}
	for _, change := range changes {
		change(j)
	}
	return j
}

func in(state job.State) func(*job.Job) {
	return func(j *job.Job) {
		j.State = state
		if state.Final() {
			j.Finished = noon
		}
	}
}

func cancelledBy(who, reason string) func(*job.Job) {
	return func(j *job.Job) { j.Cancel = &job.CancelRequest{By: who, Reason: reason, At: noon.Add(-time.Minute)} }
}

func TestStanding(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		job  *job.Job
		want string
	}{
		{example(in(job.Queued)), "is queued and begins in a moment"},
		{example(in(job.Queued), func(j *job.Job) { j.Lock, j.Behind = "deploy/one", "a1b2" }), "waits in line behind a1b2, which holds deploy/one"},
		{example(), "is running"},
		{example(in(job.Waiting)), "is running"},
		{
			example(in(job.Confirming), func(j *job.Job) {
				j.Signoff = &job.Signoff{Need: 1, Role: "release", Until: noon.Add(58 * time.Minute)}
			}),
			"needs 1 approval by a release: say `approve k3f7` or `reject k3f7` within 58 m",
		},
		{example(in(job.Confirming)), "waits for a sign-off"},
		{
			example(in(job.Cancelling), cancelledBy("telnet:bob", "it hangs")),
			"is being cancelled, as telnet:bob asked (it hangs); the receipt follows when it has been seen stopped",
		},
		{
			example(in(job.Cancelling), cancelledBy("deadline", ""), func(j *job.Job) { j.Cancel.Signal = noon }),
			"has passed its time limit and is being stopped; it was told to stop and has not been seen stopped yet",
		},
		{
			example(in(job.Cancelling), cancelledBy("deadline:a1b2", "")),
			"is being stopped, since a1b2, which led to it, has passed its time limit; the receipt follows when it has been seen stopped",
		},
		{example(in(job.Succeeded)), "succeeded in 2 m"},
		{example(in(job.Succeeded), cancelledBy("telnet:bob", "")), "succeeded in 2 m, before it could be stopped"},
		{example(in(job.Failed), func(j *job.Job) { j.Started = time.Time{} }), "failed before it began"},
		{example(in(job.Unknown)), "ended, and nobody can tell how"},
	} {
		if got := jobtext.Standing(test.job, noon); got != test.want {
			t.Errorf("%s: have %q, want %q", test.job.State, got, test.want)
		}
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]job.Progress{
		"":     {Percent: -1},
		"asks": {Percent: 0, Line: "asks"},
		"[########------------] 40 %, 1 m 3 s left; step 2 of 3; runs": {Percent: 40, ETA: noon.Add(63 * time.Second), Step: 2, Steps: 3, Line: "runs"},
		"[##################--] 90 %, any moment now":                  {Percent: 90, ETA: noon},
		"[##################--] 90 %, 5 s longer than thought":         {Percent: 90, ETA: noon.Add(-5 * time.Second)},
		"1 m left": {Percent: -1, ETA: noon.Add(time.Minute)},
	} {
		if got := jobtext.Progress(example(func(j *job.Job) { j.Progress = p }), noon); got != want {
			t.Errorf("have %q, want %q", got, want)
		}
	}
	late := job.Progress{Percent: 90, ETA: noon.Add(-5 * time.Second), Line: "waiting for it to stop"}
	const want = "[##################--] 90 %; waiting for it to stop" // when it would have ended is nothing to who stops it
	if got := jobtext.Progress(example(in(job.Cancelling), func(j *job.Job) { j.Progress = late }), noon); got != want {
		t.Errorf("have %q, want %q", got, want)
	}
}

func TestEnd(t *testing.T) {
	t.Parallel()
	receipt := func(j *job.Job) {
		j.Receipt = &job.Receipt{By: j.Cancel.By, Asked: noon.Add(-time.Minute), Confirmed: noon, Evidence: "demo/slow #12 is ABORTED"}
	}
	for _, test := range []struct {
		job  *job.Job
		want string
	}{
		{
			example(in(job.Succeeded), func(j *job.Job) {
				j.Offers = []job.Offer{{Title: "Look", Text: "job k3f7"}}
				j.Result, j.Links = []byte(`{"url":"http://x"}`), []job.Link{{Title: "demo/slow #12", URL: "http://j/12"}, {URL: "http://y"}}
			}),
			"succeeded in 2 m: jenkins build demo/slow\n  demo/slow #12: http://j/12\n  http://y\n  url: http://x\n  Look: say `job k3f7`",
		},
		{
			example(in(job.Succeeded), func(j *job.Job) { j.Function, j.Command, j.Text = "clock", "notice", "I am running low." }),
			"I am running low.",
		},
		{
			example(in(job.Failed), func(j *job.Job) { j.Error = "its time limit passed; it was stopped" }, cancelledBy("deadline", ""), receipt),
			"failed after 2 m: jenkins build demo/slow\n  because: its time limit passed; it was stopped\n" +
				"  asked:     11:59:00 UTC by its time limit\n  signalled: no outside thing had to be told\n" +
				"  confirmed: 12:00:00 UTC, 1 m after it was asked\n  evidence:  demo/slow #12 is ABORTED\n  left:      nothing\n" +
				"  say `log k3f7` for its output, `retry k3f7` to try again",
		},
		{
			example(in(job.Cancelled), cancelledBy("deadline:a1b2", ""), receipt),
			"was cancelled after 2 m: jenkins build demo/slow\n" +
				"  asked:     11:59:00 UTC by the time limit of a1b2\n  signalled: no outside thing had to be told\n" +
				"  confirmed: 12:00:00 UTC, 1 m after it was asked\n  evidence:  demo/slow #12 is ABORTED\n  left:      nothing",
		},
	} {
		if got := jobtext.End(test.job, noon); got != test.want {
			t.Errorf("have\n%s\nwant\n%s", got, test.want)
		}
	}
}

func TestEndIsBounded(t *testing.T) {
	t.Parallel()
	list := make([]string, 5000)
	for i := range list {
		list[i] = strings.Repeat("x", 1000)
	}
	document, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	end := jobtext.End(example(in(job.Succeeded), func(j *job.Job) { j.Result = document }), noon)
	if len(end) > 20<<10 || strings.Count(end, "\n") > 21 || !strings.HasSuffix(end, "\n  … and 81 more lines: say `job k3f7`") {
		t.Errorf("%d bytes, %d lines: %s", len(end), strings.Count(end, "\n"), end)
	}
}

// FuzzWords: whatever is in a record, what is said of it moves no cursor and starts no line of its own.
func FuzzWords(f *testing.F) {
	f.Add("jenkins build\x1b[2J", "it\nhangs", "http://x\x00")
	f.Fuzz(func(t *testing.T, text, reason, url string) {
		for _, state := range []job.State{job.Confirming, job.Queued, job.Running, job.Cancelling, job.Succeeded, job.Failed, job.Cancelled, job.Unknown} {
			j := example(in(state), cancelledBy(reason, reason), func(j *job.Job) {
				j.Text, j.Error, j.Lock, j.Behind = text, reason, reason, "a1b2"
				j.Links, j.Progress.Line = []job.Link{{Title: text, URL: url}}, reason
				j.Receipt = &job.Receipt{By: reason, Reason: reason, Evidence: reason, Left: []string{reason}}
			})
			for _, said := range append([]string{jobtext.Standing(j, noon), jobtext.Progress(j, noon)}, strings.Split(jobtext.End(j, noon), "\n  ")...) {
				if strings.ContainsFunc(said, unicode.IsControl) {
					t.Fatalf("%s: %q", state, said)
				}
			}
		}
	})
}

func ExampleEnd() {
	j := &job.Job{ID: "k3f7", State: job.Succeeded, Text: "jenkins build demo/slow", Created: noon, Started: noon, Finished: noon.Add(31 * time.Second)}
	fmt.Println(j.ID, jobtext.End(j, noon))
	// Output: k3f7 succeeded in 31 s: jenkins build demo/slow
}
