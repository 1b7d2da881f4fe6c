package main

import (
	"cmp"
	"testing"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/git"
)

// However the downstream is spelled, in the configuration and by who types it, it is one lock.
func TestOneLock(t *testing.T) {
	t.Parallel()
	file, err := config.Parse([]byte("git: {mirrors: {kettle: {upstream: 'https://h/up', downstream: 'https://Acme.test:443/acme/kettle.git'}}}"))
	if err != nil {
		t.Fatal(err)
	}
	c := &capability{set: new(settings)}
	if _, err := file.Section("git", c.set); err != nil {
		t.Fatal(err)
	}
	if err := c.set.check(); err != nil {
		t.Fatal(err)
	}
	specs, err := c.specs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	served, err := yaml.Marshal(specs)
	if err != nil {
		t.Fatal(err)
	}
	catalogue := command.NewCatalogue(map[string]string{"git": command.Declaration(declared(t)) + "\n---\n" + string(served)})
	lock := func(line string) string {
		parsed, err := catalogue.Parse(line)
		if err != nil {
			t.Fatal(line, err)
		}
		request := parsed.Request()
		return request.Lock
	}
	want := lock("git sync kettle")
	for _, url := range []string{
		"https://acme.test/acme/kettle", "https://acme.test/acme/kettle.git/", "https://ACME.test/acme/kettle/", "https://bot@acme.test/acme/kettle.git",
		"https://acme.test/acme/k%65ttle",
	} {
		if got := lock("sync repo " + url + " https://h/up"); got != want {
			t.Errorf("%s: %s, want %s", url, got, want)
		}
	}
	for _, url := range []string{"https://acme.test/acme/kettles", "https://acme.test:444/acme/kettle", "https://acme.test/Acme/kettle", "http://acme.test/acme/kettle"} {
		if got := lock("sync repo " + url + " https://h/up"); got == want {
			t.Errorf("%s has the same lock", url)
		}
	}
	if one, other := lock("sync repo git@acme.test:acme/kettle.git https://h/up"), lock("sync repo ssh://git@acme.test:22/acme/kettle https://h/up"); one != other {
		t.Errorf("%s and %s", one, other)
	}
}

// spelled is an address in its parts.
type spelled struct{ scheme, user, host, path, end string }

func (s spelled) String() string {
	if s.scheme == "scp" {
		return cmp.Or(s.user, "git@") + "acme.test:" + s.path + s.end // without a user it may be anything
	}
	return s.scheme + "://" + s.user + s.host + "/" + s.path + s.end
}

// vary gives the address with some of its parts drawn anew.
func (s spelled) vary(t *rapid.T) spelled {
	for _, part := range []struct {
		of     *string
		values []string
	}{
		{&s.scheme, []string{"https", "http", "ssh", "scp"}},
		{&s.user, []string{"git@", "", "bot@"}},
		{&s.host, []string{"acme.test", "ACME.test", "acme.test:22", "acme.test:443", "[::1]:80", "[::1]"}},
		{&s.path, []string{"a", "a/b", "%61", "A", "a.git"}},
		{&s.end, []string{"", "/", ".git", ".git/"}},
	} {
		if *part.of == "" && part.of != &s.user && part.of != &s.end || rapid.IntRange(0, 2).Draw(t, "anew") == 0 {
			*part.of = rapid.SampledFrom(part.values).Draw(t, "part")
		}
	}
	return s
}

// A lock tells addresses apart exactly as a copy's name does.
func TestOneLockForOneCopy(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		first := spelled{}.vary(t)
		one, err := git.ParseAddress(first.String())
		other, wrong := git.ParseAddress(first.vary(t).String())
		if err != nil || wrong != nil {
			t.Skip(err, wrong)
		}
		alike := one.Canonical() == other.Canonical()
		if got := command.OneSpelling(one.String()) == command.OneSpelling(other.String()); got != alike {
			t.Fatalf("%s and %s: %v, as locks %v", one, other, alike, got)
		}
	})
}
