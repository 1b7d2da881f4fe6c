package rule

import (
	"net/url"
	"strings"

	"github.com/handsoff/handsoff/shared/github/markdown"
)

// markdownArgs are the arguments that GitHub shows as Markdown, by the commands that have one.
var markdownArgs = map[string]string{"github pr comment": "text", "github pr close": "comment"}

// markdown fills the holes of a text that GitHub shows as Markdown. What the template itself says is Markdown; what a hole
// brings is shown as it is: it calls nobody, links and formats nothing. In the address of a link it is part of that address.
// Errors are those of [Template.Text].
func (t *Template) markdown(env *Env) (string, error) {
	var b strings.Builder
	for _, p := range t.pieces {
		if p.hole == nil {
			b.WriteString(p.text)
			continue
		}
		text, err := (&Template{source: t.source, pieces: []piece{p}}).Text(env)
		if err != nil {
			return "", err
		}
		switch before := b.String(); {
		case !inAddress(before):
			text = markdown.Escape(text)
		case strings.HasSuffix(before, "]("), strings.HasSuffix(before, "](<"):
			text = address(text)
		default:
			text = unbroken.Replace(strings.ReplaceAll(url.PathEscape(text), "%2F", "/"))
		}
		b.WriteString(text)
	}
	if b.Len() > maxMade {
		return "", errMade
	}
	return b.String(), nil
}

// inAddress reports whether text goes on within a link's address, as [title](address) has it. What holes brought before has
// neither of its signs.
func inAddress(text string) bool {
	begins := strings.LastIndex(text, "](")
	return begins >= 0 && !strings.ContainsAny(text[begins+len("]("):], ") \n")
}

// unbroken writes the characters with which an address could end before its end, or be no link at all but text that calls
// somebody.
var unbroken = strings.NewReplacer("(", "%28", ")", "%29", "<", "%3C", ">", "%3E", "[", "%5B", "]", "%5D", `\`, "%5C", " ", "%20", `"`, "%22", "'", "%27",
	"`", "%60", "@", "%40")

// address is a whole address of http or https for a link, and nothing else.
func address(text string) string {
	at, err := url.Parse(strings.TrimSpace(text))
	if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" {
		return "#"
	}
	return unbroken.Replace(at.String())
}
