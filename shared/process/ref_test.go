package process

import (
	"strings"
	"testing"
)

func FuzzParseStat(f *testing.F) {
	f.Add("12 (a b) c) S 1 12 12 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4711 1 1")
	f.Add("")
	f.Add("1 (x) ")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseStat(text)
		if err == nil && len(strings.Fields(text)) < 20 {
			t.Errorf("parseStat(%q) = %+v of too few fields", text, s)
		}
	})
}

func TestParseStat(t *testing.T) {
	t.Parallel()
	s, err := parseStat("12 (a (b) c) Z 1 13 12 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4711 1 1")
	if err != nil || s.state != 'Z' || !s.dead() || s.group != 13 || s.start != 4711 {
		t.Errorf("parseStat = %+v, %v", s, err)
	}
}
