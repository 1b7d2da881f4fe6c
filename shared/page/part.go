package page

import (
	"bytes"
	"encoding/json"
	"html/template"
	"strings"
)

// Part is an element of a page that can be replaced.
type Part struct {
	ID    string
	Shape string // its HTML, with [Holes] for its items
	Items []Item
}

// Item is an element within a part that can be replaced by itself.
type Item struct{ ID, HTML string }

// hole stands for an item. No text of anybody holds it: html/template replaces it in text by another rune.
const hole = "\x00"

// Fragment is an element's new HTML.
type Fragment struct {
	ID   string `json:"id"`
	HTML string `json:"html"`
}

// Holes are places for so many items, to be given to a part's template.
func Holes(n int) []template.HTML {
	list := make([]template.HTML, n)
	for i := range list {
		list[i] = hole
	}
	return list
}

// HTML is the part with its items.
func (p *Part) HTML() string {
	if len(p.Items) == 0 {
		return p.Shape
	}
	pieces := strings.Split(p.Shape, hole)
	var b strings.Builder
	for i, piece := range pieces {
		b.WriteString(piece)
		if i < len(p.Items) {
			b.WriteString(p.Items[i].HTML)
		}
	}
	return b.String()
}

// Differ is what one who sees old has to be sent to see fresh. Both have the same parts, in the same order.
func Differ(old, fresh []Part) []Fragment {
	var list []Fragment
	for i := range fresh {
		o, f := &old[i], &fresh[i]
		if o.Shape != f.Shape || !sameItems(o.Items, f.Items) {
			list = append(list, Fragment{f.ID, f.HTML()})
			continue
		}
		for j := range f.Items {
			if o.Items[j].HTML != f.Items[j].HTML {
				list = append(list, Fragment{f.Items[j].ID, f.Items[j].HTML})
			}
		}
	}
	return list
}

func sameItems(a, b []Item) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].ID != b[i].ID {
			return false
		}
	}
	return true
}

// Message is what is sent to those who have a page open.
type Message struct {
	At    string     `json:"at"` // the position behind it: whoever comes again says up to where they have seen
	Parts []Fragment `json:"parts"`
}

// Bytes is the message as it is sent, on one line.
func (m Message) Bytes() []byte {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	if m.Parts == nil {
		m.Parts = []Fragment{}
	}
	if err := out.Encode(m); err != nil {
		panic(err) // strings can be written
	}
	return bytes.TrimSpace(b.Bytes())
}
