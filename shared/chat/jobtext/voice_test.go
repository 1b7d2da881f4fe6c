package jobtext_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/job"
)

// loud writes text from outside in capitals and people in brackets, so that a test sees what is which.
var loud = jobtext.Voice{
	Text:   strings.ToUpper,
	Person: func(principal string) string { return "[" + principal + "]" },
}

func TestADoorsVoice(t *testing.T) {
	t.Parallel()
	signoff := func(j *job.Job) {
		j.Signoff = &job.Signoff{
			Need: 3, Role: "release", Until: noon.Add(time.Hour),
			Approved: []job.Approval{{Principal: "slack:U1"}, {Principal: "telnet:bob", Forced: true}},
		}
	}
	stopped := func(j *job.Job) {
		j.Receipt = &job.Receipt{By: "slack:U1", Reason: "hangs", Asked: noon, Confirmed: noon, Evidence: "gone", Left: []string{"a", "b"}}
	}
	for _, test := range []struct{ have, want string }{
		{
			loud.Standing(example(in(job.Cancelling), cancelledBy("telnet:bob", "it hangs")), noon),
			"is being cancelled, as [telnet:bob] asked (IT HANGS); the receipt follows when it has been seen stopped",
		},
		{
			loud.Standing(example(in(job.Cancelling), cancelledBy("deadline", "")), noon),
			"has passed its time limit and is being stopped; the receipt follows when it has been seen stopped",
		},
		{
			loud.Standing(example(in(job.Queued), func(j *job.Job) { j.Lock, j.Behind = "deploy/one", "a1b2" }), noon),
			"waits in line behind A1B2, which holds DEPLOY/ONE",
		},
		{
			loud.Standing(example(in(job.Confirming), signoff), noon),
			"needs 1 more approval by A RELEASE: say `approve k3f7` or `reject k3f7` within 1 h",
		},
		{
			loud.Signoff(example(in(job.Confirming), signoff), noon),
			"approved so far: [slack:U1] and [telnet:bob]; the sign-off is open until 13:00:00 UTC",
		},
		{loud.Signoff(example(signoff), noon), ""},
		{loud.Forced(example(signoff)), "was let past its sign-off by force, by [telnet:bob]"},
		{jobtext.Voice{}.Signoff(example(in(job.Confirming), signoff), noon), "approved so far: slack:U1 and telnet:bob; the sign-off is open until 13:00:00 UTC"},
	} {
		if test.have != test.want {
			t.Errorf("have %q, want %q", test.have, test.want)
		}
	}
	want := []jobtext.Fact{
		{"asked", "12:00:00 UTC by [slack:U1] (HANGS)"},
		{"signalled", "no outside thing had to be told"},
		{"confirmed", "12:00:00 UTC, at once"},
		{"evidence", "GONE"},
		{"left", "A"},
		{"", "B"},
	}
	if diff := cmp.Diff(want, loud.Receipt(example(in(job.Cancelled), stopped), noon)); diff != "" {
		t.Error(diff)
	}
}
