package stack_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/cron"
	"github.com/handsoff/handsoff/local-provider/deployment"
	"github.com/handsoff/handsoff/local-provider/stack"
)

func lookup(values map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	}
}

func TestSubstitute(t *testing.T) {
	t.Parallel()
	env := lookup(map[string]string{"A": "one", "EMPTY": "", "_x9": "two", "TRICK": "${A}"})
	for text, want := range map[string]string{
		"":                        "",
		"plain $ text, 5$ $A {A}": "plain $ text, 5$ $A {A}",
		"${A}":                    "one",
		"x${A}y${_x9}z":           "xoneytwoz",
		"${B}":                    "",
		"${B:-http://a:1}":        "http://a:1",
		"${B:=d}":                 "d",
		"${A:-d}":                 "one",
		"${EMPTY:-d}":             "d",
		"${B:-${A}}":              "one",
		"${B:-a${C:-b}c}":         "abc",
		"${B:-}":                  "",
		"$${A}":                   "${A}",
		"$$$${A}":                 "$${A}",
		`a\/b\\c\n`:               `a/b\c\n`,
		"${TRICK}":                "${A}",
	} {
		if got, err := stack.Substitute(text, env); err != nil || got != want {
			t.Errorf("Substitute(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{
		"${", "${A", "${A:-", "${A:-x", "${}", "${1}", "${A-x}", "${A,,}", "${A:1:2}", "${#A}", "${A/x/y}", "${ A}",
		strings.Repeat("${B:-", 20) + strings.Repeat("}", 20),
	} {
		if got, err := stack.Substitute(text, env); !errors.Is(err, stack.ErrSubstitution) {
			t.Errorf("Substitute(%q) = %q, %v; want a refusal", text, got, err)
		}
	}
}

func FuzzSubstitute(f *testing.F) {
	for _, seed := range []string{"${A:-b}", "$${", "${A:-${B:-c}}", "a\\/b", "${", "$$"} {
		f.Add(seed, "value")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		env := lookup(map[string]string{"A": value})
		got, err := stack.Substitute(text, env)
		if err != nil {
			if !errors.Is(err, stack.ErrSubstitution) {
				t.Fatalf("Substitute(%q): %v", text, err)
			}
			return
		}
		if !strings.ContainsAny(text, `$\`) && got != text {
			t.Fatalf("Substitute(%q) = %q without anything to replace", text, got)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("version: \"1.0\"\nprovider: {name: openfaas}\nfunctions: {a: {handler: ./a}}")
	f.Add("functions: [")
	f.Fuzz(func(t *testing.T, text string) {
		functions, err := stack.Parse(text, lookup(nil))
		if err == nil {
			for _, function := range functions {
				_ = function.Deployment()
			}
		}
	})
}

func TestParse(t *testing.T) {
	t.Parallel()
	functions, err := stack.Parse(`
version: "1.0"
provider: {name: openfaas, gateway: "http://x"}
functions:
  b:
    image: team/b:1
    environment: {url: "${URL:-http://g:8080}", n: 5}
    secrets: [s]
    labels: {l: "true"}
    annotations:
      topic: cron-function
      text: |
        - words: a b
    limits: {memory: 64Mi}
    unknown: ignored
  a: {image: team/a}
`, lookup(nil))
	if err != nil || len(functions) != 2 || functions[0].Name != "a" {
		t.Fatalf("Parse = %+v, %v", functions, err)
	}
	d := functions[1].Deployment()
	if d.Service != "b" || d.EnvVars["url"] != "http://g:8080" || d.EnvVars["n"] != "5" || d.Secrets[0] != "s" ||
		(*d.Annotations)["text"] != "- words: a b\n" || (*d.Labels)["l"] != "true" || d.Limits.Memory != "64Mi" {
		t.Errorf("Deployment = %+v", d)
	}
	for name, text := range map[string]string{
		"other provider": `provider: {name: faas}`, "other version": "version: \"2\"\nprovider: {name: openfaas}", "not YAML": "a: [",
	} {
		if _, err := stack.Parse(text, lookup(nil)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestLoadEnvironmentFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("env.yml", "environment: {a: file, b: file}")
	path := write("stack.yml", "provider: {name: openfaas}\nfunctions: {f: {environment: {a: own, c: own}, environment_file: [env.yml]}}")
	functions, err := stack.Load(path, lookup(nil))
	if err != nil {
		t.Fatal(err)
	}
	if env := functions[0].Environment; env["a"] != "file" || env["b"] != "file" || env["c"] != "own" {
		t.Errorf("environment %v", env)
	}
	outside := write("outside.yml", "provider: {name: openfaas}\nfunctions: {f: {environment_file: [../x.yml]}}")
	if _, err := stack.Load(outside, lookup(nil)); err == nil {
		t.Error("an environment file outside the project was read")
	}
}

// TestOwnStack holds the project's stack file to what the platform, here and on a cluster, accepts.
func TestOwnStack(t *testing.T) {
	t.Parallel()
	functions, err := stack.Load(filepath.Join("..", "..", "stack.yml"), lookup(nil))
	if err != nil {
		t.Fatal(err)
	}
	if len(functions) == 0 || len(functions) > 14 {
		t.Errorf("%d functions; the Community Edition takes 14 at most", len(functions))
	}
	for _, f := range functions {
		if err := deployment.Validate(f.Deployment()); err != nil {
			t.Error(err)
		}
		if f.BuildArgs["FUNCTION"] != f.Name || f.Handler != "./functions/"+f.Name || f.Language == "" {
			t.Errorf("%s: handler %s, FUNCTION %s, lang %s", f.Name, f.Handler, f.BuildArgs["FUNCTION"], f.Language)
		}
		if f.Environment["gateway_url"] != "http://gateway.openfaas:8080" || f.Environment["redis_address"] != "redis.openfaas:6379" {
			t.Errorf("%s: environment %v", f.Name, f.Environment)
		}
		if f.Annotations["topic"] == cron.Topic {
			if _, err := cron.Parse(f.Annotations["schedule"]); err != nil {
				t.Errorf("%s: %v", f.Name, err)
			}
		}
	}
}
