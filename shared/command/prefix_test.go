package command

import (
	"errors"
	"strings"
	"testing"
)

// gathering declares what has lines by their marks.
const gathering = `
- {words: ptg, summary: s, role: anyone, now: true, prefixes: ["#", "+"], args: [{name: line, type: rest, optional: true}]}
- {words: ptg in, also: [in], summary: s, role: anyone, now: true, args: [{name: line, type: rest, optional: true}]}
`

// A line with a mark is the command's, whole: nothing in it is a quote, a name or an option.
func TestPrefixedLines(t *testing.T) {
	t.Parallel()
	c := NewCatalogue(map[string]string{"f": gathering})
	for _, fault := range c.Faults() {
		t.Error(fault)
	}
	for text, want := range map[string]string{
		"#nova now it's \"half\" done":   "#nova now it's \"half\" done",
		"  #nova  now  x ":               "#nova  now  x",
		"+in line=#swift --now":          "+in line=#swift --now",
		"#1234":                          "#1234",
		"+'quoted'":                      "+'quoted'",
		"#nova now a\nb":                 "#nova now a\nb",
		"ptg #nova now Talking":          "#nova now Talking",
		"ptg '#nova now Talking, twice'": "#nova now Talking, twice",
	} {
		p, err := c.Parse(text)
		if err != nil || p.Command.Words != "ptg" || Values(p.Args).String("line") != want {
			t.Errorf("%q: %+v %v", text, p, err)
			continue
		}
		if typed := strings.TrimSpace(text); p.Prefixed != !strings.HasPrefix(typed, "ptg") || !c.Knows(typed) {
			t.Errorf("%q: prefixed is %v, known %v", text, p.Prefixed, c.Knows(typed))
		}
		again, err := c.Parse(p.write(false))
		if err != nil || Values(again.Args).String("line") != want {
			t.Errorf("%q is written %q, read back as %+v %v", text, p.write(false), again, err)
		}
	}
	if help, err := c.Help("ptg", Reader{Roles: nobody{}}); err != nil || !strings.Contains(help, "A line that begins with # or + means it.") {
		t.Errorf("%q %v", help, err)
	}
	m := new(Mistake)
	if _, err := c.Parse("it works"); !errors.As(err, &m) || len(m.Suggestions) > 0 {
		t.Errorf("what two letters are near to: %+v", err)
	}
	for _, text := range []string{"#", "# nova", "+", "+ 1", "~newday", "x #nova", "-1"} {
		if p, err := c.Parse(text); err == nil {
			t.Errorf("%q is taken as %s", text, p.Command.Words)
		}
	}
}

func TestPrefixedAmongPeople(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"#nova now x": true, "  +in": true, "~motd": true, "#3d-printing now": true, "#Ñandú now": true, "#help": true,
		"#": false, "# x": false, "+1": false, "+ 1": false, "+2 from me": false, "-1": false, "#1234": false, "#1234, see": false,
		"~100 of them": false, "": false, "nova": false, "##": false, "#!x": false, "+-x": false, "~~gone~~": false, "#\u200b x": false,
	} {
		if PrefixedAmongPeople(line) != want {
			t.Errorf("%q: %v", line, !want)
		}
	}
}

func TestBrokenPrefixes(t *testing.T) {
	t.Parallel()
	rest := ", summary: s, role: v, args: [{name: x, type: rest}]}"
	for text, want := range map[string]string{
		`- {words: a, prefixes: ["!"]` + rest:                                                            `prefixes: "!" is not one of the characters #+~`,
		`- {words: a, prefixes: ["##"]` + rest:                                                           `prefixes: "##" is not one of`,
		`- {words: a, prefixes: [""]` + rest:                                                             `prefixes: "" is not one of`,
		`- {words: a, prefixes: ["#", "#"]` + rest:                                                       "prefixes: # is there twice",
		`- {words: a, prefixes: ["#"], summary: s, role: v}`:                                             "prefixes: the line needs one argument of type rest",
		`- {words: a, prefixes: ["#"], summary: s, role: v, args: [{name: x}]}`:                          "prefixes: the line needs one argument",
		`- {words: a, prefixes: ["#"], summary: s, role: v, args: [{name: x}, {name: y, type: rest}]}`:   "prefixes: the line needs one argument",
		`- {words: a, prefixes: ["#"], summary: s, role: v, args: [{name: x, type: rest, secret: yes}]}`: "prefixes: the line needs one argument",
		`- {words: a, prefixes: ["#"]` + rest + "\n" + `- {words: b, prefixes: ["+", "#"]` + rest:        "b: prefixes: #: the function f has lines with this mark already",
	} {
		c := NewCatalogue(map[string]string{"f": text})
		if faults := c.Faults(); len(faults) != 1 || !strings.Contains(faults[0].Text, want) {
			t.Errorf("%s: %v, want %s", text, faults, want)
		}
	}
	c := NewCatalogue(map[string]string{"f": `- {words: a, prefixes: ["#"]` + rest + "\n" + `- {words: b, prefixes: ["+", "#"]` + rest})
	if p, err := c.Parse("+x"); err != nil || p.Command.Words != "b" {
		t.Errorf("the mark without a clash: %+v %v", p, err)
	}
}
