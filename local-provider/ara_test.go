package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/shared/need"
)

// get returns what is at an address.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func TestARA(t *testing.T) {
	t.Parallel()
	need.Program(t, araManage)
	m := newMachine(t, "-ara")
	url := m.ports.ARAURL()
	m.awaitARA(t)
	for page, want := range map[string]string{"/": "ara", "/static/css/ara.css": "{", "/api/v1/playbooks": `"count":0`} {
		if status, text := get(t, url+page); status != http.StatusOK || !strings.Contains(text, want) {
			t.Errorf("%s: %d without %q", page, status, want)
		}
	}
	m.refusesAnotherName(t)
	m.takesManyAtOnce(t)

	record, err := http.Post(url+"/api/v1/playbooks", "application/json",
		strings.NewReader(`{"path": "/site.yml", "status": "running", "started": "2026-01-02T03:04:05Z", "ansible_version": "2.14", "labels": ["job:1"]}`))
	if err != nil || record.StatusCode != http.StatusCreated {
		t.Fatalf("a record: %v, %v", record, err)
	}
	_ = record.Body.Close()
	prepared, err := os.Stat(filepath.Join(m.home.ARA(), "prepared"))
	if err != nil {
		t.Fatal(err)
	}
	first := m.service(t, serviceARA)
	m.ownARA(t, first.PID)

	if out := m.up(t); m.service(t, serviceARA) != first || !strings.Contains(out, "  ARA        "+url+" (") {
		t.Errorf("up once more says:\n%s", out)
	}
	if err := first.Kill(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "ARA comes back", func() bool { return m.service(t, serviceARA) != first })
	m.awaitARA(t)
	if _, text := get(t, url+"/api/v1/playbooks?label=job:1"); !strings.Contains(text, `"count":1`) {
		t.Errorf("what was recorded is gone: %s", text)
	}
	if again, err := os.Stat(filepath.Join(m.home.ARA(), "prepared")); err != nil || !again.ModTime().Equal(prepared.ModTime()) {
		t.Error("it was prepared again, which takes seconds")
	}
}

// awaitARA waits however slow the machine is.
func (m *machine) awaitARA(t *testing.T) {
	t.Helper()
	var err error
	for range 5 {
		if err = awaitARA(t.Context(), m.ports.ARAURL()); err == nil {
			return
		}
	}
	t.Fatalf("%v%s", err, m.logs())
}

// takesManyAtOnce: what several runs have to record at the same moment is recorded, each of it.
func (m *machine) takesManyAtOnce(t *testing.T) {
	t.Helper()
	const runs, changes = 8, 10
	for run := range runs {
		m.asked(t, http.MethodPost, "", fmt.Sprintf(
			`{"path": "/run-%d.yml", "status": "running", "started": "2026-01-02T03:04:05Z", "ansible_version": "2.14"}`, run))
	}
	var all sync.WaitGroup
	for run := range runs {
		all.Go(func() {
			for change := range changes {
				m.asked(t, http.MethodPatch, fmt.Sprintf("/%d", run+1), fmt.Sprintf(`{"labels": ["a%d", "b%d", "c%d"]}`, change, run, change))
			}
		})
	}
	all.Wait()
}

// asked asks ARA to make or change a playbook, and sees that it does.
func (m *machine) asked(t *testing.T, method, path, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, m.ports.ARAURL()+"/api/v1/playbooks"+path, strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Error(err)
		return
	}
	if _ = response.Body.Close(); response.StatusCode/100 != http.StatusOK/100 {
		t.Errorf("%s %s %s: %s", method, path, body, response.Status)
	}
}

// refusesAnotherName: a page elsewhere that points its name at this machine must not read what is recorded.
func (m *machine) refusesAnotherName(t *testing.T) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.ports.ARAURL()+"/api/v1/playbooks", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "elsewhere.example"
	response, err := http.DefaultClient.Do(request)
	if err != nil || response.StatusCode != http.StatusBadRequest {
		t.Fatalf("it answers to another name: %v, %v", response, err)
	}
	_ = response.Body.Close()
}

// ownARA sees that what ARA keeps is the owner's only, and that its key is nowhere else.
func (m *machine) ownARA(t *testing.T, pid int) {
	t.Helper()
	key, err := os.ReadFile(filepath.Join(m.home.ARA(), "secret-key"))
	if err != nil || len(bytes.TrimSpace(key)) != 64 {
		t.Fatalf("its key has %d characters: %v", len(key), err)
	}
	for _, file := range []string{"cmdline", "environ"} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
		if err != nil || len(text) == 0 || bytes.Contains(text, bytes.TrimSpace(key)) {
			t.Errorf("its %s holds the key, or cannot be read: %v", file, err)
		}
	}
	for name, mode := range map[string]os.FileMode{"": 0o700, "secret-key": 0o600, "settings.yaml": 0o600} {
		if info, err := os.Stat(filepath.Join(m.home.ARA(), name)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	settings, err := os.ReadFile(filepath.Join(m.home.ARA(), "settings.yaml"))
	if err != nil || !json.Valid(settings) || !bytes.Contains(settings, bytes.TrimSpace(key)) {
		t.Errorf("its settings: %s, %v", settings, err)
	}
}

func TestWithoutARA(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	var result plan
	p := planner{home: home.Home(t.TempDir()), ports: home.DefaultPorts(), ara: true}
	if err := p.addARA(&result); err != nil || len(result.Services) != 0 || len(result.notes) != 1 {
		t.Errorf("the plan is %+v, %v", result, err)
	}
}
