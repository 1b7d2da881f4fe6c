package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/git"
	"github.com/handsoff/handsoff/shared/git"
	"github.com/handsoff/handsoff/shared/job"
)

// A playbook and its inventory come out of the sandbox's git server, one of the stages of a deployment; its commit is told.
func TestPlaybookFromRepository(t *testing.T) {
	t.Parallel()
	server := sandbox.New(sandbox.Options{Dir: t.TempDir(), Password: "s3cret-of-git", Seeds: true})
	if err := server.Err(); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	repo := web.URL + "/ops/playbooks.git"
	b := newBench(t, unrecorded, func(s *settings) {
		s.Inventories["cloud"] = inventory{Path: "inventories/cloud"}
		edit(s, "ok", func(p *playbook) {
			p.Repo, p.Ref, p.Path, p.Inventories = repo, "main", "kolla/deploy.yml", []string{"cloud"}
			p.Dependencies = []dependency{{Name: "kettle", Repo: web.URL + "/upstream/kettle.git", Ref: "main"}}
		})
		edit(s, "away", func(p *playbook) { p.Repo, p.Ref, p.Path = repo, "no-such-branch", "hello.yml" })
	})
	repositories, err := git.New(git.Section{
		Protocols: []string{"http"}, Credentials: []git.Credential{{URL: web.URL, User: "handsoff", Password: "git"}},
	}, func(string) ([]byte, error) { return []byte("s3cret-of-git"), nil }, filepath.Join(t.TempDir(), "git"))
	if err != nil {
		t.Fatal(err)
	}
	b.cap.export = repositories.Export
	id := b.ask("ok", with("pace=0"))
	done := b.run(id)
	b.ends(done, job.Succeeded)
	b.says(b.log(id), "handsoff: kolla/deploy.yml of "+repo+" at ", "Bring up nova-compute", "compute2")
	res := b.result(done)
	if len(res.Commit) != 40 || len(res.Hosts) != 3 {
		t.Errorf("%+v", res)
	}
	if strings.Contains(b.log(id)+b.story(id), "s3cret-of-git") {
		t.Error("git's password is told")
	}
	b.ends(b.run(b.ask("away", nil)), job.Failed, "could not be fetched: ", "has no branch or tag no-such-branch")
	listed := b.run(b.ask("ansible inventory", map[string]any{"name": "cloud"}))
	b.ends(listed, job.Succeeded)
	b.says(b.story(listed.ID), "cloud has 3 hosts:", "@control:", "    control1")
	b.tidy()
}

// Hosts come from a script, and are shown as a graph.
func TestInventory(t *testing.T) {
	t.Parallel()
	b := newBench(t, unrecorded)
	id := b.ask("ansible inventory", map[string]any{"name": "script"})
	done := b.run(id)
	b.ends(done, job.Succeeded)
	b.says(b.story(id), "script has 3 hosts:", "@all:", "  @web:", "    @db:", "      d1", "    w1")
	var res listing
	if err := json.Unmarshal(done.Result, &res); err != nil || res.Count != 3 || strings.Join(res.Hosts, " ") != "d1 w1 w2" {
		t.Errorf("%+v %v", res, err)
	}
	b.ends(b.run(b.ask("ansible inventory", map[string]any{"name": "scrpt"})), job.Failed, "there is no inventory scrpt; perhaps you meant script")
	b.tidy()
}

// Roles that a playbook requires are installed once, and found.
func TestRequirements(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	role := tarball(t, map[string]string{
		"greeter/meta/main.yml":  "galaxy_info: {role_name: greeter, author: ann, description: greets, license: none, min_ansible_version: '2.9'}\ndependencies: []\n",
		"greeter/tasks/main.yml": "- name: Greet by role\n  ansible.builtin.debug: {msg: from the role}\n",
	})
	for name, text := range map[string]string{
		"site.yml":         "- hosts: all\n  gather_facts: false\n  roles: [greeter]\n",
		"greeter.tar.gz":   role,
		"requirements.yml": "roles:\n  - {src: " + filepath.Join(dir, "greeter.tar.gz") + ", name: greeter}\n",
		"broken.yml":       "roles:\n  - {src: " + filepath.Join(dir, "nothing.tar.gz") + ", name: nothing}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b := newBench(t, unrecorded, func(s *settings) {
		edit(s, "ok", func(p *playbook) { p.Path, p.Requirements = filepath.Join(dir, "site.yml"), "requirements.yml" })
		edit(s, "away", func(p *playbook) { p.Path, p.Requirements = filepath.Join(dir, "site.yml"), "broken.yml" })
		edit(s, "slow", func(p *playbook) { p.Path, p.Requirements = filepath.Join(dir, "site.yml"), "none.yml" })
	})
	id := b.ask("ok", map[string]any{"inventory": "one"})
	b.ends(b.run(id), job.Succeeded)
	b.says(b.log(id), "from the role")
	if err := os.Remove(filepath.Join(dir, "greeter.tar.gz")); err != nil { // it is not needed a second time
		t.Fatal(err)
	}
	b.ends(b.run(b.ask("ok", map[string]any{"inventory": "one"})), job.Succeeded)
	b.ends(b.run(b.ask("away", nil)), job.Failed, "the roles of broken.yml could not be installed: ")
	b.ends(b.run(b.ask("slow", nil)), job.Failed, "the requirements none.yml are not there")
	b.tidy()
}

func tarball(t *testing.T, files map[string]string) string {
	t.Helper()
	var packed bytes.Buffer
	squeeze := gzip.NewWriter(&packed)
	archive := tar.NewWriter(squeeze)
	for _, name := range sorted(files) {
		if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(files[name]))}); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Write([]byte(files[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if err := squeeze.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}
