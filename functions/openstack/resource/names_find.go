package resource

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// maxNamed is how many things of a sort a name is looked for in.
const maxNamed = 20_000

// find is the one thing with this id or name, of those that fit.
func (n *Names) find(ctx context.Context, from source, what, name string, fits func(named) bool) (named, error) {
	all, err := n.list(ctx, from)
	if err != nil {
		return named{}, err
	}
	if fits != nil {
		all = slices.DeleteFunc(slices.Clone(all), func(one named) bool { return !fits(one) })
	}
	var same []named
	for _, one := range all {
		if one.ID == name {
			return one, nil
		}
		if one.Name == name {
			same = append(same, one)
		}
	}
	switch len(same) {
	case 1:
		return same[0], nil
	case 0:
		return named{}, n.nothing(from, what, name, all)
	}
	ids := make([]string, 0, len(same))
	for _, one := range same[:min(len(same), 5)] {
		ids = append(ids, one.ID)
	}
	return named{}, &cloud.Fault{Kind: cloud.Conflict, Cloud: n.cloud.Name(), Service: from.of, Message: fmt.Sprintf(
		"%s has %d things called %s as a %s; say which by its id: %s", n.cloud.Name(), len(same), chat.Brief(name, 80), what, strings.Join(ids, ", "))}
}

// nothing says that there is no such thing, and what may have been meant.
func (n *Names) nothing(from source, what, name string, all []named) *cloud.Fault {
	there := make([]string, 0, len(all))
	for _, one := range all {
		there = append(there, cmp.Or(one.Name, one.ID))
	}
	slices.Sort(there)
	there = slices.Compact(there)
	text := fmt.Sprintf("%s has no %s %s", n.cloud.Name(), what, chat.Brief(name, 80))
	switch near := command.Nearest(name, there); {
	case len(near) > 0:
		text += "; did you mean " + strings.Join(near, " or ") + "?"
	case len(there) == 0:
		text += "; it has none at all"
	case len(there) <= 8:
		text += "; it has " + strings.Join(there, ", ")
	}
	return &cloud.Fault{Kind: cloud.NotFound, Cloud: n.cloud.Name(), Service: from.of, Message: text}
}

// list reads a list once.
func (n *Names) list(ctx context.Context, from source) ([]named, error) {
	key := from.key + "?" + from.query.Encode()
	n.mu.Lock()
	defer n.mu.Unlock() // whoever comes second waits for the list instead of asking for it, too
	if all, read := n.lists[key]; read {
		return all, nil
	}
	s, err := open(ctx, n.cloud, from.of)
	if err != nil {
		return nil, err
	}
	var all []named
	if from.key == "keypairs" {
		pairs, err := listKeyPairs(ctx, s)
		if err != nil {
			return nil, err
		}
		for _, pair := range pairs {
			all = append(all, named{ID: pair.ID, Name: pair.Name})
		}
	} else {
		keep := func(one named) {
			if len(all) < maxNamed {
				all = append(all, one)
			}
		}
		if err := each(ctx, s, from.query, from.key, func(one named) string { return one.ID }, keep, from.path...); err != nil {
			return nil, err
		}
	}
	n.lists[key] = all
	return all, nil
}

// image is the image that is meant.
func (n *Names) image(ctx context.Context, name string, newest bool) (named, error) {
	all, err := n.list(ctx, imageSource)
	if err != nil {
		return named{}, err
	}
	var meant []named
	family := strings.TrimSuffix(name, "*") // people write either
	for _, one := range all {
		switch {
		case one.ID == name:
			return one, nil
		case one.Name == name, newest && strings.HasPrefix(one.Name, family):
			meant = append(meant, one)
		}
	}
	if len(meant) == 0 && newest {
		return named{}, n.nothing(imageSource, "image of the family", name, all)
	}
	if len(meant) == 0 {
		return named{}, n.nothing(imageSource, "image", name, all)
	}
	return slices.MaxFunc(meant, func(a, b named) int { return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID)) }), nil
}
