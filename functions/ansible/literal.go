package main

import (
	"fmt"
	"strings"
)

// literalVars writes variables whose texts are nothing but texts. Ansible carries out templates in extra variables too, on the machine
// that it runs on and with all that it was given, {{ lookup('pipe', 'id') }} say; what is tagged !unsafe it leaves alone
// (docs.ansible.com, "Unsafe or raw strings").
func literalVars(vars map[string]any) []byte {
	var b strings.Builder
	b.WriteString("---\n{")
	for i, name := range sorted(vars) {
		if i > 0 {
			b.WriteString(",\n")
		}
		writeQuoted(&b, name)
		b.WriteString(": ")
		writeLiteral(&b, vars[name])
	}
	b.WriteString("}\n")
	return []byte(b.String())
}

// writeLiteral writes a value as an argument may have it: a text, a number, true or false, or a list of these.
func writeLiteral(b *strings.Builder, value any) {
	switch v := value.(type) {
	case []string:
		items := make([]any, len(v))
		for i, text := range v {
			items[i] = text
		}
		writeLiteral(b, items)
	case []any:
		b.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			writeLiteral(b, item)
		}
		b.WriteByte(']')
	case bool, int, int64:
		fmt.Fprint(b, v)
	case float64:
		fmt.Fprintf(b, "%f", v)
	default:
		b.WriteString("!unsafe ")
		writeQuoted(b, fmt.Sprint(v))
	}
}

// writeQuoted writes a text in double quotes, in ASCII: YAML takes no control characters, and escapes as JSON does.
func writeQuoted(b *strings.Builder, text string) {
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r >= ' ' && r <= '~':
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			fmt.Fprintf(b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
}
