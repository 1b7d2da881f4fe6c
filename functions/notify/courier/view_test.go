package courier

import (
	"fmt"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/functions/notify/door/doortest"
	"github.com/handsoff/handsoff/shared/job"
)

func TestLongStoryIsToldWhole(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.Accept(doortest.WatchedBy(ann))
		var want []string
		for n := range 2*page + 7 {
			want = append(want, fmt.Sprintf("say line %d", n))
		}
		for n := 0; n < len(want); n += 100 {
			var lines []string
			for _, line := range want[n:min(n+100, len(want))] {
				lines = append(lines, strings.TrimPrefix(line, "say "))
			}
			y.Says(id, lines...)
		}
		y.Ends(id, job.Done(nil))
		y.deliver()
		got := y.Reads(ann)
		if last := len(got) - 1; last != len(want) || strings.Join(got[:last], "\n") != strings.Join(want, "\n") || !strings.HasPrefix(got[last], "end ") {
			y.Errorf("%d entries, of %d lines", len(got), len(want))
		}
	})
}

// TestARefusalReachesADoor: that a notice says no is all that a view keeps of its arguments.
func TestARefusalReachesADoor(t *testing.T) {
	t.Parallel()
	notice := job.Job{Function: job.NoticeFunction, Command: job.NoticeCommand, Args: job.NoticeArgs(true)}
	if !visible(&notice).IsRefusal() {
		t.Error("a refusal is shown as any other word")
	}
	if notice.Args = job.NoticeArgs(false); visible(&notice).IsRefusal() {
		t.Error("any word is shown as a refusal")
	}
}

// TestArgumentsNeverReachADoor: a view has no arguments and no checkpoint.
func TestArgumentsNeverReachADoor(t *testing.T) {
	t.Parallel()
	full := &job.Job{ID: "k3f7", Args: map[string]any{"key": "hunter2"}, Checkpoint: []byte(`"hunter2"`), Key: "hunter2"}
	if v := visible(full); v.Args != nil || v.Checkpoint != nil || v.Key != "" || v.ID != "k3f7" || full.Args == nil {
		t.Errorf("%+v", v)
	}
}
