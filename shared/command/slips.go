package command

import (
	"errors"
	"fmt"
	"strings"
)

// surplus says that a word is one too many.
func (b *binder) surplus(w word) error {
	if err := b.refuseOption(w); err != nil {
		return err
	}
	hint := ""
	if len(b.command.Args) > 0 {
		hint = " Text with spaces goes in quotes."
	}
	return mistake(fmt.Sprintf("%s does not take %s.%s", b.command.Words, shown(w.text), hint))
}

// refuseOption refuses a word that looks like an option of a program in a terminal.
func (b *binder) refuseOption(w word) error {
	if b.plain || w.quoted || !isOption(w.text) {
		return nil
	}
	m := mistake(fmt.Sprintf("%s looks like an option, and I know none: an argument is written name=value. In quotes it is plain text.",
		shown(w.text)))
	name, value, ok := strings.Cut(strings.TrimLeft(w.text, "-–—"), "=")
	a := b.command.arg(name)
	if a == nil && asksForHelp(w.text) {
		return m.with(nil, "help "+b.command.Words)
	}
	if a == nil {
		return m
	}
	if !ok && a.kind() == TypeBool {
		value, ok = "yes", true
	}
	if ok {
		return m.with(b.command, b.replaced(w, a.Name+"="+value))
	}
	return m
}

// isOption knows -x, --xyz, and what phones make of two hyphens. A negative number and a lone hyphen are none.
func isOption(text string) bool {
	for _, dash := range []string{"--", "—", "–"} {
		if strings.HasPrefix(text, dash) {
			return len(text) > len(dash)
		}
	}
	if len(text) < 2 || text[0] != '-' {
		return false
	}
	return !strings.ContainsRune("0123456789.", rune(text[1]))
}

// unknownName says that a command has no argument of that name, and which it has.
func (b *binder) unknownName(name string, w word) error {
	names := make([]string, len(b.command.Args))
	for i := range names {
		names[i] = b.command.Args[i].Name
	}
	m := mistake(fmt.Sprintf("%s has no argument %s. In quotes it is plain text.", b.command.Words, shown(name)))
	for _, n := range Nearest(name, names) {
		if b.values[n] == nil {
			m.suggest(b.replaced(w, n+"="+b.scan.line[w.start+len(name)+1:w.end]))
		}
	}
	return m
}

// offerYes says how to say yes to an argument that was only named: "jobs mine".
func (b *binder) offerYes(err error, w word) error {
	a := b.command.arg(w.text)
	if a == nil || a.kind() != TypeBool || w.quoted {
		return err
	}
	m := mistake(fmt.Sprintf("%s is said as %s=yes.", shown(w.text), a.Name))
	return m.with(b.command, b.replaced(w, a.Name+"=yes"))
}

// offerChoices suggests the choices that were probably meant by a wrong one.
func (b *binder) offerChoices(err error, a *Arg, w word, before string) error {
	m := new(Mistake)
	if !errors.As(err, &m) || a.kind() != TypeChoice || a.Secret {
		return err
	}
	_, value, isPair := w.pair()
	if !isPair || before == "" {
		value = w.text
	}
	for _, choice := range Nearest(value, a.Choices) {
		m.suggest(b.replaced(w, before+bareOrQuoted(choice)))
	}
	return m
}

// replaced is the whole line with other text in a word's place.
func (b *binder) replaced(w word, text string) string {
	line := b.scan.line
	return spaced(line[:w.start] + text + line[w.end:])
}
