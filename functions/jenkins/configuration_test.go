package main

import (
	"testing"

	"github.com/handsoff/handsoff/shared/config/check"
	"github.com/handsoff/handsoff/shared/config/configtest"
)

// The schema describes every key that is read here, and no other.
func TestConfigurationIsDescribed(t *testing.T) {
	t.Parallel()
	configtest.Agrees(t, "jenkins", settings{})
}

// The configurations that the project hands out are right.
func TestExamplesAreRight(t *testing.T) {
	t.Parallel()
	for name, file := range configtest.Examples(t) {
		if !file.Has("jenkins") {
			continue
		}
		var set settings
		_, err := file.Section("jenkins", &set)
		if err == nil {
			err = set.check()
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Who checks a configuration without this function knows the words of the commands that it makes.
func TestShortcutsAreCalledAsTheCheckerThinks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ job, prefix, suffix, words string }{
		{"deploy/deploy-cloud", "jenkins", "", "jenkins deploy cloud"},
		{"demo/Slow_One", "", " build  now", "slow one build now"},
	} {
		cut := shortcut{Prefix: c.prefix, Suffix: c.suffix}
		if err := cut.check(c.job); err != nil {
			t.Fatal(err)
		}
		if got := check.ShortcutWords(c.job, c.prefix, c.suffix); got != c.words || cut.words != c.words {
			t.Errorf("%s is called %q here and %q there; it should be %q", c.job, cut.words, got, c.words)
		}
	}
}
