package stack_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/stack"
)

// shrinkwrap lays out what a function is built from, as `faas-cli build --shrinkwrap` does: the template, the handler over its folder
// function/, and what the stack file copies besides.
func shrinkwrap(t *testing.T, language, handler string, copied ...string) string {
	t.Helper()
	out := t.TempDir()
	put := func(from, to string) {
		info, err := os.Stat(from)
		if err == nil && info.IsDir() {
			err = exec.CommandContext(t.Context(), "cp", "-rT", from, to).Run()
		} else if err == nil {
			err = exec.CommandContext(t.Context(), "cp", from, to).Run()
		}
		if err != nil {
			t.Fatalf("copy %s: %v", from, err)
		}
	}
	put(filepath.Join("..", "..", "templates", language), out)
	entries, err := os.ReadDir(handler)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name := e.Name(); name != "build" && name != "template" {
			put(filepath.Join(handler, name), filepath.Join(out, "function", name))
		}
	}
	for _, name := range copied {
		put(filepath.Join("..", "..", name), filepath.Join(out, "function", name))
	}
	return out
}

var variable = regexp.MustCompile(`\$\{(\w+)(?::-(\w*))?\}`)

// follow carries out the first stage of a Dockerfile, as written, in a folder instead of an image. Modules are downloaded as the Go tool
// needs them, not all at once.
func follow(t *testing.T, layout string, args map[string]string) (root string) {
	t.Helper()
	root = t.TempDir()
	fill := func(text string) string {
		return variable.ReplaceAllStringFunc(text, func(found string) string {
			m := variable.FindStringSubmatch(found)
			if value := args[m[1]]; value != "" {
				return value
			}
			return m[2]
		})
	}
	inside := strings.NewReplacer("/src", filepath.Join(root, "src"), "/out", filepath.Join(root, "out"))
	text, err := os.ReadFile(filepath.Join(layout, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	work, _, _ := strings.Cut(strings.ReplaceAll(string(text), "\\\n", ""), "\n\n")
	for line := range strings.Lines(work) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		script := ""
		switch word {
		case "WORKDIR":
			script = "mkdir -p " + inside.Replace(rest)
		case "COPY":
			words := strings.Fields(fill(rest))
			to := filepath.Join(root, "src", words[len(words)-1])
			script = "mkdir -p " + to + " && for f in " + strings.Join(words[:len(words)-1], " ") +
				`; do if [ -d "$f" ]; then cp -rT "$f" ` + to + `; elif [ -e "$f" ]; then cp "$f" ` + to + `; fi; done`
		case "RUN":
			if rest != "go mod download" {
				script = "cd " + filepath.Join(root, "src") + " && " + inside.Replace(rest)
			}
		case "", "FROM", "ARG", "ENV":
		default:
			if !strings.HasPrefix(word, "#") {
				t.Fatalf("what does %q do?", line)
			}
		}
		run(t, layout, script, args)
	}
	return root
}

func run(t *testing.T, dir, script string, args map[string]string) {
	t.Helper()
	if script == "" {
		return
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-euc", script)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "CGO_ENABLED=0", "FUNCTION=", "TARGETOS=", "TARGETARCH=") // this machine's own
	for name, value := range args {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
}

// What faas-cli lays out is built by what the templates' Dockerfiles say: our own functions and what `faas-cli new` begins.
func TestWhatFaasCLILaysOutBuilds(t *testing.T) {
	t.Parallel()
	functions, err := stack.Load(filepath.Join("..", "..", "stack.yml"), lookup(nil))
	if err != nil {
		t.Fatal(err)
	}
	built := make(map[string]bool)
	for _, f := range functions { // one of each template
		if built[f.Language] {
			continue
		}
		built[f.Language] = true
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			layout := shrinkwrap(t, f.Language, filepath.Join("..", "..", f.Handler), "go.mod", "go.sum", "shared")
			executable(t, follow(t, layout, map[string]string{"FUNCTION": f.BuildArgs["FUNCTION"]}))
		})
		t.Run(f.Language, func(t *testing.T) {
			t.Parallel()
			scaffold := t.TempDir()
			if err := os.CopyFS(scaffold, os.DirFS(filepath.Join("..", "..", "templates", f.Language, "function"))); err != nil {
				t.Fatal(err)
			}
			executable(t, follow(t, shrinkwrap(t, f.Language, scaffold), nil))
		})
	}
	if len(built) < 2 {
		t.Errorf("the stack file uses just the templates %v", built)
	}
}

func executable(t *testing.T, root string) {
	t.Helper()
	info, err := os.Stat(filepath.Join(root, "out", "handler"))
	if err != nil || info.Mode()&0o111 == 0 {
		t.Errorf("no program came of it: %v", err)
	}
}

// faas-cli puts a handler over the template's own folder, of which all stays that the handler does not replace. So that folder may hold
// no program but main.go, and every function of ours must have one.
func TestTheTemplatesFolderIsCovered(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"../../templates/*/function/*.go", "../../templates/*/function/*/*"} {
		found, err := filepath.Glob(pattern)
		for _, path := range found {
			if filepath.Base(path) != "main.go" {
				t.Errorf("%s would be a part of every function", path)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	functions, err := stack.Load("../../stack.yml", lookup(nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range functions {
		if _, err := os.Stat(filepath.Join("..", "..", f.Handler, "main.go")); err != nil {
			t.Errorf("%s would get the template's main: %v", f.Name, err)
		}
	}
}

// Both templates speak the protocol in the same words.
func TestTheScaffoldsAgree(t *testing.T) {
	t.Parallel()
	protocol := func(language string) string {
		text, err := os.ReadFile(filepath.Join("..", "..", "templates", language, "function", "main.go"))
		if err != nil {
			t.Fatal(err)
		}
		_, after, found := strings.Cut(string(text), "\n// ---")
		if !found {
			t.Fatalf("%s: where does the protocol begin?", language)
		}
		return after
	}
	if protocol("handsoff-go") != protocol("handsoff-ansible") {
		t.Error("a mistake that was mended in one is still in the other")
	}
}
