package stack_test

import (
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/stack"
)

func TestOnly(t *testing.T) {
	t.Parallel()
	all := []stack.Function{{Name: "clock"}, {Name: "command"}, {Name: "jobs"}}
	for list, want := range map[string]string{
		"":                  "clock command jobs",
		" ":                 "clock command jobs",
		"jobs":              "jobs",
		"jobs, clock":       "clock jobs",
		"jobs,jobs":         "jobs",
		"clock,command,ptg": "",
		"clock,":            "",
	} {
		chosen, err := stack.Only(all, list)
		var got []string
		for _, f := range chosen {
			got = append(got, f.Name)
		}
		if strings.Join(got, " ") != want || (err != nil) != (want == "") {
			t.Errorf("Only(%q) = %v, %v; want %q", list, got, err, want)
		}
		if err != nil && !strings.Contains(err.Error(), "clock, command, jobs") {
			t.Errorf("Only(%q) does not say which there are: %v", list, err)
		}
	}
}
