package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/git"
)

// policy says what is done about a downstream that has what the upstream has not.
type policy string

const (
	failDiverged  policy = "fail"  // nothing is pushed
	skipDiverged  policy = "skip"  // all but these refs are pushed
	forceDiverged policy = "force" // they are made what the upstream has
)

// mirror is what a sync goes by.
type mirror struct {
	name       string // as it is configured; empty for "sync repo"
	mirrored   string // what people call it
	summary    string
	upstream   git.Address
	downstream git.Address
	sources    []source
	diverged   policy
	patches    *patches
	role       string
	lock       string
	limit      time.Duration
	signoff    *command.SignoffSpec
}

// source says which of the upstream's refs become which of the downstream's.
type source struct {
	from, to wildcard
	peel     bool // a tag that becomes a branch: what it is of is pushed
}

// wildcard is a ref's full name, or a pattern with one * that stands for anything, as in git's refspecs.
type wildcard struct {
	text, before, after string
	open                bool
}

func parseWildcard(text string) (wildcard, error) {
	before, after, open := strings.Cut(text, "*")
	if strings.Contains(after, "*") {
		return wildcard{}, errors.New("it has more than one *")
	}
	if err := git.CheckRef(strings.Replace(text, "*", "x", 1)); err != nil {
		return wildcard{}, err
	}
	return wildcard{text: text, before: before, after: after, open: open}, nil
}

// match reports whether a name fits, and what the * stands for.
func (w wildcard) match(name string) (string, bool) {
	if !w.open {
		return "", name == w.text
	}
	if len(name) < len(w.before)+len(w.after) || !strings.HasPrefix(name, w.before) || !strings.HasSuffix(name, w.after) {
		return "", false
	}
	return name[len(w.before) : len(name)-len(w.after)], true
}

func (w wildcard) fill(star string) string {
	if !w.open {
		return w.text
	}
	return w.before + star + w.after
}

// maxSources bounds a mirror's patterns.
const maxSources = 200

// choose says which refs are wanted. An absent list is all of them, an empty one none.
func (m *mirror) choose(branches, tags, tagsAsBranches []string) error {
	if branches == nil {
		branches = []string{"*"}
	}
	if tags == nil {
		tags = []string{"*"}
	}
	for _, list := range []struct {
		key, prefix string
		names       []string
	}{{"branches", git.Heads, branches}, {"tags", git.Tags, tags}} {
		for _, name := range list.names {
			w, err := parseWildcard(list.prefix + strings.TrimPrefix(name, list.prefix))
			if err != nil || name == "" {
				return fmt.Errorf("%s: %q: %w", list.key, name, orEmpty(err))
			}
			m.sources = append(m.sources, source{from: w, to: w})
		}
	}
	for _, pair := range tagsAsBranches {
		s, err := parsePair(pair)
		if err != nil {
			return fmt.Errorf("tags_as_branches: %q: %w", pair, err)
		}
		m.sources = append(m.sources, s)
	}
	if len(m.sources) == 0 || len(m.sources) > maxSources {
		return fmt.Errorf("one to %d branches and tags are needed", maxSources)
	}
	return nil
}

func orEmpty(err error) error {
	if err == nil {
		return errors.New("it is empty")
	}
	return err
}

func parsePair(pair string) (source, error) {
	tag, branch, ok := strings.Cut(pair, ":")
	if !ok || tag == "" || branch == "" {
		return source{}, errors.New("it is not of the form tag:branch")
	}
	from, err := parseWildcard(git.Tags + tag)
	if err != nil {
		return source{}, err
	}
	to, err := parseWildcard(git.Heads + branch)
	if err != nil {
		return source{}, err
	}
	if from.open != to.open {
		return source{}, errors.New("a * is needed in both, or in neither")
	}
	return source{from: from, to: to, peel: true}, nil
}

// shown are the patterns without what is the same in all.
func (s source) shown() string {
	name := short(s.from.text)
	if s.peel {
		name += ":" + short(s.to.text)
	}
	return name
}

// short is a ref's name as people say it.
func short(name string) string {
	return strings.TrimPrefix(strings.TrimPrefix(name, git.Heads), git.Tags)
}
