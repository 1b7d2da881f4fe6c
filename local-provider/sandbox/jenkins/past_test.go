package jenkins_test

import (
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/jenkins"
)

// The first build that anybody asks for has an estimate, and is the only one that counts as started.
func TestPast(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for range 2 { // what is there is not made again
		r := newRig(t, func(o *jenkins.Options) { o.Past, o.Dir = true, dir })
		r.check(r.json(demo+"slow/1/api/json"), map[string]any{"result": "SUCCESS", "duration": 30030.0, "building": false})
		if text := r.get(demo + "slow/1/consoleText").text; !strings.HasSuffix(text, "100% done, 30s of 30s\nFinished: SUCCESS\n") {
			t.Errorf("its console: %s", text)
		}
		r.check(r.json(demo+"slow"+api), map[string]any{"nextBuildNumber": 2.0, "color": "blue"})
		if n := r.jenkins.Started("demo/slow"); n != 0 {
			t.Errorf("%d builds count as started", n)
		}
		r.jenkins.Close()
	}
	r := newRig(t, func(o *jenkins.Options) { o.Past = true })
	r.start("slow")
	r.check(r.json(demo+"slow/2/api/json"), map[string]any{"estimatedDuration": 30030.0, "queueId": 2.0})
}
