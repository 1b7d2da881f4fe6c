package openstack_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/control"
	"github.com/handsoff/handsoff/local-provider/sandbox/openstack"
)

// control makes a call of the control, with the password or without.
func (r *rig) control(method, path, body, password string) (int, string) {
	r.Helper()
	rq, err := http.NewRequestWithContext(r.Context(), method, r.url+path, strings.NewReader(body))
	if err != nil {
		r.Fatal(err)
	}
	if password != "" {
		rq.Header.Set("Authorization", "Bearer "+password)
	}
	rsp, err := http.DefaultClient.Do(rq)
	if err != nil {
		r.Fatal(err)
	}
	defer rsp.Body.Close()
	text, err := io.ReadAll(rsp.Body)
	if err != nil {
		r.Fatal(err)
	}
	return rsp.StatusCode, string(text)
}

func TestControl(t *testing.T) {
	t.Parallel()
	r := newRig(t, openstack.Options{Frozen: true})
	for _, x := range []struct {
		method, path, body string
		status             int
		text               string
	}{
		{"GET", "status", "", 200, `"servers":0`},
		{"GET", "clouds", "", 200, "ops-demo"},
		{"POST", "fault", `{"kind":"status","status":503,"after":"5s","service":"compute"}`, 200, `{"id":1}`},
		{"GET", "status", "", 200, `"kind":"status"`},
		{"POST", "fault", `{"kind":"magic"}`, 409, "kind must be one of"},
		{"POST", "fault", `{"kind":"status","status":200}`, 409, "status must be"},
		{"POST", "fault", `{"kind":"down","times":-1}`, 409, "times and skip"},
		{"POST", "fault", `{"kind":"down","service":"odd"}`, 409, "no service"},
		{"POST", "fault", `{"kind":"slow","delay":"soon"}`, 409, "delay must be a time"},
		{"POST", "fault", `{"kind":"slow","after":"-1s"}`, 409, "after must be a time"},
		{"POST", "fault", `{"odd":1}`, 400, "unknown field"},
		{"POST", "mend", `{"id":1}`, 200, `"ok":true`},
		{"POST", "mend", ``, 200, `"ok":true`},
		{"GET", "status", "", 200, `"faults":[]`},
		{"POST", "host", `{"name":"fake1","up":false}`, 200, `"ok":true`},
		{"POST", "host", `{"name":"none"}`, 409, "there is no host"},
		{"POST", "clock", `{"advance":"1m","speed":0}`, 200, `"now"`},
		{"POST", "clock", `{"speed":-1}`, 409, "speed must be"},
		{"POST", "clock", `{"advance":"odd"}`, 409, "advance must be"},
		{"GET", "requests?text=POST", "", 200, `[]`},
	} {
		status, text := r.control(x.method, control.Path+x.path, x.body, "secret")
		if status != x.status || !strings.Contains(text, x.text) {
			t.Errorf("%s %s %s: %d %s", x.method, x.path, x.body, status, text)
		}
		if status, _ = r.control(x.method, control.Path+x.path, x.body, "wrong"); status != http.StatusUnauthorized {
			t.Errorf("%s %s with a wrong password: %d", x.method, x.path, status)
		}
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	r := newRig(t, openstack.Options{Frozen: true, Boot: -1})
	g := r.people()
	g.boot(t, "<script>alert(1)</script>", http.StatusAccepted)
	r.cloud.Break(openstack.Fault{Kind: openstack.FaultDown, Path: "/<b>"})
	if status, text := r.control("GET", "/", "", ""); status != http.StatusOK || !strings.Contains(text, "/enter") || strings.Contains(text, "alert(1)") {
		t.Errorf("nobody sees %d %s", status, text)
	}
	status, text := r.control("GET", "/", "", "secret")
	for _, want := range []string{"&lt;script&gt;alert(1)", "/&lt;b&gt;", "m1.nano", "shared", "fake1", "demo"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page (%d) has no %s: %s", status, want, text)
		}
	}
	if strings.Contains(text, "<script>") || strings.Contains(text, "secret") {
		t.Error("the page is not escaped, or tells a secret")
	}
	for _, path := range []string{"/page/style.css", "/page/door.js"} {
		if status, _ := r.control("GET", path, "", ""); status != http.StatusOK {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, _ := r.control("GET", "/nowhere", "", "secret"); status != http.StatusNotFound {
		t.Errorf("nowhere: %d", status)
	}
}

func FuzzCalls(f *testing.F) {
	f.Add("POST", "/compute/v2.1/servers", `{"server":{"name":"x","flavorRef":1}}`, "compute 2.93")
	f.Add("POST", "/identity/v3/auth/tokens", `{"auth":{"identity":{"methods":["password"]},"scope":"x"}}`, "")
	f.Add("PUT", "/compute/v2.1/os-quota-sets/x", `{"quota_set":{"cores":-2}}`, "compute 2.x")
	f.Add("GET", "/compute/v2.1/servers?name=[&limit=-1&changes-since=x", "", "latest")
	f.Add("DELETE", "/compute/v2.1/servers/x/metadata/%2F", "", "compute ")
	f.Fuzz(func(t *testing.T, method, path, body, version string) {
		cloud := openstack.New(openstack.Options{Frozen: true})
		defer cloud.Close()
		token := tokenOf(t, cloud)
		rq, err := http.NewRequestWithContext(t.Context(), method, "http://cloud/", strings.NewReader(body))
		if err != nil || !strings.HasPrefix(path, "/") {
			t.Skip()
		}
		if rq.URL, err = rq.URL.Parse("http://cloud" + path); err != nil {
			t.Skip()
		}
		rq.Header.Set("X-Auth-Token", token)
		rq.Header.Set("Openstack-Api-Version", version)
		w := newAnswer()
		cloud.ServeHTTP(w, rq)
		if w.Code == http.StatusInternalServerError {
			t.Errorf("%s %s %s: %s", method, path, body, fmt.Sprint(w.Body))
		}
	})
}
