package jenkins_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/jenkins"
)

func noSecrets(o *jenkins.Options) { o.Token, o.Password = "", "" }

func TestRoot(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	got := r.get("/api/json")
	for name, want := range map[string]string{
		"X-Jenkins": jenkins.Version, "Content-Type": "application/json;charset=UTF-8",
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "deny",
	} {
		if got.Header.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.Header.Get(name), want)
		}
	}
	if len(got.Header.Get("X-Jenkins-Session")) != 8 {
		t.Errorf("X-Jenkins-Session is %q", got.Header.Get("X-Jenkins-Session"))
	}
	r.check(r.json("/api/json"), map[string]any{
		"_class": "hudson.model.Hudson", "mode": "NORMAL", "nodeName": "", "numExecutors": 2.0, "useCrumbs": true,
		"useSecurity": true, "quietingDown": false, "url": r.url + "/", "assignedLabels.0.name": "built-in",
		"jobs.0._class": "com.cloudbees.hudson.plugins.folder.Folder", "jobs.0.name": "demo",
		"jobs.0.url": r.url + "/job/demo/", "jobs.0.displayName": nil,
		"primaryView._class": "hudson.model.AllView", "primaryView.url": r.url + "/", "views.0.name": "all",
	})
}

func TestTreeAndDepth(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.check(r.json("/api/json?tree=jobs[name,jobs[name,color,buildable]{2,4}]"), map[string]any{
		"mode": nil, "jobs.0.name": "demo", "jobs.0.url": nil, "jobs.0.jobs.0.name": "fail", "jobs.0.jobs.1.name": "hang",
		"jobs.0.jobs.2": nil, "jobs.0.jobs.0.color": "notbuilt", "jobs.0.jobs.0.buildable": true,
		"jobs.0.jobs.0._class": "hudson.model.FreeStyleProject",
	})
	r.check(r.json("/api/json?depth=1"), map[string]any{
		"jobs.0.displayName": "demo", "jobs.0.jobs.0.name": "big", "jobs.0.jobs.0.displayName": nil,
	})
	r.check(r.json("/api/json?depth=2"), map[string]any{"jobs.0.jobs.0.displayName": "big"})
	if text := r.get("/api/json?tree=mode&pretty").text; text != "{\n  \"_class\" : \"hudson.model.Hudson\",\n  \"mode\" : \"NORMAL\"\n}" {
		t.Errorf("pretty: %q", text)
	}
	if text := r.get("/api/python?tree=useCrumbs,description").text; text != `{"_class":"hudson.model.Hudson","description":None,"useCrumbs":True}` {
		t.Errorf("python: %s", text)
	}
}

func TestAPIErrors(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for path, status := range map[string]int{
		"/api/json?tree=jobs[": 500, "/api/json?tree=": 500, "/api/json?depth=x": 500, "/api/json?jsonp=f": 403,
		"/api/yaml": 404, "/api/json/api/json": 200, "/nonsense": 404, "/job/": 404, "/job/none/api/json": 404,
		"/job/demo/job/none/api/json": 404, "/job/demo/job/slow/job/x/api/json": 404, "/job/demo/job/slow/1/api/json": 404,
		"/job/demo/job/slow/lastBuild/api/json": 404, "/queue/": 404, "/queue/item/1/api/json": 404,
		"/queue/item/x/api/json": 404, "/view/none/api/json": 404, "/computer/none/api/json": 404, "/user/none/api/json": 404,
		"/api/": 200, "/": 200, "/job/demo/": 200, "/job/demo/job/slow/": 200, "//job//demo//api/json": 200,
		"/job/demo/job/slow": 302, "/job/demo/job/%25zz/api/json": 404,
	} {
		got := r.get(path)
		if got.StatusCode != status {
			t.Errorf("GET %s: %s, want %d", path, got.Status, status)
		}
		if status == 404 && !strings.Contains(got.text, "Oops!") {
			t.Errorf("GET %s: not Jenkins' page: %s", path, got.text)
		}
	}
	if to := r.get("/job/demo/job/slow").Header.Get("Location"); to != r.url+"/job/demo/job/slow/" {
		t.Errorf("without the slash one is sent to %s", to)
	}
}

func TestHead(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	if got := r.want(200, r.send(http.MethodHead, demo+"slow"+api, "")); got.text != "" {
		t.Errorf("HEAD has a body: %s", got.text)
	}
	r.want(404, r.send(http.MethodHead, demo+"none"+api, ""))
}

func TestRootURL(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *jenkins.Options) { o.URL = "https://ci.example.org/jenkins" })
	r.want(404, r.get("/api/json"))
	r.want(404, r.get("/jenkinsx/api/json"))
	r.check(r.json("/jenkins/api/json"), map[string]any{
		"url": "https://ci.example.org/jenkins/", "jobs.0.url": "https://ci.example.org/jenkins/job/demo/",
	})
	got := r.want(201, r.post("/jenkins"+demo+"plain/build"))
	if want := r.url + "/jenkins/queue/item/1/"; got.Header.Get("Location") != want {
		t.Errorf("Location is %s, want %s: it is made from the request, not from the root URL", got.Header.Get("Location"), want)
	}
	proxied := r.send(http.MethodPost, "/jenkins"+demo+"nomark/buildWithParameters", "",
		"X-Forwarded-Proto", "https", "X-Forwarded-Host", "ci.example.org")
	if to := proxied.Header.Get("Location"); to != "https://ci.example.org/jenkins/queue/item/2/" {
		t.Errorf("behind a proxy, Location is %s", to)
	}
}

func TestSmallObjects(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.check(r.json("/computer/api/json"), map[string]any{
		"_class": "hudson.model.ComputerSet", "busyExecutors": 0.0, "totalExecutors": 2.0, "displayName": "Nodes",
		"computer.0._class": "hudson.model.Hudson$MasterComputer", "computer.0.displayName": "Built-In Node",
		"computer.0.offline": false, "computer.0.idle": true, "computer.0.numExecutors": 2.0,
	})
	r.check(r.json("/computer/(built-in)/api/json"), map[string]any{"displayName": "Built-In Node"})
	r.check(r.json("/computer/(master)/api/json"), map[string]any{"displayName": "Built-In Node"})
	r.check(r.json("/pluginManager/api/json?depth=1"), map[string]any{
		"plugins.0.shortName": "cloudbees-folder", "plugins.0.active": true, "plugins.0.enabled": true,
	})
	r.check(r.json("/pluginManager/api/json"), map[string]any{"plugins.0.shortName": nil})
	r.check(r.json("/label/built-in/api/json"), map[string]any{"name": "built-in", "idleExecutors": 2.0, "offline": false})
	r.check(r.json("/label/none/api/json"), map[string]any{"totalExecutors": 0.0, "offline": true})
	r.check(r.json("/queue/api/json"), map[string]any{"_class": "hudson.model.Queue", "items.0": nil})
	r.want(403, r.post("/scriptText"))
}
