package jenkins

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// maxConfig bounds a config.xml.
const maxConfig = 2 << 20

// xmlHeader is how Jenkins begins a config.xml.
const xmlHeader = `<?xml version='1.1' encoding='UTF-8'?>` + "\n"

var errConfig = errors.New("not a config.xml")

// An element is a piece of a config.xml.
type element struct {
	XMLName xml.Name  `xml:""`
	Text    string    `xml:",chardata"`
	Nodes   []element `xml:",any"`
}

var declaration = regexp.MustCompile(`(?s)^\s*<\?xml[^>]*\?>\s*`)

// parseConfig reads a config.xml and returns it with Jenkins' own declaration. Jenkins writes XML 1.1, which encoding/xml
// refuses by its number, so the declaration is taken off first.
func parseConfig(raw []byte) (*element, []byte, error) {
	if len(raw) > maxConfig {
		return nil, nil, fmt.Errorf("%w: larger than %d bytes", errConfig, maxConfig)
	}
	body := declaration.ReplaceAll(bytes.TrimPrefix(raw, []byte("\ufeff")), nil)
	root := &element{}
	document := xml.NewDecoder(bytes.NewReader(body))
	if err := document.Decode(root); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errConfig, err)
	}
	if rest := bytes.TrimSpace(body[document.InputOffset():]); len(rest) > 0 {
		return nil, nil, fmt.Errorf("%w: something follows its end", errConfig)
	}
	return root, append([]byte(xmlHeader), body...), nil
}

// path finds the element below, by names; nil when there is none.
func (e *element) path(names ...string) *element {
	for _, name := range names {
		if e = e.child(name); e == nil {
			return nil
		}
	}
	return e
}

func (e *element) child(name string) *element {
	if e == nil {
		return nil
	}
	for i := range e.Nodes {
		if e.Nodes[i].XMLName.Local == name {
			return &e.Nodes[i]
		}
	}
	return nil
}

// text is the text of the element below; empty when there is none.
func (e *element) text(names ...string) string {
	if below := e.path(names...); below != nil {
		return below.Text
	}
	return ""
}

// setText gives a direct child of the root its text, in the document itself: all else stays as it was sent.
func setText(config []byte, root *element, name, text string) []byte {
	return setInner(config, root, name, escaped(text))
}

// setInner is setText for what is XML already.
func setInner(config []byte, root *element, name, inner string) []byte {
	line := fmt.Sprintf("<%s>%s</%s>", name, inner, name)
	if from, to, found := childAt(config, name); found {
		return bytes.Join([][]byte{config[:from], []byte(line), config[to:]}, nil)
	}
	closing := "</" + root.XMLName.Local + ">"
	end := bytes.LastIndex(config, []byte(closing))
	if end < 0 { // an empty root: <project/>
		return []byte(xmlHeader + "<" + root.XMLName.Local + ">\n  " + line + "\n" + closing + "\n")
	}
	return bytes.Join([][]byte{config[:end], []byte("  " + line + "\n"), config[end:]}, nil)
}

// childAt finds where in the document a direct child of the root stands.
func childAt(config []byte, name string) (from, to int, found bool) {
	header := len(declaration.Find(config))
	tokens := xml.NewDecoder(bytes.NewReader(config[header:]))
	for depth := 0; ; {
		before := int(tokens.InputOffset())
		token, err := tokens.RawToken()
		if err != nil {
			return 0, 0, false
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth == 1 && t.Name.Local == name {
				from, found = header+before, true
			}
			depth++
		case xml.EndElement:
			depth--
			if depth == 1 && found {
				return from, header + int(tokens.InputOffset()), true
			}
		}
	}
}

// escaped is text as it stands in XML.
func escaped(text string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(text)); err != nil {
		return ""
	}
	return b.String()
}
