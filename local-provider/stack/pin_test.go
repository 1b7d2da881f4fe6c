package stack_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// naming are the files that name images, with those that each names, in order. Ours are named by variables that say which release, or, in
// the manifests, by each overlay; others' by one exact release, to which .ci/pin adds its digest.
func naming() map[string][]string {
	const golang, redis = "golang:1.26.8-bookworm", "docker.io/library/redis:7.2.5-bookworm"
	return map[string][]string{
		"templates/handsoff-go/Dockerfile":            {golang},
		"templates/handsoff-ansible/Dockerfile":       {golang, "debian:12.12-slim"},
		"deploy/kubernetes/Dockerfile":                {golang},
		"deploy/redis/redis.yaml":                     {redis},
		"deploy/redis/backup.yaml":                    {redis},
		"deploy/redis/restore.yaml":                   {redis},
		"deploy/faasd/cron-connector.yml":             {"ghcr.io/openfaas/cron-connector:0.7.0"},
		"deploy/kubernetes/base/telnet-gateway.yaml":  {"ghcr.io/handsoff/telnet-gateway:unset"},
		"deploy/kubernetes/base/irc-gateway.yaml":     {"ghcr.io/handsoff/irc-gateway:unset"},
		"deploy/kubernetes/base/gerrit-listener.yaml": {"ghcr.io/handsoff/gerrit-listener:unset"},
	}
}

var (
	names    = regexp.MustCompile(`(?m)^(?:FROM (?:--platform=\S+ )?| *(?:- )?image: )([^\s@]+)(@sha256:[0-9a-f]{64})?(?: .*)?$`)
	released = regexp.MustCompile(`^[a-z0-9./-]+:[0-9]+(\.[0-9]+)+(-[a-z]+)*$`)
	ourOwn   = regexp.MustCompile(`^\$\{HANDSOFF_IMAGES:-ghcr\.io/handsoff\}/[a-z]+:\$\{HANDSOFF_TAG:-latest\}$`)
)

// named are the images that a file names, but for those that it makes itself, and for none.
func named(t *testing.T, path string) (all []string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range names.FindAllStringSubmatch(string(text), -1) {
		if found[1] != "scratch" && found[1] != "build" {
			all = append(all, found[1])
		}
	}
	return all
}

// TestEveryImageIsOneRelease goes through what installs handsoff: a tag that moves is none to go back to, and whoever names another image
// says here how it is pinned.
func TestEveryImageIsOneRelease(t *testing.T) {
	t.Parallel()
	found := make(map[string][]string)
	for _, folder := range []string{"deploy", "templates"} {
		err := filepath.WalkDir(filepath.Join("..", "..", folder), func(path string, _ os.DirEntry, err error) error {
			if name := filepath.Base(path); err == nil && (name == "Dockerfile" || strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")) {
				found[strings.TrimPrefix(path, "../../")] = named(t, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for path, images := range found {
		if !slices.Equal(images, naming()[path]) {
			t.Errorf("%s names the images %q, want %q", path, images, naming()[path])
		}
		for _, image := range images {
			if !released.MatchString(image) && !strings.HasPrefix(image, "ghcr.io/handsoff/") {
				t.Errorf("%s: %s is not one release", path, image)
			}
		}
	}
	functions := named(t, "../../stack.yml")
	for _, image := range functions {
		if !ourOwn.MatchString(image) {
			t.Errorf("stack.yml: nobody can say where %s is, and which", image)
		}
	}
	if len(found) < len(naming()) || len(functions) < 2 {
		t.Errorf("%d files, %d functions: was everything looked at?", len(found), len(functions))
	}
}

// .ci/pin writes the digest that a registry says behind each release of others', once, and nothing else.
func TestPin(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := naming()
	files[".ci/pin"] = nil
	before := make(map[string]string)
	for path := range files {
		text, err := os.ReadFile(filepath.Join("..", "..", path))
		if err != nil || os.MkdirAll(filepath.Dir(filepath.Join(dir, path)), 0o700) != nil || os.WriteFile(filepath.Join(dir, path), text, 0o700) != nil {
			t.Fatal(path, err)
		}
		before[path] = string(text)
	}
	digest := "sha256:" + strings.Repeat("0a", 32)
	if err := os.WriteFile(filepath.Join(dir, "docker"), []byte("#!/bin/sh\necho \"$DIGEST\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	pin := func(says string) error {
		cmd := exec.CommandContext(t.Context(), filepath.Join(dir, ".ci", "pin"))
		cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "DIGEST="+says)
		return cmd.Run()
	}
	if err := pin("no such tag"); err == nil {
		t.Error("what is no digest was taken for one")
	}
	for range 2 {
		if err := pin(digest); err != nil {
			t.Fatal(err)
		}
	}
	for path, images := range files {
		text, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		want := len(slices.DeleteFunc(images, func(image string) bool { return strings.HasPrefix(image, "ghcr.io/handsoff/") }))
		if n := strings.Count(string(text), "@"+digest); n != want || strings.ReplaceAll(string(text), "@"+digest, "") != before[path] {
			t.Errorf("%s was pinned %d times, want %d:\n%s", path, n, want, text)
		}
	}
}
