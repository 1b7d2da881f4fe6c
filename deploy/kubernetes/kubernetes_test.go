// Package kubernetes_test holds the manifests to the types of the Kubernetes API and to what they promise.
package kubernetes_test

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/local-provider/stack"
)

// checker builds the module check once. It has dependencies of its own, which need not be ours.
var checker = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "handsoff-check-")
	if err != nil {
		return "", err
	}
	program := filepath.Join(dir, "check")
	cmd := exec.Command("go", "build", "-o", program, ".")
	cmd.Dir, cmd.Env = "check", append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return string(out), err
	}
	return program, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if program, err := checker(); err == nil {
		_ = os.RemoveAll(filepath.Dir(program))
	}
	os.Exit(code)
}

func check(t *testing.T, folder string) (string, error) {
	t.Helper()
	program, err := checker()
	if err != nil {
		t.Fatalf("%v\n%s", err, program)
	}
	out, err := exec.CommandContext(t.Context(), program, folder).CombinedOutput()
	return string(out), err
}

// tree is a copy of the manifests, to break.
func tree(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"kubernetes/base", "kubernetes/functions", "kubernetes/overlays", "redis"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join("..", name))); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestTheManifests(t *testing.T) {
	t.Parallel()
	if out, err := check(t, filepath.Join(tree(t), "kubernetes", "overlays", "example")); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// Each mistake is found by the check; else it would say nothing about manifests without one.
func TestMistakesAreFound(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]struct{ file, old, with, says string }{
		"a misspelt field":     {"kubernetes/base/irc-gateway.yaml", "revisionHistoryLimit", "revisionHistoryLimits", `unknown field "spec.revisionHistoryLimits"`},
		"a wrong type":         {"kubernetes/base/irc-gateway.yaml", "periodSeconds: 10", "periodSeconds: often", "cannot unmarshal string"},
		"a patch of nothing":   {"kubernetes/overlays/example/kustomization.yaml", "/spec/replicas", "/spec/replica/s", "replace operation"},
		"a file that is gone":  {"redis/kustomization.yaml", "- start", "- starts", "starts"},
		"two of Redis":         {"redis/redis.yaml", "replicas: 1", "replicas: 2", "it is one of a kind"},
		"root":                 {"kubernetes/base/telnet-gateway.yaml", "runAsUser: 65532", "runAsUser: 0", "it may run as root"},
		"a writable root":      {"redis/redis.yaml", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "root file system can be written"},
		"no seccomp":           {"redis/backup.yaml", "seccompProfile: {type: RuntimeDefault}", "seccompProfile: {type: Unconfined}", "it may call all of the kernel"},
		"a token":              {"kubernetes/base/irc-gateway.yaml", "      automountServiceAccountToken: false", "      automountServiceAccountToken: true", "a token of the cluster"},
		"no limit":             {"kubernetes/base/irc-gateway.yaml", "limits: {memory: 128Mi}", "limits: {}", "its resources are not limited"},
		"a label that differs": {"redis/redis.yaml", "      labels:\n        app.kubernetes.io/name: redis\n", "      labels:\n        app.kubernetes.io/name: redis2\n", "does not select its own pods"},
		"a policy of nothing":  {"kubernetes/base/network.yaml", "name: gerrit-listener", "name: gerrit", "it selects no pod"},
		"everybody to all":     {"kubernetes/base/network.yaml", "policyTypes: [Ingress, Egress]", "policyTypes: [Ingress]", "lets everybody speak to everybody"},
		"an unknown secret":    {"kubernetes/base/telnet-gateway.yaml", "name: telnet-users", "name: telnet-user", "there is no secret telnet-user"},
		"an unmade secret":     {"kubernetes/overlays/example/secrets/kustomization.yaml", "name: redis-passwords, namespace: handsoff", "name: redis-passwords, namespace: openfaas-fn", "there is no secret redis-passwords"},
		"an unknown claim":     {"redis/restore.yaml", "claimName: data-redis-0", "claimName: data-redis-1", "there is no claim data-redis-1"},
		"no budget":            {"kubernetes/base/irc-gateway.yaml", "maxUnavailable: 1\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: irc-gateway", "maxUnavailable: 1\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: telnet-gateway", "Deployment irc-gateway: it has 0 disruption budgets"},
		"two budgets":          {"redis/redis.yaml", "maxUnavailable: 0\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: redis", "maxUnavailable: 0\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: irc-gateway", "Deployment irc-gateway: it has 2 disruption budgets"},
		"an idle budget":       {"redis/redis.yaml", "maxUnavailable: 0", "maxUnavailable: 1", "lets it be moved without asking"},
		"a budget that binds":  {"kubernetes/base/telnet-gateway.yaml", "maxUnavailable: 1", "maxUnavailable: 0", "forbids that a node is drained"},
		"a budget of all":      {"kubernetes/base/gerrit-listener.yaml", "maxUnavailable: 1", "minAvailable: 100%", "forbids that a node is drained"},
		"a moving image":       {"kubernetes/overlays/example/kustomization.yaml", "irc-gateway, newTag: v1.0.0", "irc-gateway, newTag: latest", "none to roll back to"},
		"an image of nobody's": {"kubernetes/overlays/example/kustomization.yaml", "handsoff/irc-gateway, newTag", "handsoff/irc, newTag", "none to roll back to"},
		"a probe of nothing":   {"kubernetes/base/irc-gateway.yaml", "{name: health, containerPort", "{name: healthy, containerPort", "asks at a port that it has not"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := tree(t)
			path := filepath.Join(dir, m.file)
			text, err := os.ReadFile(path)
			if err != nil || !strings.Contains(string(text), m.old) {
				t.Fatalf("%s has no %q: %v", m.file, m.old, err)
			}
			if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(text), m.old, m.with)), 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := check(t, filepath.Join(dir, "kubernetes", "overlays", "example")); err == nil || !strings.Contains(out, m.says) {
				t.Errorf("found is %v\n%s\nwant %q", err, out, m.says)
			}
		})
	}
}

// The network policies are about the functions that stack.yml has.
func TestThePoliciesAreOfTheseFunctions(t *testing.T) {
	t.Parallel()
	functions, err := stack.Load("../../stack.yml", os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	lists := make(map[string][]string)
	for _, file := range []string{"functions/network.yaml", "overlays/example/collector.yaml"} {
		policies(t, file, lists)
	}
	for _, f := range functions {
		for _, name := range []string{"handsoff", "handsoff-to-collector"} {
			if !slices.Contains(lists[name], f.Name) {
				t.Errorf("%s is not among those of the policy %s", f.Name, name)
			}
		}
	}
	for _, name := range lists["handsoff-outward"] {
		if !slices.Contains(lists["handsoff"], name) {
			t.Errorf("%s may speak to the world, and is none of ours", name)
		}
	}
}

// The example makes every secret that functions may have, where functions are, and none of them is one: whoever forgets to put in their own
// gets nothing that works.
func TestTheExamplesSecretsAreNone(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("overlays/example/secrets/kustomization.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var made struct {
		SecretGenerator []struct {
			Name, Namespace string
			Literals        []string
		} `yaml:"secretGenerator"`
	}
	if err := yaml.Unmarshal(text, &made); err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, s := range made.SecretGenerator {
		for _, literal := range s.Literals {
			if _, value, _ := strings.Cut(literal, "="); value != "" {
				t.Errorf("the example gives the secret %s of %s away", s.Name, s.Namespace)
			}
		}
		if s.Namespace == "openfaas-fn" {
			got = append(got, s.Name)
			if !slices.Equal(s.Literals, []string{s.Name + "="}) {
				t.Errorf("the secret %s is the files %q", s.Name, s.Literals)
			}
		}
	}
	functions, err := stack.Load("../../stack.yml", os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range functions {
		want = append(want, f.Secrets...)
	}
	slices.Sort(got)
	slices.Sort(want)
	if want = slices.Compact(want); !slices.Equal(got, want) {
		t.Errorf("made are %q, and functions have %q", got, want)
	}
}

// What the page of operations has people type puts their secrets in.
func TestTheSecretsArePutIn(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, lines, _ := strings.Cut(string(page), "       mkdir -p secrets/values")
	lines, _, found := strings.Cut(lines, "\n\n")
	if !found {
		t.Fatal("the page has no such lines")
	}
	overlay := filepath.Join(tree(t), "kubernetes", "overlays", "example")
	if err := os.WriteFile(filepath.Join(overlay, "handsoff.yml"), []byte("bot: {name: of somebody}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	typed := exec.CommandContext(t.Context(), "sh", "-euc", "mkdir -p secrets/values"+lines)
	typed.Dir = overlay
	bin := t.TempDir()
	const kubectl = "#!/bin/sh\nprintf 'said to %s' \"$*\" | base64 -w0\n"
	if err := os.WriteFile(filepath.Join(bin, "kubectl"), []byte(kubectl), 0o700); err != nil {
		t.Fatal(err)
	}
	typed.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
	if out, err := typed.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := check(t, overlay); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	made, err := os.ReadFile(filepath.Join(overlay, "secrets", "kustomization.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"name: handsoff-config, namespace: openfaas-fn, files: [values/handsoff-config]", "name: handsoff-key, namespace: handsoff, files: [values/handsoff-key]",
		"name: redis-passwords, namespace: handsoff, files: [values/redis-passwords]", "name: slack-token, namespace: openfaas-fn, literals: [slack-token=]",
		"name: handsoff-cli-keys, namespace: openfaas-fn, files: [values/handsoff-cli-keys]", "name: basic-auth-user, namespace: openfaas-fn, files: [values/basic-auth-user]",
		"name: basic-auth-password, namespace: openfaas-fn, files: [values/basic-auth-password]",
	} {
		if !strings.Contains(string(made), want) {
			t.Errorf("there is no %s in\n%s", want, made)
		}
	}
}

// Without a command line's key nobody is let in there, without the gateway's password nothing knows what is deployed.
func TestThePageMakesWhatEveryInstallationHas(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "These every installation has:")
	table, _, _ = strings.Cut(table, "\nFurther ones")
	_, lines, _ := strings.Cut(string(page), "       mkdir -p secrets/values")
	lines, _, _ = strings.Cut(lines, "\n\n")
	lines = strings.ReplaceAll(lines, "for s in user password", "basic-auth-user basic-auth-password")
	names := regexp.MustCompile("(?m)^\\| `([a-z-]+)`(?:, `([a-z-]+)`)? \\|").FindAllStringSubmatch(table, -1)
	if len(names) < 6 {
		t.Fatalf("the page lists %q", names)
	}
	for _, row := range names {
		for _, name := range row[1:] {
			if !strings.Contains(lines, name) {
				t.Errorf("nothing makes %s", name)
			}
		}
	}
}

// policies reads of a file which functions each policy names.
func policies(t *testing.T, file string, lists map[string][]string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	for {
		var p struct {
			Metadata struct{ Name string }
			Spec     struct {
				PodSelector struct {
					MatchExpressions []struct{ Values []string } `yaml:"matchExpressions"`
				} `yaml:"podSelector"`
			}
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		for _, e := range p.Spec.PodSelector.MatchExpressions {
			lists[p.Metadata.Name] = e.Values
		}
	}
}

// The image of the processes is made as those of functions are.
func TestTheProcessesImage(t *testing.T) {
	t.Parallel()
	from := regexp.MustCompile(`(?m)^FROM .*golang.*$`)
	own, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := os.ReadFile("../../templates/handsoff-go/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	if from.FindString(string(own)) != from.FindString(string(theirs)) {
		t.Error("functions and processes are built by different releases of Go")
	}
	system := regexp.MustCompile(`(?s)\nFROM build AS system\n.*?\n\n|\nENV HOME=.*?\n`)
	if of := system.FindAllString(string(own), -1); len(of) != 2 || !slices.Equal(of, system.FindAllString(string(theirs), -1)) {
		t.Error("functions and processes find another system: whom to trust, time zones, a user")
	}
	if !strings.Contains(string(own), "\nUSER 65532:65532\n") {
		t.Error("processes run as root")
	}
	for _, process := range []string{"telnet-gateway", "irc-gateway", "gerrit-listener"} { // which import nothing but themselves and shared
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "../../"+process).Output()
		if err != nil {
			t.Fatal(err)
		}
		for dependency := range strings.Lines(string(out)) {
			rest, ours := strings.CutPrefix(strings.TrimSpace(dependency), "github.com/handsoff/handsoff/")
			if ours && !strings.HasPrefix(rest, "shared/") && !strings.HasPrefix(rest, process) {
				t.Errorf("%s needs %s, which its image has not", process, rest)
			}
		}
	}
}

// What is on the node's own link is where clouds give out credentials, and where a cache of names may be: only names are asked for there.
func TestOnlyNamesAreAskedForOnTheNode(t *testing.T) {
	t.Parallel()
	credentials := map[string][]string{
		"0.0.0.0/0": {"169.254.0.0/16", "100.100.100.200/32"},
		"::/0":      {"fe80::/10", "fd00:ec2::254/128", "fd20:ce::254/128"},
	}
	for file, policies := range map[string]int{"base/network.yaml": 3, "functions/network.yaml": 2} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for part := range strings.SplitSeq(string(text), "\n---\n") {
			var p struct {
				Metadata struct{ Name string }
				Spec     struct {
					Egress []struct {
						To []struct {
							PodSelector struct {
								MatchExpressions []struct{ Values []string } `yaml:"matchExpressions"`
							} `yaml:"podSelector"`
							IPBlock struct {
								CIDR   string
								Except []string
							} `yaml:"ipBlock"`
						}
						Ports []struct{ Port int }
					}
				}
			}
			if err := yaml.Unmarshal([]byte(part), &p); err != nil {
				t.Fatal(err)
			}
			has := false
			for _, rule := range p.Spec.Egress {
				for _, to := range rule.To {
					has = has || to.IPBlock.CIDR != ""
					switch to.IPBlock.CIDR {
					case "":
					case "169.254.0.0/16":
						if len(rule.Ports) != 2 || rule.Ports[0].Port != 53 || rule.Ports[1].Port != 53 {
							t.Errorf("%s: %s lets in more than names: %v", file, p.Metadata.Name, rule.Ports)
						}
						if of := rule.To[0].PodSelector.MatchExpressions; len(of) != 1 || !slices.Equal(of[0].Values, []string{"kube-dns", "node-local-dns"}) {
							t.Errorf("%s: %s lets ask %v for names, not both that may be there", file, p.Metadata.Name, of)
						}
					case "0.0.0.0/0", "::/0":
						if want := credentials[to.IPBlock.CIDR]; !slices.Equal(to.IPBlock.Except, want) {
							t.Errorf("%s: %s leads to all but %q, not %q: clouds give out credentials there", file, p.Metadata.Name, to.IPBlock.Except, want)
						}
					default:
						t.Errorf("%s: %s leads to %s", file, p.Metadata.Name, to.IPBlock.CIDR)
					}
				}
			}
			if has {
				found++
			}
		}
		if found != policies {
			t.Errorf("%s: %d policies name addresses, not %d", file, found, policies)
		}
	}
}
