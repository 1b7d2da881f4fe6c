package page

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// plain is the colour of a badge whose track has none that is known; the style sheet has it, too.
const plain = "c-none"

// enough is the contrast that WCAG 2.2 AA asks for text (1.4.3).
const enough = 4.5

// colorClass is the class of a colour. It is made of the colour alone, so that a page knows it before the track has it.
func colorClass(css string) string {
	r, g, b, ok := gathering.RGB(css)
	if !ok {
		return plain
	}
	return fmt.Sprintf("c-%02x%02x%02x", r, g, b)
}

// sheet is the style sheet of a gathering's colours.
func sheet(g *gathering.Gathering) string {
	rules := make(map[string]string)
	for _, t := range g.Tracks {
		if r, green, b, ok := gathering.RGB(t.Color); ok {
			rules[colorClass(t.Color)] = fmt.Sprintf("{background:#%02x%02x%02x;color:%s}", r, green, b, ink(r, green, b))
		}
	}
	var text strings.Builder
	for _, class := range slices.Sorted(maps.Keys(rules)) {
		text.WriteString("." + class + rules[class] + "\n")
	}
	return text.String()
}

// ink is the colour of text on a ground: white, unless that cannot be read on it. One of the two always can.
func ink(r, g, b uint8) string {
	if contrast(luminance(r, g, b), 1) >= enough {
		return "#fff"
	}
	return "#000"
}

// luminance is relative luminance as WCAG defines it, 0 to 1.
func luminance(r, g, b uint8) float64 {
	linear := func(part uint8) float64 {
		c := float64(part) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// contrast is the contrast ratio of two luminances, 1 to 21.
func contrast(a, b float64) float64 { return (max(a, b) + 0.05) / (min(a, b) + 0.05) }
