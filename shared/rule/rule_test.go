package rule_test

import (
	"testing"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/rule"
)

// read reads a configuration without faults.
func read(t testing.TB, text string) *rule.Set {
	t.Helper()
	set, faults := readAll(t, text)
	for _, f := range faults {
		t.Errorf("fault: %s", f)
	}
	return set
}

// reader is a test, or one of rapid's.
type reader interface {
	Helper()
	Fatal(args ...any)
}

func readAll(t reader, text string) (*rule.Set, []config.Fault) {
	t.Helper()
	f, err := config.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return rule.Read(f)
}
