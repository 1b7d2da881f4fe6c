package github

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

var (
	errNothing = errors.New("there is no such thing")
	errRefused = errors.New("GitHub refuses")
)

// A Person does in the browser and with git what people do. Errors tell what GitHub would refuse.
type Person struct {
	s     *Server
	login string
}

// Person is who has that login. Whether there is somebody shows when they act.
func (s *Server) Person(login string) *Person { return &Person{s, login} }

// act does something as the person in a repository, for which they need a role.
func (p *Person) act(repo string, least role, do func(r *Repo, who *actor) error) (err error) {
	p.s.do(func() {
		a := p.s.account(p.login)
		r := p.s.repoOf(repo)
		switch {
		case a == nil:
			err = fmt.Errorf("%s acts: %w", p.login, errNothing)
		case r == nil:
			err = fmt.Errorf("%s in %s: %w", p.login, repo, errNothing)
		case p.s.roleOf(r, p.login) < least:
			err = fmt.Errorf("%w: %s has the role %s in %s, and it takes %s", errRefused, p.login, p.s.roleOf(r, p.login), repo, least)
		default:
			err = do(r, &actor{user: a})
		}
	})
	return err
}

// at is act on an issue or pull request.
func (p *Person) at(repo string, number int, least role, do func(r *Repo, i *Issue, who *actor) error) error {
	return p.act(repo, least, func(r *Repo, who *actor) error {
		i := p.s.issue(r, int64(number))
		if i == nil {
			return fmt.Errorf("%s#%d: %w", repo, number, errNothing)
		}
		return do(r, i, who)
	})
}

// refused is an answer as an error, nil for none.
func refused(a *answer) error {
	if a == nil {
		return nil
	}
	return fmt.Errorf("%w: %d %s", errRefused, a.status, a.text)
}

// Comment writes a comment at an issue or pull request, and answers its id.
func (p *Person) Comment(repo string, number int, body string) (id int64, err error) {
	err = p.at(repo, number, read, func(r *Repo, i *Issue, who *actor) error {
		c, bad := p.s.comment(r, i, who, body)
		if c != nil {
			id = c.ID
		}
		return refused(bad)
	})
	return id, err
}

// onComment is act on a comment.
func (p *Person) onComment(id int64, do func(r *Repo, c *Comment, who *actor) error) error {
	repo := ""
	p.s.do(func() {
		if c := p.s.comments.byID(id); c != nil {
			repo = c.Repo
		}
	})
	return p.act(repo, read, func(r *Repo, who *actor) error { return do(r, p.s.comments.byID(id), who) })
}

// EditComment changes a comment, also somebody else's when the person may write.
func (p *Person) EditComment(id int64, body string) error {
	return p.onComment(id, func(r *Repo, c *Comment, who *actor) error { return refused(p.s.edit(r, c, who, body)) })
}

// DeleteComment deletes a comment.
func (p *Person) DeleteComment(id int64) error {
	return p.onComment(id, func(r *Repo, c *Comment, who *actor) error { return refused(p.s.erase(r, c, who)) })
}

// React adds a reaction, such as "eyes", to a comment.
func (p *Person) React(id int64, content string) error {
	return p.onComment(id, func(_ *Repo, c *Comment, who *actor) error {
		if !slices.Contains(contents, content) {
			return fmt.Errorf("%w: there is no reaction %q", errRefused, content)
		}
		p.s.react("comment/"+strconv.FormatInt(c.ID, 10), who.user.Login, content)
		return nil
	})
}

// ReviewComment writes a comment at a line of a pull request's changes, and answers its id.
func (p *Person) ReviewComment(repo string, number int, path string, line int, body string) (id int64, err error) {
	err = p.onPull(repo, number, read, func(r *Repo, i *Issue, who *actor) error {
		c, bad := p.s.note(r, i, who, Comment{Body: body, Path: path, Line: line})
		if c != nil {
			id = c.ID
		}
		return refused(bad)
	})
	return id, err
}

// Review reviews a pull request: event is "APPROVE", "REQUEST_CHANGES" or "COMMENT".
func (p *Person) Review(repo string, number int, event, body string) error {
	return p.onPull(repo, number, read, func(r *Repo, i *Issue, who *actor) error {
		_, bad := p.s.review(r, i, who, event, body)
		return refused(bad)
	})
}

// OpenIssue opens an issue and answers its number.
func (p *Person) OpenIssue(repo, title, body string) (number int, err error) {
	err = p.act(repo, read, func(r *Repo, who *actor) error {
		number = p.s.openIssue(r, who.user.Login, title, body).Number
		return nil
	})
	return number, err
}

// Close closes an issue or pull request: their own, or any with the role triage.
func (p *Person) Close(repo string, number int) error { return p.setOpen(repo, number, false) }

// Reopen opens it again.
func (p *Person) Reopen(repo string, number int) error { return p.setOpen(repo, number, true) }

func (p *Person) setOpen(repo string, number int, open bool) error {
	return p.at(repo, number, read, func(r *Repo, i *Issue, who *actor) error {
		if i.User != p.login && p.s.role(who, r) < triage {
			return fmt.Errorf("%w: it is not %s's", errRefused, p.login)
		}
		if i.Pull != nil && i.Pull.Merged != nil {
			return fmt.Errorf("%w: it is merged", errRefused)
		}
		p.s.setOpen(r, i, open, "completed", p.login)
		return nil
	})
}

// Retitle changes an issue's or a pull request's title and text; nil leaves one as it is.
func (p *Person) Retitle(repo string, number int, title, body *string) error {
	return p.at(repo, number, read, func(r *Repo, i *Issue, _ *actor) error {
		p.s.retitle(r, i, title, body, p.login)
		return nil
	})
}

// Label gives an issue or pull request these labels and no others.
func (p *Person) Label(repo string, number int, labels ...string) error {
	return p.at(repo, number, triage, func(r *Repo, i *Issue, _ *actor) error {
		p.s.label(r, i, labels, p.login)
		return nil
	})
}

// Lock closes a conversation to who may not write, or opens it.
func (p *Person) Lock(repo string, number int, locked bool) error {
	return p.at(repo, number, write, func(r *Repo, i *Issue, _ *actor) error {
		i.Locked = locked
		p.s.saveIssue(i)
		p.s.issueOrPull(r, i, map[bool]string{true: "locked", false: "unlocked"}[locked], p.login, nil)
		return nil
	})
}

// onPull is at for pull requests only.
func (p *Person) onPull(repo string, number int, least role, do func(r *Repo, i *Issue, who *actor) error) error {
	return p.at(repo, number, least, func(r *Repo, i *Issue, who *actor) error {
		if i.Pull == nil {
			return fmt.Errorf("%s#%d is no pull request: %w", repo, number, errNothing)
		}
		return do(r, i, who)
	})
}

// Ready makes a draft ready for review, or a draft again.
func (p *Person) Ready(repo string, number int, ready bool) error {
	return p.onPull(repo, number, read, func(r *Repo, i *Issue, _ *actor) error {
		if i.Pull.Draft != ready {
			return nil
		}
		i.Pull.Draft = !ready
		p.s.saveIssue(i)
		p.s.pullHappened(r, i, map[bool]string{true: "ready_for_review", false: "converted_to_draft"}[ready], p.login, nil)
		return nil
	})
}

// Merge merges a pull request and answers the merge's commit.
func (p *Person) Merge(repo string, number int) (sha string, err error) {
	err = p.onPull(repo, number, write, func(r *Repo, i *Issue, _ *actor) error {
		if i.Closed != nil || i.Pull.Conflict || i.Pull.Draft {
			return fmt.Errorf("%w: %s#%d is not mergeable", errRefused, repo, number)
		}
		sha = p.s.merge(r, i, p.login, "", "")
		return nil
	})
	return sha, err
}

// Click clicks a button of a check run by its identifier.
func (p *Person) Click(run int64, identifier string) error {
	return p.onRun(run, func(r *Repo, c *CheckRun) error {
		if !slices.ContainsFunc(c.Actions, func(a CheckAction) bool { return a.Identifier == identifier }) {
			return fmt.Errorf("click %q at check run %d: %w", identifier, run, errNothing)
		}
		p.s.runHappened(r, c, "requested_action", p.login, object{"requested_action": object{"identifier": identifier}})
		return nil
	})
}

// Rerun asks for a check run that is completed once more, as the link "Re-run" does.
func (p *Person) Rerun(run int64) error {
	return p.onRun(run, func(r *Repo, c *CheckRun) error {
		if c.Status != "completed" {
			return fmt.Errorf("%w: check run %d is not completed", errRefused, run)
		}
		p.s.runHappened(r, c, "rerequested", p.login, nil)
		return nil
	})
}

// RerunAll asks for all check runs of a pull request's head once more.
func (p *Person) RerunAll(repo string, number int) error {
	return p.onPull(repo, number, write, func(r *Repo, i *Issue, _ *actor) error {
		suite := p.s.suiteFor(r, i.Pull.HeadSHA)
		p.s.happened(happening{event: "check_suite", action: "rerequested", repo: r, sender: p.login, appOnly: true, body: object{
			"check_suite": p.s.showSuite(r, suite, true),
		}})
		return nil
	})
}

// onRun is act on a check run, for which one must be allowed to write.
func (p *Person) onRun(id int64, do func(r *Repo, c *CheckRun) error) error {
	repo := ""
	p.s.do(func() {
		if c := p.s.runs.byID(id); c != nil {
			repo = c.Repo
		}
	})
	return p.act(repo, write, func(r *Repo, _ *actor) error { return do(r, p.s.runs.byID(id)) })
}

// Star stars a repository.
func (p *Person) Star(repo string) error {
	return p.act(repo, read, func(r *Repo, _ *actor) error {
		if slices.Contains(r.Stars, p.login) {
			return nil
		}
		r.Stars = append(r.Stars, p.login)
		p.s.repos.put(strings.ToLower(repo), r)
		p.s.happened(happening{event: "star", action: "created", repo: r, sender: p.login, body: object{"starred_at": stamp(p.s.now())}})
		p.s.happened(happening{event: "watch", action: "started", repo: r, sender: p.login})
		return nil
	})
}
