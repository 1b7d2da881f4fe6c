package github_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/github"
)

var anyTag = regexp.MustCompile(`<[^>]*>`)

// FuzzMarkdown: whatever somebody writes, the page has no tag but those that comments may have.
func FuzzMarkdown(f *testing.F) {
	for _, text := range []string{"a **b** `c`", "> q\n```\nx", "[a](https://b/\"onclick=x)", "| a |\n|-|\n", "<details><summary>`</summary>", "\x00", "`a`[`b`](https://c)"} {
		f.Add(text)
	}
	known := regexp.MustCompile(`^<(/?(p|br|strong|em|code|pre|blockquote|ul|li|h4|table|tr|td|details|summary|kbd|sub|a)/?|a href="https?://[^"<>\s]*" rel="noreferrer")>$`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, tag := range anyTag.FindAllString(github.Render(text), -1) {
			if !known.MatchString(tag) {
				t.Fatalf("%q has the tag %s", text, tag)
			}
		}
	})
}

// FuzzREST: whatever is asked of the REST API, it answers, and never with a 5xx.
func FuzzREST(f *testing.F) {
	for _, seed := range []struct{ method, path, body string }{
		{"GET", "/repos/acme/app/pulls/1", ""},
		{"POST", "/repos/acme/app/issues/1/comments", `{"body":"x"}`},
		{"POST", "/repos/acme/app/check-runs", `{"name":"x","head_sha":"y","actions":[{}]}`},
		{"PATCH", "/repos/acme/app/issues/1", `{"labels":["x"]}`},
		{"GET", "/repos/acme/app/contents/..%2f..", ""},
		{"GET", "/search/issues?q=is:pr+%22", ""},
		{"PUT", "/repos/acme/app/pulls/1/merge", `{"sha":null}`},
		{"GET", "/repos/acme/app/compare/a...b", ""},
		{"POST", "/repos/acme/app/git/refs", `{"ref":"refs/heads/x","sha":"y"}`},
		{"GET", "/repos/acme/app/issues?per_page=-1&page=99999999999", ""},
	} {
		f.Add(seed.method, seed.path, seed.body)
	}
	methods := map[string]bool{"GET": true, "POST": true, "PUT": true, "PATCH": true, "DELETE": true, "HEAD": true}
	f.Fuzz(func(t *testing.T, method, path, body string) {
		if !methods[method] || !strings.HasPrefix(path, "/") || strings.Contains(path, "hooks") { // a hook sends to anywhere
			return
		}
		rq, err := http.NewRequestWithContext(t.Context(), method, "http://github.test"+path, strings.NewReader(body))
		if err != nil {
			return
		}
		s := github.New(github.Options{Token: botToken, Unlimited: true, Frozen: true})
		defer s.Close()
		rq.Header.Set("Authorization", "Bearer "+botToken)
		rq.Header.Set("User-Agent", "fuzz")
		rsp := httptest.NewRecorder()
		s.ServeHTTP(rsp, rq)
		if rsp.Code >= http.StatusInternalServerError {
			t.Errorf("%s %s %s: %d %s", method, path, body, rsp.Code, rsp.Body)
		}
	})
}
