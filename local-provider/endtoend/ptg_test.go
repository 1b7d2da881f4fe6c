package endtoend

import (
	"cmp"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// withGatherings adds what conversations about events need:
//
//	keeps FIELD PATTERN  the event $EVENT, or else the event sandbox, has a field like that; ! that it has none
func withGatherings(
	all map[string]func(ts *testscript.TestScript, neg bool, args []string), of func(ts *testscript.TestScript) *system,
) map[string]func(ts *testscript.TestScript, neg bool, args []string) {
	maps.Copy(all, map[string]func(ts *testscript.TestScript, neg bool, args []string){
		"keeps": func(ts *testscript.TestScript, neg bool, args []string) {
			s, want, event := of(ts), regexp.MustCompile(append(args, "")[1]), cmp.Or(ts.Getenv("EVENT"), "sandbox")
			s.eventually(args[0]+" is as it is to be", func() bool {
				text := s.redis.HGet(s.Context(), "handsoff:ptg:"+event, args[0]).Val()
				return (text != "" && want.MatchString(text)) != neg
			})
		},
	})
	return all
}

// gatherings is the folder of what is said of events, with the same words over each door at which people are known by an account.
const gatherings = "testdata/gathering"

// gatherings holds those conversations over a door, at which second is who is called second elsewhere.
func (s *system) gatherings(t *testing.T, door, second, site string) {
	t.Run("gathering over "+door, func(t *testing.T) {
		t.Parallel()
		s.converse(t, gatherings, door, doors()[door], "SITE="+site, "SECOND="+second)
	})
}

// planFile is the schedule of an event, as ptgbot has it.
const planFile = `{
 "tracks": ["nova", "swift"],
 "slots": {
  "Monday": [{"name": "MonA1", "desc": "09:00-10:45"}, {"name": "MonA2", "desc": "10:45-12:30"}],
  "Tuesday": [{"name": "TueA1", "desc": "09:00-10:45"}]
 },
 "schedule": {
  "Aspen": {"MonA1": "", "MonA2": "swift", "TueA1": ""},
  "Big Room": {"MonA1": "", "MonA2": "", "TueA1": ""}
 }
}`

// newSite serves the file, at a host from which the configuration lets one be fetched.
func newSite(t *testing.T, configuration string) (url, with string) {
	t.Helper()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(planFile)) }))
	t.Cleanup(site.Close)
	host := strings.TrimPrefix(site.URL, "http://")
	with = strings.Replace(configuration, "\nptg:\n", "\nptg:\n  fetch: [\""+host+"\"]\n  fetch_private: true\n", 1)
	if with == configuration {
		t.Fatal("the configuration has no section ptg")
	}
	return site.URL, with
}
