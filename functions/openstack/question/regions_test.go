package question

import (
	"strings"
	"testing"

	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
)

// TestServersOfRegions: servers are found in whichever region they are, and lists say in which.
func TestServersOfRegions(t *testing.T) {
	t.Parallel()
	if cloudtest.Real() {
		t.Skip("the real one has one region")
	}
	b := benchOn(t, cloudtest.InRegions(t, sandbox.Options{Boot: -1}).Open(t), nil)
	ids := map[string]string{}
	for _, one := range b.clouds.All() {
		ids[one.Name()] = bootsAt(t, one)
	}
	if rows := strings.Split(b.answers(listWords, nil), "\n"); len(rows) != 3 {
		t.Error(rows)
	}
	for region, id := range ids {
		found := b.answers(showWords, map[string]any{"server": id}, "Cloud", region)
		for other := range ids {
			if other != region && strings.Contains(found, other) {
				t.Errorf("%s is at %s:\n%s", id, region, found)
			}
		}
		b.answers(listWords, map[string]any{"cloud": region}, id)
	}
	b.answers(showWords, map[string]any{"server": "web"}, ids["north"], ids["south"])
	b.answersTo("telnet:otto", consoleWords, map[string]any{"server": "web"}, "2 servers are meant by web; say the id of one, or the cloud: ")
	b.answersTo("telnet:otto", consoleWords, map[string]any{"server": "web", "cloud": "south"}, "at south")
	b.answers(cloudsWords, nil, "north (default, administered)  north", "south (administered)")
}
