package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// buttons are the acts that a job's page shows, and then what the job offers.
func buttons(body string) (list []string) {
	for _, name := range []string{"cancel", "approve", "reject", "force", "retry", "offer"} {
		if strings.Contains(body, `/`+name+`">`) {
			list = append(list, name)
		}
	}
	for _, title := range []string{"Extend", "Delete", "Gone"} {
		if strings.Contains(body, ">"+title+"</button>") {
			list = append(list, title)
		}
	}
	return list
}

// TestButtons: everybody sees the buttons that they may press, and pressing another one is refused by the function command.
func TestButtons(t *testing.T) {
	t.Parallel()
	h := bare(t)
	asks := h.accept(func(r *job.Request) { r.Signoff = &job.Signoff{Need: 1, Role: "approver"} })
	runs, _ := h.running(func(r *job.Request) { r.Principal = "telnet:someone" })
	offers := []job.Offer{{Title: "Extend", Text: "env extend demo"}, {Title: "Delete", Text: "env delete demo", Danger: true}, {Title: "Gone", Text: "no such command"}}
	fails, does := h.running()
	told(does, job.Change{Offers: offers})
	lends, does := h.running(func(r *job.Request) { r.Principal = "telnet:eve" })
	told(does, job.Change{Offers: offers})
	wants := map[string]map[string]string{
		"telnet:ann": {asks: "reject", runs: "cancel", fails: "cancel offer Extend", lends: "cancel offer Extend"},
		"telnet:bob": {asks: "approve reject", runs: "", fails: "", lends: ""},
		"telnet:eve": {asks: "", runs: "", fails: "", lends: "cancel offer Extend"},
		"telnet:ops": {asks: "approve reject force", runs: "cancel", fails: "cancel offer Extend Delete", lends: "cancel offer Extend Delete"},
	}
	for who, jobs := range wants {
		v := h.as(who)
		for id, want := range jobs {
			body := v.get("jobs/" + id).body
			if got := strings.Join(buttons(body), " "); got != want {
				t.Errorf("%s at %s: %q, want %q", who, id, got, want)
			}
		}
	}
	// Another's job without the role: there is no button, and a form made by hand is refused.
	eve := h.as("telnet:eve")
	if said := eve.act("jobs/" + runs + "/cancel"); !strings.Contains(said, "needs the role operator") {
		t.Errorf("eve cancels: %q", said)
	}
	if said := eve.act("jobs/" + asks + "/approve"); !strings.Contains(said, "needs the role approver") {
		t.Errorf("eve approves: %q", said)
	}
	j, err := h.Jobs.Get(t.Context(), runs)
	if err != nil || j.Cancel != nil {
		t.Errorf("it is to stop: %+v %v", j, err)
	}
}

// TestActs: what is pressed is what the function command gets, once, in the name of who pressed it.
func TestActs(t *testing.T) {
	t.Parallel()
	h := bare(t)
	asks := h.accept(func(r *job.Request) { r.Signoff = &job.Signoff{Need: 1, Role: "approver"} })
	runs, does := h.running()
	told(does, job.Change{Offers: []job.Offer{{Title: "Extend", Text: "env extend demo"}}})
	ann, bob := h.as("telnet:ann"), h.as("telnet:bob")
	if said := bob.act("jobs/" + asks + "/approve"); said != "Approved; it goes on." {
		t.Errorf("approve: %q", said)
	}
	if said := ann.act("jobs/"+runs+"/offer", "offer", "env extend demo"); said != "you said env extend demo" {
		t.Errorf("offer: %q", said)
	}
	if said := ann.act("jobs/"+runs+"/offer", "offer", "env delete everything"); !strings.Contains(said, "does not offer that any more") {
		t.Errorf("what is not offered: %q", said)
	}
	if said := ann.act("jobs/"+runs+"/cancel", "reason", "wrong <branch>"); !strings.Contains(said, "Cancelling "+runs) {
		t.Errorf("cancel: %q", said)
	}
	jobtest.Eventually(t, "the stop", func() bool {
		j, err := h.Jobs.Get(t.Context(), runs)
		return err == nil && j.State == job.Cancelled
	})
	body := ann.get("jobs/" + runs).body
	for _, want := range []string{"Receipt of the stop", "demo/slow #12 is ABORTED", "wrong &lt;branch&gt;", "/retry\""} {
		if !strings.Contains(body, want) {
			t.Errorf("the page of a stopped job has no %q", want)
		}
	}
	form := url.Values{"csrf": {ann.csrf()}, "key": {"one-form"}}
	first, second := ann.post("jobs/"+runs+"/retry", form), ann.post("jobs/"+runs+"/retry", form)
	if first.StatusCode != http.StatusSeeOther || second.StatusCode != http.StatusSeeOther {
		t.Errorf("retry: %d %d", first.StatusCode, second.StatusCode)
	}
	given := h.given()
	last, before := given[len(given)-1], given[len(given)-2]
	if last.ID == "" || last.ID != before.ID || last.Command != "retry" {
		t.Errorf("a form sent twice has two ids: %q %q", last.ID, before.ID)
	}
	for _, e := range given {
		if e.Origin.Door != "web" || e.Principal != "telnet:ann" && e.Principal != "telnet:bob" || len(e.Watch) > 0 {
			t.Errorf("envelope %+v", e)
		}
	}
	if given[0].Command != "approve" || given[0].Principal != "telnet:bob" || command.Values(given[0].Args).String("id") != asks {
		t.Errorf("the first: %+v", given[0])
	}
	// What an act said is its own session's, and leads to the job, unless that is where one is.
	where, err := ann.post("jobs/"+runs+"/retry", url.Values{"csrf": {ann.csrf()}}).Location()
	if err != nil {
		t.Fatal(err)
	}
	path := strings.TrimPrefix(where.String(), h.base())
	if body := ann.get(path).body; !strings.Contains(body, ">Open ") || strings.Contains(body, ">Open "+runs) {
		t.Errorf("the notice does not lead to the job that it made: %s", body)
	}
	h.say = func(command.Envelope) (command.Answer, bool) { return command.Answer{Text: "done", Job: runs}, true }
	stays, err := ann.post("jobs/"+runs+"/retry", url.Values{"csrf": {ann.csrf()}}).Location()
	if err != nil || strings.Contains(ann.get(strings.TrimPrefix(stays.String(), h.base())).body, ">Open ") {
		t.Errorf("the notice leads to where one is: %v", err)
	}
	if notice(bob.get(path).body) != "" {
		t.Error("another's notice is shown")
	}
	if notice(ann.get(path).body) == "" {
		t.Error("one's own notice is not shown")
	}
}

// TestPublic: what the configuration makes public is read without a login, and nothing else of it.
func TestPublic(t *testing.T) {
	t.Parallel()
	h := bare(t, "  public: [jobs]")
	id := h.ended([]string{"a line of output"}, func(r *job.Request) {
		r.Args, r.Text = map[string]any{"what": "hidden-argument"}, "demo run what=hidden-argument"
	})
	v := h.visitor()
	list, one := v.get(""), v.get("jobs/"+id)
	if list.StatusCode != http.StatusOK || !strings.Contains(list.body, id) || one.StatusCode != http.StatusOK || !strings.Contains(one.body, "demo run") {
		t.Errorf("%d %d", list.StatusCode, one.StatusCode)
	}
	for _, hidden := range []string{"hidden-argument", "build #12 runs", "demo/slow #12", "a line of output", "roles.operator", "<button", "csrf\""} {
		if strings.Contains(one.body, hidden) && hidden != "<button" || hidden == "<button" && strings.Contains(one.body, "method=\"post\"") {
			t.Errorf("the public page has %q", hidden)
		}
	}
	if p := v.get("jobs/" + id + "/log"); strings.Contains(p.body, "a line of output") {
		t.Error("the log is public")
	}
	if p := v.get("jobs/" + id + "/log.txt"); p.StatusCode != http.StatusForbidden {
		t.Errorf("log.txt: %d", p.StatusCode)
	}
	if p := v.get("live.json?page="); p.StatusCode != http.StatusOK {
		t.Errorf("live: %d", p.StatusCode)
	}
	logs := bare(t, "  public: [jobs, logs]")
	id = logs.ended([]string{"a line of output"})
	if p := logs.visitor().get("jobs/" + id + "/log.txt"); p.StatusCode != http.StatusOK || p.body != "a line of output\n" {
		t.Errorf("public logs: %d %q", p.StatusCode, p.body)
	}
}

// TestHowItStandsOnAPage: what a chat has to say how to give is a button there, with a field for the reason.
func TestHowItStandsOnAPage(t *testing.T) {
	t.Parallel()
	h := bare(t)
	asks := h.accept(func(r *job.Request) { r.Signoff = &job.Signoff{Need: 1, Role: "approver"} })
	bob := h.as("telnet:bob")
	body := bob.get("jobs/" + asks).body
	if !strings.Contains(body, "needs 1 approval by an approver") || strings.Contains(body, "say `") || !strings.Contains(body, `aria-label="Why it is rejected"`) {
		t.Errorf("how it stands: %s", body)
	}
	bob.act("jobs/"+asks+"/reject", "reason", "not today")
	given := h.given()
	if last := given[len(given)-1]; last.Command != "reject" || command.Values(last.Args).String("reason") != "not today" {
		t.Errorf("%+v", last)
	}
	runs, _ := h.running()
	if body := bob.get("jobs/" + runs).body; !strings.Contains(body, ">running</span> <span class=\"soft\">"+runs+"</span>") {
		t.Errorf("that it runs is said twice, or not: %s", body)
	}
	for state, want := range map[job.State]string{job.Unknown: "if it did not happen, retry", job.Failed: ""} {
		id := h.accept()
		h.write(h.Redis.HSet(t.Context(), job.Prefix+"job:"+id, "state", string(state), "error", "it broke").Err())
		if body := bob.get("jobs/" + id).body; !strings.Contains(body, "<pre>it broke</pre>") || !strings.Contains(body, want) || strings.Contains(body, "say `") {
			t.Errorf("%s: %s", state, body)
		}
	}
}

// TestHowMuchIsNotShown of a job is said: of its log, and of the jobs that it started.
func TestHowMuchIsNotShown(t *testing.T) {
	t.Parallel()
	h := bare(t)
	id := h.accept()
	v := h.as("telnet:eve")
	none := v.get("jobs/" + id).body
	if strings.Contains(none, "These are the last") || !strings.Contains(none, `data-empty="Nothing was written yet."`) {
		t.Errorf("a job that wrote nothing: %s", none)
	}
	const lines, started = 201, 203
	h.wrote(id, lines, func(i int) string { return fmt.Sprintf("line %d.", i) })
	for range started {
		child := h.accept()
		h.write(h.Redis.SAdd(t.Context(), job.Prefix+"job:"+id+":children", child).Err())
	}
	body := v.get("jobs/" + id).body
	if !strings.Contains(body, "These are the last 200 lines.") || strings.Contains(body, "line 0.") || !strings.Contains(body, "line 1.") {
		t.Error("it is not said that the log has more lines")
	}
	if !strings.Contains(body, "And 3 more.") {
		t.Error("it is not said that it started more jobs")
	}
}
