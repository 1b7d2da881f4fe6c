package stack_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/deployment"
	"github.com/handsoff/handsoff/local-provider/stack"
)

// images reads a Dockerfile into its stages, the instructions of each without comments.
func images(t *testing.T, language string) [][]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "templates", language, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	var stages [][]string
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if strings.HasPrefix(line, "FROM ") {
			stages = append(stages, nil)
		}
		if len(stages) == 0 {
			t.Fatalf("%s: %q stands before the first FROM", language, line)
		}
		stages[len(stages)-1] = append(stages[len(stages)-1], line)
	}
	return stages
}

var (
	// pinned is one exact release, with or without the digest that .ci/pin adds; an earlier stage and no image at all are none of others'.
	pinned  = regexp.MustCompile(`^FROM (scratch|build AS system|(--platform=\S+ )?[a-z0-9./-]+:[0-9]+(\.[0-9]+)+(-[a-z]+)*(@sha256:[0-9a-f]{64})?( AS build)?)$`)
	running = []string{"USER 65532:65532", "EXPOSE 8080", `ENTRYPOINT ["/handler"]`}
)

// TestTemplates holds what the images of functions are made of to what a read-only container without root accepts.
func TestTemplates(t *testing.T) {
	t.Parallel()
	folders, err := filepath.Glob(filepath.Join("..", "..", "templates", "*"))
	if err != nil || len(folders) < 2 {
		t.Fatalf("templates %q, %v", folders, err)
	}
	built := images(t, "handsoff-go")[0]
	var languages []string
	for _, folder := range folders {
		language := filepath.Base(folder)
		languages = append(languages, language)
		about, err := os.ReadFile(filepath.Join(folder, "template.yml"))
		if err != nil || !strings.HasPrefix(string(about), "language: "+language+"\n") {
			t.Errorf("%s: its template.yml says %q, %v", language, about, err)
		}
		stages := images(t, language)
		if len(stages) < 2 || !slices.Equal(stages[0], built) {
			t.Errorf("%s: functions are built in another way than handsoff-go's", language)
		}
		last := stages[len(stages)-1]
		for _, stage := range stages {
			if !pinned.MatchString(stage[0]) {
				t.Errorf("%s: %q names no release", language, stage[0])
			}
		}
		if !slices.Equal(last[len(last)-len(running):], running) {
			t.Errorf("%s: the image ends with %q", language, last)
		}
	}
	functions, err := stack.Load(filepath.Join("..", "..", "stack.yml"), lookup(nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range functions {
		if !slices.Contains(languages, f.Language) {
			t.Errorf("%s: there is no template %q", f.Name, f.Language)
		}
		if !f.ReadOnly {
			t.Errorf("%s: its root file system can be written", f.Name)
		}
		d := f.Deployment()
		if d.Requests == nil || d.Requests.Memory == "" || d.Requests.CPU == "" || d.Limits == nil || d.Limits.Memory == "" || d.Limits.CPU != "" {
			t.Errorf("%s: it does not say what it takes, or its processor time is limited: %+v, %+v", f.Name, d.Requests, d.Limits)
		}
		if err := deployment.Validate(d); err != nil {
			t.Error(err)
		}
	}
}
