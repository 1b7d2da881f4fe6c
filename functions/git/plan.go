package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/git"
)

// change is a ref of the downstream that is not what it should be.
type change struct {
	Ref  string `json:"ref"`
	Old  string `json:"old,omitempty"` // empty when it is not there
	New  string `json:"new"`
	from string // the upstream's ref
	how  string // "new", "forward", "forced"
}

// plan is what a sync has to do.
type plan struct {
	changes []change          // by name
	same    int               // refs that are already what they should be
	skipped []string          // sentences about refs that are left out
	before  map[string]string // all branches and tags of the downstream
	listed  []git.Ref         // all branches and tags of the upstream
	fetched []git.Ref         // those of them that are wanted
	specs   []string          // the patterns by which they are fetched
}

// planned says what is to be pushed so that the downstream has what the mirror wants of the upstream. The error is a sentence.
func (m *mirror) planned(upstream, downstream []git.Ref) (*plan, error) {
	p := &plan{before: make(map[string]string, len(downstream)), listed: upstream}
	for _, ref := range downstream {
		p.before[ref.Name] = ref.Object
	}
	wanted, err := m.wanted(upstream, p)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		w := wanted[name]
		if w.Old = p.before[name]; w.Old == w.New {
			p.same++
			continue
		}
		p.changes = append(p.changes, w)
	}
	return p, nil
}

// wanted are the refs that the downstream should have. Everything that was named has to be there.
func (m *mirror) wanted(upstream []git.Ref, p *plan) (map[string]change, error) {
	wanted := map[string]change{}
	var missing []string
	for _, s := range m.sources {
		found := false
		for _, ref := range upstream {
			star, fits := s.from.match(ref.Name)
			if !fits {
				continue
			}
			found = true
			to, object := s.to.fill(star), ref.Object
			if s.peel {
				object = ref.Commit()
			}
			if err := git.CheckRef(to); err != nil {
				return nil, refused(fmt.Sprintf("The upstream's tag %s would make a branch %s: %v.", short(ref.Name), short(to), err))
			}
			if other, taken := wanted[to]; taken && other.New != object {
				return nil, refused(fmt.Sprintf("Both %s and %s of the upstream would become %s of the downstream.", short(other.from), short(ref.Name), short(to)))
			}
			wanted[to] = change{Ref: to, New: object, from: ref.Name}
			p.fetched = append(p.fetched, ref)
		}
		if !found && !s.from.open {
			missing = append(missing, s.shown())
		}
		p.specs = append(p.specs, s.from.text)
	}
	if len(missing) > 0 {
		return nil, refused(fmt.Sprintf("Upstream has no %s. Nothing was pushed.", list(missing)))
	}
	return wanted, nil
}

// objects are those that a push needs.
func (p *plan) objects() []string {
	all := make([]string, 0, len(p.changes))
	for _, c := range p.changes {
		all = append(all, c.New)
	}
	return all
}

// updates are what git is told.
func (p *plan) updates() []git.Update {
	all := make([]git.Update, 0, len(p.changes))
	for _, c := range p.changes {
		all = append(all, git.Update{Name: c.Ref, Object: c.New, Force: c.how == "forced", Old: c.Old})
	}
	return all
}

// moves reports whether anything changes that is there: only that can be refused for what it is.
func (p *plan) moves() bool {
	return slices.ContainsFunc(p.changes, func(c change) bool { return c.Old != "" })
}

// after is what the downstream has when all is pushed.
func (p *plan) after() map[string]string {
	refs := maps.Clone(p.before)
	for _, c := range p.changes {
		refs[c.Ref] = c.New
	}
	return refs
}

// digest names a state of a repository's branches and tags.
func digest(refs map[string]string) string {
	hash := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(refs)) {
		_, _ = io.WriteString(hash, refs[name]+" "+name+"\n") // a hash never fails
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// maxListed is how many names a sentence has.
const maxListed = 10

// list puts names into a sentence.
func list(names []string) string {
	if more := len(names) - maxListed; more > 0 {
		return strings.Join(names[:maxListed], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return chat.Series(names, "and")
}

// counted says of how many branches and tags something is: "2 branches and 1 tag".
func counted(changes []change) string {
	branches, tags := 0, 0
	for _, c := range changes {
		if strings.HasPrefix(c.Ref, git.Tags) {
			tags++
		} else {
			branches++
		}
	}
	switch {
	case tags == 0:
		return chat.Count(branches, "branch")
	case branches == 0:
		return chat.Count(tags, "tag")
	}
	return chat.Count(branches, "branch") + " and " + chat.Count(tags, "tag")
}
