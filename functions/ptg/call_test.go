package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/functions/ptg/talk"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/irc"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// What is said reaches the gathering, and those who subscribed, once.
func TestSubscribersAreToldByANotice(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb)
		h.says("telnet:root", "~add nova")
		for _, who := range []string{"telnet:ann", "irc:oftc/bob", "slack:U0ZED", "irc-nick:oftc/carl"} {
			if answer := h.says(who, "subscribe nova"); answer.Text != "Subscription set to #nova" {
				t.Errorf("%s: %+v", who, answer)
			}
		}
		if answer := h.says("cli:dan", "subscribe nova"); answer.Problem == nil || answer.Text != "There is nowhere to tell you of anything" {
			t.Errorf("%+v", answer)
		}
		h.says("irc:oftc/zed", "#nova now Cells") // who is U0ZED at Slack
		got := h.notices()
		if len(got) != 1 || !strings.HasSuffix(got[0], ": now in #nova: Cells") {
			t.Fatalf("%q", got)
		}
		to, _, _ := strings.Cut(got[0], ": now")
		if addresses := slices.Sorted(slices.Values(strings.Fields(to))); !slices.Equal(addresses, []string{"irc:oftc/@bob", "irc:oftc/carl", "telnet:ann"}) {
			t.Errorf("told %q", addresses)
		}
	})
}

// TestACrashAnywhereSaysItOnce: whatever process dies where, the same saying again is one change and one notice.
func TestACrashAnywhereSaysItOnce(t *testing.T) {
	t.Parallel()
	server := jobtest.Redis(t)
	h := newHall(t, server.Client(t))
	h.says("telnet:root", "~add nova")
	h.says("telnet:ann", "subscribe nova")
	for point := 1; ; point++ {
		for _, after := range []bool{false, true} {
			before := h.gathering().Version
			rdb := server.Client(t)
			life := jobtest.NewLife(jobtest.Death{Point: point, After: after})
			d := h.makes(rdb)
			rdb.AddHook(life)
			id, line := fmt.Sprintf("said %d %v", point, after), fmt.Sprintf("#nova next Point %d %v", point, after)
			_, err := h.call(d, "telnet:bob", line, id)
			if !life.Dead() {
				if err != nil || point < 4 {
					t.Fatalf("after %d points: %v", point, err)
				}
				return
			}
			if _, err := h.call(h.desk, "telnet:bob", line, id); err != nil {
				t.Fatalf("at %d: %v", point, err)
			}
			if g := h.gathering(); g.Version != before+1 {
				t.Errorf("died at %d (%v): %d changes", point, after, g.Version-before)
			}
			told := 0
			for _, text := range h.notices() {
				if strings.HasSuffix(text, fmt.Sprintf(": Point %d %v", point, after)) {
					told++
				}
			}
			if told != 1 {
				t.Errorf("died at %d (%v): told %d times", point, after, told)
			}
		}
	}
}

// A person may change thirty things in a minute; the same saying counts once.
func TestAPersonsPace(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb)
		h.says("telnet:root", "~add nova")
		for i := range talk.MostChanges {
			line := fmt.Sprint("in place ", i)
			for range 2 {
				if answer, err := h.call(h.desk, "telnet:ann", line, line); err != nil || answer.Problem != nil {
					t.Fatalf("%s: %+v %v", line, answer, err)
				}
			}
		}
		answer := h.says("telnet:ann", "in one more")
		if answer.Problem == nil || answer.Problem.Code != command.CodeConflict || !strings.Contains(answer.Text, "more than 30 changes in a minute") {
			t.Errorf("%+v", answer)
		}
		if answer := h.says("telnet:ann", "seen ann"); !strings.Contains(answer.Text, "place 29") {
			t.Errorf("a question: %+v", answer)
		}
		if answer := h.says("telnet:bob", "in peace"); answer.Problem != nil {
			t.Errorf("somebody else: %+v", answer)
		}
		if ttl := rdb.TTL(t.Context(), paceKey("telnet:ann")).Val(); ttl <= 0 {
			t.Errorf("it holds for %s", ttl)
		}
	})
}

// A #status reaches the channels in which we are, and their topics.
func TestStatusReachesEveryChannel(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	if err := irc.NewState(h.rdb, "oftc").Joined(t.Context(), "#Other"); err != nil {
		t.Fatal(err)
	}
	h.says("telnet:root", "#status alert Down")
	got := h.notices()
	if len(got) != 1 || !strings.Contains(got[0], "irc:oftc/#ptg") || strings.Contains(got[0], "#PTG") || !strings.Contains(got[0], "irc:oftc/#other") || !strings.HasSuffix(got[0], ": NOTICE: Down") {
		t.Errorf("%q", got)
	}
	if alert, err := irc.NewState(h.rdb, "oftc").Alert(t.Context()); err != nil || alert != "Down" {
		t.Errorf("%q %v", alert, err)
	}
	h.says("telnet:root", "#status ok")
	if alert, err := irc.NewState(h.rdb, "oftc").Alert(t.Context()); err != nil || alert != "" {
		t.Errorf("%q %v", alert, err)
	}
	h.says("telnet:root", "#status log Restarted")
	entries, err := h.Jobs.AuditTail(t.Context(), 1)
	if err != nil || len(entries) != 1 || entries[0].Detail != "fall: Restarted" {
		t.Errorf("%+v %v", entries, err)
	}
}

// In Slack it is said wherever the bot is, as Slack knows.
func TestStatusReachesEveryChannelOfSlack(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.says("telnet:root", "#status notice Lunch")
	h.more = "slack: {}\n"
	h.desk = h.makes(h.rdb)
	h.says("telnet:root", "#status notice Dinner")
	told := make(map[string]bool) // whether all of Slack is, by what they are told
	notices := h.notices()
	for _, notice := range notices {
		to, text, _ := strings.Cut(notice, ": NOTICE: ")
		told[text] = slices.Contains(strings.Fields(to), "slack:*")
	}
	if len(notices) != 2 || !maps.Equal(told, map[string]bool{"Lunch": false, "Dinner": true}) {
		t.Errorf("%q", notices)
	}
}

// Codes tie once.
func TestLinkByACode(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb)
		text := h.says("telnet:ann", "link").Text
		code := text[strings.LastIndexByte(text, ' ')+1:]
		if answer := h.says("irc:oftc/ann", "link "+strings.ToUpper(code)); answer.Text != "You are telnet:ann here, too" {
			t.Errorf("%q: %+v", text, answer)
		}
		if answer := h.says("irc:oftc/eve", "link "+code); answer.Problem == nil {
			t.Errorf("twice: %+v", answer)
		}
		h.says("irc:oftc/ann", "in the hall")
		if answer := h.says("telnet:ann", "out"); answer.Text != "OK, checked out of the hall - thanks for the update!" {
			t.Errorf("%+v", answer)
		}
	})
}

// Who is tied together is one person in all events, those that are made later as well.
func TestATieHoldsForAllEvents(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb)
		event := func(id string) {
			t.Helper()
			answer := h.says("telnet:root", "", func(c *command.Call) {
				c.Command, c.Args = "ptg event new", map[string]any{"id": id, "name": id}
			})
			if answer.Problem != nil {
				t.Fatalf("%+v", answer)
			}
		}
		same := func(id string) bool {
			t.Helper()
			if answer := h.says("telnet:ann", "@"+id+" in the hall"); answer.Problem != nil {
				t.Fatalf("%+v", answer)
			}
			return h.says("irc:oftc/ann", "@"+id+" out").Problem == nil
		}
		event("spring")
		code := func() string {
			text := h.says("telnet:ann", "link").Text
			return text[strings.LastIndexByte(text, ' ')+1:]
		}
		if same("spring") {
			t.Error("they are one before they said so")
		}
		h.says("irc:oftc/ann", "link "+code())
		event("summer")
		for _, id := range []string{"fall", "spring", "summer"} {
			if !same(id) {
				t.Errorf("at %s they are two", id)
			}
		}
		h.says("irc:oftc/ann", "@summer link drop")
		event("winter")
		for _, id := range []string{"fall", "spring", "summer", "winter"} {
			if same(id) {
				t.Errorf("at %s they are still one", id)
			}
		}
	})
}

// Bare words that were overheard are nobody's command.
func TestBareWordsAmongPeople(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	answer := h.says("slack:U0ANN", "a minute", func(c *command.Call) { c.Command, c.Overheard = "ptg in", true })
	if answer.Problem == nil || answer.Problem.Code != command.CodeOverheard {
		t.Errorf("%+v", answer)
	}
	if answer := h.says("slack:U0ANN", "a minute", func(c *command.Call) { c.Command = "ptg in" }); !strings.HasPrefix(answer.Text, "OK, checked into a minute") {
		t.Errorf("%+v", answer)
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	do := func(by, words string, args map[string]any) command.Answer {
		t.Helper()
		return h.says(by, "", func(c *command.Call) { c.Command, c.Args = words, args })
	}
	for _, words := range []string{"ptg event new", "ptg event set", "ptg event use", "ptg export"} {
		answer := do("telnet:ann", words, map[string]any{"id": "x", "event": "fall", "name": "X"})
		if answer.Problem == nil || answer.Problem.Code != command.CodeForbidden {
			t.Errorf("%s: %+v", words, answer)
		}
	}
	for _, c := range []struct {
		words string
		args  map[string]any
		want  string
	}{
		{"ptg event new", map[string]any{"id": "spring", "name": "Spring", "zone": "Europe/Berlin", "starts": "2027-03-01"}, "The event spring is made: Spring"},
		{"ptg event new", map[string]any{"id": "spring", "name": "Again"}, "There is an event 'spring' already"},
		{"ptg event new", map[string]any{"id": "S P", "name": "Again"}, "cannot be an event's short name"},
		{"ptg event use", map[string]any{"event": "spring"}, "From now on, Spring is meant where no event is named"},
		{"ptg event set", map[string]any{"eventid": "SPR"}, "event id: SPR"},
		{"ptg event set", map[string]any{"zone": "Europe/Nowhere"}, "is no time zone"},
		{"ptg event show", nil, "zone: Europe/Berlin"},
		{"ptg events", nil, "* spring: Spring, 2027-03-01"},
		{"ptg event use", map[string]any{"event": "auto"}, "The date decides"},
		{"ptg event use", map[string]any{"event": "nosuch"}, "There is no event 'nosuch'"},
		{"ptg export", map[string]any{"event": "spring"}, `"eventid": "SPR"`},
	} {
		if answer := do("telnet:root", c.words, c.args); !strings.Contains(answer.Text, c.want) {
			t.Errorf("%s %v: %+v", c.words, c.args, answer)
		}
	}
	answer := h.says("telnet:root", "", func(c *command.Call) { c.Command, c.Args, c.Origin.Address = "ptg export", nil, "irc:oftc/#ptg" })
	if answer.Problem == nil || !strings.Contains(answer.Text, "https://ptg.example.org/ptg.json") {
		t.Errorf("in public: %+v", answer)
	}
}

// What takes much away is asked for in the name of who wants it, with what it does first.
func TestADeedIsAskedFor(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.says("telnet:root", "~add nova")
	h.files["/db.json"] = `{"tracks": ["swift"]}`
	for line, want := range map[string]string{
		"~emptydb":                            "track #nova: gone",
		"~del nova":                           "track #nova: gone",
		"~motd clean":                         "-Nothing would change.",
		"~fetchdb " + h.host.URL + "/db.json": "swift",
		"~fetchdb https://example.org/x":      "-is no host to fetch from",
		"~fetchdb " + h.host.URL + "/nosuch":  "-answered 404",
		"":                                    "-https://github.com/handsoff/handsoff/blob/main/docs/ptg.md",
		"~restore 99":                         "-There is no change 99",
	} {
		h.asked = nil
		answer := h.says("irc:oftc/ann", line, func(c *command.Call) { c.Groups = []string{irc.Op("oftc", "#ptg")} })
		if refused, is := strings.CutPrefix(want, "-"); is {
			if len(h.asked) != 0 || !strings.Contains(answer.Text, refused) {
				t.Errorf("%s: %+v, asked for %+v", line, answer, h.asked)
			}
			continue
		}
		if len(h.asked) != 1 || !answer.Accepted {
			t.Fatalf("%s: %+v", line, answer)
		}
		e := h.asked[0]
		if e.Command != talk.ApplyCommand || e.Principal != "irc:oftc/ann" || !strings.Contains(e.Opening, want) || e.Watch[0] != "irc:oftc/ann" || len(e.Groups) != 1 {
			t.Errorf("%s: %+v", line, e)
		}
	}
}

// The job of a deed does it once, for organisers only.
func TestADeedIsDone(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.says("telnet:root", "~add nova")
	worker := job.NewWorker(h.Jobs, job.WorkerOptions{
		Function: "ptg", Name: "test", Steps: map[string]job.Stepper{talk.ApplyCommand: h.desk}, Nudge: h.Nudge, Log: h.desk.Log,
	})
	t.Cleanup(func() { _ = worker.Stop(context.Background()) })
	for _, c := range []struct {
		by    string
		args  map[string]any
		state job.State
		says  string
	}{
		{"telnet:ann", map[string]any{"what": "emptydb", "event": "fall"}, job.Failed, "Need the role admin for admin commands"},
		{"telnet:root", map[string]any{"what": "emptydb", "event": "nosuch"}, job.Failed, "There is no event"},
		{"telnet:root", map[string]any{"what": "fetchdb", "event": "fall", "file": "gone"}, job.Failed, "is not kept any more"},
		{"telnet:root", map[string]any{"what": "emptydb", "event": "fall"}, job.Succeeded, "Fall is empty"},
		{"telnet:root", map[string]any{"what": "restore", "event": "fall", "version": int64(2)}, job.Succeeded, "again as it was after change 2"},
		{"telnet:root", map[string]any{"what": "newday", "event": "fall"}, job.Succeeded, "A new day begins"},
		{"telnet:root", map[string]any{"what": "motd", "event": "fall"}, job.Succeeded, "The messages above the pages of Fall are gone"},
		{"telnet:ann", map[string]any{"what": "del", "event": "fall", "tracks": "nova"}, job.Failed, "Need the role admin for admin commands"},
		{"telnet:root", map[string]any{"what": "del", "event": "fall", "tracks": "nosuch"}, job.Succeeded, "Gone with all that was theirs: #nosuch"},
	} {
		accepted, err := h.Jobs.Accept(t.Context(), job.Request{
			Key: fmt.Sprint(c), Function: "ptg", Command: talk.ApplyCommand, Text: talk.ApplyCommand, Principal: c.by, Args: c.args,
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := worker.Take(t.Context(), accepted.ID); err != nil {
			t.Fatal(err)
		}
		var j *job.Job
		jobtest.Eventually(t, "the deed ends", func() bool {
			j, err = h.Jobs.Get(t.Context(), accepted.ID)
			return err == nil && j.State.Final()
		})
		story, err := h.Jobs.StoryTail(t.Context(), j.ID, 100)
		if err != nil {
			t.Fatal(err)
		}
		if text := fmt.Sprint(story) + j.Error; j.State != c.state || !strings.Contains(text, c.says) {
			t.Errorf("%v: %s %s", c.args, j.State, text)
		}
	}
	if _, there := h.gathering().Tracks["nova"]; !there {
		t.Error("what was there is not there again")
	}
}

// A word near to none, a gathering that is not there: what people are told when nothing is set up yet.
func TestNothingThereYet(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	if err := h.rdb.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	if answer := h.says("telnet:ann", "#nova now x"); answer.Problem == nil || answer.Text != "There is no event yet; 'ptg event new' makes one" {
		t.Errorf("%+v", answer)
	}
	answer := h.says("irc:oftc/ann", "#nova now x", func(c *command.Call) { c.Overheard, c.Origin.Address = true, "irc:oftc/#ptg" })
	if answer.Problem == nil || answer.Problem.Code != command.CodeOverheard {
		t.Errorf("%+v", answer)
	}
	_, err := gathering.NewStore(h.rdb).Current(t.Context())
	if err == nil {
		t.Error("there is a gathering")
	}
}

// TestAFileThatIsTooLongToBeSaid is fetched by whoever has the address that they alone were told, for a while.
func TestAFileThatIsTooLongToBeSaid(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	for i := range 60 {
		h.says("telnet:root", fmt.Sprint("~add t", i), func(c *command.Call) { c.Principal = fmt.Sprint("telnet:root", i); c.Roles = []string{"admin"} })
	}
	export := func(door, where string) command.Answer {
		return h.says("telnet:root", "", func(c *command.Call) {
			c.Command, c.Args, c.Origin = "ptg export", nil, job.Origin{Door: door, Address: where}
		})
	}
	whole := export("cli", "").Text
	if !strings.Contains(whole, `"t59"`) {
		t.Fatalf("%s", whole)
	}
	answer := export("irc", "irc:oftc/@root")
	_, rest, found := strings.Cut(answer.Text, "https://ptg.example.org/export/")
	token, _, _ := strings.Cut(rest, " ")
	if !found || len(answer.Text) > 400 {
		t.Fatalf("%+v", answer)
	}
	fetch := func(token string) *httptest.ResponseRecorder {
		mux, w := http.NewServeMux(), httptest.NewRecorder()
		mux.HandleFunc("GET /export/{token}", h.exported)
		mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/export/"+token, nil))
		return w
	}
	w := fetch(token)
	if w.Code != http.StatusOK || w.Body.String() != whole || w.Header().Get("Cache-Control") != "no-store" ||
		w.Header().Get("Content-Disposition") != `attachment; filename="fall.json"` {
		t.Errorf("%d %v\n%s", w.Code, w.Header(), w.Body)
	}
	if ttl := h.rdb.TTL(t.Context(), offerKey(token)).Val(); ttl <= 0 || ttl > 10*time.Minute {
		t.Errorf("it is kept for %s", ttl)
	}
	for _, other := range []string{"x", strings.ToLower(token), "%2e%2e"} {
		if w := fetch(other); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d %s", other, w.Code, w.Body)
		}
	}
	if small := export("slack", "slack:D0ROOT"); small.Text != whole {
		t.Errorf("what can be said is: %s", small.Text)
	}
}
