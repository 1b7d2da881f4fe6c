package endtoend

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/job"
)

const theDashboard = "dashboard" // the function

// TestTheDashboard is what people do in a browser: with a link from telnet they log in, find the build that runs, follow it,
// stop it, and log out. Who may only look cannot stop it. That the function dies meanwhile costs nobody their session.
func TestTheDashboard(t *testing.T) {
	t.Parallel()
	s := startWith(t, configuration()+sandboxSection(t, "dashboard"))
	root := s.ports.GatewayURL() + "/function/dashboard/"
	ops, looker := s.telnet("ops"), s.telnet(guest)
	ops.Say("jenkins build demo/slow seconds=900")
	var id string
	s.eventually("an answer", func() bool { id = jobIn(ops.Heard()); return id != "" })

	v := ops.logIn()
	s.eventually("the list says that it runs", func() bool {
		return strings.Contains(v.get(root+"?state=open").body, `data-say="`+id+` running"`)
	})
	list := v.get(root)
	link := regexp.MustCompile(`<a class="id" href="([^"]+)">` + id + `</a>`).FindStringSubmatch(list.body)
	if link == nil {
		t.Fatalf("the list has no %s:\n%s", id, list.body)
	}
	at := list.resolve(link[1])
	started := regexp.MustCompile(`Build #\d+ of demo/slow has started`)
	s.eventually("the page says that the build has started", func() bool { return started.MatchString(v.get(at).body) })

	s.onlyLooks(looker.logIn(), at, id)

	s.back(theDashboard, s.kill(theDashboard))
	s.eventually("the page is there again, for the same session", func() bool { return v.get(at).status == http.StatusOK })
	one := v.get(at)
	live := v.listen(one.resolve(one.attribute("data-stream")) + "&after=" + one.attribute("data-at"))
	v.listen(one.resolve(one.attribute("data-log"))).until("lines", "<li>")
	if said := v.press(one, "/cancel", "reason", "wrong <branch>"); !strings.Contains(said.body, "Cancelling "+id) {
		t.Errorf("pressing Cancel shows\n%s", said.body)
	}
	live.until("parts", "Receipt of the stop")
	s.stopped(v, at, id)

	last := v.get(at)
	held := v.client.Jar.Cookies(list.at)
	if out := v.press(last, "logout"); out.at.String() != root+"login" {
		t.Errorf("logging out leads to %s", out.at)
	}
	v.client.Jar.SetCookies(list.at, held) // who has kept them has no session
	for _, where := range []string{root, at} {
		p := v.get(where)
		if p.status != http.StatusSeeOther || p.leads == nil || !strings.HasPrefix(p.leads.String(), root+"login?back=") {
			t.Fatalf("after logging out %s shows %d\n%s", where, p.status, p.body)
		}
		if asks := v.get(p.leads.String()); asks.status != http.StatusOK || !strings.Contains(asks.body, "<h2>With a link</h2>") {
			t.Errorf("the login is %d\n%s", asks.status, asks.body)
		}
	}
	s.audited(job.AuditEntry{Who: "telnet:ops", Act: "logout"})
}

var loginLink = regexp.MustCompile(`(?m)^http://\S+/login/link\?token=\S+$`)

// logIn asks for a link and presses its page's button, once.
func (p *person) logIn() *visitor {
	p.Helper()
	p.Say("dashboard")
	link := ""
	p.eventually("there is a link", func() bool { link = loginLink.FindString(p.Heard()); return link != "" })
	v := p.visitor()
	door := v.get(link)
	if strings.Contains(v.get(p.ports.GatewayURL()+"/function/dashboard/").body, "Log out") {
		p.Fatal("looking at the link logs in")
	}
	if in := v.press(door, "login/link"); in.status != http.StatusOK || !strings.Contains(in.body, `title="`+p.Principal()+`"`) {
		p.Fatalf("the link leads to %s, which says %d\n%s", in.at, in.status, in.body)
	}
	if used := p.visitor().get(link); used.status != http.StatusForbidden {
		p.Errorf("a used link shows %d", used.status)
	}
	p.audited(job.AuditEntry{Who: p.Principal(), Act: "login"})
	return v
}

// onlyLooks checks that somebody sees a job and cannot stop it, whatever they send.
func (s *system) onlyLooks(v *visitor, at, id string) {
	s.Helper()
	p := v.get(at)
	if p.status != http.StatusOK || !strings.Contains(p.body, "demo/slow") {
		s.Fatalf("who may look sees %d\n%s", p.status, p.body)
	}
	if _, _, there := p.form("/cancel"); there {
		s.Error("who may only look is shown Cancel")
	}
	_, own, there := p.form("logout") // every form has the session's token
	if !there || own.Get("csrf") == "" {
		s.Fatalf("there is no form:\n%s", p.body)
	}
	if said := v.send(at+"/cancel", own); !strings.Contains(said.body, "cancel "+id+" needs the role operator") {
		s.Errorf("a form made by hand is answered\n%s", said.body)
	}
	if j := s.job(id); j.Cancel != nil || j.State.Final() {
		s.Errorf("%s is %s: %+v", id, j.State, j.Cancel)
	}
	s.audited(job.AuditEntry{Who: "telnet:" + guest, Act: "refused", Job: id})
}

// stopped checks that a job was stopped on its page by ops, there, in Redis and in Jenkins.
func (s *system) stopped(v *visitor, at, id string) {
	s.Helper()
	j := s.ended(id)
	if j.State != job.Cancelled || j.Receipt == nil || j.Receipt.By != "telnet:ops" || j.Receipt.Reason != "wrong <branch>" {
		s.Fatalf("%s: %+v", j.State, j.Receipt)
	}
	s.agrees(id, stop{build: "ABORTED"})
	p := v.get(at)
	for _, want := range []string{"is-cancelled", "Receipt of the stop", "by telnet:ops (wrong &lt;branch&gt;)", "is ABORTED"} {
		if !strings.Contains(p.body, want) {
			s.Errorf("the page of what was stopped has no %q:\n%s", want, p.body)
		}
	}
	if _, _, there := p.form("/cancel"); there {
		s.Error("what is over can be cancelled")
	}
	s.audited(job.AuditEntry{Who: "telnet:ops", Act: "cancel", Job: id})
}

// audited checks that the audit trail has who did what, and with which job.
func (s *system) audited(want job.AuditEntry) {
	s.Helper()
	list, err := s.jobs.AuditTail(s.Context(), 1000)
	s.must(err)
	if !slices.ContainsFunc(list, func(e job.AuditEntry) bool { return e.Who == want.Who && e.Act == want.Act && e.Job == want.Job }) {
		s.Errorf("the audit trail has no %+v: %+v", want, list)
	}
}
