package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/git"
	"github.com/handsoff/handsoff/shared/job"
)

// check sees to what the downstream would refuse, by the mirror's policy, before anything is pushed.
func (c *capability) check(ctx context.Context, m *mirror, known *pursuit, p *plan, cache *git.Cache, r *reporter) error {
	if !p.moves() {
		return nil
	}
	r.phase("checking what may be pushed", afterFetch, afterCheck)
	tried, err := cache.Try(ctx, m.downstream, p.updates(), r.watch())
	if err != nil {
		return err
	}
	refusals := map[string]git.Pushed{}
	for _, t := range tried {
		if t.Refused() {
			refusals[t.Name] = t
		}
	}
	if len(refusals) == 0 {
		return nil
	}
	diverged := slices.DeleteFunc(slices.Clone(p.changes), func(ch change) bool { _, is := refusals[ch.Ref]; return !is })
	why := c.explain(ctx, m, diverged, cache, r)
	switch m.diverged {
	case skipDiverged:
		p.changes = slices.DeleteFunc(p.changes, func(ch change) bool { _, is := refusals[ch.Ref]; return is })
		p.skipped = why
		return r.save(ctx, job.Change{Checkpoint: known, Say: known.once("Left out, because the downstream has diverged: " + strings.Join(why, "; ") + ".")})
	case forceDiverged:
		for i := range p.changes {
			if _, is := refusals[p.changes[i].Ref]; is {
				p.changes[i].how = "forced"
			}
		}
		return r.save(ctx, job.Change{Checkpoint: known, Say: known.once("Forced, because the downstream has diverged: " + strings.Join(why, "; ") + ".")})
	case failDiverged:
	}
	return refused(fmt.Sprintf("The downstream has diverged, and nothing was pushed: %s. %s", strings.Join(why, "; "), m.advice()))
}

// advice says what a person can do about a downstream that has diverged.
func (m *mirror) advice() string {
	if m.name == "" {
		return "Bring those changes upstream, or take them back; sync repo forces nothing."
	}
	return fmt.Sprintf("Bring those changes upstream, or take them back; git.mirrors.%s.diverged can say skip or force instead.", m.name)
}

// maxExplained is how many refs are looked at closely.
const maxExplained = 10

// explain says of each ref in what it differs.
func (c *capability) explain(ctx context.Context, m *mirror, diverged []change, cache *git.Cache, r *reporter) []string {
	some := diverged[:min(len(diverged), maxExplained)]
	var names []string
	for _, ch := range some {
		if !isTag(ch) {
			names = append(names, ch.Ref)
		}
	}
	if len(names) > 0 {
		if err := cache.Fetch(ctx, m.downstream, names, r.watch()); err != nil {
			c.log.WarnContext(ctx, "fetch what has diverged", "mirror", m.mirrored, "error", err)
		}
	}
	var why []string
	for _, ch := range some {
		why = append(why, c.differs(ctx, ch, cache))
	}
	if more := len(diverged) - len(some); more > 0 {
		why = append(why, fmt.Sprintf("and %d more", more))
	}
	return why
}

func (c *capability) differs(ctx context.Context, ch change, cache *git.Cache) string {
	name := short(ch.Ref)
	if isTag(ch) {
		return fmt.Sprintf("the tag %s is %s there and %s upstream", name, brief(ch.Old), brief(ch.New))
	}
	ahead, behind, err := cache.Apart(ctx, ch.Old, ch.New)
	if err != nil {
		return fmt.Sprintf("%s is %s there, which upstream has not", name, brief(ch.Old))
	}
	if behind == 0 {
		return fmt.Sprintf("%s has %s that upstream has not", name, chat.Count(ahead, "commit"))
	}
	return fmt.Sprintf("%s has %s that upstream has not, and lacks %d", name, chat.Count(ahead, "commit"), behind)
}

func isTag(ch change) bool { return strings.HasPrefix(ch.Ref, git.Tags) }

// brief is an object's name as people say it.
func brief(object string) string { return object[:min(len(object), 8)] }

// firstSentence is an error as people are told.
func firstSentence(err error) string {
	if text, ok := finally(err); ok {
		return text
	}
	if errors.Is(err, context.Canceled) {
		return ""
	}
	return err.Error()
}
