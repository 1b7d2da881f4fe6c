package schedule

import (
	"reflect"
	"slices"
	"testing"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/config/configtest"
)

// The schema describes every key that is read here, and no other.
func TestConfigurationIsDescribed(t *testing.T) {
	t.Parallel()
	configtest.Agrees(t, "schedules[]", entry{})
	if known := config.Fields(reflect.TypeFor[entry]()); !slices.Equal(known.Names, slices.Sorted(slices.Values(keys))) {
		t.Errorf("keys are %q, and an entry has %q", keys, known.Names)
	}
}
