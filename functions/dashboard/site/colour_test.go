package site

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var (
	variables = regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`)
	ansi      = regexp.MustCompile(`\.log \.([cg][0-7]) \{ (?:color|background): (#[0-9a-f]{6}); \}`)
)

// schemes are the sheet's colours by light and by dark.
func schemes(t *testing.T) (schemes map[string]map[string]string, sheet string) {
	t.Helper()
	text, err := files.ReadFile("asset/site.css")
	if err != nil {
		t.Fatal(err)
	}
	sheet = string(text)
	light, rest, found := strings.Cut(sheet, "@media (prefers-color-scheme: dark) {")
	dark, _, found2 := strings.Cut(rest, "\n}\n")
	if !found || !found2 {
		t.Fatal("the sheet has no dark mode")
	}
	of := func(text string) map[string]string {
		all := make(map[string]string)
		for _, one := range variables.FindAllStringSubmatch(text, -1) {
			all[one[1]] = one[2]
		}
		return all
	}
	schemes = map[string]map[string]string{"light": of(light), "dark": of(light)}
	maps.Copy(schemes["dark"], of(dark))
	return schemes, sheet
}

// contrast of two colours, as WCAG 2 has it.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	luminance := func(colour string) (sum float64) {
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			part := float64(n) / 255
			if part <= 0.04045 {
				part /= 12.92
			} else {
				part = math.Pow((part+0.055)/1.055, 2.4)
			}
			sum += weight * part
		}
		return sum
	}
	one, other := luminance(a), luminance(b)
	return (max(one, other) + 0.05) / (min(one, other) + 0.05)
}

// TestWhateverALogIsColouredItCanBeRead: each of its texts on each of its grounds, and without one, in both modes.
func TestWhateverALogIsColouredItCanBeRead(t *testing.T) {
	t.Parallel()
	both, sheet := schemes(t)
	colours := make(map[string]string)
	for _, one := range ansi.FindAllStringSubmatch(sheet, -1) {
		colours[one[1]] = one[2]
	}
	for name, scheme := range both {
		texts := map[string]string{"plain": scheme["term-ink"], "dim": scheme["term-soft"]}
		grounds := map[string]string{"none": scheme["term"]}
		for i := range 8 {
			c, g := fmt.Sprint("c", i), fmt.Sprint("g", i)
			texts[c], grounds[g] = colours[c], colours[g]
		}
		for text, ink := range texts {
			for ground, paper := range grounds {
				if ratio := contrast(t, ink, paper); ratio < 4.5 {
					t.Errorf("%s: %s on %s is %.2f", name, text, ground, ratio)
				}
			}
		}
	}
}

// TestBarsCanBeSeen on their card, in both modes.
func TestBarsCanBeSeen(t *testing.T) {
	t.Parallel()
	both, sheet := schemes(t)
	for _, bar := range []string{"most", "median"} {
		_, rest, _ := strings.Cut(sheet, "\n.bar."+bar+" { fill: var(--")
		colour, _, found := strings.Cut(rest, "); }")
		if !found {
			t.Fatalf("the bar %s has no colour of its own", bar)
		}
		for name, scheme := range both {
			if ratio := contrast(t, scheme[colour], scheme["card"]); ratio < 3 {
				t.Errorf("%s: %s is %.2f", name, bar, ratio)
			}
		}
	}
}

// TestWhatMovesEnds by itself within five seconds.
func TestWhatMovesEnds(t *testing.T) {
	t.Parallel()
	_, sheet := schemes(t)
	moves := regexp.MustCompile(`animation: [a-z]+ ([0-9.]+)s [a-z-]+ (\w+)`).FindAllStringSubmatch(sheet, -1)
	if len(moves) == 0 || strings.Count(sheet, "animation:") != len(moves)+1 { // and none for who wants none
		t.Fatalf("%v", moves)
	}
	for _, one := range moves {
		seconds, err := strconv.ParseFloat(one[1], 64)
		times, err2 := strconv.ParseFloat(one[2], 64)
		if err != nil || err2 != nil || seconds*times > 5 {
			t.Errorf("%s goes on for longer", one[0])
		}
	}
}
