package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// longestAnswer is how much of one answer is said, in bytes.
	longestAnswer = 6000
	// mostReplies is how many comments of answers one pull request or issue may have from us in repliesWithin: whoever may
	// comment can ask.
	mostReplies   = 20
	repliesWithin = time.Hour
	// replyPages bounds how far back a reply of ours is looked for, in pages of replyPage.
	replyPages = 10
	replyPage  = 100
	// skew is how far GitHub's clock may be behind the time at which it says that a comment was made.
	skew = time.Minute
)

// answer is what is to be said of one command.
type answer struct {
	Line string `json:"line,omitempty"` // the command as it was written, without its slash
	Text string `json:"text"`
}

// answerMark is a hidden line by which a reply to something is found again.
func answerMark(to string) string { return "<!-- handsoff answer " + to + " -->" }

// reply says all answers in one comment, once. to names what is answered.
func (v *visit) reply(ctx context.Context, to string) error {
	if len(v.done.Answers) == 0 || v.place.Number == 0 {
		return nil
	}
	client, err := v.client(ctx)
	if err != nil {
		return err
	}
	if v.claim.Attempts > 0 {
		found, err := v.replied(ctx, client, answerMark(to))
		if err != nil || found {
			return err
		}
	}
	if within, err := v.mayReply(ctx, to); err != nil || !within {
		return err
	}
	body := answerMark(to) + "\n" + written(v.done.Answers)
	_, _, err = client.Issues.CreateComment(ctx, v.place.Owner, v.place.Repo, v.place.Number, &gogithub.IssueComment{Body: &body})
	err = github.Classify("answer in "+v.place.Subject(), err)
	if fault := refusedFault(err); fault != nil {
		return v.later(ctx, to, fault)
	}
	return v.unlessFinal(ctx, err)
}

// replied reports whether the answer is there already.
func (v *visit) replied(ctx context.Context, client *gogithub.Client, mark string) (bool, error) {
	since := v.claim.Received.Add(-skew)
	options := &gogithub.IssueListCommentsOptions{Since: &since, ListOptions: gogithub.ListOptions{PerPage: replyPage}}
	for range replyPages {
		list, answered, err := client.Issues.ListComments(ctx, v.place.Owner, v.place.Repo, v.place.Number, options)
		if err != nil {
			return false, github.Classify("look for my answer in "+v.place.Subject(), err)
		}
		for _, c := range list {
			if strings.HasPrefix(c.GetBody(), mark) && v.self.Is(c.GetUser().GetLogin(), c.GetUser().GetID()) {
				return true, nil
			}
		}
		if options.Page = answered.NextPage; options.Page == 0 {
			break
		}
	}
	return false, nil
}

// mayReply reports whether one more reply fits. What is not said is logged and counted. The same reply counts once.
func (v *visit) mayReply(ctx context.Context, to string) (bool, error) {
	key := job.Prefix + "github:replies:" + strings.TrimPrefix(v.place.Subject(), "github:")
	pipe := v.Redis.TxPipeline()
	pipe.SAdd(ctx, key, to)
	pipe.ExpireNX(ctx, key, repliesWithin)
	n := pipe.SCard(ctx, key)
	if _, err := pipe.Exec(ctx); err != nil {
		return false, fmt.Errorf("count the replies in %s: %w", v.place.Subject(), err)
	}
	if n.Val() <= mostReplies {
		return true, nil
	}
	v.Log.WarnContext(ctx, "an answer is not said: there are too many here this hour", "subject", v.place.Subject(), "to", to)
	return false, v.Jobs.Count(ctx, "github_replies_withheld", 1)
}

// later leaves the answers to notify, which says them once our account is mended: nothing that is asked there meanwhile waits
// for them.
func (v *visit) later(ctx context.Context, to string, fault *github.Error) error {
	v.Log.ErrorContext(ctx, "GitHub lets us answer nothing; notify has the answer and tries again", "subject", v.place.Subject(), "error", fault)
	var said []string
	for _, a := range v.done.Answers {
		if a.Line != "" {
			said = append(said, "/"+chat.Brief(a.Line, 200))
		}
		said = append(said, bounded(chat.Clean(a.Text)))
	}
	return v.tellThere(ctx, "answer "+to, strings.Join(said, "\n"))
}

// unlessFinal keeps an error that trying again may mend. Any other is logged: nobody can be told there.
func (v *visit) unlessFinal(ctx context.Context, err error) error {
	if err == nil || github.RetryAfter(err) > 0 {
		return err
	}
	v.Log.ErrorContext(ctx, "an answer cannot be said", "subject", v.place.Subject(), "error", err)
	return v.Jobs.Count(ctx, "github_unanswered", 1)
}

// written writes answers as GitHub shows them. All text is shown as code: it calls nobody, and nothing in it has a meaning.
func written(answers []answer) string {
	var b strings.Builder
	for i, a := range answers {
		if i > 0 {
			b.WriteString("\n")
		}
		if a.Line != "" {
			b.WriteString(span("/"+chat.Brief(a.Line, 200)) + "\n")
		}
		b.WriteString(block(bounded(chat.Clean(a.Text))))
	}
	return b.String()
}

// bounded cuts what is too long for a comment.
func bounded(text string) string {
	if len(text) <= longestAnswer {
		return text
	}
	return chat.Cut(text, longestAnswer) + "\n… That is not all."
}

// span shows text as code within a line.
func span(text string) string {
	fence := strings.Repeat("`", longestRun(text)+1)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return fence + text + fence
}

// block shows text as a block of code.
func block(text string) string {
	fence := strings.Repeat("`", max(3, longestRun(text)+1))
	return fence + "text\n" + strings.TrimRight(text, "\n") + "\n" + fence + "\n"
}

// longestRun is the length of the longest run of backticks.
func longestRun(text string) int {
	longest, run := 0, 0
	for i := range len(text) {
		if run++; text[i] != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}
