package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// visitor is somebody with a browser.
type visitor struct {
	*hall

	client *http.Client
}

// visitor is one without a session.
func (h *hall) visitor() *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &visitor{h, client}
}

// base is the dashboard's address.
func (h *hall) base() string { return h.server.URL + "/function/dashboard/" }

// link asks the bot for a link.
func (h *hall) link(principal string) string {
	h.Helper()
	door, _, _ := strings.Cut(principal, ":")
	answer, err := h.parts.Calls["dashboard"](h.Context(), command.Call{Command: "dashboard", Principal: principal, Origin: job.Origin{Door: door}})
	if err != nil || answer.Problem != nil || !answer.Private {
		h.Fatalf("dashboard: %+v %v", answer, err)
	}
	_, link, _ := strings.Cut(answer.Text, "\n")
	return link
}

// as is a visitor who has logged in by a link.
func (h *hall) as(principal string) *visitor {
	h.Helper()
	v := h.visitor()
	v.redeem(h.link(principal), http.StatusSeeOther)
	return v
}

// redeem presses the button of a link's page.
func (v *visitor) redeem(link string, want int) *http.Response {
	v.Helper()
	u, err := url.Parse(link)
	if err != nil {
		v.Fatal(err)
	}
	r := v.post("login/link", url.Values{"token": {u.Query().Get("token")}})
	if r.StatusCode != want {
		v.Fatalf("redeem: %d", r.StatusCode)
	}
	return r
}

// sheet is an answer with its body.
type sheet struct {
	*http.Response

	body string
}

func (v *visitor) do(r *http.Request) *sheet {
	v.Helper()
	answer, err := v.client.Do(r)
	if err != nil {
		v.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		v.Fatal(err)
	}
	return &sheet{answer, string(body)}
}

// get asks for a page.
func (v *visitor) get(path string) *sheet {
	v.Helper()
	r, err := http.NewRequestWithContext(v.Context(), http.MethodGet, v.base()+path, nil)
	if err != nil {
		v.Fatal(err)
	}
	return v.do(r)
}

// post sends a form as it is, as a page of ours would.
func (v *visitor) post(path string, form url.Values, headers ...string) *http.Response {
	v.Helper()
	return v.posted(path, form, headers...).Response
}

// posted is that with the page that answers it.
func (v *visitor) posted(path string, form url.Values, headers ...string) *sheet {
	v.Helper()
	r, err := http.NewRequestWithContext(v.Context(), http.MethodPost, v.base()+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return v.do(r)
}

// csrf is what the visitor's forms hold.
func (v *visitor) csrf() string {
	v.Helper()
	_, rest, found := strings.Cut(v.get("").body, `name="csrf" value="`)
	token, _, _ := strings.Cut(rest, `"`)
	if !found || len(token) < 20 {
		v.Fatalf("the page has no form: %q", token)
	}
	return token
}

// act presses a button of a job's page and gives what the next page says.
func (v *visitor) act(path string, more ...string) string {
	v.Helper()
	form := url.Values{"csrf": {v.csrf()}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	answer := v.post(path, form)
	if answer.StatusCode != http.StatusSeeOther {
		v.Fatalf("%s: %d", path, answer.StatusCode)
	}
	where, err := answer.Location()
	if err != nil {
		v.Fatal(err)
	}
	return notice(v.get(strings.TrimPrefix(where.String(), v.base())).body)
}

// notice is the sentence on top of a page.
func notice(body string) string {
	_, rest, _ := strings.Cut(body, `<div class="notice `)
	_, rest, _ = strings.Cut(rest, "<pre>")
	text, _, _ := strings.Cut(rest, "</pre>")
	return text
}
