package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

func anEdit(user, ts, before, after string) string {
	return fmt.Sprintf(`{"type":"message","subtype":"message_changed","hidden":true,"channel":"C0OPS","channel_type":"channel","ts":"1700000009.000100",
	"message":{"type":"message","user":%q,"ts":%q,"text":%q,"edited":{"user":%q,"ts":"1700000009.000000"}},
	"previous_message":{"type":"message","user":%q,"ts":%q,"text":%q}}`, user, ts, after, user, user, ts, before)
}

func aDeletion(user, ts, before string) string {
	return fmt.Sprintf(`{"type":"message","subtype":"message_deleted","hidden":true,"channel":"C0OPS","channel_type":"channel","ts":"1700000009.000100",
	"deleted_ts":%q,"previous_message":{"type":"message","user":%q,"ts":%q,"text":%q,"edited":{"user":%q,"ts":"1700000009.000000"}}}`,
		ts, user, ts, before, user)
}

// TestEditsAndDeletionsDoNothingButAreNoted on the job, in the audit and in a counter.
func TestEditsAndDeletionsDoNothingButAreNoted(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb)
		h.event("Ev1", inOps("U0ANN", rootTS, "<@U0BOT> run it"))
		h.event("Ev2", inOps("U0ANN", laterTS, "<@U0BOT> hello"))
		h.event("Ev3", inOps("U0ANN", thirdTS, "see you <@U0BOB>"))
		h.settles()
		if n := len(h.desk.envelopes()); n != 2 {
			t.Fatalf("asked %d times", n)
		}
		h.slack.said()
		id, err := h.Jobs.ByKey(t.Context(), "slack:U0ANN slack message C0OPS "+rootTS)
		if err != nil {
			t.Fatal(err)
		}
		h.event("Ev4", anEdit("U0ANN", rootTS, "<@U0BOT> run it", "<@U0BOT> run something else"))
		h.event("Ev4", anEdit("U0ANN", rootTS, "<@U0BOT> run it", "<@U0BOT> run something else")) // a retry
		h.event("Ev5", aDeletion("U0ANN", laterTS, "<@U0BOT> hello"))
		h.event("Ev6", anEdit("U0ANN", thirdTS, "see you <@U0BOB>", "<@U0BOT> run it")) // it never was a command
		h.event("Ev7", strings.Replace(inOps("U0ANN", thirdTS, "<@U0BOT> run it", `"edited":{"ts":"1.0"}`), `"message"`, `"app_mention"`, 1))
		h.wants()
		h.event("Ev8", aDeletion("U0ANN", rootTS, "<@U0BOT> run something else"))
		h.wants()
		if list := h.desk.envelopes(); len(list) != 0 {
			t.Errorf("asked for %+v", list)
		}
		story, err := h.Jobs.Story(t.Context(), id, "", 10)
		if err != nil || len(story) != 2 || story[0].Text != "The message that asked for this was edited; the job goes on as it was asked for." ||
			story[1].Text != "The message that asked for this was deleted; the job goes on as it was asked for." {
			t.Errorf("%v, story %+v", err, story)
		}
		if e, d := h.counts("slack_edited"), h.counts("slack_deleted"); e != 1 || d != 2 {
			t.Errorf("counted %d edits, %d deletions", e, d)
		}
		want := []string{
			"slack:U0ANN message deleted: slack:C0OPS " + rootTS + ": nothing is changed by it",
			"slack:U0ANN message deleted: slack:C0OPS " + laterTS + ": nothing is changed by it",
			"slack:U0ANN message edited: slack:C0OPS " + rootTS + ": nothing is changed by it",
		}
		audit := h.audited()
		slices.Sort(audit)
		if !slices.Equal(audit, want) {
			t.Errorf("audit:\n%s", strings.Join(audit, "\n"))
		}
		if j, err := h.Jobs.Get(t.Context(), id); err != nil || j.State != job.Queued {
			t.Errorf("%v, %v", j.State, err)
		}
	})
}
