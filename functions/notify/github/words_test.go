package github

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/github/markdown"
	"github.com/handsoff/handsoff/shared/job"
)

// outside takes what is code out of a comment: GitHub links and calls nobody there.
func outside(text string) string {
	text = withoutBlocks(text)
	text = regexp.MustCompile(`\]\(<[^>\n]*>\)`).ReplaceAllString(text, "]") // where a link leads
	var b strings.Builder
	for text != "" {
		before, rest, ticks := span(text)
		b.WriteString(before)
		if text = rest; ticks == 0 {
			break
		}
	}
	return b.String()
}

// withoutBlocks takes the blocks of code out.
func withoutBlocks(text string) string {
	var b strings.Builder
	fence := ""
	for line := range strings.Lines(text) {
		bare := strings.TrimSuffix(line, "\n")
		ticks, block := strings.CutSuffix(bare, "text")
		switch {
		case fence != "" && bare == fence:
			fence = ""
		case fence != "":
		case block && len(ticks) >= 3 && strings.Trim(ticks, "`") == "":
			fence = ticks
		default:
			b.WriteString(line)
		}
	}
	return b.String()
}

var runs = regexp.MustCompile("\\\\?`+")

// span finds the first piece of code on a line: what stands before it, what follows it, and how many backticks it has; a
// backtick behind a backslash begins none.
func span(text string) (before, rest string, ticks int) {
	found := runs.FindAllStringIndex(text, -1)
	for i, open := range found {
		if text[open[0]] == '\\' {
			continue
		}
		for _, end := range found[i+1:] {
			from := end[0] + strings.Count(text[end[0]:end[0]+1], `\`) // within code a backslash is one
			if end[1]-from == open[1]-open[0] {
				return text[:open[0]], text[end[1]:], open[1] - open[0]
			}
		}
	}
	return text, "", 0
}

// TestNobodyIsCalledByWhatCameFromOutside, whatever a job holds; and no comment is longer than GitHub takes.
func TestNobodyIsCalledByWhatCameFromOutside(t *testing.T) {
	t.Parallel()
	states := []job.State{
		job.Confirming, job.Queued, job.Running, job.Waiting, job.Cancelling, job.Succeeded, job.Failed, job.Cancelled, job.Unknown,
	}
	bad := rapid.SampledFrom([]string{
		"@eve", "acme/x#12", "\n", "```", "`", "<!-- handsoff job zzzz -->", "<script>", " ", "word", "https://evil.example/", strings.Repeat("long ", 3000),
	})
	rapid.Check(t, func(t *rapid.T) {
		text := func(name string) string { return strings.Join(rapid.SliceOfN(bad, 0, 8).Draw(t, name), "") }
		now := time.UnixMilli(1_700_000_000_000)
		j := &job.Job{
			ID: "k3f7", Text: text("text"), Principal: "github:1" + text("principal"), Error: text("error"), State: rapid.SampledFrom(states).Draw(t, "state"),
			Progress: job.Progress{Percent: rapid.IntRange(-1, 100).Draw(t, "percent"), Line: text("line")}, Created: now, Started: now, Finished: now,
			Links:   []job.Link{{Title: text("title"), URL: "https://ci.example/" + text("url")}},
			Cancel:  &job.CancelRequest{By: text("by"), Reason: text("reason")},
			Receipt: &job.Receipt{By: text("by"), Reason: text("why"), Evidence: text("evidence"), Left: []string{text("left")}},
			Signoff: &job.Signoff{Need: 1, Role: "approver", Approved: []job.Approval{{Principal: text("word"), Forced: true}}},
		}
		var story []job.Line
		for range storyLines {
			story = append(story, job.Line{At: now, Text: text("story")})
		}
		w := words{job: j, now: now, story: story, bot: "handsoff", place: github.Place{Comment: 1}}
		run, status := w.run(), w.status()
		for _, body := range []string{w.comment(), run.Output.Summary} {
			if utf8.RuneCountInString(body) > markdown.Most {
				t.Fatalf("%d characters", utf8.RuneCountInString(body))
			}
			plain := strings.TrimPrefix(outside(body), github.Marker("k3f7"))
			if found := regexp.MustCompile(`@eve|#12|<script|<!--|[^<]https://evil`).FindString(plain); found != "" {
				t.Fatalf("%q is outside of code in\n%s", found, body)
			}
		}
		if id, ok := github.FindMarker(w.comment()); !ok || id != "k3f7" {
			t.Fatalf("the mark is %q", id)
		}
		if utf8.RuneCountInString(*status.Description) > statusMost || utf8.RuneCountInString(run.Name) > nameMost || strings.Contains(run.Name+run.Output.Title, "\n") {
			t.Fatalf("%+v, %+v", run, status)
		}
	})
}

// TestACheckHasOneName for each run of a command.
func TestACheckHasOneName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"jenkins build demo/slow":                           "handsoff: jenkins build demo/slow",
		"jenkins build demo/slow SHA=" + sha + " OS=linux":  "handsoff: jenkins build demo/slow OS=linux",
		"jenkins build " + sha + " REF=refs/pull/12/head":   "handsoff: jenkins build",
		`jenkins build app parameters.commit="` + sha + `"`: "handsoff: jenkins build app",
		"jenkins build demo/slow OS=mac":                    "handsoff: jenkins build demo/slow OS=mac",
	} {
		if got := (words{job: &job.Job{Text: text}, bot: "handsoff"}).checkName(); got != want {
			t.Errorf("%q is named %q, want %q", text, got, want)
		}
	}
}

// TestHowAJobConcludes, in GitHub's words.
func TestHowAJobConcludes(t *testing.T) {
	t.Parallel()
	late, led := &job.CancelRequest{By: "deadline"}, &job.CancelRequest{By: job.DeadlineOf("k3f7")}
	for want, j := range map[string]*job.Job{
		"success": {State: job.Succeeded}, "failure": {State: job.Failed}, "cancelled": {State: job.Cancelled},
		"timed_out": {State: job.Failed, Cancel: late}, "action_required": {State: job.Unknown},
	} {
		if got := conclusion(j); got != want || runStatus(j.State) != "completed" {
			t.Errorf("%s is %q, want %q", j.State, got, want)
		}
	}
	if got := conclusion(&job.Job{State: job.Cancelled, Cancel: led}); got != "timed_out" {
		t.Errorf("stopped since another's time limit passed, it is %q", got)
	}
	for state, want := range map[job.State]string{
		job.Confirming: "queued", job.Queued: "queued", job.Running: "in_progress", job.Waiting: "in_progress", job.Cancelling: "in_progress",
	} {
		if got := runStatus(state); got != want {
			t.Errorf("%s is %q, want %q", state, got, want)
		}
	}
}
