package command

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/handsoff/handsoff/shared/config"
)

// mask stands for a secret wherever a command is shown.
const mask = "***"

// Line writes the command as it could have been typed, on one line, with secrets masked: for people, and for a job's text.
func (p *Parsed) Line() string { return spaced(p.write(true)) }

// write writes the command so that, secrets unmasked, the grammar reads the same one again: first the arguments that must
// be given, by place; then by name those that differ from their default; at the end what is taken as it stands.
func (p *Parsed) write(masked bool) string {
	var b strings.Builder
	b.WriteString(p.Command.Words)
	for i := range p.Command.Args {
		a := &p.Command.Args[i]
		value := p.Args[a.Name]
		if a.kind() == TypeRest || !a.worthWriting(value) {
			continue
		}
		b.WriteByte(' ')
		text := a.written(value, masked)
		switch {
		case !a.required():
			text = a.Name + "=" + text
		case i == 0:
			text = p.Command.apart(text)
		}
		b.WriteString(text)
	}
	extra := Values(p.Args).Extra()
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		text := bareOrQuoted(extra[name])
		if masked && config.SecretName(name) {
			text = mask
		}
		b.WriteString(" " + name + "=" + text)
	}
	p.writeRest(&b, masked)
	return b.String()
}

func (p *Parsed) writeRest(b *strings.Builder, masked bool) {
	last := len(p.Command.Args) - 1
	if last < 0 || p.Command.Args[last].kind() != TypeRest {
		return
	}
	a := &p.Command.Args[last]
	text, given := p.Args[a.Name].(string)
	if !given || !a.worthWriting(text) {
		return
	}
	b.WriteByte(' ')
	byName := slices.ContainsFunc(p.Command.Args[:last], func(a Arg) bool { return !a.required() })
	if byName {
		b.WriteString(a.Name + "=")
	}
	switch {
	case a.Secret && masked:
		text = mask
	case !asItStands(text):
		text = Quote(text)
	case last == 0:
		text = p.Command.apart(text)
	}
	b.WriteString(text)
}

// apart quotes a first argument where it could be read as another word of a longer command.
func (d *Declared) apart(text string) string {
	if d.longer && text[0] != '\'' {
		return Quote(text)
	}
	return text
}

// worthWriting reports whether the command would be another one without this value.
func (a *Arg) worthWriting(value any) bool {
	return value != nil && (a.required() || !same(value, a.Default))
}

// written is one argument's value as a word.
func (a *Arg) written(value any, masked bool) string {
	if a.Secret && masked {
		return mask
	}
	if list, ok := texts(value); ok {
		return bareOrQuoted(strings.Join(list, ","))
	}
	if yes, ok := value.(bool); ok {
		return yesNo(yes)
	}
	text, _ := scalar(value)
	return bareOrQuoted(text)
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// bareOrQuoted leaves plain names, numbers, paths and addresses as they are and quotes anything else.
func bareOrQuoted(text string) string {
	const plain = "-_./:@%+,#~*?&=[]{}"
	for _, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(plain, r) {
			return Quote(text)
		}
	}
	name, _, pair := strings.Cut(text, "=")
	if text == "" || text == "--" || isOption(text) || pair && isPairName(name) {
		return Quote(text)
	}
	return text
}

// asItStands reports whether text that is taken as it stands comes back the same when it is not quoted.
func asItStands(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	if text == "" || first == '-' || closers(first) != "" || strings.TrimFunc(text, isSpace) != text {
		return false
	}
	return !strings.Contains(strings.FieldsFunc(text, isSpace)[0], "=")
}

func same(a, b any) bool {
	if x, ok := texts(a); ok {
		y, ok := texts(b)
		return ok && slices.Equal(x, y)
	}
	return a == b
}
