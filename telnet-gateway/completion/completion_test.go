package completion

import (
	"slices"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/command"
)

var catalogue = []command.Declared{
	{Spec: command.Spec{Words: "jenkins build", Also: []string{"jb"}, Args: []command.Arg{{Name: "job"}, {Name: "wait", Type: "bool"}}, Extra: "parameters"}},
	{Spec: command.Spec{Words: "jenkins restart", Args: []command.Arg{{Name: "mode", Type: "choice", Choices: []string{"now", "safe"}}, {Name: "why", Type: "rest"}}}},
	{Spec: command.Spec{Words: "jenkins", Summary: "an overview"}},
	{Spec: command.Spec{Words: "cancel", Also: []string{"stop"}, Args: []command.Arg{{Name: "id"}, {Name: "reason"}}}},
	{Spec: command.Spec{Words: "secret thing", Hidden: true}},
	{Spec: command.Spec{Words: "vault write", Args: []command.Arg{{Name: "path"}, {Name: "value", Secret: true}}}},
}

var jobs = []string{"k3f2", "k3g9", "m2p9"}

func TestFind(t *testing.T) {
	t.Parallel()
	for before, want := range map[string]struct {
		have  int
		found string
	}{
		"":                          {0, "cancel |clear |exit |jb |jenkins |missed |quit |stop |vault "},
		"j":                         {1, "jb |jenkins "},
		"  Je":                      {2, "jenkins "},
		"secr":                      {4, ""},
		"jenkins ":                  {0, "build |restart "},
		"jenkins b":                 {1, "build "},
		"Jenkins  Build w":          {1, "wait="},
		"jenkins build demo ":       {0, "false |true |wait="},
		"jenkins build demo wait=":  {5, "wait=false |wait=true "},
		"jenkins build wait=true j": {1, "job="},
		"jenkins restart s":         {1, "safe "},
		"jenkins restart mode=n":    {6, "mode=now "},
		"jenkins restart other=":    {6, ""},
		"cancel k":                  {1, "k3f2 |k3g9 "},
		"jb w":                      {1, "wait="},
		"jb demo t":                 {1, "true "},
		"stop m":                    {1, "m2p9 "},
		"cancel k3f2 r":             {1, "reason="},
		"@k3":                       {3, "@k3f2 |@k3g9 "},
		"@k3f2 sta":                 {3, "state |status "},
		"@k3f2 status x":            {1, ""},
		`jenkins build "de`:         {0, ""},
	} {
		have, found := Find(before, catalogue, jobs)
		if got := strings.Join(found, "|"); got != want.found || (got != "" && have != want.have) {
			t.Errorf("%q: %d bytes, %q; want %d, %q", before, have, got, want.have, want.found)
		}
	}
}

func TestCommon(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		found []string
		want  string
	}{{nil, ""}, {[]string{"state ", "status "}, "stat"}, {[]string{"one "}, "one "}, {[]string{"\u65e5\u672c", "\u65e5\u66dc"}, "\u65e5"}} {
		if got := Common(test.found); got != test.want {
			t.Errorf("Common(%q) = %q, want %q", test.found, got, test.want)
		}
	}
}

func TestWantsJob(t *testing.T) {
	t.Parallel()
	for before, want := range map[string]bool{
		"@": true, "@k3": true, "@k3f2 st": false, "cancel ": true, "stop k": true, "jenkins restart ": false, "": false,
	} {
		if got := WantsJob(before, catalogue); got != want {
			t.Errorf("%q: %v", before, got)
		}
	}
}

func TestSecret(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"status":                           false,
		"vault write":                      false,
		"vault write a/b open-sesame":      true,
		"jenkins build demo API_TOKEN=abc": true,
		"jenkins build demo my-password=x": true,
		"jenkins build secret-santa":       false,
	} {
		if got := Secret(line, catalogue); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("jenkins build wait=t")
	f.Add("@k3f2 s")
	f.Fuzz(func(t *testing.T, before string) {
		have, found := Find(before, catalogue, jobs)
		if have > len(before) {
			t.Fatalf("%d of %d bytes", have, len(before))
		}
		word := strings.ToLower(before[len(before)-have:])
		for _, c := range found {
			if !strings.HasPrefix(strings.ToLower(c), word) {
				t.Fatalf("%q does not complete %q", c, word)
			}
		}
		if common := Common(found); len(found) > 0 && !slices.ContainsFunc(found, func(c string) bool { return strings.HasPrefix(c, common) }) {
			t.Fatalf("%q is common to %q", common, found)
		}
	})
}
