package gerrit_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/gerrit"
)

// found are the numbers of the changes that a query finds, the latest first.
func (r *rig) found(q string) string {
	r.Helper()
	var list []jsonObject
	r.json(http.MethodGet, "/a/changes/?q="+url.QueryEscape(q), "", &list)
	var out []string
	for _, c := range list {
		out = append(out, fmt.Sprint(c["_number"]))
	}
	return strings.Join(out, " ")
}

// TestQueries asks for the changes of the demo, and for three more.
func TestQueries(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *gerrit.Options) { o.Frozen = true })
	start := r.gerrit.Now().UTC()
	r.gerrit.Advance(time.Hour)
	n := r.push(gerrit.Upload{Project: "openstack/nova", Topic: "bp/one", Tags: []string{"Blue"}, Files: []gerrit.File{{Path: "doc/source/a.rst"}}})
	r.approve(n)
	r.gerrit.Advance(time.Hour)
	r.push(gerrit.Upload{WIP: true, Subject: "Half done"})
	r.gerrit.Advance(time.Hour)
	abandoned := r.push(gerrit.Upload{Branch: "stable"})
	r.ok(r.as("bob").Abandon(abandoned, ""))
	c, _ := r.gerrit.Change(n)
	at := func(hours int) string {
		return start.Add(time.Duration(hours) * time.Hour).Format(`"2006-01-02 15:04:05"`)
	}
	for q, want := range map[string]string{
		"status:open":                            "7 6 5 4",
		"is:open -is:wip":                        "6 5 4",
		"is:closed":                              "8 3 2 1",
		"status:merged project:acme/app":         "3 2",
		"status:abandoned":                       "8",
		"status:new":                             "7 6 5 4",
		"p:^openstack/.* is:open":                "6 5",
		"project:^open":                          "",
		"projects:openstack/ is:open":            "6 5",
		"branch:stable":                          "8 3",
		"branch:refs/heads/stable":               "8 3",
		"ref:refs/heads/stable":                  "8 3",
		"branch:^st.*e":                          "8 3",
		"topic:bp/one":                           "6",
		"intopic:bp":                             "6",
		`topic:""`:                               "8 7 5 3 1",
		"hashtag:blue":                           "6",
		"hashtag:#blue":                          "6",
		"inhashtag:lu":                           "6",
		"owner:ann":                              "5",
		"owner:self":                             "",
		"reviewer:jenkins is:open":               "6",
		"r:ann is:open":                          "6",
		"change:6":                               "6",
		"6":                                      "6",
		c.Key:                                    "6",
		c.Key[:8]:                                "6",
		"change:openstack/nova~main~" + c.Key:    "6",
		"commit:" + c.Current().Revision[:8]:     "6",
		"message:\"half done\"":                  "7",
		"message:{half done}":                    "7",
		"file:doc/source/a.rst":                  "6",
		"file:source is:open":                    "6 5",
		"path:^doc/.*":                           "6 5",
		"path:doc":                               "",
		"label:Verified+1 is:open":               "6",
		"label:Verified=1,user=jenkins is:open":  "6",
		"label:Verified+1,bob":                   "",
		"label:Code-Review>=2 is:open":           "6",
		"label:Code-Review<1 is:open":            "7 5 4",
		"label:Code-Review=MAX is:open":          "6",
		"label:Verified=0 is:open":               "7 5 4",
		"is:submittable":                         "6",
		"after:" + at(1):                         "8 7 6",
		"since:" + at(2):                         "8 7",
		"before:" + at(-4):                       "3 2 1",
		"after:" + at(1) + " until:" + at(2):     "7 6",
		"mergedafter:" + at(-25):                 "3 2",
		"mergedbefore:" + at(-25):                "2 1",
		"age:2h is:open":                         "6 5 4",
		"is:wip OR is:merged project:acme/app":   "7 3 2",
		"(is:wip OR is:merged) project:acme/app": "7 3 2",
		"NOT is:open -(status:merged)":           "8",
		"is:open limit:2":                        "7 6",
		"half":                                   "7",
		"is:private":                             "",
	} {
		if got := r.found(q); got != want {
			t.Errorf("%s finds %q, want %q", q, got, want)
		}
	}
}

func TestBadQueries(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for q, want := range map[string]string{
		"foo:bar":          "Unsupported operator foo:bar",
		"status:x":         "Unknown status: x",
		"is:x":             "'is:x' operator is not supported",
		"owner:nobody":     "Account 'nobody' not found",
		"after:yesterday":  "Invalid timestamp: yesterday",
		"age:old":          "Invalid age: old",
		"limit:0":          "Invalid limit: 0",
		"label:Nope+1":     "Invalid label: Nope+1",
		"project:\"^(\"":   "invalid regular expression: ^(",
		"(is:open":         "line 1:0 mismatched input '\\u003cEOF\\u003e' expecting ')'",
		"is:open )":        "line 1:0 no viable alternative at input ')'",
		"is:open OR":       "line 1:0 no viable alternative at input '<EOF>'",
		"label:Verified=x": "Invalid label: Verified=x",
	} {
		want = strings.ReplaceAll(strings.ReplaceAll(want, `\u003c`, "<"), `\u003e`, ">")
		r.refused(http.MethodGet, "/changes/?q="+url.QueryEscape(q), "", 400, want)
	}
	r.refused(http.MethodGet, "/changes/?q=owner:self", "", 400, "Must be signed-in to use 'self' or 'me'")
	r.refused(http.MethodGet, "/changes/?q=is:open&n=x", "", 400, `"x" is not a valid value for "--limit"`)
}

// TestPages follows _more_changes to the end.
func TestPages(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for i := range 5 {
		r.push(gerrit.Upload{Subject: fmt.Sprintf("Change %d", i)})
	}
	seen := map[any]bool{}
	for start, more := 0, true; more; start += 2 {
		var list []jsonObject
		r.json(http.MethodGet, fmt.Sprintf("/changes/?q=is:open&n=2&S=%d", start), "", &list)
		for i, c := range list {
			if seen[c["_number"]] {
				t.Errorf("%v comes twice", c["_number"])
			}
			seen[c["_number"]] = true
			more = c["_more_changes"] == true
			if more && i != len(list)-1 {
				t.Error("more, in the middle")
			}
		}
	}
	if len(seen) != 7 {
		t.Errorf("%d of 7 changes", len(seen))
	}
	var two [][]jsonObject
	r.json(http.MethodGet, "/changes/?q=is:open&q=is:merged", "", &two)
	if len(two) != 2 || len(two[0]) != 7 || len(two[1]) != 3 {
		t.Errorf("two questions: %d answers", len(two))
	}
}

// FuzzQuery reads any query without falling over.
func FuzzQuery(f *testing.F) {
	for _, q := range []string{"is:open", "(a OR b) -c", `after:"2026-01-01 00:00:00"`, "label:Verified+1,user=x", "{", "-", "age:99999999999999999999h", "limit:3 limit:1"} {
		f.Add(q)
	}
	server := gerrit.New(gerrit.Options{})
	f.Cleanup(server.Close)
	handler := server.Handler()
	f.Fuzz(func(t *testing.T, q string) {
		rq := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/changes/?q="+url.QueryEscape(q), http.NoBody)
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, rq)
		if answer.Code != 200 && answer.Code != 400 {
			t.Errorf("%q: %d %s", q, answer.Code, answer.Body)
		}
	})
}
