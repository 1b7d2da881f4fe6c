package rule

import (
	"testing"

	"github.com/handsoff/handsoff/shared/config/configtest"
)

// The schema describes every key that is read here, and no other.
func TestConfigurationIsDescribed(t *testing.T) {
	t.Parallel()
	filters := []string{"repo"} // GitHub's word for project
	for _, f := range fields {
		filters = append(filters, f.name)
	}
	configtest.Keys(t, "rules[]", ".", filters...)
}
