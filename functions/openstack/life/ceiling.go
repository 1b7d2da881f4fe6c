package life

import (
	"context"
	"fmt"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/shared/chat"
)

// Section is what the configuration's section "openstack" says of environments besides the templates.
type Section struct {
	Each int `yaml:"environments_each,omitempty"` // how many environments one owner may have at a time; 0 for any number
}

// ceiling is how many environments an owner may have.
func (l *Life) ceiling(owner string) environment.Ceiling {
	if l.each <= 0 {
		return environment.Ceiling{}
	}
	return environment.Ceiling{Most: l.each, Same: l.same(owner)}
}

// same are all by which an owner is known, who may be written as a person or as a principal.
func (l *Life) same(owner string) []string {
	person := l.roles.Person(owner)
	names := append([]string{owner, person}, l.names(owner)...)
	return append(append(names, l.roles.People[owner]...), l.roles.People[person]...)
}

// atCeiling says that an owner has as many environments as one may have; empty when they may have another. The script that takes a name is what makes it so.
func (l *Life) atCeiling(ctx context.Context, owner string) (string, error) {
	limit := l.ceiling(owner)
	if limit.Most == 0 {
		return "", nil
	}
	has, err := l.envs.Owned(ctx, limit.Same...)
	if err != nil || has < limit.Most {
		return "", err
	}
	return fullText(owner, &environment.FullError{Has: has, Most: limit.Most}), nil
}

// fullText says that in words.
func fullText(owner string, full *environment.FullError) string {
	return fmt.Sprintf("%s has %s already, and may have %d (openstack.environments_each): give one back first; %s owner=%s has them.",
		owner, chat.Count(full.Has, "environment"), full.Most, listWords, owner)
}
