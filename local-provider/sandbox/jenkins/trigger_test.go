package jenkins_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestTrigger(t *testing.T) {
	t.Parallel()
	submit := func(json string) url.Values { return url.Values{"json": {json}} }
	for name, c := range map[string]struct {
		send   func(*rig) reply
		status int
		text   string
	}{
		"plain":             {func(r *rig) reply { return r.post(demo + "plain/build") }, 201, ""},
		"plain, with delay": {func(r *rig) reply { return r.post(demo + "plain/build?delay=0sec") }, 201, ""},
		"plain, bad delay":  {func(r *rig) reply { return r.post(demo + "plain/build?delay=soon") }, 500, "Oops!"},
		"plain, parameters": {
			func(r *rig) reply { return r.post(demo + "plain/buildWithParameters?a=b") }, 400,
			"demo/plain is not parameterized",
		},
		"query":    {func(r *rig) reply { return r.post(demo + "slow/buildWithParameters?seconds=3") }, 201, ""},
		"defaults": {func(r *rig) reply { return r.post(demo + "slow/buildWithParameters") }, 201, ""},
		"form": {
			func(r *rig) reply {
				return r.postForm(demo+"slow/buildWithParameters", url.Values{"seconds": {"3"}})
			}, 201, "",
		},
		"query and form": {
			func(r *rig) reply {
				return r.postForm(demo+"slow/buildWithParameters?seconds=3", url.Values{"seconds": {"3"}})
			}, 500, "Oops!",
		},
		"build without parameters": {func(r *rig) reply { return r.post(demo + "slow/build") }, 400, "Nothing is submitted"},
		"build with a query": {
			func(r *rig) reply { return r.post(demo + "slow/build?seconds=3") }, 400, "This page expects a form submission",
		},
		"build with json": {
			func(r *rig) reply {
				return r.postForm(demo+"slow/build", submit(`{"parameter":[{"name":"seconds","value":"3"}]}`))
			}, 201, "",
		},
		"build with one in json": {
			func(r *rig) reply {
				return r.postForm(demo+"slow/build", submit(`{"parameter":{"name":"seconds","value":3}}`))
			}, 201, "",
		},
		"build with an undeclared one": {
			func(r *rig) reply {
				return r.postForm(demo+"slow/build", submit(`{"parameter":[{"name":"x","value":"3"}]}`))
			}, 500, "Oops!",
		},
		"build with broken json": {func(r *rig) reply { return r.postForm(demo+"slow/build", submit(`{`)) }, 500, "Oops!"},
		"GET of a plain job":     {func(r *rig) reply { return r.get(demo + "plain/build") }, 405, "requires POST"},
		"GET of another":         {func(r *rig) reply { return r.get(demo + "slow/build") }, 405, "This build requires parameters"},
		"GET with parameters":    {func(r *rig) reply { return r.get(demo + "slow/buildWithParameters") }, 405, "requires POST"},
		"disabled":               {func(r *rig) reply { return r.post(demo + "disabled/build") }, 409, "demo/disabled is not buildable"},
		"disabled, parameters": {
			func(r *rig) reply { return r.post(demo + "disabled/buildWithParameters") }, 409, "is not buildable",
		},
		"folder":   {func(r *rig) reply { return r.post("/job/demo/build") }, 404, "Oops!"},
		"none":     {func(r *rig) reply { return r.post("/job/demo/job/none/build") }, 404, "Oops!"},
		"nomark":   {func(r *rig) reply { return r.post(demo + "nomark/buildWithParameters?HANDSOFF_JOB=x") }, 201, ""},
		"pipeline": {func(r *rig) reply { return r.post(demo + "input/buildWithParameters") }, 201, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			got := r.want(c.status, c.send(r))
			if !strings.Contains(got.text, c.text) {
				t.Errorf("no %q in %s", c.text, got.text)
			}
			if want := r.url + "/queue/item/1/"; c.status == 201 && got.Header.Get("Location") != want {
				t.Errorf("Location is %s, want %s", got.Header.Get("Location"), want)
			}
			if c.status == http.StatusMethodNotAllowed && strings.Contains(c.text, "POST") && got.Header.Get("Allow") != "POST" {
				t.Errorf("405 without Allow: %v", got.Header)
			}
			if n := r.jenkins.QueueLength() + len(r.jenkins.Starts()); (c.status == 201) != (n == 1) {
				t.Errorf("%d builds are queued or started after %s", n, got.Status)
			}
		})
	}
}

// TestUndeclaredParametersAreDropped shows what Jenkins does since SECURITY-170.
func TestUndeclaredParametersAreDropped(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start("nomark", "seconds", "3", "HANDSOFF_JOB", "abcd", "PATH", "/tmp")
	r.check(r.json(demo+"nomark/1/api/json"), map[string]any{
		"actions.0.parameters.0.name": "seconds", "actions.0.parameters.0.value": "3", "actions.0.parameters.1": nil,
	})
}

func TestCauses(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start("slow")
	r.check(r.json(demo+"slow/1/api/json"), map[string]any{
		"actions.1._class": "hudson.model.CauseAction", "actions.1.causes.0._class": "hudson.model.Cause$UserIdCause",
		"actions.1.causes.0.userId": user, "actions.1.causes.0.userName": user,
		"actions.1.causes.0.shortDescription": "Started by user demo",
	})
	r.want(200, r.postXML("/createItem?name=remote", "<project><authToken>sesame</authToken></project>"))
	r.want(403, r.post("/job/remote/build?token=open"))
	r.want(201, r.get("/job/remote/build?token=sesame&cause=for+job+abcd")) // a GET is enough for who has the token
	r.jenkins.Advance(5 * time.Second)
	r.check(r.json("/job/remote/1/api/json"), map[string]any{
		"actions.0.causes.0._class": "hudson.model.Cause$RemoteCause", "actions.0.causes.0.note": "for job abcd",
		"actions.0.causes.0.addr":             "127.0.0.1",
		"actions.0.causes.0.shortDescription": "Started by remote host 127.0.0.1 with note: for job abcd",
	})
	r.want(201, r.post("/job/remote/build?token=sesame"))
	r.jenkins.Advance(5 * time.Second)
	r.check(r.json("/job/remote/2/api/json"), map[string]any{
		"actions.0.causes.0.note": nil, "actions.0.causes.0.shortDescription": "Started by remote host 127.0.0.1",
	})
	r.want(201, r.post("/job/remote/build"))
}
