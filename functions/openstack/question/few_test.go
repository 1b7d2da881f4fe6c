package question

import (
	"testing"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
	"github.com/handsoff/handsoff/shared/job"
)

// TestACloudOfFewServices: a cloud of Keystone and Heat alone is looked at, and what it has not got is said in a sentence.
func TestACloudOfFewServices(t *testing.T) {
	t.Parallel()
	var b *bench
	if cloudtest.Real() {
		b = newBench(t)
		if has, err := b.lab().Has(t.Context(), cloud.Compute); err != nil || has {
			t.Skip("this cloud has more services", err)
		}
	} else {
		clouds, server := cloudtest.Sandbox(t, sandbox.Options{Without: []string{"compute", "network", "image", "volume", "placement"}})
		b = benchOn(t, clouds, server)
	}
	b.answers(cloudsWords, nil, "lab (default, administered)", "RegionOne", "demo", "identity v3.14", "orchestration v1")
	for words, args := range map[string]map[string]any{
		showWords: {"server": "web"}, listWords: nil, consoleWords: {"server": "web"}, hostsWords: nil, hostWords: {"host": "fake1"},
	} {
		b.answersTo("telnet:ann", words, args, "lab (region RegionOne) has no compute service: its catalogue does not list one.")
	}
	b.answers(limitsWords, nil, "lab has no compute or volume service, and so no limits.")
	b.answers(quotaWords, nil, "lab has no compute, network or volume service, and so no quota.")
	b.ends(b.finished(b.accept("telnet:otto", rebootWords, map[string]any{"server": "web"})), job.Failed, "has no compute service")
	b.ends(b.finished(b.accept("telnet:ann", disableWords, map[string]any{"host": "fake1", "reason": "a fan"})), job.Failed, "has no compute service")
	b.ends(b.finished(b.accept("telnet:vera", verifyWords, map[string]any{"cloud": "lab"})), job.Failed,
		"✓ token: demo in the project demo", "✗ catalogue: it does not list compute, network, image", "✓ endpoint of identity", "✓ endpoint of orchestration",
		"– compute services: ", "lab is not well: ")
}
