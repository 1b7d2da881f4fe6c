package unfurl_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/functions/slack/unfurl"
	"github.com/handsoff/handsoff/shared/command"
)

func site(tb testing.TB, forge unfurl.Forge, web, api string) *unfurl.Site {
	tb.Helper()
	s, err := unfurl.NewSite(forge, web, api)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func sites(tb testing.TB) *unfurl.Sites {
	tb.Helper()
	return &unfurl.Sites{
		Forges: []*unfurl.Site{
			site(tb, unfurl.GitHub, "https://github.com", ""),
			site(tb, unfurl.GitHub, "https://git.example.org:8443/", ""),
			site(tb, unfurl.Gerrit, "https://review.opendev.org", ""),
			site(tb, unfurl.Gerrit, "https://code.example.org/r", ""),
		},
		Dashboard: site(tb, unfurl.Gerrit, "https://bot.example.org/handsoff", ""),
		IsJob:     command.IsJobID,
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	const nova = "https://review.opendev.org openstack/nova 987654"
	for link, want := range map[string]string{
		"https://github.com/OpenStack/Nova/pull/12":                          "https://github.com openstack/nova 12",
		"http://github.com/openstack/nova/pull/12":                           "https://github.com openstack/nova 12",
		"https://GitHub.com:443/openstack/nova/pull/12/":                     "https://github.com openstack/nova 12",
		"https://github.com/openstack/nova/pull/12/files#diff-1":             "https://github.com openstack/nova 12",
		"https://github.com/openstack/nova/pull/12?a=1&amp;b=2":              "https://github.com openstack/nova 12",
		"https://git.example.org:8443/a/b.c/pull/7":                          "https://git.example.org:8443 a/b.c 7",
		"https://review.opendev.org/987654":                                  "https://review.opendev.org  987654",
		"https://review.opendev.org/987654/":                                 "https://review.opendev.org  987654",
		"https://review.opendev.org/987654/3":                                "https://review.opendev.org  987654",
		"https://review.opendev.org/987654/1..3":                             "https://review.opendev.org  987654",
		"https://review.opendev.org/#/c/987654/":                             "https://review.opendev.org  987654",
		"https://review.opendev.org/#/c/987654/3/nova/x.py":                  "https://review.opendev.org  987654",
		"https://review.opendev.org/c/987654/":                               "https://review.opendev.org  987654",
		"https://review.opendev.org/c/987654/3/a/+/b":                        "https://review.opendev.org  987654",
		"https://review.opendev.org/c/openstack/nova/+/987654":               nova,
		"https://review.opendev.org/c/openstack/nova/+/987654/3/nova/x.py":   nova,
		"https://review.opendev.org/c/openstack/nova/+/987654/comment/a_b/":  nova,
		"https://review.opendev.org/c/openstack%2Fnova/+/987654?tab=x#y":     nova,
		"https://review.opendev.org/#/c/openstack/nova/+/987654":             nova,
		"https://code.example.org/r/c/a/+/5":                                 "https://code.example.org/r a 5",
		"https://code.example.org/r/#/c/5":                                   "https://code.example.org/r  5",
		"https://bot.example.org/handsoff/jobs/k3f7":                         "job k3f7",
		"https://bot.example.org/handsoff/jobs/k3f7/":                        "job k3f7",
		"https://bot.example.org/handsoff/jobs/k3f7/x":                       "",
		"https://bot.example.org/jobs/k3f7":                                  "",
		"https://github.com/openstack/nova/issues/12":                        "",
		"https://github.com/openstack/nova/pull/0":                           "",
		"https://github.com/openstack/nova/pull/12x":                         "",
		"https://github.com/openstack/../pull/12":                            "",
		"https://github.com/openstack/nova%2f..%2f..%2fuser/pull/12":         "",
		"https://github.com/openstack/nova%3fx/pull/12":                      "",
		"https://github.com.evil.example/openstack/nova/pull/12":             "",
		"https://github.com@evil.example/openstack/nova/pull/12":             "",
		"https://evil@github.com/openstack/nova/pull/12":                     "",
		"https://github.com:8443/openstack/nova/pull/12":                     "",
		"ftp://github.com/openstack/nova/pull/12":                            "",
		"https://evil.example/https://github.com/openstack/nova/pull/12":     "",
		"https://review.opendev.org/q/status:open":                           "",
		"https://review.opendev.org/987654/edit":                             "",
		"https://review.opendev.org/c/../a/+/5":                              "",
		"https://review.opendev.org/c/a%2F..%2Fb/+/5":                        "",
		"https://review.opendev.org/c/a%3Fb/+/5":                             "",
		"https://code.example.org/c/a/+/5":                                   "",
		"https://review.opendev.org/" + strings.Repeat("1", 10):              "",
		"https://review.opendev.org/c/" + strings.Repeat("a", 3000) + "/+/5": "",
		"": "", "::": "", "https://": "",
	} {
		target, found := sites(t).Find(link)
		if got := describe(target, found); got != want {
			t.Errorf("%s: have %q, want %q", link, got, want)
		}
	}
}

func describe(t unfurl.Target, found bool) string {
	switch {
	case !found:
		return ""
	case t.Job != "":
		return "job " + t.Job
	case t.Org != "":
		return t.Site.Web.String() + " " + t.Org + "/" + t.Repo + " " + t.Number
	}
	return t.Site.Web.String() + " " + t.Project + " " + t.Number
}

func TestLinksToTheSameAreEqual(t *testing.T) {
	t.Parallel()
	s := sites(t)
	first, _ := s.Find("https://github.com/a/b/pull/1")
	second, _ := s.Find("https://GITHUB.com/A/B/pull/1/files")
	if first != second {
		t.Errorf("%+v is not %+v", first, second)
	}
}

func TestSiteAddresses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		forge          unfurl.Forge
		web, api, want string
	}{
		{unfurl.GitHub, "https://github.com", "", "https://api.github.com/"},
		{unfurl.GitHub, "https://git.example.org/", "", "https://git.example.org/api/v3/"},
		{unfurl.GitHub, "https://git.example.org", "http://127.0.0.1:9/api", "http://127.0.0.1:9/api/"},
		{unfurl.Gerrit, "https://review.example.org/r/", "", "https://review.example.org/r/"},
	} {
		if got := site(t, test.forge, test.web, test.api).API.String(); got != test.want {
			t.Errorf("%s %s: have %s, want %s", test.web, test.api, got, test.want)
		}
	}
	for _, web := range []string{"", "github.com", "ftp://x", "https://a:b@x", "https://x?y", "https://x#y", "https://x\x00"} {
		if s, err := unfurl.NewSite(unfurl.GitHub, web, ""); err == nil {
			t.Errorf("%q was taken as %v", web, s)
		}
		if _, err := unfurl.NewSite(unfurl.GitHub, "https://x", web); err == nil && web != "" {
			t.Errorf("%q was taken as an API", web)
		}
	}
}

// FuzzFind: whatever a link says, what is found is one of the configured sites', and its parts can mean nothing else in a
// request's path.
func FuzzFind(f *testing.F) {
	for _, link := range []string{
		"https://github.com/openstack/nova/pull/12/files", "https://review.opendev.org/c/openstack/nova/+/987654/3",
		"https://review.opendev.org/#/c/987654/", "https://bot.example.org/handsoff/jobs/k3f7", "https://git.example.org:8443/a/b/pull/1?x&amp;y",
	} {
		f.Add(link)
	}
	f.Fuzz(func(t *testing.T, link string) {
		target, found := sites(t).Find(link)
		if !found {
			return
		}
		if target.Job != "" {
			if !command.IsJobID(target.Job) {
				t.Fatalf("%q is no job", target.Job)
			}
			return
		}
		parts := []string{target.Org, target.Repo, target.Number}
		if target.Site.Forge == unfurl.Gerrit {
			parts = append(strings.Split(target.Project, "/"), target.Number)
		}
		for _, part := range parts {
			if part == ".." || part == "." || strings.ContainsAny(part, "/?#%\\&:;<>|\x00\r\n") {
				t.Fatalf("%q has the part %q", link, part)
			}
		}
		at, err := url.Parse(target.Site.API.String() + "repos/" + target.Org + "/" + target.Repo + "/pulls/" + target.Number)
		if err != nil || at.Host != target.Site.API.Host {
			t.Fatalf("%q leads to %v (%v)", link, at, err)
		}
	})
}
