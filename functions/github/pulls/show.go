package pulls

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/github"
)

// checksMost is how many check runs and reviews are looked at.
const checksMost = 100

// Show answers "github pr show".
func (d *Desk) Show(ctx context.Context, call command.Call) (command.Answer, error) {
	place, err := Parse(command.Values(call.Args).String("pr"))
	if err != nil {
		return command.Answer{Text: err.Error(), Problem: &command.Problem{Code: command.CodeUsage, Argument: "pr"}}, nil //nolint:nilerr // it is the answer
	}
	text, err := d.show(ctx, place)
	if err != nil {
		return Apology(err), nil
	}
	return command.Answer{Text: text}, nil
}

// Apology puts an error of GitHub's into an answer for the person who waits for it.
func Apology(err error) command.Answer {
	text := strings.TrimSuffix(err.Error(), ".") + "."
	text = strings.ToUpper(text[:1]) + text[1:]
	code := command.CodeConflict
	switch github.KindOf(err) {
	case github.Gone:
		code = command.CodeNotFound
	case github.Down, github.RateLimited:
		code, text = command.CodeUnavailable, text+" Try again in a moment."
	case github.Refused, github.Invalid, github.OK:
	}
	return command.Answer{Text: text, Problem: &command.Problem{Code: code}}
}

func (d *Desk) show(ctx context.Context, place github.Place) (string, error) {
	client, err := d.App.ClientFor(ctx, place.Owner, place.Repo)
	if err != nil {
		return "", err
	}
	pr, _, err := client.PullRequests.Get(ctx, place.Owner, place.Repo, place.Number)
	if err != nil {
		return "", github.Classify("read "+Name(place), err)
	}
	reviews, _, err := client.PullRequests.ListReviews(ctx, place.Owner, place.Repo, place.Number, &gogithub.ListOptions{PerPage: checksMost})
	if err != nil {
		return "", github.Classify("read the reviews of "+Name(place), err)
	}
	checks, _, err := client.Checks.ListCheckRunsForRef(ctx, place.Owner, place.Repo, pr.GetHead().GetSHA(),
		&gogithub.ListCheckRunsOptions{ListOptions: gogithub.ListOptions{PerPage: checksMost}})
	if kind := github.KindOf(err); kind == github.Down || kind == github.RateLimited {
		return "", github.Classify("read the checks of "+Name(place), err)
	}
	now, err := d.Now(ctx)
	if err != nil {
		return "", err
	}
	var runs []*gogithub.CheckRun
	if checks != nil {
		runs = checks.CheckRuns
	}
	return Name(place) + ": " + chat.OneLine(pr.GetTitle()) + "\n" + sheet(pr, reviews, runs, now), nil
}

// sheet is all that is shown of a pull request.
func sheet(pr *gogithub.PullRequest, reviews []*gogithub.PullRequestReview, checks []*gogithub.CheckRun, now time.Time) string {
	var s chat.Sheet
	s.Add("state", State(pr))
	s.Add("by", chat.OneLine(pr.GetUser().GetLogin())+", "+chat.Age(now.Sub(pr.GetCreatedAt().Time)))
	s.Add("from", chat.OneLine(pr.GetHead().GetLabel())+" at "+short(pr.GetHead().GetSHA()))
	s.Add("into", chat.OneLine(pr.GetBase().GetRef()))
	s.Add("mergeable", Mergeable(pr))
	s.Add("changes", fmt.Sprintf("+%d -%d in %s, %s", pr.GetAdditions(), pr.GetDeletions(), chat.Count(pr.GetChangedFiles(), "file"), chat.Count(pr.GetCommits(), "commit")))
	s.Add("labels", labels(pr))
	s.Add("reviews", reviewed(reviews))
	s.Add("checks", checked(checks))
	s.Add("link", chat.OneLine(pr.GetHTMLURL()))
	return s.String()
}

// State is a pull request's state as a word.
func State(pr *gogithub.PullRequest) string {
	switch {
	case pr.GetMerged():
		return "merged"
	case pr.GetState() != closed && pr.GetDraft():
		return "draft"
	}
	return chat.OneLine(pr.GetState())
}

// Mergeable says whether it can be merged, as far as GitHub knows yet.
func Mergeable(pr *gogithub.PullRequest) string {
	switch {
	case pr.GetMerged() || pr.GetState() == closed:
		return ""
	case pr.Mergeable == nil:
		return "not known yet"
	case !pr.GetMergeable():
		return "no, it conflicts"
	}
	switch pr.GetMergeableState() {
	case "blocked":
		return "yes, once it is reviewed and checked"
	case "behind":
		return "yes, once it is brought up to date"
	}
	return "yes"
}

func labels(pr *gogithub.PullRequest) string {
	names := make([]string, len(pr.Labels))
	for i, l := range pr.Labels {
		names[i] = chat.OneLine(l.GetName())
	}
	return strings.Join(names, ", ")
}

// reviewed says what each reviewer said last.
func reviewed(reviews []*gogithub.PullRequestReview) string {
	words := map[string]string{"APPROVED": "approves", "CHANGES_REQUESTED": "wants changes", "DISMISSED": "was dismissed"}
	last := make(map[string]string)
	var order []string
	for _, r := range reviews {
		who := chat.OneLine(r.GetUser().GetLogin())
		if word, ok := words[r.GetState()]; ok {
			if _, known := last[who]; !known {
				order = append(order, who)
			}
			last[who] = word
		}
	}
	for i, who := range order {
		order[i] = who + " " + last[who]
	}
	return strings.Join(order, ", ")
}

// checked counts check runs by how they stand, and names those that failed.
func checked(runs []*gogithub.CheckRun) string {
	counts := make(map[string]int)
	var bad []string
	for _, r := range runs {
		word := r.GetConclusion()
		if r.GetStatus() != "completed" {
			word = r.GetStatus()
		}
		counts[word]++
		if word == "failure" || word == "timed_out" || word == "action_required" {
			bad = append(bad, chat.OneLine(r.GetName()))
		}
	}
	var parts []string
	for word, n := range counts {
		parts = append(parts, fmt.Sprintf("%d %s", n, strings.ReplaceAll(chat.OneLine(word), "_", " ")))
	}
	slices.Sort(parts)
	text := strings.Join(parts, ", ")
	if len(bad) > 0 {
		text += " (" + strings.Join(bad[:min(len(bad), 5)], ", ") + ")"
	}
	return text
}
