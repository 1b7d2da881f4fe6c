package card_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	goslack "github.com/slack-go/slack"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/slack/card"
	"github.com/handsoff/handsoff/shared/slack/slacktest"
)

var states = []job.State{
	job.Confirming, job.Queued, job.Running, job.Waiting, job.Cancelling, job.Succeeded, job.Failed, job.Cancelled, job.Unknown,
}

// outside draws text that came from outside: harmless, nasty, and sometimes very long.
func outside() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		text := strings.Join(rapid.SliceOfN(rapid.OneOf(
			rapid.SampledFrom([]string{
				"&", "<", ">", "```", "`", "\n", "|", "\"", "@channel", "<!channel>", "<@U9EVE>", "slack:U9EVE", "https://x.example/<a>|b",
				"😀", "é́́", "*b*", "%", "\u2028", "\x1b[31m", "\xff", "  ",
			}),
			rapid.String(),
		), 0, 6).Draw(t, "parts"), "")
		return strings.Repeat(text, rapid.SampledFrom([]int{1, 1, 1, 40, 400}).Draw(t, "times"))
	})
}

func moment() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "never") {
			return time.Time{}
		}
		return noon.Add(time.Duration(rapid.Int64Range(-1e15, 1e15).Draw(t, "moment")))
	})
}

func principal() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom([]string{"slack:U1ANN", "slack:U2BOB", "telnet:ann", "slack-guest:U3", "deadline", ""}), outside())
}

// anyJob draws a record, also one that the engine would never write; only its id is one.
func anyJob() *rapid.Generator[*job.Job] {
	return rapid.Custom(func(t *rapid.T) *job.Job {
		text := func(name string) string { return outside().Draw(t, name) }
		when := func(name string) time.Time { return moment().Draw(t, name) }
		who := func(name string) string { return principal().Draw(t, name) }
		j := &job.Job{
			ID: rapid.StringMatching(`[0-9a-z]{4,16}`).Draw(t, "id"), Command: text("command"), Text: text("text"), Principal: who("principal"),
			State: rapid.SampledFrom(states).Draw(t, "state"), Error: text("error"), Parent: text("parent"), RetryOf: text("retry"),
			Lock: text("lock"), Behind: text("behind"), Created: when("created"), Started: when("started"), Finished: when("finished"),
			Progress: job.Progress{
				Percent: rapid.IntRange(-1, 200).Draw(t, "percent"), ETA: when("eta"), Step: rapid.Int().Draw(t, "step"),
				Steps: rapid.Int().Draw(t, "steps"), Line: text("line"),
			},
		}
		for range rapid.IntRange(0, 30).Draw(t, "links") {
			j.Links = append(j.Links, job.Link{Title: text("title"), URL: "https://j.example/" + text("url")})
		}
		for range rapid.SampledFrom([]int{0, 0, 3, 40}).Draw(t, "parts of it") {
			j.Parts = append(j.Parts, job.Part{Name: text("part"), State: text("part's state"), Job: text("part's job"), Note: text("note"), Started: when("began")})
		}
		if rapid.Bool().Draw(t, "signoff") {
			j.Signoff = &job.Signoff{Need: rapid.Int().Draw(t, "need"), Role: text("role"), Until: when("until")}
			for range rapid.IntRange(0, 5).Draw(t, "words") {
				j.Signoff.Approved = append(j.Signoff.Approved, job.Approval{Principal: who("approver"), Forced: rapid.Bool().Draw(t, "forced")})
			}
		}
		if rapid.Bool().Draw(t, "cancel") {
			j.Cancel = &job.CancelRequest{By: who("by"), Reason: text("reason"), Signal: when("signal")}
			j.Receipt = &job.Receipt{
				By: who("by"), Reason: text("reason"), Asked: when("asked"), Signalled: when("signalled"), Confirmed: when("confirmed"),
				Evidence: text("evidence"), Left: rapid.SliceOfN(outside(), 0, 5).Draw(t, "left"),
			}
		}
		result, err := json.Marshal(rapid.MapOfN(outside(), rapid.SliceOfN(outside(), 0, 20), 0, 4).Draw(t, "result"))
		if err != nil {
			t.Fatal(err)
		}
		j.Result = result
		return j
	})
}

// mentioned are the mentions that a job's own principals allow.
func mentioned(j *job.Job) []string {
	people := []string{j.Principal}
	if j.Signoff != nil {
		for _, word := range j.Signoff.Approved {
			people = append(people, word.Principal)
		}
	}
	if j.Cancel != nil {
		people = append(people, j.Cancel.By, j.Receipt.By)
	}
	var mentions []string
	for _, person := range people {
		if id, ok := strings.CutPrefix(person, "slack:"); ok && regexp.MustCompile(`^[UW][A-Z0-9]+$`).MatchString(id) {
			mentions = append(mentions, "<@"+id+">")
		}
	}
	return mentions
}

func TestSlackTakesEveryJob(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		j := anyJob().Draw(t, "job")
		options := card.Options{Now: noon, DashboardURL: "https://dash.example"}
		for _, render := range []func(*job.Job, card.Options) ([]goslack.Block, string){card.Job, card.Short} {
			blocks, text := render(j, options)
			accepted(t, blocks, text)
			if text == "" {
				t.Errorf("there is no text for where blocks are not shown")
			}
			allowed := mentioned(j)
			for _, mention := range slacktest.Live(blocks, text) {
				if !slices.Contains(allowed, mention) {
					t.Errorf("%s is notified", mention)
				}
			}
		}
	})
}

func TestButtonsFitTheState(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		j := anyJob().Draw(t, "job")
		j.ID = "k3f7"
		for _, element := range card.Buttons(j, card.Options{Now: noon}) {
			button := element.(*goslack.ButtonBlockElement)
			action, err := card.ReadAction(button.ActionID, button.Value)
			if err != nil || action.Args["id"] != "k3f7" {
				t.Fatalf("%s: %+v, %v", button.Text.Text, action, err)
			}
			over := j.State.Final()
			fits := map[string]bool{
				"cancel": !over, "approve": j.State == job.Confirming, "reject": j.State == job.Confirming,
				"log": !j.Started.IsZero(), "retry": over && j.State != job.Succeeded,
			}
			if !fits[action.Command] {
				t.Fatalf("a job that is %s has the button %s", j.State, action.Command)
			}
		}
	})
}

func TestSlackTakesEveryAnswer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := command.Answer{Text: outside().Draw(t, "text")}
		if rapid.Bool().Draw(t, "problem") {
			a.Problem = &command.Problem{
				Code: command.CodeUsage, Usage: outside().Draw(t, "usage"), Suggestions: rapid.SliceOfN(outside(), 0, 30).Draw(t, "suggestions"),
			}
		}
		for _, m := range card.Answer(a) {
			accepted(t, m.Blocks, m.Text)
			if live := slacktest.Live(m.Blocks, m.Text); len(live) > 0 {
				t.Errorf("%q are notified", live)
			}
		}
	})
}
