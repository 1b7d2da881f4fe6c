package question

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	"github.com/handsoff/handsoff/shared/command"
)

// unlike is a name that no other test uses, here or on a cloud that others use too.
func unlike(name string) string { return "f-" + strings.ToLower(rand.Text()[:8]) + "-" + name }

func TestServers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	name := unlike("web.1")
	twin := strings.Replace(name, ".", "x", 1) // which the name as a pattern would find too
	day := "  2006-01-02 "
	before := time.Now().UTC().Format(day)
	id := b.boots(name, map[string]string{"handsoff:env": "gone-env", "handsoff:job": "k3f7", "handsoff:item": "web"})
	other := b.boots(twin, nil)
	address := b.waits(id, "ACTIVE").addresses()[0].Addr
	after := time.Now().UTC().Format(day)
	for _, text := range []string{name, id, strings.ToUpper(id), address} {
		found := b.answers(showWords, map[string]any{"server": text},
			"Name", name, id, address+" (fixed)", "m1.nano (1 CPU, ", " UTC", "Cloud", "lab", "demo (", "ACTIVE", "gone-env, which is no more (job k3f7)", "/project/instances/"+id)
		if strings.Contains(found, other) {
			t.Errorf("%s finds another too:\n%s", text, found)
		}
		if !strings.Contains(found, before) && !strings.Contains(found, after) {
			t.Errorf("the day when it was made is missing:\n%s", found)
		}
	}
	for _, text := range []string{name[:len(name)-1], strings.Replace(name, ".1", ".*", 1), ".*", "00000000-0000-4000-8000-000000000000", "192.0.2.254", "fd00::1", `a\`, "(", "[", "'; --"} {
		answer := b.asks("telnet:vera", showWords, map[string]any{"server": text})
		if answer.Problem == nil || answer.Problem.Code != command.CodeNotFound || !strings.Contains(answer.Text, "There is no server "+text+" in lab") {
			t.Errorf("%s: %+v", text, answer)
		}
	}
	b.says(b.asks("telnet:vera", showWords, map[string]any{"server": strings.Replace(name, "web", "wbe", 1)}).Text, "There is no server", "Did you mean "+name)
	for _, text := range []string{"", "a\x00b", strings.Repeat("x", 2000)} {
		if answer := b.asks("telnet:vera", showWords, map[string]any{"server": text}); answer.Problem == nil || answer.Problem.Code != command.CodeUsage {
			t.Errorf("%q: %+v", text, answer)
		}
	}
	b.answers(listWords, map[string]any{"name": name}, name, "ACTIVE", "m1.nano", "demo")
	if text := b.answers(listWords, map[string]any{"name": name[:10], "status": "active"}, name, twin); strings.Count(text, "\n") != 2 {
		t.Errorf("two servers are to be listed:\n%s", text)
	}
	b.answers(listWords, map[string]any{"name": name[:10], "limit": 1}, "… and 1 more; ")
	b.answers(listWords, map[string]any{"name": name[:10], "status": "ERROR"}, "There is no such server in lab.")
	b.answers(listWords, map[string]any{"status": "ACTVE"}, "There is no status ACTVE. Did you mean ACTIVE?")
	b.answers(listWords, map[string]any{"project": "demo", "name": name}, name)
	b.answers(listWords, map[string]any{"project": "d.*"}, "lab has no project d.*.")
	b.answersTo("telnet:otto", consoleWords, map[string]any{"server": name, "lines": 2}, "of "+name+"'s console, at lab:")
	b.answersTo("telnet:otto", consoleWords, map[string]any{"server": id, "lines": 100_000}, "lines is from 1 to 500.")
	h := b.answersTo("telnet:ann", hostsWords, nil, "hypervisor", "lab")
	host := strings.Fields(strings.Split(h, "\n")[1])[0]
	b.answersTo("telnet:ann", hostWords, map[string]any{"host": host}, "Memory", "up", host)
	b.answersTo("telnet:ann", hostWords, map[string]any{"host": "f.*"}, "There is no hypervisor f.* in lab; openstack hypervisor list has those that there are.")
	on := ""
	for _, line := range strings.Split(h, "\n")[1:] {
		if fields := strings.Fields(line); len(fields) > 5 {
			on += b.asks("telnet:ann", onHostWords, map[string]any{"host": fields[0]}).Text
		}
	}
	b.says(on, name, twin, "On "+host+" at lab:")
}

func TestClouds(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(s *cloud.Section) {
		s.Clouds["attic"] = &cloud.Entry{Entry: "ops-demo", Roles: map[string]string{"viewer": "admin"}}
	})
	cloudtest.Whole(t, b.clouds)
	text := b.answers(cloudsWords, nil, "lab (default, administered)", "RegionOne", "demo", "compute v2.1 (to 2.93)", "network v2.0", "identity v3.14")
	if strings.Contains(text, "attic") {
		t.Errorf("a cloud is shown to whom it is not for:\n%s", text)
	}
	b.says(b.asks("telnet:ann", cloudsWords, nil).Text, "attic")
	answer := b.asks("telnet:vera", limitsWords, map[string]any{"cloud": "attic"})
	b.says(answer.Text, "openstack limits at attic needs the role admin; you have viewer. telnet:ann could do it.")
	b.says(b.asks("telnet:nobody", showWords, map[string]any{"server": "x"}).Text, "needs the role")
	b.answers(limitsWords, nil, "Limits of the project demo at lab:", "  cores ", "  server group members ", "  RAM size ")
	b.answers(quotaWords, nil, "The project demo at lab:", "cores", "networks", "left")
	b.answers(quotaWords, map[string]any{"project": "admin"}, "The project admin at lab:", "cores")
	b.answers(quotaWords, map[string]any{"project": "nope"}, "lab has no project nope.")
	b.answers(quotaWords, map[string]any{"cloud": "lap"}, `There is no cloud “lap”. Did you mean lab?`)
}
