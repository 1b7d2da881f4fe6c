package card_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/slack/card"
)

var noon = time.Date(2026, time.January, 2, 12, 0, 0, 0, time.UTC)

// example is a job that began two minutes before noon, with changes.
func example(state job.State, changes ...func(*job.Job)) *job.Job {
	j := &job.Job{
		ID: "k3f7", Command: "jenkins build", Text: "jenkins build demo/slow branch=a&b", Principal: "slack:U1ANN", State: state,
		Progress: job.Progress{Percent: -1}, Created: noon.Add(-3 * time.Minute), Started: noon.Add(-2 * time.Minute),
	}
	if state.Final() {
		j.Finished = noon
	}
	for _, change := range changes {
		change(j)
	}
	return j
}

func notBegun(j *job.Job) { j.Started = time.Time{} }

func cancelled(j *job.Job) {
	j.Cancel = &job.CancelRequest{By: "slack:U2BOB", Reason: "it <hangs>", At: noon.Add(-time.Minute), Signal: noon.Add(-50 * time.Second)}
}

func TestJob(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, want, text string
		job              *job.Job
	}{
		{
			name: "queued behind another one",
			job: example(job.Queued, notBegun, func(j *job.Job) {
				j.Principal, j.Lock, j.Behind, j.Parent = "telnet:ann", "deploy/one", "a1b2", "p9x1"
			}),
			want: ":hourglass_flowing_sand: `jenkins build demo/slow branch=a&amp;b`\n" +
				"`k3f7` waits in line behind a1b2, which holds deploy/one\n" +
				"- asked by telnet:ann at 11:57:00 UTC\n- part of `p9x1`\n" +
				"[Cancel danger] {\"command\":\"cancel\",\"args\":{\"id\":\"k3f7\"}} (Cancel k3f7? jenkins build demo/slow branch=a&b: Cancel it, Leave it)\n" +
				"[Open] https://dash.example/jobs/k3f7",
			text: "k3f7 waits in line behind a1b2, which holds deploy/one: jenkins build demo/slow branch=a&amp;b",
		},
		{
			name: "with offers of its own",
			job: example(job.Waiting, func(j *job.Job) {
				j.Offers = []job.Offer{
					{Title: "Extend", Text: "openstack env extend demo"},
					{Title: "Give 100% back", Text: "openstack env delete demo", Danger: true},
				}
			}),
			want: ":arrow_forward: `jenkins build demo/slow branch=a&amp;b`\n" +
				"`k3f7` is running\n" +
				"- asked by <@U1ANN> at 11:57:00 UTC\n" +
				"[Log] {\"command\":\"log\",\"args\":{\"id\":\"k3f7\"}}\n" +
				"[Cancel danger] {\"command\":\"cancel\",\"args\":{\"id\":\"k3f7\"}} (Cancel k3f7? jenkins build demo/slow branch=a&b: Cancel it, Leave it)\n" +
				"[Extend] {\"text\":\"openstack env extend demo\"}\n" +
				"[Give 100% back danger] {\"text\":\"openstack env delete demo\"} (Give 100% back? openstack env delete demo: Do it, Leave it)\n" +
				"[Open] https://dash.example/jobs/k3f7",
			text: "k3f7 is running: jenkins build demo/slow branch=a&amp;b",
		},
		{
			name: "waiting for a sign-off",
			job: example(job.Confirming, notBegun, func(j *job.Job) {
				j.Signoff = &job.Signoff{
					Need: 2, Role: "approver", Until: noon.Add(58 * time.Minute),
					Approved: []job.Approval{{Principal: "slack:U2BOB"}},
				}
			}),
			want: ":raised_hand: `jenkins build demo/slow branch=a&amp;b`\n" +
				"`k3f7` needs 1 more approval by an approver: say `approve k3f7` or `reject k3f7` within 58 m\n" +
				"- asked by <@U1ANN> at 11:57:00 UTC\n- approved so far: <@U2BOB>; the sign-off is open until 12:58:00 UTC\n" +
				"[Approve primary] {\"command\":\"approve\",\"args\":{\"id\":\"k3f7\"}}\n" +
				"[Reject] {\"command\":\"reject\",\"args\":{\"id\":\"k3f7\"}}\n" +
				"[Cancel danger] {\"command\":\"cancel\",\"args\":{\"id\":\"k3f7\"}} (Cancel k3f7? jenkins build demo/slow branch=a&b: Cancel it, Leave it)\n" +
				"[Open] https://dash.example/jobs/k3f7",
			text: "k3f7 needs 1 more approval by an approver: say `approve k3f7` or `reject k3f7` within 58 m: jenkins build demo/slow branch=a&amp;b",
		},
		{
			name: "running",
			job: example(job.Running, func(j *job.Job) {
				j.Progress = job.Progress{Percent: 40, ETA: noon.Add(63 * time.Second), Step: 2, Steps: 3, Line: "build <#12> runs, see https://j/12"}
				j.Links = []job.Link{{Title: "build #12", URL: "https://j/job/demo/12/?a=1&b=2"}}
				j.RetryOf = "a1b2"
			}),
			want: ":arrow_forward: `jenkins build demo/slow branch=a&amp;b`\n`k3f7` is running\n" +
				"`[########------------] 40 %` 1 m 3 s left\nstep 2 of 3; build &lt;#12&gt; runs, see <https://j/12>\n" +
				":link: <https://j/job/demo/12/?a=1&amp;b=2|build #12>\n" +
				"- asked by <@U1ANN> at 11:57:00 UTC\n- repeats `a1b2`\n" +
				"[Log] {\"command\":\"log\",\"args\":{\"id\":\"k3f7\"}}\n" +
				"[Cancel danger] {\"command\":\"cancel\",\"args\":{\"id\":\"k3f7\"}} (Cancel k3f7? jenkins build demo/slow branch=a&b: Cancel it, Leave it)\n" +
				"[Open] https://dash.example/jobs/k3f7",
			text: "k3f7 is running, 1 m 3 s left: jenkins build demo/slow branch=a&amp;b",
		},
		{
			name: "being cancelled",
			job:  example(job.Cancelling, cancelled),
			want: ":octagonal_sign: `jenkins build demo/slow branch=a&amp;b`\n" +
				"`k3f7` is being cancelled, as <@U2BOB> asked (it &lt;hangs&gt;); it was told to stop and has not been seen stopped yet\n" +
				"- asked by <@U1ANN> at 11:57:00 UTC\n" +
				"[Log] {\"command\":\"log\",\"args\":{\"id\":\"k3f7\"}}\n[Open] https://dash.example/jobs/k3f7",
			text: "k3f7 is being cancelled, as <@U2BOB> asked (it &lt;hangs&gt;); it was told to stop and has not been seen stopped yet: " +
				"jenkins build demo/slow branch=a&amp;b",
		},
		{
			name: "succeeded",
			job: example(job.Succeeded, func(j *job.Job) {
				j.Result = json.RawMessage(`{"tag": "v1<2", "hosts": ["a", "b"]}`)
			}),
			want: ":white_check_mark: `jenkins build demo/slow branch=a&amp;b`\n`k3f7` succeeded in 2 m\n" +
				"```\nhosts:\n  - a\n  - b\ntag: v1&lt;2\n```\n- asked by <@U1ANN> at 11:57:00 UTC\n" +
				"[Log] {\"command\":\"log\",\"args\":{\"id\":\"k3f7\"}}\n[Open] https://dash.example/jobs/k3f7",
			text: "k3f7 succeeded in 2 m: jenkins build demo/slow branch=a&amp;b",
		},
		{
			name: "failed",
			job: example(job.Failed, func(j *job.Job) {
				j.Error = "exit status 2 <!channel>"
				j.Signoff = &job.Signoff{Approved: []job.Approval{{Principal: "slack:U2BOB", Forced: true}}}
			}),
			want: ":x: `jenkins build demo/slow branch=a&amp;b`\n`k3f7` failed after 2 m\n" +
				"was let past its sign-off by force, by <@U2BOB>\nbecause: exit status 2 &lt;!channel&gt;\n" +
				"- asked by <@U1ANN> at 11:57:00 UTC\n- say `log k3f7` for its output, `retry k3f7` to try again\n" +
				"[Log] {\"command\":\"log\",\"args\":{\"id\":\"k3f7\"}}\n[Retry] {\"command\":\"retry\",\"args\":{\"id\":\"k3f7\"}}\n" +
				"[Open] https://dash.example/jobs/k3f7",
			text: "k3f7 failed after 2 m: jenkins build demo/slow branch=a&amp;b",
		},
		{
			name: "cancelled",
			job: example(job.Cancelled, cancelled, func(j *job.Job) {
				j.Receipt = &job.Receipt{
					By: "slack:U2BOB", Reason: "it <hangs>, says slack:U9EVE", Asked: noon.Add(-time.Minute), Signalled: noon.Add(-50 * time.Second),
					Confirmed: noon, Evidence: "demo/slow #12 is ABORTED", Left: []string{"a workspace", "a <volume>"},
				}
			}),
			want: ":no_entry_sign: `jenkins build demo/slow branch=a&amp;b`\n`k3f7` was cancelled after 2 m\n" +
				"• *asked* 11:59:00 UTC by <@U2BOB> (it &lt;hangs&gt;, says slack:U9EVE)\n• *signalled* 11:59:10 UTC\n" +
				"• *confirmed* 12:00:00 UTC, 1 m after it was asked\n• *evidence* demo/slow #12 is ABORTED\n" +
				"• *left* a workspace\n• a &lt;volume&gt;\n" +
				"- asked by <@U1ANN> at 11:57:00 UTC\n" +
				"[Log] {\"command\":\"log\",\"args\":{\"id\":\"k3f7\"}}\n[Retry] {\"command\":\"retry\",\"args\":{\"id\":\"k3f7\"}}\n" +
				"[Open] https://dash.example/jobs/k3f7",
			text: "k3f7 was cancelled after 2 m: jenkins build demo/slow branch=a&amp;b",
		},
		{
			name: "unknown",
			job:  example(job.Unknown, func(j *job.Job) { j.Error = "Jenkins has no build for it" }),
			want: ":grey_question: `jenkins build demo/slow branch=a&amp;b`\n`k3f7` ended, and nobody can tell how\n" +
				"evidence: Jenkins has no build for it\n- asked by <@U1ANN> at 11:57:00 UTC\n" +
				"- look there yourself: if it did not happen, `retry k3f7`; if it did, nothing more is needed\n" +
				"[Log] {\"command\":\"log\",\"args\":{\"id\":\"k3f7\"}}\n" +
				"[Retry] {\"command\":\"retry\",\"args\":{\"id\":\"k3f7\"}} (Do k3f7 again? Nobody can tell how k3f7 ended. " +
				"If what it was to do has happened after all, it happens twice.: Do it again, Look first)\n" +
				"[Open] https://dash.example/jobs/k3f7",
			text: "k3f7 ended, and nobody can tell how: jenkins build demo/slow branch=a&amp;b",
		},
	} {
		blocks, text := card.Job(test.job, card.Options{Now: noon, DashboardURL: "https://dash.example/"})
		if diff := cmp.Diff(test.want, show(t, blocks)); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
		if text != test.text {
			t.Errorf("%s: have the text %q, want %q", test.name, text, test.text)
		}
		accepted(t, blocks, text)
	}
}

func TestShort(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		job  *job.Job
		want string
	}{
		{
			example(job.Running, func(j *job.Job) { j.Progress = job.Progress{Percent: 40, ETA: noon.Add(time.Minute)} }),
			":arrow_forward: `jenkins build demo/slow branch=a&amp;b`\n`k3f7` is running · `[########------------] 40 %` 1 m left · asked by <@U1ANN>\n" +
				"[Log] {\"command\":\"log\",\"args\":{\"id\":\"k3f7\"}}\n" +
				"[Cancel danger] {\"command\":\"cancel\",\"args\":{\"id\":\"k3f7\"}} (Cancel k3f7? jenkins build demo/slow branch=a&b: Cancel it, Leave it)",
		},
		{
			example(job.Succeeded, func(j *job.Job) { j.Progress.Percent = 100 }),
			":white_check_mark: `jenkins build demo/slow branch=a&amp;b`\n`k3f7` succeeded in 2 m · asked by <@U1ANN>\n" +
				"[Log] {\"command\":\"log\",\"args\":{\"id\":\"k3f7\"}}",
		},
	} {
		blocks, text := card.Short(test.job, card.Options{Now: noon})
		if diff := cmp.Diff(test.want, show(t, blocks)); diff != "" {
			t.Errorf("%s:\n%s", test.job.State, diff)
		}
		accepted(t, blocks, text)
	}
	blocks, _ := card.Short(example(job.Succeeded, notBegun), card.Options{Now: noon, DashboardURL: "https://d.example", Buttonless: true})
	if len(blocks) != 1 {
		t.Errorf("without buttons there are %d blocks", len(blocks))
	}
}

func TestOpenOnlyWhereThereIsADashboard(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]bool{
		"https://d.example": true, "http://127.0.0.1:8080/x/": true, "": false, "d.example": false, "javascript:alert(1)": false,
		"https://d.example/" + strings.Repeat("x", 3000): false,
	} {
		buttons := card.Buttons(example(job.Succeeded, notBegun), card.Options{Now: noon, DashboardURL: url})
		if (len(buttons) == 1) != want {
			t.Errorf("%q: have %d buttons", url, len(buttons))
		}
	}
}

func TestAReceiptAndAResultThatAreLong(t *testing.T) {
	t.Parallel()
	j := example(job.Succeeded, func(j *job.Job) {
		list := make([]string, 40)
		for i := range list {
			list[i] = fmt.Sprintf("host%d ```", i)
		}
		j.Result, _ = json.Marshal(list)
		for i := range 40 {
			j.Links = append(j.Links, job.Link{Title: fmt.Sprintf("build #%d", i), URL: "https://j.example/" + strings.Repeat("x", 60)})
		}
	})
	blocks, text := card.Job(j, card.Options{Now: noon})
	shown := show(t, blocks)
	for _, want := range []string{"… and 25 more lines: say `job k3f7`", "- host14 `\u200b`\u200b`\n```\n…", "build #0>", " more: say `job k3f7`"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is missing in\n%s", want, shown)
		}
	}
	accepted(t, blocks, text)
}
