package home_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	goslack "github.com/slack-go/slack"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/functions/slack/home"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/slack/card"
	"github.com/handsoff/handsoff/shared/slack/slacktest"
)

var noon = time.Date(2026, time.January, 2, 12, 0, 0, 0, time.UTC)

// ann is what the tab shows an operator with nothing to do.
func ann() home.Facts {
	return home.Facts{
		Slash: "/handsoff", RunAction: "run:open", Principal: "slack:U0ANN", Roles: []string{"operator", "viewer"},
		Card: card.Options{Now: noon},
		Commands: []command.Declared{
			declared("help", "Show what I can do"), declared("jenkins build", "Build a Jenkins job", command.Arg{Name: "job"}),
			declared("jenkins stop", "Stop a build"), declared("jobs", "List jobs"),
		},
	}
}

func declared(words, summary string, args ...command.Arg) command.Declared {
	return command.Declared{Spec: command.Spec{Words: words, Summary: summary, Args: args}}
}

func running(id string) *job.Job {
	return &job.Job{
		ID: id, Text: "jenkins build demo/" + id, Command: "jenkins build", Principal: "slack:U0ANN", State: job.Running,
		Progress: job.Progress{Percent: 40}, Created: noon.Add(-time.Minute), Started: noon.Add(-time.Minute),
	}
}

// check gives a view's texts, a line each, after Slack's limits.
func check(tb interface {
	Helper()
	Fatal(args ...any)
}, v goslack.HomeTabViewRequest,
) string {
	tb.Helper()
	if err := slacktest.CheckView(&goslack.ModalViewRequest{
		Type: v.Type, CallbackID: v.CallbackID, PrivateMetadata: v.PrivateMetadata, Blocks: v.Blocks,
	}); err != nil {
		tb.Fatal(err)
	}
	if n := len(v.Blocks.BlockSet); n > 100 {
		tb.Fatal(n, "blocks")
	}
	text, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	var all []string
	var walk func(any)
	walk = func(x any) {
		switch x := x.(type) {
		case map[string]any:
			if said, ok := x["text"].(string); ok {
				all = append(all, said)
			}
			for _, key := range []string{"text", "elements", "accessory", "blocks"} {
				walk(x[key])
			}
		case []any:
			for _, y := range x {
				walk(y)
			}
		}
	}
	var decoded any
	if err := json.Unmarshal(text, &decoded); err != nil {
		tb.Fatal(err)
	}
	walk(decoded)
	return strings.Join(all, "\n")
}

func TestView(t *testing.T) {
	t.Parallel()
	want := strings.Join([]string{
		"Run a command", "Refresh", "You are `slack:U0ANN` · roles: operator, viewer · as of 12:00:00 UTC",
		"Your jobs", "Nothing of yours is under way.",
		"Waiting for your approval", "Nothing waits for your word.",
		"What you may do", "*In general*", "`help` Show what I can do", "`jobs` List jobs",
		"*jenkins*", "`jenkins build &lt;job&gt;` Build a Jenkins job", "`jenkins stop` Stop a build",
	}, "\n")
	if got := check(t, home.View(ann())); got != want {
		t.Errorf("have\n%s\nwant\n%s", got, want)
	}
}

func TestViewOfJobs(t *testing.T) {
	t.Parallel()
	f := ann()
	for i := range 13 {
		f.Mine = append(f.Mine, running(fmt.Sprintf("a%03d", i)))
	}
	f.Waiting = []*job.Job{{ID: "w001", Text: "jenkins restart", State: job.Confirming, Principal: "slack:U0BOB", Created: noon, Signoff: &job.Signoff{Need: 1, Role: "approver"}}}
	got := check(t, home.View(f))
	for _, said := range []string{"a000", "a009", "… and 3 more: `/handsoff jobs mine=true` lists all of them", "w001"} {
		if !strings.Contains(got, said) {
			t.Errorf("%q is not in\n%s", said, got)
		}
	}
	if strings.Contains(got, "a010") || strings.Contains(got, "Nothing of yours") {
		t.Error(got)
	}
}

func TestViewOfSchedules(t *testing.T) {
	t.Parallel()
	f := ann()
	if got := check(t, home.View(f)); strings.Contains(got, "schedules") {
		t.Error("schedules are shown where there is no such command")
	}
	f.Commands = append(f.Commands, declared("schedules", "List schedules"))
	if got := check(t, home.View(f)); !strings.Contains(got, "Schedules\n`/handsoff schedules` lists what runs at set times.") {
		t.Error(got)
	}
	f.Schedules = []home.Schedule{{Name: "nightly", When: "every day at 02:00", Text: "jenkins build demo/slow", Next: noon.Add(14 * time.Hour)}}
	if got := check(t, home.View(f)); !strings.Contains(got, "*nightly* every day at 02:00: `jenkins build demo/slow`, next 2026-01-03 02:00:00 UTC") {
		t.Error(got)
	}
}

func TestViewOfSomebodyWithoutRoles(t *testing.T) {
	t.Parallel()
	f := ann()
	f.Roles, f.Commands, f.Missing = nil, nil, []string{"Redis <away>."}
	got := check(t, home.View(f))
	for _, said := range []string{"no role yet: whoever keeps the configuration", "`/handsoff help` shows it.", ":warning: Redis &lt;away&gt;."} {
		if !strings.Contains(got, said) {
			t.Errorf("%q is not in\n%s", said, got)
		}
	}
}

func TestManyCommandsSayWhatIsMissing(t *testing.T) {
	t.Parallel()
	f := ann()
	f.Commands = nil
	for i := range 120 {
		for _, word := range []string{"one", "two"} {
			f.Commands = append(f.Commands, declared(fmt.Sprintf("g%d %s", i, word), "Do it"))
		}
	}
	got := check(t, home.View(f))
	var left int
	_, rest, _ := strings.Cut(got, "… and ")
	if _, err := fmt.Sscanf(rest, "%d more: `/handsoff help` lists all of them", &left); err != nil {
		t.Fatal(err, got)
	}
	if shown := strings.Count(got, "Do it"); shown+left != 240 || shown < 150 {
		t.Errorf("%d are shown, and it says that %d are not", shown, left)
	}
}

// TestAnyView: Slack takes the tab whatever there is to show, and every command is shown or told to be missing.
func TestAnyView(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := ann()
		f.Commands = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) command.Declared {
			d := declared(rapid.StringMatching(`[a-z]{1,2}( [a-z]{1,8}){0,2}`).Draw(t, "words"), rapid.StringN(1, 120, 120).Draw(t, "summary"))
			for i := range rapid.IntRange(0, 32).Draw(t, "args") {
				d.Args = append(d.Args, command.Arg{Name: fmt.Sprintf("a%d%s", i, rapid.StringMatching(`[a-z]{0,50}`).Draw(t, "arg"))})
			}
			return d
		}), 0, 300).Draw(t, "commands")
		for i := range rapid.IntRange(0, 20).Draw(t, "jobs") {
			j := running(fmt.Sprintf("j%d", i))
			j.Text = rapid.String().Draw(t, "text")
			f.Mine, f.Waiting = append(f.Mine, j), append(f.Waiting, j)
		}
		check(t, home.View(f))
	})
}

func TestWaits(t *testing.T) {
	t.Parallel()
	same := func(a, b string) bool { return a == b || a == "telnet:ann" && b == "slack:U0ANN" }
	for _, test := range []struct {
		name  string
		job   job.Job
		roles string
		want  bool
	}{
		{"of another", job.Job{Principal: "slack:U0BOB", Signoff: &job.Signoff{Role: "release"}}, "release", true},
		{"the usual role", job.Job{Principal: "slack:U0BOB", Signoff: &job.Signoff{}}, "approver", true},
		{"without the role", job.Job{Principal: "slack:U0BOB", Signoff: &job.Signoff{Role: "release"}}, "approver", false},
		{"her own", job.Job{Principal: "slack:U0ANN", Signoff: &job.Signoff{Role: "release"}}, "release", false},
		{"her own from another door", job.Job{Principal: "telnet:ann", Signoff: &job.Signoff{Role: "release"}}, "release", false},
		{"her own, which counts", job.Job{Principal: "slack:U0ANN", Signoff: &job.Signoff{Role: "release", Self: true}}, "release", true},
		{"her own word only", job.Job{Principal: "slack:U0ANN", Signoff: &job.Signoff{Role: "requester", Self: true}}, "release", false},
		{"approved", job.Job{Principal: "slack:U0BOB", Signoff: &job.Signoff{Role: "release", Approved: []job.Approval{{Principal: "telnet:ann"}}}}, "release", false},
		{"approved by another", job.Job{Principal: "slack:U0BOB", Signoff: &job.Signoff{Role: "release", Need: 2, Approved: []job.Approval{{Principal: "slack:U1"}}}}, "release", true},
		{"no sign-off", job.Job{Principal: "slack:U0BOB"}, "release", false},
		{"begun", job.Job{Principal: "slack:U0BOB", State: job.Running, Signoff: &job.Signoff{Role: "release"}}, "release", false},
	} {
		if test.job.State == "" {
			test.job.State = job.Confirming
		}
		if got := home.Waits(&test.job, "slack:U0ANN", []string{test.roles}, same); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}
