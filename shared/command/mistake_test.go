package command

import (
	"errors"
	"testing"
)

// A mistake about one argument names it, so that a form can show it there.
func TestMistakesNameTheirArgument(t *testing.T) {
	t.Parallel()
	c := NewCatalogue(map[string]string{"f": `
- words: a
  summary: A
  role: viewer
  args: [{name: first}, {name: n, type: int, optional: true}, {name: c, type: choice, choices: [red, blue], optional: true}]
- {words: b, summary: B, role: viewer, extra: anything, args: [{name: one}, {name: two}]}
`})
	for line, want := range map[string]string{
		"a": "first", "a x n=many": "n", "a x many": "n", "a x c=green": "c", "a x first=y": "first", "a x nn=1": "", "a x 1 red more": "",
		"b": "one", "b 1": "two", "b 1 2 x=1 x=2": "",
	} {
		_, err := c.Parse(line)
		m := new(Mistake)
		if !errors.As(err, &m) || m.Argument != want || m.Answer().Problem.Argument != want {
			t.Errorf("%q: %v about %q, want %q", line, err, m.Argument, want)
		}
	}
	for _, test := range []struct {
		words string
		args  map[string]any
		want  string
	}{
		{"a", map[string]any{"first": "x", "n": "many"}, "n"},
		{"a", map[string]any{"first": []any{"x"}}, "first"},
		{"a", map[string]any{"first": "\x1b[2J"}, "first"},
		{"a", nil, "first"},
		{"a", map[string]any{"first": "x", "other": "y"}, ""},
		{"b", map[string]any{"one": 1, "two": 2, ExtraArg: "x"}, ExtraArg},
	} {
		_, err := c.Lookup(test.words).Adopt(test.args)
		m := new(Mistake)
		if !errors.As(err, &m) || m.Argument != test.want {
			t.Errorf("%s %v: %v about %q, want %q", test.words, test.args, err, m.Argument, test.want)
		}
	}
}
