package endtoend

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/process"
)

// withOperations adds what conversations about playbooks, pipelines and repositories need:
//
//	serves TITLE            the job $JOB has a link of that title, and its page is there
//	recorded STATE [LABEL]  ARA's own record of the job $JOB says so, if need be once it was told
//	gone                    no process of the job $JOB, nor of its children, runs
//	announced PATTERN       there is such a message in #general
//	commits REPO FILE TAG   somebody commits to a repository of the sandbox, and tags it
//	same                    upstream and downstream of the mirror kettle have the same
func withOperations(
	all map[string]func(ts *testscript.TestScript, neg bool, args []string), of func(ts *testscript.TestScript) *system,
) map[string]func(ts *testscript.TestScript, neg bool, args []string) {
	maps.Copy(all, map[string]func(ts *testscript.TestScript, neg bool, args []string){
		"serves": func(ts *testscript.TestScript, _ bool, args []string) { of(ts).serves(ts.Getenv("JOB"), args[0]) },
		"recorded": func(ts *testscript.TestScript, _ bool, args []string) {
			of(ts).recorded(ts.Getenv("JOB"), args[0], args[1:]...)
		},
		"gone": func(ts *testscript.TestScript, _ bool, _ []string) {
			if left := of(ts).left(ts.Getenv("JOB")); len(left) > 0 {
				ts.Fatalf("there is still %v", commands(left))
			}
		},
		"announced": func(ts *testscript.TestScript, _ bool, args []string) {
			of(ts).workspace().join("ann").finds("C0GENERAL", "", args[0])
		},
		"commits": func(ts *testscript.TestScript, _ bool, args []string) {
			of(ts).repositories().commits(args[0], "main", args[2], map[string]string{args[1]: args[2]})
		},
		"same": func(ts *testscript.TestScript, _ bool, _ []string) {
			if up, down := of(ts).refs("upstream/kettle"), of(ts).refs("acme/kettle"); up != down {
				ts.Fatalf("upstream has\n%s\nand downstream\n%s", up, down)
			}
		},
	})
	return all
}

// serves waits until a job has a link, and until its page is there.
func (s *system) serves(id, title string) {
	s.Helper()
	s.eventually("the page of the "+title+" of "+id+" is there", func() bool {
		links := s.job(id).Links
		i := slices.IndexFunc(links, func(l job.Link) bool { return l.Title == title })
		if i < 0 {
			return false
		}
		url := links[i].URL
		request, err := http.NewRequestWithContext(s.Context(), http.MethodGet, url, http.NoBody)
		s.must(err)
		status, _ := fetch(request)
		return status == http.StatusOK
	})
}

// araRecord is what ARA says of a run.
type araRecord struct {
	ID     int64  `json:"id"`
	Status string `json:"status"`
	Labels []struct {
		Name string `json:"name"`
	} `json:"labels"`
}

// labelled reports whether it has all of these labels.
func (r *araRecord) labelled(names ...string) bool {
	var all []string
	for _, label := range r.Labels {
		all = append(all, label.Name)
	}
	return !slices.ContainsFunc(names, func(name string) bool { return !slices.Contains(all, name) })
}

// records are ARA's of a job, the newest first.
func (s *system) records(id string) []araRecord {
	s.Helper()
	var page struct {
		Results []araRecord `json:"results"`
	}
	url := s.ports.ARAURL() + "/api/v1/playbooks?order=-id&limit=1000"
	s.eventually("ARA answers", func() bool {
		request, err := http.NewRequestWithContext(s.Context(), http.MethodGet, url, http.NoBody)
		s.must(err)
		status, text := fetch(request)
		return status == http.StatusOK && json.Unmarshal(text, &page) == nil
	})
	return slices.DeleteFunc(page.Results, func(r araRecord) bool { return !r.labelled("job:" + id) })
}

// recorded waits until ARA's one record of a job says so. If ARA was too slow when the job ended, it is told at the next look.
func (s *system) recorded(id, status string, labels ...string) {
	s.Helper()
	var list []araRecord
	if !within(patience, func() bool {
		if list = s.records(id); len(list) == 1 && list[0].Status == status && list[0].labelled(append(labels, "handsoff")...) {
			return true
		}
		s.tend(theAnsible)
		return false
	}) {
		s.Fatalf("ARA has of %s %+v, not %s %v", id, list, status, labels)
	}
}

// left are the processes of a job's playbooks, and of its children's.
func (s *system) left(id string) (found []process.Seen) {
	s.Helper()
	children, err := s.jobs.Children(s.Context(), id)
	s.must(err)
	for _, one := range append(children, id) {
		found = append(found, s.attended("/runs/"+one+".")...)
	}
	return found
}

// attended are the processes of this system that work for a job of ansible's or git's: whose environment names a folder of
// theirs with that in its path.
func (s *system) attended(part string) (found []process.Seen) {
	s.Helper()
	all, err := process.All()
	s.must(err)
	for _, p := range all {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", p.PID))
		if err != nil || p.Dead {
			continue
		}
		for _, name := range []string{"ansible", "git"} {
			below := "\x00HOME=" + filepath.Join(s.home.Work(), name) + "/"
			_, at, ok := bytes.Cut(append([]byte{0}, raw...), []byte(below))
			value, _, _ := bytes.Cut(at, []byte{0})
			if ok && bytes.Contains(append([]byte{'/'}, value...), []byte(part)) {
				found = append(found, p)
			}
		}
	}
	return found
}

func commands(list []process.Seen) (all []string) {
	for _, p := range list {
		all = append(all, p.Command())
	}
	return all
}

// repositories is the sandbox's git server.
type repositories struct{ control }

func (s *system) repositories() *repositories {
	s.Helper()
	password, err := s.home.ReadSecret(home.SecretGit)
	s.must(err)
	return &repositories{control{system: s, name: "git", url: s.ports.GitURL(), user: "handsoff", token: password}}
}

// commits makes a commit on a branch, and tags it unless that is empty.
func (r *repositories) commits(repository, branch, tag string, files map[string]string) {
	r.Helper()
	r.order("commit", map[string]any{
		"repository": repository, "branch": branch, "from": "main", "message": "Change " + tag, "files": files, "tag": tag,
	}, nil)
}

// refs are what of a repository on the sandbox's disk a mirror takes, as git itself shows it.
func (s *system) refs(repository string) string {
	s.Helper()
	cmd := exec.CommandContext(s.Context(), "git", "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads/main", "refs/heads/stable", "refs/tags")
	cmd.Env = append(os.Environ(), "GIT_DIR="+filepath.Join(s.home.Git(), filepath.FromSlash(repository)+".git"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.Fatalf("%s: %v: %s", repository, err, out)
	}
	return strings.TrimSpace(string(out))
}
