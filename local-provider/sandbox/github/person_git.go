package github

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Push is what a person pushes.
type Push struct {
	Branch  string // made when it is missing, from the default branch
	Message string // the commit's
	// Files are what files hold since then, by their paths. Without any, a line is added to CHANGES.md.
	Files map[string]string
	// Force puts the commit in the place of all that the branch had beyond the default branch.
	Force bool
}

// Push makes a commit on a branch and pushes it. It answers the commit's SHA.
func (p *Person) Push(repo string, push Push) (sha string, err error) {
	err = p.act(repo, write, func(r *Repo, _ *actor) error {
		sha = p.s.push(r, p.login, push)
		return nil
	})
	return sha, err
}

func (s *Server) push(r *Repo, who string, push Push) string {
	name := cmp.Or(push.Branch, r.Default)
	ref := branches + name
	parent := r.Refs[ref]
	if parent == "" || push.Force {
		parent = r.Refs[branches+r.Default]
	}
	message := cmp.Or(push.Message, "Change something")
	files := push.Files
	if len(files) == 0 {
		text, _ := s.file([]string{parent}, "CHANGES.md")
		files = map[string]string{"CHANGES.md": text + "* " + message + "\n"}
	}
	var changes []FileChange
	for _, path := range slices.Sorted(maps.Keys(files)) {
		changes = append(changes, FileChange{Path: path, Text: files[path]})
	}
	c := s.commit([]string{parent}, who, message, changes)
	s.move(r, ref, c.SHA, who, push.Force)
	return c.SHA
}

// A NewPull is a pull request that a person opens.
type NewPull struct {
	Title, Body string
	// Head is the branch, "eve:fix" for one of a fork. When it is missing it is pushed first; without a name it gets one.
	Head  string
	Base  string // the default branch when empty
	Draft bool
	Files map[string]string // of the commit, see [Push]
}

// OpenPull opens a pull request and answers its number. Who may not write does so from a fork, which is made when it is
// missing.
func (p *Person) OpenPull(repo string, in NewPull) (number int, err error) {
	err = p.act(repo, read, func(r *Repo, who *actor) error {
		from := r
		if p.s.role(who, r) < write {
			from = p.s.fork(r, p.login)
		}
		head := cmp.Or(in.Head, fmt.Sprintf("patch-%d", r.LastNumber+1))
		if owner, ref, cross := strings.Cut(head, ":"); cross {
			from, head = p.s.fork(r, owner), ref
		}
		if from.Refs[branches+head] == "" {
			p.s.push(from, p.login, Push{Branch: head, Message: in.Title, Files: in.Files})
		}
		base := cmp.Or(in.Base, r.Default)
		if r.Refs[branches+base] == "" {
			return fmt.Errorf("the branch %s of %s: %w", base, repo, errNothing)
		}
		number = p.s.openPull(r, from, p.login, Issue{Title: cmp.Or(in.Title, "A change"), Body: in.Body}, Pull{HeadRef: head, BaseRef: base, Draft: in.Draft}).Number
		return nil
	})
	return number, err
}

// Fork makes a fork, and answers its full name.
func (p *Person) Fork(repo string) (name string, err error) {
	err = p.act(repo, read, func(r *Repo, _ *actor) error {
		name = p.s.fork(r, p.login).FullName()
		return nil
	})
	return name, err
}

// fork is somebody's fork of a repository, made when there is none.
func (s *Server) fork(r *Repo, owner string) *Repo {
	if f := s.repoOf(owner + "/" + r.Name); f != nil {
		return f
	}
	f := &Repo{
		ID: s.newID(), Owner: owner, Name: r.Name, Description: r.Description, Default: r.Default, Parent: r.FullName(),
		Roles: map[string]string{}, Refs: maps.Clone(r.Refs), Made: s.now(), Pushed: s.now(),
	}
	s.repos.put(strings.ToLower(f.FullName()), f)
	forkee := s.showRepo(f)
	forkee["public"] = true
	s.happened(happening{event: "fork", repo: r, sender: owner, body: object{"forkee": forkee}})
	return f
}

// DeleteBranch deletes a branch.
func (p *Person) DeleteBranch(repo, branch string) error {
	return p.act(repo, write, func(r *Repo, _ *actor) error {
		if r.Refs[branches+branch] == "" {
			return fmt.Errorf("the branch %s of %s: %w", branch, repo, errNothing)
		}
		p.s.move(r, branches+branch, zeroSHA, p.login, false)
		return nil
	})
}

// Tag puts a tag on the head of the default branch.
func (p *Person) Tag(repo, name string) error {
	return p.act(repo, write, func(r *Repo, _ *actor) error {
		p.s.move(r, tags+name, r.Refs[branches+r.Default], p.login, false)
		return nil
	})
}
