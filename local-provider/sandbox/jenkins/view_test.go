package jenkins_test

import (
	"net/url"
	"strings"
	"testing"
)

const listView = `<?xml version="1.0" encoding="UTF-8"?>
<hudson.model.ListView>
  <name>ignored</name>
  <jobNames><string>slow</string><string>gone</string></jobNames>
  <includeRegex>f.*</includeRegex>
</hudson.model.ListView>`

func TestViews(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.want(200, r.postXML("/job/demo/createView?name=some", listView))
	r.check(r.json("/job/demo/view/some/api/json"), map[string]any{
		"_class": "hudson.model.ListView", "name": "some", "url": r.url + "/job/demo/view/some/", "jobs.0.name": "fail",
		"jobs.1.name": "slow", "jobs.2": nil,
	})
	r.check(r.json("/job/demo/api/json"), map[string]any{"views.1.name": "some"})
	r.want(200, r.get("/job/demo/view/some/job/slow/api/json"))

	config := r.want(200, r.get("/job/demo/view/some/config.xml")).text
	r.want(200, r.postXML("/job/demo/view/some/config.xml", strings.Replace(config, "f.*", "b.*", 1)))
	r.check(r.json("/job/demo/view/some/api/json"), map[string]any{"jobs.0.name": "big", "jobs.1.name": "slow"})
	r.want(500, r.postXML("/job/demo/view/some/config.xml", "<hudson.model.AllView/>"))

	r.want(200, r.post("/job/demo/view/some/addJobToView?name=hang"))
	r.want(200, r.post("/job/demo/view/some/addJobToView?name=hang"))
	r.check(r.json("/job/demo/view/some/api/json"), map[string]any{"jobs.1.name": "hang", "jobs.3": nil})
	r.want(200, r.post("/job/demo/view/some/removeJobFromView?name=slow"))
	r.check(r.json("/job/demo/view/some/api/json"), map[string]any{"jobs.1.name": "hang", "jobs.2": nil})
	r.want(400, r.post("/job/demo/view/some/addJobToView?name=none"))
	r.want(400, r.post("/job/demo/view/some/addJobToView"))

	if to := r.want(302, r.post("/job/demo/view/some/doDelete")).Header.Get("Location"); to != r.url+"/job/demo/" {
		t.Errorf("delete sends to %s", to)
	}
	r.want(404, r.get("/job/demo/view/some/api/json"))
}

func TestViewForms(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	form := url.Values{"name": {"mine"}, "mode": {"hudson.model.ListView"}, "json": {`{"name":"mine"}`}}
	r.want(302, r.postForm("/createView", form))
	r.check(r.json("/view/mine/api/json"), map[string]any{"name": "mine", "jobs.0": nil})
	r.want(400, r.postForm("/createView", form))
	r.want(400, r.postForm("/createView", url.Values{"name": {"x"}, "mode": {"hudson.plugins.Odd"}}))
	r.want(400, r.postForm("/createView", url.Values{"name": {"x"}}))
	r.want(400, r.post("/createView?name=x"))
	r.want(500, r.postXML("/createView?name=x", "<broken"))
	r.want(500, r.post("/view/all/doDelete"))
	r.want(200, r.get("/view/all/api/json"))
}

func TestNodes(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	form := url.Values{"name": {"worker"}, "type": {"hudson.slaves.DumbSlave$DescriptorImpl"}, "json": {
		`{"name":"worker","numExecutors":3,"nodeDescription":"big","remoteFS":"/srv","labelString":"linux unobtainium"}`,
	}}
	r.want(302, r.postForm("/computer/doCreateItem", form))
	r.want(400, r.postForm("/computer/doCreateItem", form))
	r.check(r.json("/computer/worker/api/json"), map[string]any{
		"_class": "hudson.slaves.SlaveComputer", "displayName": "worker", "offline": true, "numExecutors": 3.0,
		"temporarilyOffline": false, "jnlpAgent": true,
	})
	if text := r.want(200, r.get("/computer/worker/config.xml")).text; !strings.Contains(text, "<numExecutors>3</numExecutors>") {
		t.Errorf("config.xml: %s", text)
	}
	item := r.start("queue")
	r.check(r.json(item+"api/json"), map[string]any{"why": "All nodes of label ‘unobtainium’ are offline", "stuck": true})

	r.want(302, r.post("/computer/(built-in)/toggleOffline?offlineMessage=tea"))
	r.check(r.json("/computer/(built-in)/api/json"), map[string]any{
		"offline": true, "temporarilyOffline": true, "offlineCauseReason": "tea",
		"offlineCause._class": "hudson.slaves.OfflineCause$UserCause",
	})
	item = r.start("slow")
	r.check(r.json(item+"api/json"), map[string]any{"why": "‘Built-In Node’ is offline"})
	r.want(302, r.post("/computer/(built-in)/toggleOffline"))
	r.check(r.json(item+"api/json"), map[string]any{"why": nil, "executable.number": 1.0})

	r.want(302, r.post("/computer/worker/doDelete"))
	r.want(404, r.get("/computer/worker/api/json"))
	r.want(400, r.post("/computer/(built-in)/doDelete"))
}
