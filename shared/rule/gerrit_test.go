package rule_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/rule"
)

// Accounts, a change and a patch set, in the form of Gerrit's json.html.
const (
	annAccount = `{"name":"Ann Example","email":"ann@example.org","username":"ann"}`
	bobAccount = `{"name":"Bob Example","username":"bob"}`
	aChange    = `{"project":"openstack/nova","branch":"main","topic":"bp/x","id":"I5d1f","number":4711,"subject":"Fix the weigher","owner":` + annAccount +
		`,"url":"https://review/c/openstack/nova/+/4711","commitMessage":"Fix the weigher\n\nIt counted twice.\n\nChange-Id: I5d1f\n","createdOn":1,"status":"NEW","hashtags":["ci"]`
	aPatchSet = `"patchSet":{"number":2,"revision":"5d1f4f6cf1f0","ref":"refs/changes/11/4711/2","uploader":` + annAccount +
		`,"kind":"REWORK","sizeInsertions":12,"sizeDeletions":-3}`
	aCommon = `"project":{"name":"openstack/nova"},"refName":"refs/heads/main","changeKey":{"key":"I5d1f"},"eventCreatedOn":1700000000`
)

// gerritTold is every event type of a current Gerrit, and how people are told of it.
var gerritTold = []struct{ kind, payload, told string }{
	{"assignee-changed", `"change":CHANGE},"changer":BOB`, "Ann: assignee changed https://review/c/openstack/nova/+/4711 “Fix the weigher”"},
	{
		"batch-ref-updated", `"submitter":BOB,"refUpdates":[{"oldRev":"1","newRev":"2","refName":"refs/heads/main","project":"openstack/nova"},{"refName":"refs/heads/x","project":"openstack/nova"}]`,
		"Bob Example updated 2 refs of openstack/nova",
	},
	{"change-abandoned", `"abandoner":BOB,"reason":"Not now\nLater","change":CHANGE},PATCHSET`, "Bob Example abandoned https://review/c/openstack/nova/+/4711 “Fix the weigher” in openstack/nova\nNot now"},
	{"change-deleted", `"deleter":BOB,"change":CHANGE}`, "Bob Example deleted change 4711 “Fix the weigher” in openstack/nova"},
	{
		"change-merged", `"submitter":BOB,"newRev":"abc","change":CHANGE},PATCHSET`,
		"Bob Example merged https://review/c/openstack/nova/+/4711 “Fix the weigher” by Ann Example into openstack/nova main",
	},
	{"change-restored", `"restorer":BOB,"change":CHANGE},PATCHSET`, "Bob Example restored https://review/c/openstack/nova/+/4711 “Fix the weigher” in openstack/nova"},
	{
		"comment-added", `"author":BOB,"approvals":[{"type":"Code-Review","value":"2","oldValue":"0"},{"type":"Verified","value":"-1","oldValue":"1"},{"type":"Workflow","value":"1"}],"comment":"Good","change":CHANGE},PATCHSET`,
		"Bob Example voted Code-Review+2, Verified-1 on https://review/c/openstack/nova/+/4711 “Fix the weigher” in openstack/nova",
	},
	{"comment-added", `"author":BOB,"comment":"Why?","change":CHANGE},PATCHSET`, "Bob Example commented on https://review/c/openstack/nova/+/4711 “Fix the weigher” in openstack/nova"},
	{"custom-keyed-values-changed", `"editor":BOB,"change":CHANGE}`, "Ann: custom keyed values changed https://review/c/openstack/nova/+/4711 “Fix the weigher”"},
	{"dropped-output", `"x":1`, "Ann: dropped output in openstack/nova"},
	{"fetch-ref-replicated", `"x":1`, "Ann: fetch ref replicated in openstack/nova"},
	{"fetch-ref-replication-done", `"x":1`, "Ann: fetch ref replication done in openstack/nova"},
	{"fetch-ref-replication-scheduled", `"x":1`, "Ann: fetch ref replication scheduled in openstack/nova"},
	{"hashtags-changed", `"editor":BOB,"added":["ci"],"hashtags":["ci","b"],"change":CHANGE}`, "Bob Example changed the hashtags of https://review/c/openstack/nova/+/4711 “Fix the weigher” to ci, b"},
	{"hashtags-changed", `"editor":BOB,"removed":["ci"],"change":CHANGE}`, "Bob Example changed the hashtags of https://review/c/openstack/nova/+/4711 “Fix the weigher” to none"},
	{
		"patchset-created", `"uploader":ANN,"change":CHANGE},PATCHSET`,
		"Patch set 2 of “Fix the weigher” proposed by Ann Example <ann@example.org> at https://review/c/openstack/nova/+/4711 in project openstack/nova (+12|-3)",
	},
	{
		"patchset-created", `"uploader":BOB,"change":{"project":"p","subject":"S","url":"https://u","owner":BOB},"patchSet":{"number":1,"sizeInsertions":0,"sizeDeletions":0}`,
		"“S” proposed by Bob Example at https://u in project p (+0|-0)",
	},
	{"private-state-changed", `"changer":BOB,"change":CHANGE,"private":true},PATCHSET`, "Bob Example made https://review/c/openstack/nova/+/4711 “Fix the weigher” private"},
	{"project-created", `"projectName":"new","headName":"refs/heads/main"`, "Project new was created with main"},
	{"project-head-updated", `"projectName":"p","oldHead":"refs/heads/master","newHead":"refs/heads/main"`, "The head of p is now main; it was master"},
	{"ref-replicated", `"ref":"refs/heads/main","targetNode":"m:22","status":"succeeded","refStatus":"OK"`, "Ann: ref replicated in openstack/nova"},
	{"ref-replication-done", `"nodesCount":1`, "Ann: ref replication done in openstack/nova"},
	{"ref-replication-scheduled", `"targetNode":"m:22"`, "Ann: ref replication scheduled in openstack/nova"},
	{"ref-updated", `"submitter":BOB,"refUpdate":{"oldRev":"1111111111","newRev":"2222222222","refName":"refs/heads/main","project":"p"}`, "Bob Example updated main of p to 22222222"},
	{"ref-updated", `"submitter":BOB,"refUpdate":{"oldRev":"1111111111","newRev":"0000000000","refName":"refs/tags/v1","project":"p"}`, "Bob Example deleted refs/tags/v1 of p"},
	{"ref-updated", `"refUpdate":{"oldRev":"0000000000","newRev":"2222222222","refName":"main","project":"p"}`, "Gerrit created main of p to 22222222"},
	{"reviewer-added", `"reviewer":BOB,"change":CHANGE},PATCHSET`, "Bob Example was added as a reviewer of https://review/c/openstack/nova/+/4711 “Fix the weigher”"},
	{"reviewer-deleted", `"reviewer":BOB,"remover":ANN,"change":CHANGE},PATCHSET`, "Bob Example was removed as a reviewer of https://review/c/openstack/nova/+/4711 “Fix the weigher”"},
	{"topic-changed", `"changer":BOB,"oldTopic":"a","change":CHANGE}`, "Bob Example set the topic of https://review/c/openstack/nova/+/4711 “Fix the weigher” to bp/x"},
	{"vote-deleted", `"reviewer":BOB,"remover":ANN,"change":CHANGE},PATCHSET`, "Ann Example removed a vote of Bob Example from https://review/c/openstack/nova/+/4711 “Fix the weigher”"},
	{"wip-state-changed", `"changer":BOB,"change":CHANGE,"wip":true},PATCHSET`, "Bob Example marked https://review/c/openstack/nova/+/4711 “Fix the weigher” as work in progress"},
	{"wip-state-changed", `"changer":BOB,"change":CHANGE},PATCHSET`, "Bob Example marked https://review/c/openstack/nova/+/4711 “Fix the weigher” as ready for review"},
	{"something-new", `"change":CHANGE}`, "Ann: something new https://review/c/openstack/nova/+/4711 “Fix the weigher”"},
}

// gerritEvent makes an event as the listener does.
func gerritEvent(kind, payload string) *event.Event {
	payload = strings.NewReplacer("CHANGE", aChange, "PATCHSET", aPatchSet, "ANN", annAccount, "BOB", bobAccount).Replace(payload)
	common := aCommon
	if !strings.Contains(payload, `"change"`) {
		common = `"project":"openstack/nova","eventCreatedOn":1700000000`
	}
	return &event.Event{
		ID: kind, Topic: "gerrit." + kind, Source: "gerrit:review", Subject: "gerrit:review/4711", Author: event.Author{Name: "Ann", Principal: "gerrit:review/1"},
		Payload: json.RawMessage(`{"type":"` + kind + `",` + payload + `,` + common + `}`),
	}
}

func TestEveryGerritEventIsTold(t *testing.T) {
	t.Parallel()
	missing := map[string]bool{}
	for _, topic := range rule.Topics() {
		if kind, ok := strings.CutPrefix(topic, "gerrit."); ok {
			missing[kind] = true
		}
	}
	for _, g := range gerritTold {
		delete(missing, g.kind)
		env, err := rule.ForEvent(gerritEvent(g.kind, g.payload), nil)
		if err != nil {
			t.Errorf("%s: %v", g.kind, err)
			continue
		}
		text := rule.Told(env, false)
		if hole := holeIn(text); text != g.told || hole != "" {
			t.Errorf("%s: %q; want %q; %s", g.kind, text, g.told, hole)
		}
	}
	if len(missing) > 0 {
		t.Errorf("nobody is told of %v", missing)
	}
}

func TestTheCommitMessageIsToldWhereAsked(t *testing.T) {
	t.Parallel()
	env, err := rule.ForEvent(gerritEvent("patchset-created", `"change":CHANGE},PATCHSET`), nil)
	if err != nil {
		t.Fatal(err)
	}
	brief, whole := rule.Told(env, false), rule.Told(env, true)
	if whole != brief+"\nIt counted twice.\n\nChange-Id: I5d1f" {
		t.Errorf("%q", whole)
	}
}

func TestGerritFacts(t *testing.T) {
	t.Parallel()
	for payload, want := range map[string]rule.Facts{
		`"change":CHANGE},PATCHSET`: {
			Project: "openstack/nova", Branch: "main", Topic: "bp/x", Owner: []string{"ann", "ann@example.org"}, Status: "NEW", Hashtags: []string{"ci"},
			Subject: "Fix the weigher", URL: "https://review/c/openstack/nova/+/4711",
		},
		`"refUpdate":{"refName":"refs/heads/a/b","project":"p"}`:  {Project: "p", Branch: "a/b"},
		`"refUpdate":{"refName":"refs/tags/v1","project":"p"}`:    {Project: "p", Branch: "refs/tags/v1"},
		`"refUpdates":[{"refName":"refs/heads/a","project":"p"}]`: {Project: "p", Branch: "a"},
		`"projectName":"p","newHead":"refs/heads/main"`:           {Project: "openstack/nova", Branch: "main"},
		`"ref":"refs/heads/x"`:                                    {Project: "openstack/nova", Branch: "x"},
	} {
		env, err := rule.ForEvent(gerritEvent("x", payload), nil)
		if err != nil {
			t.Fatal(err)
		}
		want.Server, want.Author = "review", []string{"Ann", "gerrit:review/1"}
		if !reflect.DeepEqual(env.Facts, want) {
			t.Errorf("%s:\n%+v\nwant\n%+v", payload, env.Facts, want)
		}
	}
}

func TestGitHubFacts(t *testing.T) {
	t.Parallel()
	for payload, want := range map[string]rule.Facts{
		`{"repository":{"full_name":"Acme/App","html_url":"h"},"ref":"refs/heads/a/b","head_commit":{"message":"Fix\nit"},"compare":"c"}`: {
			Project: "acme/app", Branch: "a/b", Subject: "Fix", URL: "c",
		},
		`{"ref":"v1","ref_type":"tag"}`: {Branch: "refs/tags/v1"},
		`{"ref":"refs/tags/v1"}`:        {Branch: "refs/tags/v1"},
		`{"pull_request":{"title":"T","draft":true,"state":"open","base":{"ref":"main"},"head":{"ref":"x"},"user":{"login":"bob","id":7},"labels":[{"name":"A"}],"html_url":"h"}}`: {
			Branch: "main", Subject: "T", Status: "draft", Owner: []string{"bob", "github:7"}, Labels: []string{"A"}, URL: "h",
		},
		`{"pull_request":{"state":"closed","merged":true}}`:                              {Status: "merged"},
		`{"pull_request":{"state":"open"},"review":{"state":"approved","html_url":"r"}}`: {Status: "approved", URL: "r"},
		`{"check_run":{"name":"n","conclusion":"failure","status":"completed","check_suite":{"head_branch":"x"}}}`: {
			Status: "failure", Branch: "x", Subject: "n",
		},
		`{"issue":{"title":"I","state":"open"},"comment":{"html_url":"c"},"asked":{"word":"build"},"head":{"base":"main"}}`: {
			Status: "open", Subject: "I", URL: "c", Say: "build", Branch: "main",
		},
		`{"state":"success","branches":[{"name":"main"}]}`:  {Status: "success", Branch: "main"},
		`{"pull_request":7,"labels":"x","repository":null}`: {},
	} {
		env, err := rule.ForEvent(&event.Event{Topic: "github.x", Source: "github", Payload: json.RawMessage(payload)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		want.Server = "github"
		if !reflect.DeepEqual(env.Facts, want) {
			t.Errorf("%s:\n%+v\nwant\n%+v", payload, env.Facts, want)
		}
	}
}
