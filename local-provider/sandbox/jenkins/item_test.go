package jenkins_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const freestyle = `<?xml version='1.0' encoding='UTF-8'?>
<project>
  <description>made by a test</description>
  <properties/>
  <canRoam>true</canRoam>
  <disabled>false</disabled>
  <builders><hudson.tasks.Shell><command>echo "hello $WHO"
sleep 3
exit 1</command></hudson.tasks.Shell></builders>
</project>`

func TestItems(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.check(r.json("/job/demo/api/json"), map[string]any{
		"_class": "com.cloudbees.hudson.plugins.folder.Folder", "fullName": "demo", "jobs.0.name": "big",
		"primaryView.name": "All", "views.0.url": r.url + "/job/demo/", "color": nil, "buildable": nil,
	})
	r.check(r.json(demo+"slow"+api), map[string]any{
		"_class": "hudson.model.FreeStyleProject", "name": "slow", "fullName": "demo/slow", "fullDisplayName": "demo » slow",
		"displayName": "slow", "displayNameOrNull": nil, "url": r.url + demo + "slow/", "buildable": true, "disabled": false,
		"color": "notbuilt", "concurrentBuild": true, "inQueue": false, "nextBuildNumber": 1.0, "lastBuild": nil,
		"firstBuild": nil, "builds.0": nil, "healthReport.0": nil, "scm._class": "hudson.scm.NullSCM",
		"property.0._class": "hudson.model.ParametersDefinitionProperty", "labelExpression": nil,
	})
	r.check(r.json(demo+"stubborn"+api), map[string]any{
		"_class": "org.jenkinsci.plugins.workflow.job.WorkflowJob", "resumeBlocked": false, "concurrentBuild": true,
		"inQueue": false, "scm": nil,
	})
	r.check(r.json(demo+"disabled"+api), map[string]any{"color": "disabled", "buildable": false, "disabled": true})
	r.check(r.json(demo+"queue"+api), map[string]any{"labelExpression": "unobtainium"})
	r.check(r.json(demo+"plain"+api), map[string]any{"property.0": nil})
}

func TestCreateItem(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.want(200, r.postXML("/createItem?name=fresh", freestyle))
	r.check(r.json("/job/fresh/api/json"), map[string]any{"description": "made by a test", "color": "notbuilt"})
	r.want(200, r.postXML("/job/demo/createItem?name=fresh%20job", freestyle))
	r.check(r.json("/job/demo/job/fresh%20job/api/json"), map[string]any{"url": r.url + demo + "fresh%20job/"})

	for name, c := range map[string]struct {
		got    reply
		status int
		text   string
	}{
		"there already":   {r.postXML("/createItem?name=fresh", freestyle), 400, "A job already exists with the name"},
		"no name":         {r.postXML("/createItem", freestyle), 400, "is required"},
		"empty name":      {r.postXML("/createItem?name=", freestyle), 400, "No name is specified"},
		"slash":           {r.postXML("/createItem?name=a%2Fb", freestyle), 400, "is an unsafe character"},
		"dots":            {r.postXML("/createItem?name=..", freestyle), 400, "is not an allowed name"},
		"not XML":         {r.postXML("/createItem?name=x", "<project>"), 500, "A problem occurred"},
		"unknown kind":    {r.postXML("/createItem?name=x", "<hudson.matrix.MatrixProject/>"), 500, "A problem occurred"},
		"no content type": {r.post("/createItem?name=x"), 400, "No Content-Type header set"},
		"form, no mode":   {r.postForm("/createItem?name=x", nil), 400, "No mode given"},
		"form, bad mode":  {r.postForm("/createItem?name=x&mode=y", nil), 400, "is known"},
		"copy of nothing": {r.post("/createItem?name=x&mode=copy&from=none"), 400, "No such job: none"},
		"copy, no from":   {r.post("/createItem?name=x&mode=copy"), 400, "Specify which job to copy"},
		"GET":             {r.get("/createItem?name=x"), 405, "This URL requires POST"},
		"no such folder":  {r.postXML("/job/none/createItem?name=x", freestyle), 404, "Oops!"},
	} {
		if c.got.StatusCode != c.status || !strings.Contains(c.got.text, c.text) {
			t.Errorf("%s: %s\n%s", name, c.got.Status, c.got.text)
		}
		if c.status == 400 && c.got.Header.Get("X-Error") == "" {
			t.Errorf("%s: no X-Error", name)
		}
	}
	made := r.want(302, r.postForm("/createItem?name=box&mode=com.cloudbees.hudson.plugins.folder.Folder", nil))
	if to := made.Header.Get("Location"); to != r.url+"/job/box/configure" {
		t.Errorf("after a form one is sent to %s", to)
	}
	r.want(200, r.get("/job/box/configure"))
}

func TestConfigXML(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.want(200, r.postXML("/createItem?name=fresh", freestyle))
	got := r.want(200, r.get("/job/fresh/config.xml"))
	if !strings.HasPrefix(got.text, "<?xml version='1.1' encoding='UTF-8'?>\n<project>") || got.Header.Get("Content-Type") != "application/xml" {
		t.Errorf("config.xml begins %.60q as %s", got.text, got.Header.Get("Content-Type"))
	}
	r.want(200, r.postXML("/job/fresh/config.xml", strings.ReplaceAll(got.text, "made by a test", "a &amp; b")))
	r.check(r.json("/job/fresh/api/json"), map[string]any{"description": "a & b"})
	r.want(500, r.postXML("/job/fresh/config.xml", "<flow-definition/>"))
	r.want(500, r.postXML("/job/fresh/config.xml", "nonsense"))

	if to := r.want(302, r.post("/job/fresh/disable")).Header.Get("Location"); to != r.url+"/job/fresh/" {
		t.Errorf("disable sends to %s", to)
	}
	r.check(r.json("/job/fresh/api/json"), map[string]any{"color": "disabled", "buildable": false})
	if text := r.get("/job/fresh/config.xml").text; !strings.Contains(text, "<disabled>true</disabled>") || !strings.Contains(text, "echo") {
		t.Errorf("after disable: %s", text)
	}
	r.want(302, r.post("/job/fresh/enable"))
	r.check(r.json("/job/fresh/api/json"), map[string]any{"color": "notbuilt", "buildable": true})
	r.want(405, r.get("/job/fresh/disable"))
	r.want(302, r.postForm("/job/fresh/submitDescription", url.Values{"description": {"<new>"}}))
	r.check(r.json("/job/fresh/api/json"), map[string]any{"description": "<new>"})
}

func TestSettingIsNotFoundInsideAnother(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const config = `<project><properties><x><disabled>false</disabled></x></properties><builders/></project>`
	r.want(200, r.postXML("/createItem?name=odd", config))
	r.want(302, r.post("/job/odd/disable"))
	text := r.get("/job/odd/config.xml").text
	if !strings.Contains(text, "<x><disabled>false</disabled></x>") || !strings.Contains(text, "<disabled>true</disabled>") {
		t.Errorf("disable changed the wrong setting: %s", text)
	}
	r.want(200, r.postXML("/createItem?name=bare", "<project/>"))
	r.want(302, r.post("/job/bare/disable"))
	r.check(r.json("/job/bare/api/json"), map[string]any{"disabled": true})
}

func TestCopyRenameDelete(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.want(302, r.post("/job/demo/createItem?name=slow2&mode=copy&from=slow"))
	r.check(r.json(demo+"slow2"+api), map[string]any{"fullName": "demo/slow2", "description": "Takes as long as you say."})
	r.want(302, r.post("/createItem?name=slow3&mode=copy&from=demo/slow"))
	r.want(302, r.post("/createItem?name=demo2&mode=copy&from=demo"))
	r.want(200, r.get("/job/demo2/job/slow/api/json"))

	if to := r.want(302, r.post("/job/slow3/doRename?newName=slow4")).Header.Get("Location"); to != r.url+"/job/slow4/" {
		t.Errorf("rename sends to %s", to)
	}
	r.want(404, r.get("/job/slow3/api/json"))
	r.want(200, r.get("/job/slow4/api/json"))
	r.want(400, r.post("/job/slow4/confirmRename?newName=demo"))

	r.start("hang")
	if got := r.want(400, r.post(demo+"hang/doRename?newName=x")); got.Header.Get("X-Error") != "Unable to rename a job while it is building." {
		t.Errorf("rename while building: %s", got.Header.Get("X-Error"))
	}
	item := r.build("hang")
	if to := r.want(302, r.post(demo+"hang/doDelete")).Header.Get("Location"); to != r.url+"/job/demo/" {
		t.Errorf("delete sends to %s", to)
	}
	r.want(404, r.get(demo+"hang"+api))
	r.check(r.json(item+"api/json"), map[string]any{"cancelled": true})
	r.check(r.json("/computer/api/json"), map[string]any{"busyExecutors": 0.0})
	r.want(http.StatusNoContent, r.send(http.MethodDelete, "/job/demo2/", ""))
	r.want(404, r.get("/job/demo2/api/json"))
}
