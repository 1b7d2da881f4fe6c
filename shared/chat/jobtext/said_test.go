package jobtext_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/job"
)

// A result that was told in a sentence is that sentence, and nothing for whoever was told it before.
func TestAResultThatWasTold(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct{ result, end, told string }{
		{`{"said": "Pushed 2 refs.", "new": 2}`, "\n  Pushed 2 refs.", ""},
		{`{"new": 2}`, "\n  new: 2", "\n  new: 2"},
		{`{"said": 1}`, "\n  said: 1", "\n  said: 1"},
		{`["said"]`, "\n  - said", "\n  - said"},
		{``, "", ""},
	} {
		j := &job.Job{ID: "k3f7", Command: "git sync", Text: "git sync kettle", State: job.Succeeded, Started: at, Finished: at, Created: at, Result: json.RawMessage(c.result)}
		const word = "succeeded at once: git sync kettle"
		if end := jobtext.End(j, at); end != word+c.end {
			t.Errorf("%s: %q", c.result, end)
		}
		if told := jobtext.EndTold(j, at); told != word+c.told {
			t.Errorf("%s, to whoever was told the story: %q", c.result, told)
		}
	}
}
