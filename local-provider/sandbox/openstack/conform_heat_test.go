package openstack_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/openstack"
)

// hot is a template of some resources and more.
func hot(resources, more string) string {
	return `{"heat_template_version":"2018-08-31","resources":{` + resources + `}` + more + `}`
}

// testResource is a test resource with properties.
func testResource(name, properties string) string {
	return `"` + name + `":{"type":"OS::Heat::TestResource","properties":{` + properties + `}}`
}

// bad is a stack that is refused.
func bad(name, template string) exchange {
	return exchange{
		name: "bad: " + name, as: "demo", ask: "POST orchestration /stacks", body: `{"stack_name":"e-bad-{run}","template":` + template + `}`,
	}
}

var heatTemplate = hot(testResource("r", `"value":{"get_param":"v"},"wait_secs":1`)+
	`,"word":{"type":"OS::Heat::RandomString","properties":{"length":8}},`+testResource("d", `"value":{"get_attr":["r","output"]}`),
	`,"description":"a test","parameters":{"v":{"type":"string","default":"x"},"n":{"type":"number","default":3},
	"s":{"type":"string","hidden":true,"default":"shh"}},"outputs":{"o":{"description":"out","value":{"get_attr":["r","output"]}},
	"j":{"value":{"str_replace":{"template":"a-$x","params":{"$x":{"get_attr":["word","value"]}}}}},
	"l":{"value":{"list_join":[",",["a","b"]]}},"ref":{"value":{"get_resource":"r"}}}`)

// badTemplates are templates that are refused where a stack is to be made, and what of them a validation finds.
var badTemplates = [][2]string{
	{"no such type", hot(`"x":{"type":"Nope::X"}`, "")},
	{"no type", hot(`"x":{}`, "")},
	{"a word", hot(`"x":"y"`, "")},
	{"no version", `{"resources":{}}`},
	{"old version", `{"heat_template_version":"1999-01-01"}`},
	{"odd section", hot("", `,"bogus":1`)},
	{"odd property", hot(testResource("x", `"bogus":1`), "")},
	{"odd flag", hot(testResource("x", `"fail":"maybe"`), "")},
	{"no resource", hot(testResource("x", `"value":{"get_resource":"nope"}`), "")},
	{"no parameter", hot(testResource("x", `"value":{"get_param":"nope"}`), "")},
	{"attribute of nothing", hot(testResource("x", `"value":{"get_attr":["nope","a"]}`), "")},
	{"no attribute", hot(testResource("x", `"value":{"get_attr":["y","nope"]}`)+","+testResource("y", ""), "")},
	{"depends on nothing", hot(`"x":{"type":"OS::Heat::TestResource","depends_on":"nope"}`, "")},
	{"parameter missing", hot("", `,"parameters":{"p":{"type":"string"}}`)},
	{"odd parameter", hot("", `,"parameters":{"p":{"type":"zz"}}`)},
	{"default that does not fit", hot("", `,"parameters":{"p":{"type":"number","default":"a"}}`)},
	{"default not allowed", hot("", `,"parameters":{"p":{"type":"string","default":"a","constraints":[{"allowed_values":["b"]}]}}`)},
	{"output of nothing", hot("", `,"outputs":{"o":{}}`)},
	{"output of no resource", hot("", `,"outputs":{"o":{"value":{"get_attr":["nope","x"]}}}`)},
	{"no YAML", `"zz: ["`},
	{"a list", `"[]"`},
}

// heatExchanges are what people, and this product, ask of Heat.
var heatExchanges = []exchange{
	{name: "no token", ask: "GET orchestration /stacks"},
	{name: "no stack", as: "demo", ask: "GET orchestration /stacks/none-{run}"},
	{name: "no template", as: "demo", ask: "POST orchestration /stacks", body: `{"stack_name":"e-{run}"}`},
	{name: "no name", as: "demo", ask: "POST orchestration /stacks", body: `{"template":` + hot("", "") + `}`},
	{name: "odd name", as: "demo", ask: "POST orchestration /stacks", body: `{"stack_name":"1 x","template":` + hot("", "") + `}`},
	{name: "torn", as: "demo", ask: "POST orchestration /stacks", body: `{"stack`},
	{name: "make", as: "demo", ask: "POST orchestration /stacks", body: `{"stack_name":"e-{run}","template":` + heatTemplate + `,"parameters":{"v":"hello"},"tags":"handsoff:env={run},t-{run}","timeout_mins":10,"disable_rollback":true}`, save: keep("stack", "stack.id")},
	{name: "make again", as: "demo", ask: "POST orchestration /stacks", body: `{"stack_name":"e-{run}","template":` + heatTemplate + `}`},
	{name: "made", as: "demo", ask: "GET orchestration /stacks/e-{run}/{stack}", until: "stack.stack_status=CREATE_COMPLETE"},
	{name: "found by tags", as: "demo", ask: "GET orchestration /stacks?tags=handsoff:env%3D{run}"},
	{name: "found by any tag", as: "demo", ask: "GET orchestration /stacks?tags_any=t-{run},z"},
	{name: "not found by tags", as: "demo", ask: "GET orchestration /stacks?tags=z-{run}"},
	{name: "found by name", as: "demo", ask: "GET orchestration /stacks?name=e-{run}"},
	{name: "in detail", as: "demo", ask: "GET orchestration /stacks/detail?name=e-{run}", loose: []string{"updated_time", "tags"}},
	{name: "page", as: "demo", ask: "GET orchestration /stacks?limit=1&name=e-{run}"},
	{name: "odd limit", as: "demo", ask: "GET orchestration /stacks?limit=zz"},
	{name: "counted", as: "demo", ask: "GET orchestration /stacks?with_count=true&name=e-{run}"},
	{name: "by wrong name", as: "demo", ask: "GET orchestration /stacks/e-other/{stack}"},
	{name: "resources", as: "demo", ask: "GET orchestration /stacks/e-{run}/{stack}/resources"},
	{name: "resources of a kind", as: "demo", ask: "GET orchestration /stacks/e-{run}/{stack}/resources?type=OS::Heat::RandomString"},
	{name: "resource", as: "demo", ask: "GET orchestration /stacks/e-{run}/{stack}/resources/r"},
	{name: "no resource", as: "demo", ask: "GET orchestration /stacks/e-{run}/{stack}/resources/nope"},
	{name: "events", as: "demo", ask: "GET orchestration /stacks/e-{run}/{stack}/events"},
	{name: "events of resource", as: "demo", ask: "GET orchestration /stacks/e-{run}/{stack}/resources/r/events", save: keep("event", "events[resource_status=CREATE_COMPLETE].id")},
	{name: "event", as: "demo", ask: "GET orchestration /stacks/e-{run}/{stack}/resources/r/events/{event}"},
	{name: "outputs", as: "demo", ask: "GET orchestration /stacks/e-{run}/{stack}/outputs"},
	{name: "output", as: "demo", ask: "GET orchestration /stacks/e-{run}/{stack}/outputs/o"},
	{name: "no output", as: "demo", ask: "GET orchestration /stacks/e-{run}/{stack}/outputs/nope"},
	{name: "template", as: "demo", ask: "GET orchestration /stacks/e-{run}/{stack}/template"},
	{name: "environment", as: "demo", ask: "GET orchestration /stacks/e-{run}/{stack}/environment"},
	{name: "without outputs", as: "demo", ask: "GET orchestration /stacks/e-{run}/{stack}?resolve_outputs=False"},
	{name: "by admin", as: "admin", ask: "GET orchestration /stacks", quiet: true},
	{name: "check", as: "demo", ask: "POST orchestration /stacks/e-{run}/{stack}/actions", body: `{"check":null}`},
	{name: "checked", as: "demo", ask: "GET orchestration /stacks/e-{run}/{stack}", until: "stack.stack_status=CHECK_COMPLETE"},
	{name: "suspend", as: "demo", ask: "POST orchestration /stacks/e-{run}/{stack}/actions", body: `{"suspend":null}`},
	{name: "suspended", as: "demo", ask: "GET orchestration /stacks/e-{run}/{stack}", until: "stack.stack_status=SUSPEND_COMPLETE"},
	{name: "update suspended", as: "demo", ask: "PUT orchestration /stacks/e-{run}/{stack}", body: `{"template":` + heatTemplate + `}`},
	{name: "resume", as: "demo", ask: "POST orchestration /stacks/e-{run}/{stack}/actions", body: `{"resume":null}`},
	{name: "resumed", as: "demo", ask: "GET orchestration /stacks/e-{run}/{stack}", until: "stack.stack_status=RESUME_COMPLETE"},
	{name: "odd action", as: "demo", ask: "POST orchestration /stacks/e-{run}/{stack}/actions", body: `{"bogus":null}`},
	{name: "no action", as: "demo", ask: "POST orchestration /stacks/e-{run}/{stack}/actions", body: `{}`},
	{name: "cancel nothing", as: "demo", ask: "POST orchestration /stacks/e-{run}/{stack}/actions", body: `{"cancel_update":null}`},
	{name: "cancel nothing without rollback", as: "demo", ask: "POST orchestration /stacks/e-{run}/{stack}/actions", body: `{"cancel_without_rollback":null}`},
	{name: "update", as: "demo", ask: "PUT orchestration /stacks/e-{run}/{stack}", body: `{"template":` + heatTemplate + `,"parameters":{"v":"new"}}`, quiet: true},
	{name: "updated", as: "demo", ask: "GET orchestration /stacks/e-{run}/{stack}", until: "stack.stack_status=UPDATE_COMPLETE"},
	{name: "remove", as: "demo", ask: "DELETE orchestration /stacks/e-{run}/{stack}"},
	{name: "removed", as: "demo", ask: "GET orchestration /stacks/e-{run}/{stack}", until: "stack.stack_status=DELETE_COMPLETE", loose: []string{"deletion_time"}},
	{name: "removed by name", as: "demo", ask: "GET orchestration /stacks/e-{run}", until: "404"},
	{name: "remove again", as: "demo", ask: "DELETE orchestration /stacks/e-{run}/{stack}"},

	{name: "make failing", as: "demo", ask: "POST orchestration /stacks", body: `{"stack_name":"e-f-{run}","template":` + hot(testResource("r", `"fail":true`), "") + `}`, save: keep("failing", "stack.id")},
	{name: "failed", as: "demo", ask: "GET orchestration /stacks/e-f-{run}/{failing}", until: "stack.stack_status_reason=Resource CREATE failed: ValueError: resources.r: Test Resource failed r"},
	{name: "remove failed", as: "demo", ask: "DELETE orchestration /stacks/e-f-{run}/{failing}"},
	{name: "make rolled back", as: "demo", ask: "POST orchestration /stacks", body: `{"stack_name":"e-r-{run}","disable_rollback":false,"template":` + hot(testResource("r", `"fail":true`), "") + `}`, save: keep("back", "stack.id")},
	{name: "rolled back", as: "demo", ask: "GET orchestration /stacks/e-r-{run}/{back}", until: "stack.stack_status=ROLLBACK_COMPLETE"},
	{name: "remove rolled back", as: "demo", ask: "DELETE orchestration /stacks/e-r-{run}/{back}"},
	{name: "make slow", as: "demo", ask: "POST orchestration /stacks", body: `{"stack_name":"e-s-{run}","template":` + hot(testResource("r", `"wait_secs":300`), "") + `}`, save: keep("slow", "stack.id")},
	{name: "slow", as: "demo", ask: "GET orchestration /stacks/e-s-{run}/{slow}/resources/r", until: "resource.resource_status=CREATE_IN_PROGRESS", quiet: true},
	{name: "cancel slow", as: "demo", ask: "POST orchestration /stacks/e-s-{run}/{slow}/actions", body: `{"cancel_without_rollback":null}`},
	{name: "slow cancelled", as: "demo", ask: "GET orchestration /stacks/e-s-{run}/{slow}", until: "stack.stack_status_reason=Stack CREATE cancelled"},
	{name: "remove slow", as: "demo", ask: "DELETE orchestration /stacks/e-s-{run}/{slow}"},
	{name: "make waiting", as: "demo", ask: "POST orchestration /stacks", body: `{"stack_name":"e-w-{run}","template":` + hot(`"h":{"type":"OS::Heat::WaitConditionHandle"},"c":{"type":"OS::Heat::WaitCondition","properties":{"handle":{"get_resource":"h"},"timeout":300}}`, `,"outputs":{"d":{"value":{"get_attr":["c","data"]}}}`) + `}`, save: keep("waiting", "stack.id")},
	{name: "waiting", as: "demo", ask: "GET orchestration /stacks/e-w-{run}/{waiting}/resources/c", until: "resource.resource_status=CREATE_IN_PROGRESS", quiet: true},
	{name: "signal the wrong one", as: "demo", ask: "POST orchestration /stacks/e-w-{run}/{waiting}/resources/c/signal", body: `{"status":"SUCCESS"}`},
	{name: "signal", as: "demo", ask: "POST orchestration /stacks/e-w-{run}/{waiting}/resources/h/signal", body: `{"status":"SUCCESS","data":"hi"}`},
	{name: "waited", as: "demo", ask: "GET orchestration /stacks/e-w-{run}/{waiting}", until: "stack.stack_status=CREATE_COMPLETE"},
	{name: "handle", as: "demo", ask: "GET orchestration /stacks/e-w-{run}/{waiting}/resources/h"},
	{name: "remove waiting", as: "demo", ask: "DELETE orchestration /stacks/e-w-{run}/{waiting}"},

	{name: "validate", as: "demo", ask: "POST orchestration /validate", body: `{"template":` + heatTemplate + `}`},
	{name: "validate nothing", as: "demo", ask: "POST orchestration /validate", body: `{}`},
	{name: "validate with parameters", as: "demo", ask: "POST orchestration /validate", body: `{"parameters":{"v":"w"},"template":` + heatTemplate + `}`},
	{name: "validate with an unknown parameter", as: "demo", ask: "POST orchestration /validate", body: `{"parameters":{"zz":1},"template":` + heatTemplate + `}`},
	{name: "validate constraints", as: "demo", ask: "POST orchestration /validate", body: `{"template":` + hot("", `,"parameters":{"p":{"type":"string","default":"ab","constraints":[{"length":{"min":1,"max":3},"description":"short"},{"allowed_pattern":"[a-z]+"},{"allowed_values":["ab","c"]}]}}`) + `}`},
	{name: "validate out of range", as: "demo", ask: "POST orchestration /validate", body: `{"parameters":{"p":9},"template":` + hot("", `,"parameters":{"p":{"type":"number","constraints":[{"range":{"min":1,"max":3}}]}}`) + `}`},
	{name: "validate empty", as: "demo", ask: "POST orchestration /validate", body: `{"template":{}}`},
	bad("no flavor", `"heat_template_version: 2018-08-31\nresources:\n  x: {type: OS::Nova::Server, properties: {flavor: nope, image: tiny}}"`),
	bad("flavor missing", hot(`"x":{"type":"OS::Nova::Server"}`, "")),
	{name: "bad: unknown parameter", as: "demo", ask: "POST orchestration /stacks", body: `{"stack_name":"e-{run}","parameters":{"zz":1},"template":` + hot("", "") + `}`},
	{name: "bad: timeout", as: "demo", ask: "POST orchestration /stacks", body: `{"stack_name":"e-{run}","timeout_mins":"x","template":` + hot("", "") + `}`},
	{name: "bad: out of range", as: "demo", ask: "POST orchestration /stacks", body: `{"stack_name":"e-{run}","parameters":{"p":9},"template":` + hot("", `,"parameters":{"p":{"type":"number","constraints":[{"range":{"min":1,"max":3}}]}}`) + `}`},
	{name: "bad: pattern", as: "demo", ask: "POST orchestration /stacks", body: `{"stack_name":"e-{run}","parameters":{"p":"9"},"template":` + hot("", `,"parameters":{"p":{"type":"string","constraints":[{"allowed_pattern":"[a-z]+"}]}}`) + `}`},
}

func TestHeatAnswersAsTheRealOneDoes(t *testing.T) {
	t.Parallel()
	list := slices.Clone(heatExchanges)
	for _, one := range badTemplates {
		list = append(list, bad(one[0], one[1]), exchange{name: "validate: " + one[0], as: "demo", ask: "POST orchestration /validate", body: `{"template":` + one[1] + `}`})
	}
	for i := range list {
		list[i].head = maps.Clone(list[i].head)
		if list[i].head == nil {
			list[i].head = map[string]string{}
		}
		list[i].head["Accept"] = "application/json"
	}
	conform(t, "heat.json", list, newRig(t, openstack.Options{}))
}
