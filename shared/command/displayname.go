package command

import (
	"strings"
	"unicode/utf8"

	"github.com/handsoff/handsoff/shared/chat"
)

// longestName is how much of a name is shown, in cells.
const longestName = 40

// DisplayName is what a door says that people call somebody, fit for [Envelope.Name]: one short line that a terminal, a page
// and a reader see alike.
func DisplayName(name string) string {
	name = chat.Brief(strings.ToValidUTF8(name, ""), longestName)
	for len(name) > maxID {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return name
}

// NameOf is what a principal is called where its door gives no name: what stands behind the kind, and behind a network.
func NameOf(principal string) string {
	_, name, _ := strings.Cut(principal, ":")
	return name[strings.LastIndexByte(name, '/')+1:]
}
