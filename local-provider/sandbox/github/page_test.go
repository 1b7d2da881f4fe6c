package github_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/github"
)

// TestEveryPage renders each page, with text that tries to be more than text.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.everything()
	nasty := `<script>alert(1)</script> [x](javascript:alert(1)) ` + "`<b>`" + ` "><i> <!-- <b> --> **<u>**`
	n, err := r.github.Person("eve").OpenIssue("acme/app", nasty, nasty)
	r.must(err)
	_, err = r.github.Person("eve").Comment("acme/app", n, nasty)
	r.must(err)
	r.settled()
	calls := r.github.Deliveries(r.hookOf("acme/app"))
	head := r.send("GET", "/repos/acme/app/commits/greeting/check-runs", botToken, "")
	run := head.body["check_runs"].([]any)[0].(map[string]any)
	for path, want := range map[string]string{
		"/": "acme/app", "/acme/app": "New pull request", "/acme/app/pull/1": "Checks", fmt.Sprintf("/acme/app/issues/%d", n): "Comment as ann",
		fmt.Sprintf("/acme/app/runs/%.0f", run["id"]): "build", fmt.Sprint("/acme/app/commit/", run["head_sha"]): "main.go", "/webhooks": "Redeliver",
		fmt.Sprintf("/webhooks/deliveries/%d", calls[0].ID): "X-Hub-Signature-256",
	} {
		got := r.send("GET", path, botToken, "")
		if got.StatusCode != http.StatusOK || !strings.Contains(got.text, want) || !strings.HasSuffix(strings.TrimSpace(got.text), "</html>") {
			t.Errorf("%s: %d, without %s or without an end:\n%s", path, got.StatusCode, want, got.text)
		}
		for _, tag := range []string{"<script>alert", "<b>", "<i>", "<u>", `href="javascript:`} {
			if strings.Contains(got.text, tag) {
				t.Errorf("%s has %s", path, tag)
			}
		}
		if out := r.send("GET", path, "", ""); !strings.Contains(out.text, "The bot’s token") {
			t.Errorf("%s without the token: %s", path, out.text)
		}
	}
	for _, path := range []string{"/acme/none", "/acme/app/pull/99", "/acme/app/runs/1", "/webhooks/deliveries/1", "/acme/app/commit/1"} {
		if got := r.send("GET", path, botToken, ""); got.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.StatusCode)
		}
	}
}

func TestDoor(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const form = "application/x-www-form-urlencoded"
	for body, want := range map[string]string{
		"token=wrong":                                   "/?wrong",
		"token=" + botToken:                             "/",
		"token=" + botToken + "&next=/acme/app":         "/acme/app",
		"token=" + botToken + "&next=//elsewhere.test/": "/",
		"token=" + botToken + "&next=http://elsewhere":  "/",
	} {
		got := r.send("POST", "/enter", "", body, "Content-Type", form)
		if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != want {
			t.Errorf("%s leads to %d %s, want %s", body, got.StatusCode, got.Header.Get("Location"), want)
		}
		if in := len(got.Cookies()) == 1; in != strings.Contains(body, botToken) {
			t.Errorf("%s: logged in %v", body, in)
		}
	}
	act := url.Values{"repo": {"acme/app"}, "number": {"1"}, "body": {"x"}, "back": {"//elsewhere.test/x"}}.Encode()
	if got := r.send("POST", "/act/comment", botToken, act, "Content-Type", form); got.Header.Get("Location") != "/x" {
		t.Errorf("it leads to %s", got.Header.Get("Location"))
	}
	if got := r.send("POST", "/act/comment", "", act, "Content-Type", form); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("without the token: %d", got.StatusCode)
	}
	if got := r.send("POST", "/act/comment", botToken, act, "Content-Type", form, "Sec-Fetch-Site", "cross-site"); got.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: %d", got.StatusCode)
	}
	closed := github.New(github.Options{})
	t.Cleanup(closed.Close)
	if err := closed.Err(); err != nil {
		t.Error(err)
	}
}

// TestMarkdown is how comments look.
func TestMarkdown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a **b** `c **d**` _e_":                            "<p>a <strong>b</strong> <code>c **d**</code> <em>e</em></p>",
		"> /build\n> b\n\n/build":                          "<blockquote><p>/build<br>b</p></blockquote><p>/build</p>",
		"```\n<b>\n```\nx":                                 "<pre>&lt;b&gt;</pre><p>x</p>",
		"```\nnever ends":                                  "<pre>never ends</pre>",
		"# Title\n- a\n- b":                                "<h4>Title</h4><ul><li>a</li><li>b</li></ul>",
		"| a | b |\n|---|---|\n| 1 | `2` |":                "<table><tr><td>a</td><td>b</td></tr><tr><td>1</td><td><code>2</code></td></tr></table>",
		"x <!-- hidden\nmore --> y":                        "<p>x  y</p>",
		"[see `x`](https://e.test/?a=1&b=2)":               `<p><a href="https://e.test/?a=1&amp;b=2" rel="noreferrer">see <code>x</code></a></p>`,
		"https://e.test/a_b_c @bob":                        `<p><a href="https://e.test/a_b_c" rel="noreferrer">https://e.test/a_b_c</a> <strong>@bob</strong></p>`,
		"[x](javascript:alert(1)) <a onclick='x'>":         "<p>[x](javascript:alert(1)) &lt;a onclick=&#39;x&#39;&gt;</p>",
		"<details><summary>s</summary>\n\nt\n\n</details>": "<details><summary>s</summary><p>t</p></details>",
		"\x000\x00 `a`":                                    "<p>0 <code>a</code></p>",
	} {
		if got := github.Render(text); got != want {
			t.Errorf("%q is\n%s, want\n%s", text, got, want)
		}
	}
}
