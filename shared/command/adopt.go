package command

import (
	"fmt"
	"maps"
	"slices"
)

// Adopt checks and types arguments that did not come as a line of text but as values, from a rule, a schedule, a button
// or an earlier job. Each value stays one value: nothing in it is read as words or quotes, and a text for a list is one item.
// A name that is not declared is an extra pair, where the command takes those. Errors are [Mistake]s.
func (d *Declared) Adopt(args map[string]any) (*Parsed, error) {
	b := binder{command: d, values: make(map[string]any, len(args))}
	for _, name := range slices.Sorted(maps.Keys(args)) {
		if args[name] == nil {
			continue
		}
		if err := b.adopt(name, args[name]); err != nil {
			return nil, usageOf(err, d)
		}
	}
	return b.finish()
}

func (b *binder) adopt(name string, value any) error {
	if name == ExtraArg && b.command.Extra != "" {
		return in(ExtraArg, b.adoptExtra(value))
	}
	a := b.command.exactly(name)
	if a == nil && b.command.Extra != "" {
		return in(name, b.adoptExtra(map[string]any{name: value}))
	}
	if a == nil {
		return mistake(fmt.Sprintf("%s has no argument %s.", b.command.Words, shown(name)))
	}
	v, err := a.adopt(value)
	if err != nil {
		return in(name, err)
	}
	b.values[name] = v
	return nil
}

func (b *binder) adoptExtra(value any) error {
	pairs, ok := value.(map[string]any)
	if given, isTexts := value.(map[string]string); isTexts {
		ok, pairs = true, make(map[string]any, len(given))
		for name, text := range given {
			pairs[name] = text
		}
	}
	if !ok {
		return mistake(ExtraArg + " must be a list of names and values.")
	}
	for _, name := range slices.Sorted(maps.Keys(pairs)) {
		text, single := scalar(pairs[name])
		if !single || !isPairName(name) {
			return mistake(fmt.Sprintf("%s is not a pair of a name and a single value.", shown(name)))
		}
		if b.command.exactly(name) != nil {
			return mistake(fmt.Sprintf("%s is an argument of its own, not an extra one.", name))
		}
		if err := fits(name, text); err != nil {
			return err
		}
		if err := b.putExtra(name, text); err != nil {
			return err
		}
	}
	return nil
}

func (s *Spec) exactly(name string) *Arg {
	for i := range s.Args {
		if s.Args[i].Name == name {
			return &s.Args[i]
		}
	}
	return nil
}
