package git_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/git"
)

const password = "a password"

func serve(t *testing.T, options git.Options) (*git.Server, string) {
	t.Helper()
	options.Password = password
	s := git.New(options)
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return s, web.URL
}

// ask makes a request, and returns status and answer.
func ask(t *testing.T, method, url, body string, login bool, header ...string) (int, string) {
	t.Helper()
	rq, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if login {
		rq.SetBasicAuth("handsoff", password)
	}
	for i := 0; i < len(header); i += 2 {
		rq.Header.Set(header[i], header[i+1])
	}
	rsp, err := http.DefaultClient.Do(rq)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rsp.Body.Close() }()
	text, err := io.ReadAll(rsp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return rsp.StatusCode, string(text)
}

func run(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// TestAnyGit clones, pushes, and clones what was pushed.
func TestAnyGit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, url := serve(t, git.Options{Dir: dir, Seeds: true})
	at := strings.Replace(url, "http://", "http://handsoff:a%20password@", 1) + "/"
	run(t, t.TempDir(), "clone", "--quiet", "--mirror", at+git.Upstream, "kettle")
	clone := t.TempDir()
	run(t, clone, "clone", "--quiet", "--bare", at+git.Upstream, "x")
	run(t, clone+"/x", "push", "--quiet", at+git.Mirror+".git", "main", "v1.0")
	if got := run(t, clone, "ls-remote", at+git.Mirror); !strings.Contains(got, "refs/heads/main") || !strings.Contains(got, "refs/tags/v1.0") {
		t.Error(got)
	}
	again, _ := serve(t, git.Options{Dir: dir, Seeds: true}) // what is there stays as it is
	if got := strings.Join(again.Repositories(), " "); !strings.Contains(got, "acme/kettle") || !strings.Contains(got, "upstream/kettle") {
		t.Error(got)
	}
	if got := run(t, clone, "ls-remote", at+git.Mirror); !strings.Contains(got, "refs/heads/main") {
		t.Error(got)
	}
}

func TestWhoIsLetIn(t *testing.T) {
	t.Parallel()
	_, url := serve(t, git.Options{Dir: t.TempDir(), Seeds: true})
	for path, method := range map[string]string{
		"/": "GET", "/upstream/kettle/info/refs?service=git-upload-pack": "GET", "/sandbox/status": "GET", "/sandbox/commit": "POST",
	} {
		if status, _ := ask(t, method, url+path, "", false); status != http.StatusUnauthorized {
			t.Errorf("%s lets anybody in: %d", path, status)
		}
	}
	if status, _ := ask(t, "POST", url+"/sandbox/mend", "{}", true, "Sec-Fetch-Site", "cross-site"); status != http.StatusForbidden {
		t.Errorf("another site may order: %d", status)
	}
	if status, page := ask(t, "GET", url+"/", "", true); status != http.StatusOK || !strings.Contains(page, "<h2>upstream/kettle</h2>") || !strings.Contains(page, "Nothing was pushed yet.") {
		t.Errorf("%d %s", status, page)
	}
}

func TestControl(t *testing.T) {
	t.Parallel()
	s, url := serve(t, git.Options{Dir: t.TempDir()})
	for _, c := range []struct {
		path, body string
		status     int
		want       string
	}{
		{"create", `{"repository":"acme/new"}`, 200, `"ok":true`},
		{"create", `{"repository":"../x"}`, 409, "owner/name"},
		{"commit", `{"repository":"acme/new","message":"x","files":{"a/b":"c\n"},"tag":"v1"}`, 200, `"commit":"`},
		{"commit", `{"repository":"acme/new","message":"x","files":{"../b":"c\n"}}`, 409, "no path of a file"},
		{"commit", `{"repository":"acme/new","branch":"a..b"}`, 409, "no name of a ref"},
		{"commit", `{"nonsense":1}`, 400, "nonsense"},
		{"fault", `{"kind":"status","status":503,"times":1}`, 200, `"id":1`},
		{"fault", `{"kind":"odd"}`, 409, "kind must be one of"},
		{"mend", `{"id":1}`, 200, `"ok":true`},
	} {
		if status, text := ask(t, "POST", url+"/sandbox/"+c.path, c.body, true); status != c.status || !strings.Contains(text, c.want) {
			t.Errorf("%s %s: %d %s", c.path, c.body, status, text)
		}
	}
	s.Break(git.Fault{Kind: git.FaultStatus, Status: 503, Repository: "acme/new"})
	if status, _ := ask(t, "GET", url+"/acme/new/info/refs?service=git-upload-pack", "", true); status != http.StatusServiceUnavailable {
		t.Error(status)
	}
	if _, text := ask(t, "GET", url+"/sandbox/status", "", true); !strings.Contains(text, "acme/new") || !strings.Contains(text, `"status":503`) {
		t.Error(text)
	}
	if _, text := ask(t, "GET", url+"/sandbox/requests", "", true); !strings.Contains(text, "GET acme/new git-upload-pack") {
		t.Error(text)
	}
	if status, _ := ask(t, "GET", url+"/acme/none/info/refs?service=git-upload-pack", "", true); status != http.StatusNotFound {
		t.Error(status)
	}
}
