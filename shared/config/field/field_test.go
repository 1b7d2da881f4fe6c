package field_test

import (
	"slices"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/config/field"
)

// told reads an entry, and is what is wrong with it.
func told(t *testing.T, text string, known field.Map) []string {
	t.Helper()
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	r := &field.Reader{}
	r.Each(document.Content[0], "a cat", known)
	var faults []string
	for _, f := range r.Faults {
		faults = append(faults, f.String())
	}
	return faults
}

func TestEachFieldIsRead(t *testing.T) {
	t.Parallel()
	var name string
	var toys, foods []string
	var tame, fed bool
	var lives int
	var sleeps, plays time.Duration
	faults := told(t, "name: Tom\ntoys: [ball, 1.50]\nfoods: fish\ntame: true\nlives: 9\nsleeps: 1h30m\nday: {plays: 0s, fed: true}\n", field.Map{
		"name": field.Text(&name), "toys": field.Texts(&toys), "foods": field.Texts(&foods), "tame": field.Yes(&tame),
		"lives": field.Count(&lives, 1, 9), "sleeps": field.Duration(&sleeps, 1, 24*time.Hour),
		"day": field.Nested("a day", field.Map{"plays": field.Duration(&plays, 0, time.Hour), "fed": field.Yes(&fed)}),
	})
	if len(faults) > 0 || name != "Tom" || !slices.Equal(toys, []string{"ball", "1.50"}) || !slices.Equal(foods, []string{"fish"}) ||
		!tame || lives != 9 || sleeps != 90*time.Minute || plays != 0 || !fed {
		t.Error(faults, name, toys, foods, tame, lives, sleeps, plays, fed)
	}
}

// TestEveryMistakeIsTold, each with its line.
func TestEveryMistakeIsTold(t *testing.T) {
	t.Parallel()
	var name string
	var toys []string
	var tame bool
	var lives int
	var sleeps time.Duration
	known := field.Map{
		"name": field.Text(&name), "toys": field.Texts(&toys), "tame": field.Yes(&tame), "lives": field.Count(&lives, 1, 9),
		"sleeps": field.Duration(&sleeps, 1, 24*time.Hour), "day": field.Nested("a day", field.Map{"fed": field.Yes(&tame)}),
	}
	for text, want := range map[string][]string{
		"[1]":                        {"line 1: names and values are expected, name: value"},
		"nme: Tom\nname: Tom":        {"line 1: a cat has no nme; did you mean name?"},
		"name: Tom\nname: Tim":       {"line 2: name stands there twice"},
		"? [name]\n: Tom":            {"line 1: a name is expected"},
		"name: \"\"\ntame: perhaps":  {"line 1: name: a text is expected", "line 2: tame: true or false is expected"},
		"name: [Tom]":                {"line 1: name: a text is expected"},
		"toys:\n- ball\n- {a: b}":    {"line 3: toys: a text is expected"},
		"lives: 10":                  {"line 1: lives: a whole number from 1 to 9 is expected"},
		"lives: nine":                {"line 1: lives: a whole number from 1 to 9 is expected"},
		"sleeps: 0s":                 {"line 1: sleeps: a time such as 90s, 1h30m or 2d is expected, at most 1d"},
		"sleeps: 25h":                {"line 1: sleeps: a time such as 90s, 1h30m or 2d is expected, at most 1d"},
		"sleeps: long":               {"line 1: sleeps: a time such as 90s, 1h30m or 2d is expected, at most 1d"},
		"day:\n  fed: 3\n  tired: 1": {"line 2: day: fed: true or false is expected"},
	} {
		if faults := told(t, text, known); !slices.Equal(faults, want) {
			t.Errorf("%q: %q, want %q", text, faults, want)
		}
	}
}
