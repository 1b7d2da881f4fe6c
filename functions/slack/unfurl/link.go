package unfurl

import (
	"html"
	"net/url"
	"regexp"
	"strings"
)

// maxLink bounds a link, in bytes; longer ones are not looked at.
const maxLink = 2048

// Target is what a link leads to, whatever form the link has: two links to the same target are equal here.
type Target struct {
	Site    *Site
	Org     string // GitHub
	Repo    string // GitHub
	Project string // Gerrit, when the link says it: "openstack/nova"
	Number  string // of the pull request or change
	Job     string // of ours; then all else is empty
}

// Sites finds what links lead to.
type Sites struct {
	Forges    []*Site
	Dashboard *Site // ours; nil when there is none
	IsJob     func(id string) bool
}

// Find reads a link as Slack gives it; false when it leads to nothing that is shown here.
func (s *Sites) Find(link string) (Target, bool) {
	if len(link) > maxLink {
		return Target{}, false
	}
	at, err := url.Parse(html.UnescapeString(link))
	if err != nil || at.Scheme != "https" && at.Scheme != "http" || at.User != nil {
		return Target{}, false
	}
	if s.Dashboard != nil {
		if path, ok := s.Dashboard.path(at); ok {
			return s.job(path)
		}
	}
	for _, site := range s.Forges {
		path, ok := site.path(at)
		if !ok {
			continue
		}
		find := site.pullRequest
		if site.Forge == Gerrit {
			find = site.change
		}
		if target, found := find(path, at.EscapedFragment()); found {
			return target, true
		}
	}
	return Target{}, false
}

func (s *Sites) job(path string) (Target, bool) {
	id, ok := strings.CutPrefix(path, "jobs/")
	id = strings.TrimSuffix(id, "/")
	return Target{Job: id}, ok && s.IsJob(id)
}

var (
	numberForm = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)
	ownerForm  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$`)
	repoForm   = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
	// A project of Gerrit is a path; what could be taken for something else in a request's path is none.
	projectForm = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._~@ -]*(/[A-Za-z0-9_][A-Za-z0-9._~@ -]*)*$`)
)

// pullRequest reads org/repo/pull/123, whatever follows.
func (s *Site) pullRequest(path, _ string) (Target, bool) {
	const least = 4
	parts := strings.Split(path, "/")
	if len(parts) < least || parts[2] != "pull" {
		return Target{}, false
	}
	owner, repo, number := parts[0], parts[1], parts[3]
	ok := ownerForm.MatchString(owner) && repoForm.MatchString(repo) && strings.Trim(repo, ".") != "" && numberForm.MatchString(number)
	// GitHub does not tell capital letters from small ones.
	return Target{Site: s, Org: strings.ToLower(owner), Repo: strings.ToLower(repo), Number: number}, ok
}

// change reads the forms that links to a change have had over the years:
//
//	#/c/123/          #/c/123/4/file
//	123  123/4  c/123/4/file
//	c/project/with/slashes/+/123/4/file
func (s *Site) change(path, fragment string) (Target, bool) {
	if path == "" {
		path = strings.TrimPrefix(fragment, "/")
		if !strings.HasPrefix(path, "c/") {
			return Target{}, false
		}
	}
	below, named := strings.CutPrefix(path, "c/")
	if project, rest, ok := strings.Cut(below, "/+/"); named && ok {
		if target, found := s.changeOf(project, rest); found {
			return target, true
		}
	}
	number, rest, _ := strings.Cut(below, "/")
	if !numberForm.MatchString(number) || !named && !onlyPatchSet(rest) {
		return Target{}, false
	}
	return Target{Site: s, Number: number}, true
}

func (s *Site) changeOf(escaped, rest string) (Target, bool) {
	project, err := url.PathUnescape(escaped)
	if err != nil || !projectForm.MatchString(project) {
		return Target{}, false
	}
	number, _, _ := strings.Cut(rest, "/")
	return Target{Site: s, Project: project, Number: number}, numberForm.MatchString(number)
}

// onlyPatchSet reports whether nothing but a patch set follows a bare number: 123/4 is a change's, 123/x is not.
func onlyPatchSet(rest string) bool {
	rest = strings.TrimSuffix(rest, "/")
	return rest == "" || patchSetForm.MatchString(rest)
}

var patchSetForm = regexp.MustCompile(`^[0-9]{1,5}(\.\.[0-9]{1,5})?$`)
