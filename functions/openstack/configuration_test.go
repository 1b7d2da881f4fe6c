package main

import (
	"errors"
	"testing"

	"github.com/handsoff/handsoff/functions/openstack/environment/template"
	"github.com/handsoff/handsoff/shared/config/configtest"
)

// The schema describes every key that is read here, and no other.
func TestConfigurationIsDescribed(t *testing.T) {
	t.Parallel()
	configtest.Agrees(t, "openstack", settings{})
}

// The configurations that the project hands out are right.
func TestExamplesAreRight(t *testing.T) {
	t.Parallel()
	for name, file := range configtest.Examples(t) {
		var set settings
		if _, err := file.Section("openstack", &set); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := errors.Join(set.Clouds.Check(), set.Questions.Check()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if faults := template.Read(file).Faults; len(faults) > 0 {
			t.Errorf("%s: %v", name, faults)
		}
	}
}
