package command

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/job/jobtest"
)

func TestAliasesAreLimited(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	a, c := NewAliases(rdb), catalogue(t)
	for i := range MaxAliases {
		if _, err := a.Add(t.Context(), c, "telnet:ann", fmt.Sprint("a", i), "jobs"); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		who, short, long string
		ok               bool
	}{
		{"telnet:ann", "one-more", "jobs", false},
		{"telnet:ann", "A7", "job list", true},
		{"telnet:bob", "one-more", "jobs", true},
		{"telnet:bob", "long", "cancel k3f7 " + strings.Repeat("x", maxLong), false},
		{"telnet:bob", "a b c d", "jobs", false},
		{"telnet:bob", strings.Repeat("x", 33), "jobs", false},
		{"telnet:bob", "", "jobs", false},
		{"telnet:bob", "empty", " ", false},
		{"telnet:bob", "x", "'jobs'", false},
		{"telnet:bob", "Yes please", "jobs", false},
		{"telnet:bob", "help", "jobs", false},
		{"telnet:bob", "Job", "jobs", false},
		{"telnet:bob", "job list", "jobs", false},
		{"telnet:bob", "job x", "jobs", false},
		{"telnet:bob", "jenkins", "jenkins build demo", true},
	} {
		_, err := a.Add(t.Context(), c, test.who, test.short, test.long)
		if (err == nil) != test.ok || err != nil && !errors.As(err, new(*Mistake)) {
			t.Errorf("%s: alias add %.40q %.40q: %v", test.who, test.short, test.long, err)
		}
	}
	if n, err := a.Clear(t.Context(), "telnet:ann"); n != MaxAliases || err != nil {
		t.Error(n, err)
	}
}

func TestTheLongestAliasCountsOnce(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	a, c := NewAliases(rdb), catalogue(t)
	for short, long := range map[string]string{"j": "jobs", "j b": "jenkins build", "j b x": "jenkins build 'x y'", "list": "job list", "s": "stop"} {
		if _, err := a.Add(t.Context(), c, "telnet:ann", short, long); err != nil {
			t.Fatal(err)
		}
	}
	for line, want := range map[string]string{
		"j": "jobs", "J  B demo a='1  2'": "jenkins build demo a='1  2'", "j b x\ty": "jenkins build 'x y'\ty", "j c": "jobs c", "list": "job list",
		"'j' b": "'j' b", "job j": "job j", "": "", "s": "stop", "j 'b": "jobs 'b", "jb": "jb",
	} {
		if got, err := a.Expand(t.Context(), "telnet:ann", line); err != nil || got != want {
			t.Errorf("%q: %q %v, want %q", line, got, err, want)
		}
		if got, err := a.Expand(t.Context(), "telnet:bob", line); err != nil || got != line {
			t.Errorf("somebody else's %q: %q %v", line, got, err)
		}
	}
}

// Whoever uses their aliases keeps them; those of a name that nobody bears any more go with time, and those of a nick that anybody may take soon.
func TestAliasesAreNotKeptForEver(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	a, c := NewAliases(rdb), catalogue(t)
	people := map[string]time.Duration{"irc:net/x": aliasLife, "telnet:x": aliasLife, "irc-nick:net/x": 24 * time.Hour}
	kept := func(who string) bool {
		t.Helper()
		left, err := rdb.TTL(t.Context(), aliasKey(who)).Result()
		if err != nil {
			t.Fatal(err)
		}
		return left > people[who]-time.Hour && left <= people[who]
	}
	for who := range people {
		if _, err := a.Add(t.Context(), c, who, "j", "jobs"); err != nil || !kept(who) {
			t.Error(who, "has aliases for another time:", err)
		}
		if err := rdb.Expire(t.Context(), aliasKey(who), time.Hour).Err(); err != nil {
			t.Fatal(err)
		}
		if line, err := a.Expand(t.Context(), who, "j"); line != "jobs" || err != nil || !kept(who) {
			t.Error(who, line, err, "their use keeps them no longer")
		}
	}
	if err := rdb.ConfigSet(t.Context(), "min-replicas-to-write", "1").Err(); err != nil {
		t.Fatal(err)
	}
	if line, err := a.Expand(t.Context(), "telnet:x", "j"); line != "jobs" || err != nil {
		t.Error("where Redis takes no writes:", line, err)
	}
}
