package command

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/handsoff/handsoff/shared/chat"
)

// Parsed is a command with its arguments, ready to be carried out.
type Parsed struct {
	Command *Declared
	Args    map[string]any // typed; see the Type constants

	Prefixed bool // the line was the command's by its mark, see Spec.Prefixes: whoever owns it says whether it was meant for the bot
}

// binder gives the words of a line to a command's arguments.
type binder struct {
	command *Declared
	scan    scanner
	values  map[string]any
	extra   map[string]string
	plain   bool // after --: every word is a positional argument
}

// bindLine reads the arguments of a command off the line behind the command's words; errors are [Mistake]s.
func bindLine(d *Declared, scan scanner) (*Parsed, error) {
	b := binder{command: d, scan: scan, values: make(map[string]any, len(d.Args))}
	for !b.scan.done() {
		if err := b.step(); err != nil {
			return nil, usageOf(err, d)
		}
	}
	return b.finish()
}

// step takes the next word, or everything left if the next argument takes that.
func (b *binder) step() error {
	left := b.scan.rest()
	if a, text, ok := b.restByName(left); ok {
		b.scan.pos = len(b.scan.line)
		return b.put(a, verbatim(text))
	}
	next := b.open()
	w, err := b.scan.next()
	switch {
	case err == nil && !b.plain && w.bare("--"):
		b.plain = true
		return nil
	case err == nil && !b.plain && b.names(w):
		return b.named(w)
	case next != nil && next.kind() == TypeRest:
		b.scan.pos = len(b.scan.line)
		return b.put(next, verbatim(left))
	case err != nil:
		return err
	case next == nil:
		return b.surplus(w)
	}
	if err := b.refuseOption(w); err != nil {
		return err
	}
	if err := b.put(next, w.text); err != nil {
		return b.offerYes(b.offerChoices(err, next, w, ""), w)
	}
	return nil
}

// restByName finds name=text at the beginning of what is left, when that argument takes everything to the end of the line.
func (b *binder) restByName(left string) (*Arg, string, bool) {
	name, text, ok := strings.Cut(left, "=")
	if !ok || b.plain || !isPairName(name) {
		return nil, "", false
	}
	a := b.command.arg(name)
	if a == nil || a.kind() != TypeRest || b.values[a.Name] != nil {
		return nil, "", false
	}
	return a, text, true
}

// open is the next argument that has no value yet.
func (b *binder) open() *Arg {
	for i := range b.command.Args {
		if a := &b.command.Args[i]; b.values[a.Name] == nil {
			return a
		}
	}
	return nil
}

// names reports whether a word is to be read as name=value. A name that is not declared counts where it is surely a slip:
// not in text that is taken as it stands.
func (b *binder) names(w word) bool {
	name, _, ok := w.pair()
	if !ok {
		return false
	}
	if b.command.arg(name) != nil || b.command.Extra != "" {
		return true
	}
	next := b.open()
	return next == nil || next.kind() != TypeRest
}

// named takes a word that has the form name=value.
func (b *binder) named(w word) error {
	name, value, _ := w.pair()
	a := b.command.arg(name)
	switch {
	case a == nil && b.command.Extra != "":
		return b.putExtra(name, value)
	case a == nil:
		return b.unknownName(name, w)
	}
	if err := b.put(a, value); err != nil {
		return b.offerChoices(err, a, w, name+"=")
	}
	return nil
}

func (b *binder) put(a *Arg, text string) error {
	if b.values[a.Name] != nil {
		return in(a.Name, mistake(fmt.Sprintf("%s is given twice.", a.Name)))
	}
	value, err := a.convert(text)
	if err != nil {
		return in(a.Name, err)
	}
	b.values[a.Name] = value
	return nil
}

func (b *binder) putExtra(name, value string) error {
	if b.extra == nil {
		b.extra = make(map[string]string)
	}
	if _, twice := b.extra[name]; twice {
		return mistake(fmt.Sprintf("%s is given twice.", name))
	}
	if len(b.extra) == maxItems {
		return mistake(fmt.Sprintf("That has more than %d name=value pairs.", maxItems))
	}
	b.extra[name] = value
	return nil
}

// finish fills in defaults and misses what must be given.
func (b *binder) finish() (*Parsed, error) {
	first, missing := "", []string(nil)
	for i := range b.command.Args {
		a := &b.command.Args[i]
		switch {
		case b.values[a.Name] != nil:
		case a.Default != nil:
			b.values[a.Name] = a.Default
		case a.required():
			first = cmp.Or(first, a.Name)
			missing = append(missing, a.missing())
		}
	}
	if len(missing) > 0 {
		m := mistake(fmt.Sprintf("%s needs %s.", b.command.Words, chat.Series(missing, "and"))).with(b.command)
		return nil, in(first, m)
	}
	if b.extra != nil {
		b.values[ExtraArg] = b.extra
	}
	return &Parsed{Command: b.command, Args: b.values}, nil
}

func (a *Arg) missing() string {
	if a.Help == "" {
		return "<" + a.Name + ">"
	}
	return "<" + a.Name + "> (" + a.Help + ")"
}

// verbatim is text taken as it stands; but when all of it is one quoted word, the quotes go: people quote what has spaces.
func verbatim(text string) string {
	if first, _ := utf8.DecodeRuneInString(text); closers(first) == "" {
		return text
	}
	s := scanner{line: text}
	if w, err := s.next(); err == nil && w.end == len(text) {
		return w.text
	}
	return text
}

// arg finds a declared argument by name. Where no other pairs are taken, upper and lower case are the same.
func (s *Spec) arg(name string) *Arg {
	for i := range s.Args {
		if s.Args[i].Name == name || s.Extra == "" && strings.EqualFold(s.Args[i].Name, name) {
			return &s.Args[i]
		}
	}
	return nil
}

// usageOf adds a command's usage line to a mistake in its arguments.
func usageOf(err error, d *Declared) error {
	if m := new(Mistake); errors.As(err, &m) && m.Usage == "" {
		return m.with(d)
	}
	return err
}

// isPairName reports whether text can be the name of name=value: a letter or _, then letters, digits and _ . -
func isPairName(text string) bool {
	const most = 128
	for i, r := range text {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
		further := i > 0 && (r >= '0' && r <= '9' || r == '-' || r == '.')
		if !letter && !further {
			return false
		}
	}
	return text != "" && len(text) <= most
}
