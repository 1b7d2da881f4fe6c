package docs_test

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/handsoff/handsoff/local-provider/stack"
)

var (
	deployed = regexp.MustCompile(`(?m)^faas-cli up -f stack.yml --regex '(.+)'$`)
	created  = regexp.MustCompile(`(?m)^faas-cli secret create ([^ ]+) `)
)

// TestTheTutorialMakesEverySecret: OpenFaaS refuses a function whose secrets are missing, so those of the functions that the tutorial
// deploys are all made there, and no other.
func TestTheTutorialMakesEverySecret(t *testing.T) {
	t.Parallel()
	text := read(t, "tutorial.md")
	named := deployed.FindStringSubmatch(text)
	if named == nil {
		t.Fatal("the tutorial deploys nothing by a regular expression")
	}
	chosen, err := regexp.Compile(named[1])
	if err != nil {
		t.Fatal(err)
	}
	functions, err := stack.Load("../stack.yml", os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	var names, want, got []string
	for _, f := range functions {
		if chosen.MatchString(f.Name) {
			names = append(names, f.Name)
			want = append(want, f.Secrets...)
		}
	}
	for _, found := range created.FindAllStringSubmatch(text, -1) {
		got = append(got, found[1])
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"clock", "command", "jenkins", "jobs", "notify", "slack"}) {
		t.Errorf("it deploys %q", names)
	}
	slices.Sort(want)
	slices.Sort(got)
	if want = slices.Compact(want); !slices.Equal(got, want) {
		t.Errorf("it makes the secrets\n%q, and these functions have\n%q", got, want)
	}
}
