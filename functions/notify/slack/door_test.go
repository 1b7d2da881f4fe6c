package slack

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/notify/door/doortest"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/slack"
)

func TestAJobIsOneMessageInSlack(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.Accept(doortest.WatchedBy(ops), askedBy("slack:U0ANN"))
		y.shows()
		first := y.card("C0OPS", id, ops)
		if first.thread != "" || !strings.Contains(first.text, id) {
			y.Errorf("first: %+v", first)
		}
		y.Progresses(id, 10, "asks Jenkins")
		y.passes(time.Minute)
		y.Says(id, "build #12 <has> started", "it really has")
		y.passes(time.Minute)
		y.Progresses(id, 40, "build #12 runs")
		y.passes(time.Minute)
		y.Ends(id, job.Done(map[string]any{"url": "http://demo"}))
		y.passes(time.Minute)
		m := y.card("C0OPS", id, ops)
		if m != first || !strings.Contains(m.text, "succeeded") || m.edits < 4 {
			y.Errorf("it is %q after %d edits", m.text, m.edits)
		}
		said := y.said("C0OPS", id)
		if len(said) != 2 || said[0] != "build #12 &lt;has&gt; started\nit really has" ||
			!strings.Contains(said[1], "succeeded in ") || !strings.Contains(said[1], "http://demo") || said[1][0] == '!' {
			y.Errorf("said: %q", said)
		}
		for _, word := range y.slack.words("C0OPS", id) {
			if word.thread != m.ts {
				y.Errorf("%q stands in the thread %q", word.text, word.thread)
			}
		}
		means, err := slack.ThreadJob(context.Background(), y.Redis, slack.Place{Channel: "C0OPS", Thread: m.ts})
		if err != nil || means != id {
			y.Errorf("the thread means %q, %v", means, err)
		}
		if y.Unshown() {
			y.Error("something is still to be shown")
		}
	})
}

// TestAWordInItsThreadShowsAJobNoSecondTime: who says stop there follows it there already.
func TestAWordInItsThreadShowsAJobNoSecondTime(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.Accept(doortest.WatchedBy(ops), askedBy("slack:U0ANN"))
		y.shows()
		card := y.card("C0OPS", id, ops)
		thread := slack.Place{Channel: "C0OPS", Thread: card.ts}.Address()
		if _, err := y.Jobs.Watch(context.Background(), id, thread); err != nil {
			y.Fatal(err)
		}
		y.Says(id, "it is asked to stop")
		y.passes(time.Minute)
		y.Ends(id, job.Fail("it was stopped", nil))
		y.passes(time.Minute)
		if y.Follows(id, thread) || !y.Follows(id, ops) {
			y.Error("the thread follows it, or the channel does not")
		}
		if said := y.said("C0OPS", id); len(said) != 2 {
			y.Errorf("said: %q", said)
		}
		y.card("C0OPS", id, ops) // the only one
	})
}

// TestTheLastWordIsSaidInTheChannel: when a job took long or did not succeed, to whom asked for it; but not twice where the
// message itself was first posted when all was over, and not in a thread that people have of their own.
func TestTheLastWordIsSaidInTheChannel(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		long := y.Accept(doortest.WatchedBy(ops), askedBy("slack:U0ANN"))
		failed := y.Accept(doortest.WatchedBy(ops, inThread), askedBy("slack:U0ANN"))
		unseen := y.Accept()
		y.shows()
		y.Progresses(long, 1, "begins")
		y.Ends(failed, job.Fail("the host is down", nil))
		y.passes(20 * time.Minute)
		y.Ends(long, job.Done(nil))
		y.Ends(unseen, job.Fail("no", nil))
		if _, err := y.Jobs.Watch(context.Background(), unseen, ops); err != nil {
			y.Fatal(err)
		}
		y.passes(time.Minute)
		for id, want := range map[string][]string{
			long:   {"!<@U0ANN> `" + long + "` succeeded in 24 m: test run"},
			failed: {"`" + failed + "` failed at once: test run", "!<@U0ANN> `" + failed + "` failed at once: test run"},
			unseen: {"`" + unseen + "` failed"},
		} {
			said := y.said("C0OPS", id)
			slices.Sort(said)
			slices.Reverse(said)
			for i := range max(len(said), len(want)) {
				if i >= len(said) || i >= len(want) || !strings.HasPrefix(said[i], want[i]) {
					y.Errorf("%s: %q, want %q", id, said, want)
					break
				}
			}
		}
	})
}

// TestAThreadIsKeptTo: what follows a job in a thread stands in that thread, and words there mean the job shown last.
func TestAThreadIsKeptTo(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		root := slack.Place{Channel: "C0OPS", Thread: "1700000000.000001"}
		var last string
		for range 2 {
			last = y.Accept(doortest.WatchedBy(inThread))
			y.Says(last, "one")
			y.passes(10 * time.Second)
			for _, m := range append(y.slack.words("C0OPS", last), y.card("C0OPS", last, inThread)) {
				if m.thread != root.Thread {
					y.Errorf("%q stands in %q", m.text, m.thread)
				}
			}
			means, err := slack.ThreadJob(context.Background(), y.Redis, root)
			if err != nil || means != last {
				y.Errorf("the thread means %q, %v", means, err)
			}
		}
		for _, m := range y.slack.channels["C0OPS"].messages[:2] {
			y.slack.deletes(m)
		}
		y.Says(last, "two")
		id := y.Accept(doortest.WatchedBy(thereToo))
		y.Says(id, "three")
		y.passes(10 * time.Second)
		if words := y.slack.words("C0OPS", last); len(words) != 2 || words[1].thread != root.Thread {
			y.Errorf("the thread has replies, and the job says %+v", words)
		}
		m := y.card("C0OPS", id, thereToo)
		if words := y.slack.words("C0OPS", id); m.thread != "" || len(words) != 1 || words[0].thread != m.ts {
			y.Errorf("the thread is gone, and the job is shown as %+v, %+v", m, words)
		}
	})
}

func TestAPersonIsShownItInDirectMessages(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.Accept(doortest.WatchedBy(annThere))
		y.Says(id, "one")
		y.passes(time.Minute)
		y.Ends(id, job.Done(nil))
		y.passes(time.Minute)
		if m := y.card("D0ANN", id, annThere); !strings.Contains(m.text, "succeeded") || len(y.said("D0ANN", id)) != 2 {
			y.Errorf("%q, %q", m.text, y.said("D0ANN", id))
		}
		if n := y.slack.called("conversations.open"); n != 1 {
			y.Errorf("opened %d times", n)
		}
	})
}

// TestWhereItCannotBeShown: the requester is told in direct messages why, and what to do; where that cannot be either, the
// address is dropped with a line in the audit, and the job goes on.
func TestWhereItCannotBeShown(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		const closed, none = "slack:C0CLOSED", "slack:C0NOWHERE"
		id := y.Accept(doortest.WatchedBy(closed, none, "slack:U0GONE", "slack:not a place"), askedBy("slack:U0ANN"))
		foreign := y.Accept(doortest.WatchedBy(closed, bob))
		y.passes(time.Minute)
		for _, address := range []string{closed, none} {
			m := y.card("D0ANN", id, address)
			if !strings.HasPrefix(m.text, "I cannot show this in <#"+strings.TrimPrefix(address, "slack:")+">") || !strings.Contains(m.text, "/invite @handsoff") {
				y.Errorf("%s: %q", address, m.text)
			}
		}
		y.Ends(id, job.Fail("no", nil))
		y.passes(time.Minute)
		if m := y.card("D0ANN", id, closed); !strings.Contains(m.text, "failed") || !strings.Contains(m.text, "/invite") {
			y.Errorf("%q", m.text)
		}
		for address, of := range map[string]string{closed: foreign, "slack:U0GONE": id, "slack:not a place": id} {
			if y.Follows(of, address) {
				y.Errorf("%s still follows", address)
			}
		}
		if got := y.Box(bob); len(got) != 1 {
			y.Errorf("bob has %q", got)
		}
		entries, err := y.Jobs.AuditTail(context.Background(), 100)
		if err != nil {
			y.Fatal(err)
		}
		dropped := 0
		for _, e := range entries {
			if e.Act == "unwatched" && e.Who == "notify" && strings.Contains(e.Detail, "slack:") {
				dropped++
			}
		}
		if dropped != 3 || y.counted("slack_dropped") != 3 || y.counted("slack_detours") != 2 {
			y.Errorf("%d audit lines, %d dropped, %d detours", dropped, y.counted("slack_dropped"), y.counted("slack_detours"))
		}
		if y.Unshown() {
			y.Error("something is still to be shown")
		}
	})
}

// TestAChannelThatTakesNothingAnyMore: a job whose channel was archived, or from which the bot was removed, goes on in its
// requester's direct messages; nothing is told twice.
func TestAChannelThatTakesNothingAnyMore(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		for channel, change := range map[string]func(c *fakeChannel){
			"C0OPS": func(c *fakeChannel) { c.archived = true },
			"C0DEV": func(c *fakeChannel) { c.member = false },
		} {
			address := "slack:" + channel
			id := y.Accept(doortest.WatchedBy(address), askedBy("slack:U0ANN"))
			y.Says(id, "one")
			y.passes(time.Minute)
			y.slack.change(channel, change)
			y.Says(id, "two")
			y.passes(time.Minute)
			y.Ends(id, job.Done(nil))
			y.passes(time.Minute)
			if m := y.card("D0ANN", id, address); !strings.Contains(m.text, "succeeded") {
				y.Errorf("%q", m.text)
			}
			if there, here := y.said(channel, id), y.said("D0ANN", id); len(there) != 1 || len(here) != 2 || here[0] != "two" {
				y.Errorf("said %q there and %q here", there, here)
			}
		}
	})
}

// TestADeletedMessage: it is posted anew once while the job is under way, and then let be.
func TestADeletedMessage(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.Accept(doortest.WatchedBy(ops))
		over := y.Accept(doortest.WatchedBy(ops))
		y.Says(id, "one")
		y.passes(time.Minute)
		y.slack.deletes(y.card("C0OPS", id, ops))
		y.Says(id, "two")
		y.passes(time.Minute)
		second := y.card("C0OPS", id, ops)
		if words := y.slack.words("C0OPS", id); len(words) != 2 || words[1].thread != second.ts {
			y.Errorf("said %q", y.said("C0OPS", id))
		}
		y.slack.deletes(second)
		y.Says(id, "three")
		y.passes(time.Minute)
		y.slack.deletes(y.card("C0OPS", over, ops))
		for _, each := range []string{id, over} {
			y.Ends(each, job.Done(nil))
			y.passes(time.Minute)
			if n := len(y.slack.cards("C0OPS", each, ops)); n != 0 {
				y.Errorf("%d messages of %s", n, each)
			}
		}
		if words := y.said("C0OPS", id); len(words) != 2 {
			y.Errorf("said %q", words)
		}
		if y.Unshown() {
			y.Error("something is still to be shown")
		}
	})
}

// TestAMessageDeletedInAThread: the new one stands in the same thread.
func TestAMessageDeletedInAThread(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.Accept(doortest.WatchedBy(inThread))
		y.passes(time.Minute)
		first := y.card("C0OPS", id, inThread)
		y.slack.deletes(first)
		y.Progresses(id, 10, "runs")
		y.passes(time.Minute)
		if m := y.card("C0OPS", id, inThread); m == first || m.thread != "1700000000.000001" {
			y.Errorf("%+v", m)
		}
	})
}

// TestWordsWhoseThreadIsGone: Slack posts them to the channel; the job's message is posted anew all the same.
func TestWordsWhoseThreadIsGone(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.Accept(doortest.WatchedBy(ops))
		y.passes(time.Minute)
		y.slack.deletes(y.card("C0OPS", id, ops))
		y.slack.breaks(func(method, _ string) *fakeFault {
			if method == "chat.update" { // so that the words find out
				return &fakeFault{status: 429, retryAfter: 60}
			}
			return nil
		})
		y.Says(id, "one")
		y.passes(10 * time.Second)
		y.Says(id, "two")
		y.passes(10 * time.Second)
		m, words := y.card("C0OPS", id, ops), y.slack.words("C0OPS", id)
		if len(words) != 2 || words[0].thread != "" || words[1].thread != m.ts {
			y.Errorf("said %q: %+v", y.said("C0OPS", id), words)
		}
	})
}

// TestTheLargestMessagesAreTaken: a job with all that a record can hold, shown to its requester instead of in the channel.
func TestTheLargestMessagesAreTaken(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		const closed = "slack:C0CLOSED"
		long := strings.Repeat("<!channel> & \U0001f680 ", 1000)
		id := y.Accept(doortest.WatchedBy(closed, ops), askedBy("slack:U0ANN"), func(r *job.Request) {
			r.Text, r.Why.Notes = long, []string{long, long}
			r.Signoff = &job.Signoff{Need: 1, Role: long}
		})
		y.passes(10 * time.Second)
		if _, err := y.Jobs.Approve(context.Background(), id, "slack:U0BOB", true); err != nil {
			y.Fatal(err)
		}
		links := make([]job.Link, 40)
		for i := range links {
			links[i] = job.Link{Title: long, URL: "https://example.com/" + strings.Repeat("x", 2000)}
		}
		y.Changes(id, job.Change{Say: []string{long}, Progress: &job.Progress{Percent: 50, Line: long}, Links: links})
		y.passes(time.Minute)
		y.Ends(id, job.Fail(long, map[string]any{"a": long, "b": strings.Split(long, " ")}))
		y.passes(time.Minute)
		for channel, address := range map[string]string{"D0ANN": closed, "C0OPS": ops} {
			m := y.card(channel, id, address)
			if !strings.Contains(m.text, "failed") || len(y.slack.words(channel, id)) != 2 {
				y.Errorf("%s: %q, %d words", address, m.text[:200], len(y.slack.words(channel, id)))
			}
			if all := m.text + m.drawn() + strings.Join(y.said(channel, id), " "); strings.Contains(all, "<!") {
				y.Error("somebody is called who should not be")
			}
		}
		if n := y.counted("slack_invalid"); n != 0 {
			y.Errorf("%d messages were wrong", n)
		}
	})
}

// TestANoticeIsShownPlainlyOnce: it is one message with the notice's words, before and after its job is done.
func TestANoticeIsShownPlainlyOnce(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.Accept(doortest.WatchedBy(ops), askedBy("bot:clock"), func(r *job.Request) {
			r.Function, r.Command, r.Text = job.NoticeFunction, job.NoticeCommand, "I am back & well."
		})
		y.shows()
		y.EndsNotice(id)
		y.passes(time.Minute)
		m := y.card("C0OPS", id, ops)
		if m.text != "I am back &amp; well." || len(m.blocks.BlockSet) != 1 || m.edits != 0 || y.Unshown() {
			y.Errorf("%q, %d edits, blocks %s", m.text, m.edits, m.drawn())
		}
		if said := y.said("C0OPS", id); len(said) != 0 {
			y.Errorf("it said %q besides", said)
		}
	})
}
