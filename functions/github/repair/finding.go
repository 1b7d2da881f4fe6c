package repair

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
)

// findings tells what is wrong with the hooks of an entry, each thing once until it is put right. It gives err back where
// that may pass by itself; else it is a finding too.
func (l *Loop) findings(ctx context.Context, of github.Hook, hooks []Hook, err error) error {
	found := make(map[string]string)
	switch kind := github.KindOf(err); {
	case err == nil:
		for i := range hooks {
			wrong(&hooks[i], found)
		}
		if len(hooks) == 0 {
			found["none"] = fmt.Sprintf("No webhook of %s leads here, so I hear nothing of it.", of.String())
		}
	case kind == github.Gone:
		found["gone"] = fmt.Sprintf("I cannot see the webhooks of %s: it is not there, or my account may not look after its webhooks (%s).", of.String(), err)
	case kind == github.Refused:
		found["refused"] = fmt.Sprintf("I may not look after the webhooks of %s: %s.", of.String(), err)
	default:
		return err
	}
	if tellErr := l.tell(ctx, of, found); tellErr != nil {
		return tellErr
	}
	return err
}

// wrong is what is wrong with one hook, by a word for each.
func wrong(hook *Hook, found map[string]string) {
	if !hook.Active {
		found[fmt.Sprintf("inactive %d", hook.ID)] = fmt.Sprintf("The webhook of %s is switched off at GitHub, so I hear nothing of it.", hook.Name())
	}
	for _, fault := range hook.Faults {
		found[fmt.Sprintf("%s %d", fault[:min(len(fault), 40)], hook.ID)] = fmt.Sprintf("The webhook of %s: %s.", hook.Name(), fault)
	}
}

func findingsKey(of github.Hook) string { return job.Prefix + "github:findings:" + of.String() }

// tell tells what is new among the findings, and forgets those that are put right.
func (l *Loop) tell(ctx context.Context, of github.Hook, found map[string]string) error {
	key := findingsKey(of)
	before, err := l.rdb.SMembers(ctx, key).Result()
	if err != nil {
		return fmt.Errorf("repair: what was found of %s: %w", of.String(), err)
	}
	now, err := l.opts.Now(ctx)
	if err != nil {
		return err
	}
	for word, text := range found {
		if slices.Contains(before, word) {
			continue
		}
		l.opts.Log.WarnContext(ctx, "a webhook is not as it should be", "hook", of.String(), "finding", text)
		if err := l.opts.Tell(ctx, fmt.Sprintf("hook %s %s %d", of.String(), word, now.Truncate(time.Hour).Unix()), text); err != nil {
			return err
		}
		if err := l.rdb.SAdd(ctx, key, word).Err(); err != nil {
			return fmt.Errorf("repair: remember what was told of %s: %w", of.String(), err)
		}
	}
	for _, word := range before {
		if _, still := found[word]; !still {
			if err := l.rdb.SRem(ctx, key, word).Err(); err != nil {
				return fmt.Errorf("repair: forget what was put right of %s: %w", of.String(), err)
			}
		}
	}
	return nil
}
