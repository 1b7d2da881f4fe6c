package session

import (
	"testing"

	"github.com/handsoff/handsoff/shared/config/configtest"
)

// The schema describes every key that is read here, and no other.
func TestConfigurationIsDescribed(t *testing.T) {
	t.Parallel()
	configtest.Agrees(t, "telnet", Settings{})
}

// The configurations that the project hands out are right.
func TestExamplesAreRight(t *testing.T) {
	t.Parallel()
	for name, file := range configtest.Examples(t) {
		var set Settings
		_, err := file.Section("telnet", &set)
		if err == nil {
			err = set.Complete()
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
