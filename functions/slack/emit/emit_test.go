package emit_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/slack/emit"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/slack"
)

// bench is a workspace, a job store and a clock that moves only when it is moved.
type bench struct {
	testing.TB
	*workspace

	rdb   *redis.Client
	store *job.Store
	clock *jobtest.Clock
}

func newBench(tb testing.TB, rdb *redis.Client) *bench {
	tb.Helper()
	clock := jobtest.NewClock()
	return &bench{TB: tb, workspace: newWorkspace(tb), rdb: rdb, clock: clock, store: jobtest.Open(tb, rdb, job.Options{Now: clock.Now})}
}

func (b *bench) emitter(transport http.RoundTripper) *emit.Emitter {
	b.Helper()
	app, err := slack.New(&slack.Section{URL: b.URL + "/"}, "xoxb-1-2-not-to-be-seen", slack.Options{Transport: transport})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(app.Close)
	return &emit.Emitter{Client: app.Client, Now: b.store.Now, Log: slog.New(slog.DiscardHandler)}
}

// ask makes the job "emit <channels> <message>".
func (b *bench) ask(message string, channels ...string) string {
	b.Helper()
	list := make([]any, len(channels))
	for i, c := range channels {
		list[i] = c
	}
	accepted, err := b.store.Accept(b.Context(), jobtest.Request(func(r *job.Request) {
		r.Function, r.Command, r.Text = "slack", "emit", "emit"
		r.Args = map[string]any{"channels": list, "message": message}
	}))
	if err != nil {
		b.Fatal(err)
	}
	return accepted.ID
}

func (b *bench) job(id string) *job.Job {
	b.Helper()
	j, err := b.store.Get(b.Context(), id)
	if err != nil {
		b.Fatal(err)
	}
	return j
}

func (b *bench) worker(store *job.Store, transport http.RoundTripper, life *jobtest.Life) *job.Worker {
	b.Helper()
	return job.NewWorker(store, job.WorkerOptions{
		Function: "slack", Name: "w", Steps: map[string]job.Stepper{"emit": b.emitter(transport)}, Lease: life.Hold(), Heartbeat: time.Hour,
	})
}

// finish steps a job to its end, moving the clock a second at a time, and gives how long it took by that clock.
func (b *bench) finish(id string) (*job.Job, time.Duration) {
	b.Helper()
	began := b.clock.Now()
	w := b.worker(b.store, nil, jobtest.NewLife(jobtest.Death{}))
	for range 2000 {
		if j := b.job(id); j.State.Final() {
			if err := w.Stop(b.Context()); err != nil {
				b.Fatal(err)
			}
			return j, b.clock.Now().Sub(began)
		}
		if _, err := w.Run(b.Context(), id); err != nil {
			b.Fatal(err)
		}
		b.clock.Add(time.Second)
	}
	b.Fatal("it never ends: ", jobtest.Describe(b.job(id)))
	return nil, 0
}

func TestItIsSaidInEachChannelOnce(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		b := newBench(t, rdb)
		j, _ := b.finish(b.ask("Gateway <down> at noon, see https://x.example/?a=1&b=2 @channel", "#ops", "C0DEV", " OPS", "general", "C0OPS"))
		if j.State != job.Succeeded || string(j.Result) != `{"said":["#ops","#dev","#general"]}` {
			t.Fatal(jobtest.Describe(j), string(j.Result))
		}
		for _, channel := range []string{"C0OPS", "C0DEV", "C0GENERAL"} {
			got := b.said(channel)
			want := "Gateway &lt;down&gt; at noon, see <https://x.example/?a=1&amp;b=2> @\u200bchannel"
			if diff := cmp.Diff([]string{want}, got); diff != "" {
				t.Error(diff)
			}
		}
		if len(j.Links) != 3 || j.Links[0].Title != "#ops" || !strings.HasPrefix(j.Links[0].URL, "https://example.slack.com/archives/C0OPS/p") {
			t.Errorf("%+v", j.Links)
		}
	})
}

func TestNothingIsSaidUnlessAllChannelsAreThere(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		channels []string
		message  string
		want     string
	}{
		{[]string{"ops", "opps", "nowhere"}, "x", "I know no channel #opps; perhaps #ops. I know no channel #nowhere, or I am not in it. Nothing was said."},
		{[]string{"ops", "gener"}, "x", "I know no channel #gener; perhaps #general. Nothing was said."},
		{[]string{"layoff"}, "x", "I know no channel #layoff, or I am not in it. Nothing was said."},
		{[]string{"ops", "old-stuff"}, "x", "#old-stuff is archived. Nothing was said."},
		{[]string{"ops", "G0SECRET"}, "x", "I am not in #G0SECRET: invite me there first. Nothing was said."},
		{[]string{"C0OPS", "C0NOWHERE"}, "x", "I know no channel #C0NOWHERE, or I am not in it. Nothing was said."},
		{[]string{" ", "#"}, "x", "There is no channel to say it in; name some, such as #ops,#dev. Nothing was said."},
		{[]string{"ops"}, " \n", "There is nothing to say: the message is empty."},
		{[]string{"ops"}, strings.Repeat("<", 1100), "The message has 4400 characters, and Slack shows 4000 in one. Say it in parts."},
		{manyChannels(21), "x", "These are 21 channels; one message goes to 20 at most. Nothing was said."},
	} {
		b := newBench(t, miniredis(t))
		j, _ := b.finish(b.ask(test.message, test.channels...))
		if j.State != job.Failed || j.Error != test.want {
			t.Errorf("have %s\nwant %s", jobtest.Describe(j), test.want)
		}
		if n := b.count("chat.postMessage"); n != 0 {
			t.Errorf("%v: said %d times", test.channels, n)
		}
	}
}

func manyChannels(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprint("c", i)
	}
	return names
}

func TestSlackAsksToWait(t *testing.T) {
	t.Parallel()
	b := newBench(t, miniredis(t))
	b.fault("conversations.list", limited)
	b.fault("chat.postMessage", limited)
	b.fault("chat.postMessage", limited)
	j, took := b.finish(b.ask("x", "ops"))
	if j.State != job.Succeeded || len(b.said("C0OPS")) != 1 {
		t.Fatal(jobtest.Describe(j), b.said("C0OPS"))
	}
	if took < 21*time.Second || took > 30*time.Second || b.count("chat.postMessage") != 3 {
		t.Errorf("took %s, %d posts", took, b.count("chat.postMessage"))
	}
}

func TestSlackDoesNotSayWhetherItTookIt(t *testing.T) {
	t.Parallel()
	for _, took := range []bool{false, true} {
		b := newBench(t, miniredis(t))
		id := b.ask("x", "ops")
		b.fault("chat.postMessage", func(w http.ResponseWriter) bool {
			if took {
				b.messages["C0OPS"] = append(b.messages["C0OPS"], message{
					TS: "1.1", Text: "x", Metadata: []byte(fmt.Sprintf(`{"event_type":"handsoff_emit","event_payload":{"job":%q}}`, id)),
				})
			}
			return broken(w)
		})
		j, _ := b.finish(id)
		if j.State != job.Succeeded || len(b.said("C0OPS")) != 1 {
			t.Errorf("%v: %s, said %v", took, jobtest.Describe(j), b.said("C0OPS"))
		}
	}
}

func TestALateMessageIsNotSaidTwice(t *testing.T) {
	t.Parallel()
	b := newBench(t, miniredis(t))
	id := b.ask("x", "ops")
	b.fault("chat.postMessage", broken)
	b.fault("conversations.history", func(w http.ResponseWriter) bool { // it appears after the first look
		fmt.Fprint(w, `{"ok":true,"messages":[]}`)
		b.messages["C0OPS"] = append(b.messages["C0OPS"], message{
			TS: "1.1", Text: "x", Metadata: []byte(fmt.Sprintf(`{"event_type":"handsoff_emit","event_payload":{"job":%q}}`, id)),
		})
		return true
	})
	j, _ := b.finish(id)
	if j.State != job.Succeeded || len(b.said("C0OPS")) != 1 {
		t.Errorf("%s, said %v", jobtest.Describe(j), b.said("C0OPS"))
	}
}

func TestAHistoryThatCannotBeReadLeavesItUnknown(t *testing.T) {
	t.Parallel()
	b := newBench(t, miniredis(t))
	b.fault("chat.postMessage", func(http.ResponseWriter) bool { return false }, broken)
	b.fault("conversations.history", fails("not_in_channel"))
	j, _ := b.finish(b.ask("x", "ops", "dev"))
	want := "it may or may not have been said in #dev, whose history I cannot read. It was said in #ops, and not in #dev."
	if j.State != job.Unknown || j.Error != want {
		t.Errorf("%s\nwant %s", jobtest.Describe(j), want)
	}
}

func TestAChannelThatClosesMeanwhile(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"is_archived":   "It was said in #ops, and not in #dev, #general.",
		"missing_scope": "It was said in #ops, and not in #dev, #general. Whoever keeps the app must give it the token or the scope that is missing.",
	} {
		b := newBench(t, miniredis(t))
		b.fault("chat.postMessage", func(http.ResponseWriter) bool { return false }, fails(code))
		j, _ := b.finish(b.ask("x", "ops", "dev", "general"))
		if j.State != job.Failed || !strings.HasSuffix(j.Error, want) || !strings.Contains(j.Error, code) {
			t.Errorf("%s: %s", code, jobtest.Describe(j))
		}
		if got := b.said("C0GENERAL"); len(got) != 0 {
			t.Errorf("%s: said %v", code, got)
		}
	}
}

func TestCancelSaysWhichChannelsGotIt(t *testing.T) {
	t.Parallel()
	b := newBench(t, miniredis(t))
	id := b.ask("x", "ops", "dev", "general")
	b.fault("chat.postMessage", func(http.ResponseWriter) bool { return false }, limited)
	w := b.worker(b.store, nil, jobtest.NewLife(jobtest.Death{}))
	if _, err := w.Run(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if _, err := b.store.Cancel(t.Context(), id, "telnet:ann", ""); err != nil {
		t.Fatal(err)
	}
	j, _ := b.finish(id)
	if j.State != job.Cancelled || j.Receipt.Evidence != "It was said in #ops, and not in #dev, #general." {
		t.Fatalf("%s", jobtest.Describe(j))
	}
	if diff := cmp.Diff([]string{"what was said in #ops stays there"}, j.Receipt.Left); diff != "" {
		t.Error(diff)
	}
	if err := w.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// mortal makes each request to Slack a point at which the process may die.
type mortal struct{ life *jobtest.Life }

func (m mortal) RoundTrip(request *http.Request) (response *http.Response, err error) {
	dead := m.life.Call(request.Context(), request.URL.Path, func() { response, err = http.DefaultTransport.RoundTrip(request) })
	if dead != nil {
		if response != nil {
			_ = response.Body.Close()
		}
		return nil, dead
	}
	return response, err
}

// TestWhereverItDies: a process that dies at any of its calls leaves a job that another one ends, and it is said once in
// each channel.
func TestWhereverItDies(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		points := sweep(t, rdb, jobtest.Death{}, false)
		first, step := jobtest.Stride(t, 3)
		for point := first; point <= points; point += step {
			for _, after := range []bool{false, true} {
				for _, cancel := range []bool{false, true} {
					sweep(t, rdb, jobtest.Death{Point: point, After: after}, cancel)
				}
			}
		}
		if points < 20 {
			t.Errorf("only %d points", points)
		}
	})
}

// sweep runs one job whose first process dies. It gives how many points that one passed.
func sweep(t *testing.T, rdb *redis.Client, death jobtest.Death, cancel bool) int {
	t.Helper()
	if err := rdb.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	b := newBench(t, rdb)
	id := b.ask("x", "ops", "dev")
	life := jobtest.NewLife(death)
	mine := redis.NewClient(&redis.Options{Addr: rdb.Options().Addr, MaxRetries: -1})
	defer func() { _ = mine.Close() }()
	store := jobtest.Open(t, mine, job.Options{Now: b.clock.Now})
	mine.AddHook(life)
	w := b.worker(store, mortal{life}, life)
	for range 20 {
		if life.Dead() || b.job(id).State.Final() {
			break
		}
		if _, err := w.Run(t.Context(), id); err != nil && !errors.Is(err, jobtest.ErrDead) {
			t.Fatal(err)
		}
		b.clock.Add(time.Second)
	}
	if err := w.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if cancel {
		if _, err := b.store.Cancel(t.Context(), id, "telnet:ann", ""); err != nil && !errors.Is(err, job.ErrFinished) {
			t.Fatal(err)
		}
	}
	b.clock.Add(11 * time.Second) // the dead worker's lease lapses
	j, _ := b.finish(id)
	times := []int{len(b.said("C0OPS")), len(b.said("C0DEV"))}
	where := fmt.Sprintf("%+v, cancel %v: %s, said %v", death, cancel, jobtest.Describe(j), times)
	switch {
	case slices.Max(times) > 1:
		t.Errorf("%s: said twice", where)
	case j.State == job.Succeeded && slices.Min(times) != 1:
		t.Errorf("%s: not said", where)
	case j.State == job.Cancelled && times[0]+times[1] == 2:
		t.Errorf("%s: all of it was said", where)
	case j.State == job.Cancelled && (times[0] == 1) != strings.Contains(j.Receipt.Evidence, "said in #ops"):
		t.Errorf("%s: the receipt does not say so", where)
	case j.State != job.Succeeded && j.State != job.Cancelled:
		t.Error(where)
	}
	return life.Points()
}

func TestWhatSlackRefusedWasSurelyNotSaid(t *testing.T) {
	t.Parallel()
	b := newBench(t, miniredis(t))
	b.fault("chat.postMessage", limited)
	b.fault("conversations.history", fails("not_in_channel"))
	if j, _ := b.finish(b.ask("x", "ops")); j.State != job.Succeeded || b.count("conversations.history") != 0 {
		t.Error(jobtest.Describe(j))
	}
}
