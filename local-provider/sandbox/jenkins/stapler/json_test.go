package stapler_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/jenkins/stapler"
)

// sample is a bean with everything in it: a job with builds, each of which names the job again.
func sample() stapler.Bean {
	var job stapler.Bean
	build := func(n int) stapler.Bean {
		return stapler.Bean{Class: "Build", Properties: []stapler.Property{
			stapler.Visible("result", "SUCCESS"),
			stapler.At(2, "number", n),
			stapler.Lazy("job", func() any { return job }),
		}}
	}
	job = stapler.Bean{Class: "Job", Properties: []stapler.Property{
		stapler.Visible("description", nil),
		stapler.At(999, "name", "slow"),
		stapler.Visible("buildable", true),
		stapler.Lazy("builds", func() any { return stapler.List{build(3), build(2), build(1)} }),
		{Name: "property", Visibility: 1, Inline: true, Value: func() any {
			return stapler.List{stapler.Bean{Class: "P", Properties: []stapler.Property{stapler.At(1, "deep", 1.5)}}}
		}},
		stapler.At(-2, "allBuilds", stapler.List{int64(1)}),
		stapler.Visible("monitors", stapler.Map{{Key: "disk", Value: stapler.Empty{}}}),
	}}
	return job
}

func TestWriteDepth(t *testing.T) {
	t.Parallel()
	for depth, want := range map[int]string{
		0: `{"_class":"Job","description":null,"name":"slow","buildable":true,"builds":[` +
			`{"_class":"Build","number":3},{"_class":"Build","number":2},{"_class":"Build","number":1}],` +
			`"property":[{"_class":"P","deep":1.5}],"monitors":{"disk":{}}}`,
		1: `{"_class":"Build","result":"SUCCESS","number":3,"job":{"_class":"Job","name":"slow"}}`,
		3: `"allBuilds":[1]`,
	} {
		got := write(t, stapler.Depth(depth), stapler.JSON)
		if depth == 0 && got != want {
			t.Errorf("depth 0:\n%s\nwant\n%s", got, want)
		}
		if !strings.Contains(got, want) {
			t.Errorf("depth %d has no %s:\n%s", depth, want, got)
		}
	}
	if got := write(t, stapler.Depth(2), stapler.JSON); strings.Contains(got, "allBuilds") {
		t.Errorf("depth 2 shows allBuilds, whose visibility is -2")
	}
}

func TestWriteTree(t *testing.T) {
	t.Parallel()
	for tree, want := range map[string]string{
		"name":                     `{"_class":"Job","name":"slow"}`,
		"nothing":                  `{"_class":"Job"}`,
		"builds[number]{0,2}":      `{"_class":"Job","builds":[{"_class":"Build","number":3},{"_class":"Build","number":2}]}`,
		"builds[number]{1}":        `{"_class":"Job","builds":[{"_class":"Build","number":2}]}`,
		"builds[number]{2,}":       `{"_class":"Job","builds":[{"_class":"Build","number":1}]}`,
		"builds[number]{,1}":       `{"_class":"Job","builds":[{"_class":"Build","number":3}]}`,
		"builds{7,9}":              `{"_class":"Job","builds":[]}`,
		"builds{0,1}":              `{"_class":"Job","builds":[{"_class":"Build"}]}`,
		"allBuilds":                `{"_class":"Job","allBuilds":[1]}`,
		"builds[job[name]]{0,1}":   `{"_class":"Job","builds":[{"_class":"Build","job":{"_class":"Job","name":"slow"}}]}`,
		"property[*],name":         `{"_class":"Job","name":"slow","property":[{"_class":"P","deep":1.5}]}`,
		"builds[number],builds{3}": `{"_class":"Job","builds":[]}`,
	} {
		parsed, err := stapler.ParseTree(tree)
		if err != nil {
			t.Fatalf("%s: %v", tree, err)
		}
		if got := write(t, stapler.ByTree(parsed), stapler.JSON); got != want {
			t.Errorf("tree=%s:\n%s\nwant\n%s", tree, got, want)
		}
	}
}

func TestWriteFlavors(t *testing.T) {
	t.Parallel()
	const odd = "a\"b\\c\n\x7f«🙂"
	bean := stapler.Bean{Properties: []stapler.Property{
		stapler.Visible("none", nil), stapler.Visible("yes", true), stapler.Visible("no", false), stapler.Visible("text", odd),
	}}
	got, err := stapler.Write(bean, stapler.Depth(0), stapler.Python, false)
	if want := `{"none":None,"yes":True,"no":False,"text":"a\"b\\c\u000a\u007f«\ud83d\ude42"}`; err != nil || string(got) != want {
		t.Errorf("python: %s, %v, want %s", got, err, want)
	}
	pretty, err := stapler.Write(bean, stapler.Depth(0), stapler.JSON, true)
	var back map[string]any
	if err := json.Unmarshal(pretty, &back); err != nil || back["text"] != odd {
		t.Errorf("pretty JSON %s reads back as %v, %v", pretty, back, err)
	}
	if err != nil || !strings.HasPrefix(string(pretty), "{\n  \"none\" : null,\n") {
		t.Errorf("pretty JSON %q, %v", pretty, err)
	}
	if _, err := stapler.Write(stapler.Bean{Properties: []stapler.Property{stapler.Visible("x", struct{}{})}},
		stapler.Depth(0), stapler.JSON, false); err == nil {
		t.Error("a value of an unknown type was written")
	}
}

func write(t *testing.T, p stapler.Pruner, f stapler.Flavor) string {
	t.Helper()
	got, err := stapler.Write(sample(), p, f, false)
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(got) {
		t.Fatalf("not JSON: %s", got)
	}
	return string(got)
}
