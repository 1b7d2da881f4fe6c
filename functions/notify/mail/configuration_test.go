package mail

import (
	"testing"

	"github.com/handsoff/handsoff/shared/config/configtest"
)

// The schema describes every key that is read here, and no other.
func TestConfigurationIsDescribed(t *testing.T) {
	t.Parallel()
	configtest.Agrees(t, "mail", Section{})
}

// The configurations that the project hands out are right.
func TestExamplesAreRight(t *testing.T) {
	t.Parallel()
	for name, file := range configtest.Examples(t) {
		if !file.Has("mail") {
			continue
		}
		var set Section
		_, err := file.Section("mail", &set)
		if err == nil {
			err = set.check()
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
