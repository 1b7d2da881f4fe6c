package remote

import (
	"net/url"
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"demo/slow": "demo/slow", "/demo/slow/": "demo/slow", "job/demo/job/slow": "demo/slow", "slow": "slow",
		"job": "job", "repo/feature%2Fx": "repo/feature%2Fx", "job/demo/slow": "job/demo/slow", "a b/ü": "a b/ü",
		"": "", "a//b": "", "../x": "", "a/./b": "", "a\x00b": "", "a\nb": "", "\xff": "", strings.Repeat("x", 257): "",
	} {
		got, err := Clean(name)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%q becomes %q, %v", name, got, err)
		}
	}
}

// FuzzPath goes there and back: a name, its address, and the name in it; nothing leaves the folder of jobs.
func FuzzPath(f *testing.F) {
	f.Add("demo/slow")
	f.Add("job/a/job/b")
	f.Add("a b/c%2Fd?e#f")
	f.Fuzz(func(t *testing.T, text string) {
		name, err := Clean(text)
		if err != nil {
			return
		}
		if again, err := Clean(name); err == nil && again != name && !strings.HasPrefix(name, "job/") {
			t.Errorf("%q becomes %q, then %q", text, name, again)
		}
		address := "https://x.example.org/ci" + Path(name) + "/"
		u, err := url.Parse(address)
		if err != nil || u.RawQuery != "" || u.Fragment != "" || strings.Contains(u.Path, "/../") {
			t.Errorf("%q: %s %v", text, address, err)
		}
		if got := nameOf(address); got != name {
			t.Errorf("%q lives at %s, which is called %q", name, address, got)
		}
	})
}
