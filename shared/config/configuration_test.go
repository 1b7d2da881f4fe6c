package config_test

import (
	"testing"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/config/configtest"
)

// The schema describes every key that is read here, and no other.
func TestConfigurationIsDescribed(t *testing.T) {
	t.Parallel()
	configtest.Agrees(t, "bot", config.Bot{})
	configtest.Agrees(t, "jobs", config.Jobs{})
}
