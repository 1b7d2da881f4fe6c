package main

import (
	"maps"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/git"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/command/commandtest"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
)

func TestStatusAndSyncs(t *testing.T) {
	t.Parallel()
	b := newBench(t, "")
	status := func(wants ...string) {
		t.Helper()
		j := b.finished(b.ask("git status", map[string]any{"name": "kettle"}))
		b.ends(j, job.Succeeded)
		b.says(b.story(j.ID), wants...)
	}
	status("kettle is behind: 5 refs differ, 0 are the same.", "Not there yet: main, stable/1.0, v1.0, v1.0.1 and v2.0", "It was never synced from here.")
	if refs := b.refs(sandbox.Mirror); refs != "" {
		t.Errorf("something was pushed:\n%s", refs)
	}
	done := b.sync()
	b.ends(done, job.Succeeded)
	b.pass(3 * time.Minute)
	b.upstream("main", "lid")
	b.upstream("main", "handle")
	b.downstream("stable/1.0", "ours")
	status("main: 2 behind", "stable/1.0: 0 behind, and 1 ahead: the downstream has diverged", "Last sync: succeeded 3 m ago, by telnet:ann, job "+done.ID)
	failed := b.sync()
	b.ends(failed, job.Failed)
	answer, err := b.cap.listSyncs(t.Context(), command.Call{})
	if err != nil {
		t.Fatal(err)
	}
	b.says(answer.Text, "kettle", "failed just now", "telnet:ann", failed.ID, "3 m", b.web.URL+"/acme/kettle")
	b.ends(b.finished(b.ask("git status", map[string]any{"name": "kettl"})), job.Failed, `There is no mirror “kettl”. Did you mean kettle?`)
}

func TestFreeForm(t *testing.T) {
	t.Parallel()
	b := newBench(t, "")
	b.path("acme/other")
	b.path("secret/x")
	ask := func(down, up string, more map[string]any) *job.Job {
		args := map[string]any{
			"downstream_url": strings.Replace(down, "@/", b.web.URL+"/", 1), "upstream_url": strings.Replace(up, "@/", b.web.URL+"/", 1),
			"upstream_branch_refs": []any{"main"}, "patch_branch": "main",
		}
		maps.Copy(args, more)
		return b.finished(b.ask("sync repo", args))
	}
	j := ask("@/acme/other.git", "@/upstream/kettle", map[string]any{"upstream_tag_refs": []any{"v1.0"}, "upstream_tags_as_branches_refs": []any{"v2.0:two"}})
	b.ends(j, job.Succeeded)
	b.says(b.story(j.ID), "main, two, v1.0 (3 new)")
	for _, c := range []struct{ down, up, want string }{
		{"@/upstream/kettle", "@/acme/other", "may not be used as downstream here: git.allow does not cover it."},
		{"@/acme/other", "@/acme/kettle", "may not be used as upstream here"},
		{"@/secret/x", "@/upstream/kettle", "you need the role approver."},
		{"--upload-pack=touch /tmp/x", "@/upstream/kettle", "The downstream address: it begins with a hyphen."},
		{"@/acme/other", "ext::sh -c true", "The upstream address: it holds characters that no address of a repository needs."},
		{"@/acme/other", "file:///etc", "its protocol is not among git.protocols (file)."},
		{"@/acme/../upstream/kettle", "@/upstream/kettle", "The downstream address: its path has . or .. as a part."},
		{"http://x:y@h/acme/other", "@/upstream/kettle", "it holds a password"},
	} {
		j := ask(c.down, c.up, nil)
		b.ends(j, job.Failed, c.want)
		if strings.Contains(j.Error, "x:y") {
			t.Error("the password is shown: " + j.Error)
		}
	}
	b.ends(ask("@/acme/other", "@/upstream/kettle", map[string]any{"upstream_branch_refs": []any{"--force"}}), job.Failed, "Upstream has no --force.")
	b.ends(ask("@/acme/other", "@/upstream/kettle", map[string]any{"upstream_branch_refs": []any{"none"}}), job.Failed, "Upstream has no none.")
}

// declared is what the function declares in stack.yml.
func declared(t *testing.T) map[string]string {
	t.Helper()
	return commandtest.Of(t, "git")
}

// TestDeclarations lets the function command's own reader judge all that this function declares.
func TestDeclarations(t *testing.T) {
	t.Parallel()
	annotations := declared(t)
	if annotations[command.AnnotationFrom] != "/commands" {
		t.Error(annotations[command.AnnotationFrom])
	}
	file, err := config.Parse([]byte(strings.ReplaceAll(benchConfig, "@", "http://h.test")))
	if err != nil {
		t.Fatal(err)
	}
	var set settings
	if _, err := file.Section("git", &set); err != nil {
		t.Fatal(err)
	}
	if err := set.check(); err != nil {
		t.Fatal(err)
	}
	c := &capability{set: &set}
	specs, err := c.specs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	served, err := yaml.Marshal(specs)
	if err != nil {
		t.Fatal(err)
	}
	catalogue := command.NewCatalogue(map[string]string{"git": command.Declaration(annotations) + "\n---\n" + string(served)})
	if faults := catalogue.Faults(); len(faults) > 0 {
		t.Error(faults)
	}
	for words := range c.steps() {
		if catalogue.Lookup(words) == nil {
			t.Errorf("%s is not declared", words)
		}
	}
	for words := range c.calls() {
		if d := catalogue.Lookup(words); d == nil || !d.Now {
			t.Errorf("%s is not declared to answer at once", words)
		}
	}
	parsed, err := catalogue.Parse("git sync kettle")
	if err != nil || parsed.Command.Words != "git sync kettle" || parsed.Command.Lock != "git http://h.test/acme/kettle" {
		t.Errorf("%+v %v", parsed, err)
	}
	parsed, err = catalogue.Parse("sync repo http://h.test/acme/a http://h.test/b upstream_tag_refs=v1,v2")
	if err != nil || len(command.Values(parsed.Args).List("upstream_tag_refs")) != 2 || command.Values(parsed.Args).String("patch_branch") != "master" {
		t.Errorf("%+v %v", parsed, err)
	}
}

func TestConfigurationIsChecked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"mirrors: {x: {upstream: 'https://h/a', downstream: 'https://h/a.git'}}": "git.mirrors.x: upstream and downstream are the same",
		"mirrors: {x: {upstream: 'https://u:p@h/a', downstream: 'https://h/b'}}": "git.mirrors.x: upstream: it holds a password",
		"mirrors: {x: {upstream: 'http://h/a', downstream: 'https://h/b'}}":      "its protocol is not among git.protocols (http)",
		"mirrors: {'X Y': {}}": "a name is one word",
		"mirrors: {x: null}":   "upstream and downstream are needed",
		"mirrors: {x: {upstream: 'https://h/a', downstream: 'https://h/b', diverged: maybe}}":                              `diverged: "maybe" is none of`,
		"mirrors: {x: {upstream: 'https://h/a', downstream: 'https://h/b', branches: ['a*b*']}}":                           "more than one *",
		"mirrors: {x: {upstream: 'https://h/a', downstream: 'https://h/b', branches: ['-x..']}}":                           "branches:",
		"mirrors: {x: {upstream: 'https://h/a', downstream: 'https://h/b', branches: [], tags: []}}":                       "branches and tags are needed",
		"mirrors: {x: {upstream: 'https://h/a', downstream: 'https://h/b', tags_as_branches: ['v*:x']}}":                   "in both, or in neither",
		"mirrors: {x: {upstream: 'https://h/a', downstream: 'https://h/b', patches: {repo: 'https://h/c', path: '../x'}}}": "patches.path",
		"mirrors: {x: {upstream: 'https://h/a', downstream: 'https://h/b', nonsense: 1}}":                                  "nonsense",
		"allow: [{urls: ['**']}]":                      "git.allow, entry 1: urls",
		"allow: [{urls: ['https://h/*'], for: [fun]}]": `for: "fun" is none of`,
		"settle: 2h":       "git.settle",
		"protocols: [ext]": "git.protocols",
	} {
		file, err := config.Parse([]byte("git: {" + text + "}"))
		if err != nil {
			t.Fatal(text, err)
		}
		var set settings
		_, err = file.Section("git", &set)
		if err == nil {
			err = set.check()
		}
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "u:p@") {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestUnknownMirror(t *testing.T) {
	t.Parallel()
	c := &capability{set: &settings{mirrors: map[string]*mirror{"kettle": {}, "nova": {}}}}
	for name, want := range map[string]string{"kettel": "Did you mean kettle?", "x": "There are kettle and nova.", "nova": "is new"} {
		answer, err := c.unknownMirror(t.Context(), command.Call{Args: map[string]any{"name": name}})
		if err != nil || answer.Problem == nil || !strings.Contains(answer.Text, want) {
			t.Errorf("%s: %+v %v", name, answer, err)
		}
	}
}

func TestUnconfigured(t *testing.T) {
	t.Parallel()
	parts := unconfigured()
	answer, err := parts.Calls["git syncs"](t.Context(), command.Call{})
	if err != nil || answer.Problem == nil || answer.Problem.Code != command.CodeMissing || parts.Steps["sync repo"] == nil {
		t.Error(answer, err)
	}
}
