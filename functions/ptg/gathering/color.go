package gathering

import (
	"hash/fnv"
	"regexp"
	"strconv"
	"strings"
)

// Palette are the colours that tracks get by themselves.
var Palette = []string{
	"#596468", "#9ea8ad", "#b57506", "#f8ac29", "#5b731a", "#9dc62d",
	"#993399", "#27a3dd", "#2a6d3c", "#3fa45b", "#930a0a", "#dc0d0e",
}

// NextColor is the colour that the next track gets: one of the palette that the fewest tracks have.
func (d *Draft) NextColor() string {
	used := make(map[string]int)
	for _, t := range d.Tracks {
		used[t.Color]++
	}
	begin := int(digest(d.ID) % uint32(len(Palette))) // so that gatherings do not look all alike
	best := Palette[begin]
	for i := range Palette {
		if color := Palette[(begin+i)%len(Palette)]; used[color] < used[best] {
			best = color
		}
	}
	return best
}

func digest(text string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(text))
	return h.Sum32()
}

var hexForm = regexp.MustCompile(`^#(?:[0-9a-f]{3}|[0-9a-f]{6})$`)

// CheckColor is a colour as it is kept, in lower case. It refuses what is neither #rgb nor #rrggbb nor one of the names that
// CSS has.
func CheckColor(css string) (string, error) {
	low := strings.ToLower(css)
	if hexForm.MatchString(low) || named[low] != "" {
		return low, nil
	}
	return "", refuse(ErrInvalid, "%s is no colour: say #rgb, #rrggbb or a name that CSS has, such as teal", quote(css))
}

// RGB are the parts of a colour as [CheckColor] lets it pass. It reports false for any other.
func RGB(css string) (r, g, b uint8, ok bool) {
	css = strings.ToLower(css)
	if hex := named[css]; hex != "" {
		css = hex
	}
	if !hexForm.MatchString(css) {
		return 0, 0, 0, false
	}
	hex := css[1:]
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	return uint8(n >> 16), uint8(n >> 8), uint8(n), err == nil
}
