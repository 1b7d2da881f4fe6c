package slack

import (
	"encoding/json"
	"strings"
)

// A tokenKind is what stands between < and > in Slack's text.
type tokenKind int

const (
	tokenText tokenKind = iota
	tokenLink
	tokenUser
	tokenChannel
	tokenSpecial
)

// A token is a part of Slack's text: words, or what stands between < and >.
type token struct {
	kind   tokenKind
	target string // words as they stand, an id, an escaped URL, or what follows "<!"
	label  string // after "|"
}

// tokens takes Slack's text apart.
func tokens(text string) []token {
	var out []token
	for text != "" {
		open := strings.IndexByte(text, '<')
		if open < 0 {
			return append(out, token{target: text})
		}
		end := strings.IndexByte(text[open:], '>')
		if end < 0 {
			return append(out, token{target: text})
		}
		if open > 0 {
			out = append(out, token{target: text[:open]})
		}
		out = append(out, tokenOf(text[open+1:open+end]))
		text = text[open+end+1:]
	}
	return out
}

func tokenOf(inner string) token {
	target, label, _ := strings.Cut(inner, "|")
	for prefix, kind := range map[string]tokenKind{"@": tokenUser, "#": tokenChannel, "!": tokenSpecial} {
		if rest, ok := strings.CutPrefix(target, prefix); ok {
			return token{kind: kind, target: rest, label: label}
		}
	}
	return token{kind: tokenLink, target: target, label: label}
}

var unescaper = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

func unescape(s string) string { return unescaper.Replace(s) }

// mustJSON is the JSON of something that was made from strings, numbers and maps here, which cannot fail.
func mustJSON(v any) json.RawMessage {
	out, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("null")
	}
	return out
}
