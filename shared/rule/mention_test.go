package rule

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// What an expression reads is found, whatever stands around it.
func TestPaths(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`steps.build.result.image`:             "steps steps.build steps.build.result steps.build.result.image",
		`steps["post-deploy"]?.state == 'x'`:   "steps steps.post-deploy steps.post-deploy.state",
		`first_line(args.text) + short("abc")`: "args args.text",
		`let x = args.a; x.y + args.b`:         "args args.a args.b",
		`filter(args.list, .name == steps.b)`:  "args args.list steps steps.b",
		`args[steps.a.text]`:                   "args steps steps.a steps.a.text",
		`'args.x'`:                             "",
	} {
		c, err := ParseCondition(source)
		if err != nil {
			t.Fatal(source, err)
		}
		if got := joined(c.Paths()); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}

func TestFixedArguments(t *testing.T) {
	t.Parallel()
	var args Args
	if err := yaml.Unmarshal([]byte("a: text\nb: 3\nc: [x, '{{ args.y }}']\nd: {e: '{{ steps.f.text }}'}\ng: [1, two]"), &args); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"a": "text true", "b": "3 true", "c": "<nil> false", "d": "<nil> false", "g": "[1 two] true", "x": "<nil> false"} {
		if value, ok := args.Fixed(name); fmt.Sprintf("%v %v", value, ok) != want {
			t.Errorf("%s: %v %v, want %s", name, value, ok, want)
		}
	}
	if got := joined(args.Paths()); got != "args args.y steps steps.f steps.f.text" {
		t.Error(got)
	}
}

func joined(paths [][]string) string {
	var all []string
	for _, path := range paths {
		all = append(all, strings.Join(path, "."))
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), " ")
}
