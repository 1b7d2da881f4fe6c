package life

import (
	"net/http"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// mistaken has stacks that Heat does not take.
const mistaken = atCloud + `
    mistyped: {heat: {template: "heat_template_version: 2018-08-31\nresources: {x: {type: 'Nope::X'}}"}}
    dangling: {heat: {template: "heat_template_version: 2018-08-31\nresources: {x: {type: 'OS::Heat::TestResource', properties: {value: {get_resource: nobody}}}}"}}
    strange: {heat: {template: "heat_template_version: 2018-08-31\nresources: {x: {type: 'OS::Heat::TestResource', properties: {bogus: 1}}}"}}
    garbled: {heat: {template: "[1, 2"}}
    surplus: {heat: {template: "heat_template_version: 2018-08-31", parameters: {nothing: 1}}}
    unset: {heat: {template: "heat_template_version: 2018-08-31\nparameters: {word: {type: string}, usual: {type: string, default: x}}"}}
    secretive:
      parameters: {password: {secret: true, default: lab-db}}
      heat: {template: "heat_template_version: 2018-08-31\nresources: {x: {type: '{{ parameters.password }}'}}"}
`

// What is wrong with a Heat template is said as it is planned, and nothing is made.
func TestAStackThatHeatDoesNotTake(t *testing.T) {
	t.Parallel()
	b, lab := benchAtCloud(t)
	cloudtest.Needs(t, b.clouds, cloud.Orchestration)
	b.configure(mistaken)
	b.secrets = map[string]string{"lab-db": "hunter2-hunter2"}
	for template, want := range map[string]string{
		"mistyped": "Nope::X", "dangling": "nobody", "strange": "bogus", "garbled": "Heat at lab does not take the template of stack ", "surplus": "nothing",
		"unset": "takes the parameter word, which has no default and is not given.", "secretive": "***",
	} {
		env := name()
		b.asks(planWords, map[string]any{"name": env, "template": template}, want, "Nothing was made.")
		j := b.run(b.accept("openstack env create " + env + " template=" + template))
		if j.State != job.Failed || !strings.Contains(j.Error, "he template of stack "+env) || !strings.Contains(j.Error, want) || !strings.HasSuffix(j.Error, " Nothing was made.") || b.env(env) != nil {
			t.Error(template, jobtest.Describe(j))
		}
		if strings.Contains(j.Error, "usual") || strings.Contains(j.Error, "secret-") || strings.Contains(j.Error, "hunter2") {
			t.Error(template, j.Error)
		}
	}
	if lab != nil {
		for _, line := range lab.Asked() {
			if strings.HasPrefix(line, "POST ") && strings.HasSuffix(line, "/stacks") {
				t.Error(line)
			}
		}
	}
}

// Where a Heat does not check templates, that is told, and the stack is made all the same; one that is away is waited for.
func TestAStackThatHeatDoesNotCheck(t *testing.T) {
	t.Parallel()
	if cloudtest.Real() {
		t.Skip("a real cloud does not fail to order")
	}
	b, lab := benchAtCloud(t)
	const unchecked = "The Heat of lab did not check the template of stack "
	for _, status := range []int{http.StatusForbidden, http.StatusNotFound, http.StatusInternalServerError} {
		lab.Break(sandbox.Fault{Kind: sandbox.FaultStatus, Status: status, Method: http.MethodPost, Path: "/validate"})
		env := name()
		b.asks(planWords, map[string]any{"name": env, "template": "heat"}, "1 stack", unchecked+env, "What is wrong with it is seen as it is made.")
		b.has(b.made("openstack env create "+env+" template=heat").ID, unchecked+env)
		b.made("openstack env delete " + env)
		lab.Mend()
	}
	lab.Break(sandbox.Fault{Kind: sandbox.FaultStatus, Status: http.StatusServiceUnavailable, Method: http.MethodPost, Path: "/validate"})
	b.asks(planWords, map[string]any{"name": name(), "template": "heat"}, "Nothing was planned; try again.")
}
