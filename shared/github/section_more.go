package github

import (
	"fmt"
	"time"

	"github.com/handsoff/handsoff/shared/webapi"
)

const (
	// usualRepair is how often GitHub is asked which deliveries did not reach us.
	usualRepair = 5 * time.Minute
	// oftenest is as often as that may be asked.
	oftenest = 30 * time.Second
	// rarest keeps far from the three days after which GitHub forgets a delivery.
	rarest = 24 * time.Hour
)

// More is what of the section the function github alone reads.
type More struct {
	Webhook     string        `yaml:"webhook,omitempty"`      // the address at which GitHub reaches us; empty for any that ends in /function/github
	RepairEvery time.Duration `yaml:"repair_every,omitempty"` // how often it is asked which deliveries did not reach us; five minutes when 0
}

func (m *More) check() (err error) {
	if m.Webhook != "" {
		if m.Webhook, err = webapi.Site(m.Webhook, siteForm); err != nil {
			return fmt.Errorf("webhook: %w", err)
		}
	}
	if m.RepairEvery == 0 {
		m.RepairEvery = usualRepair
	}
	if m.RepairEvery < oftenest || m.RepairEvery > rarest {
		return fmt.Errorf("repair_every: %s is not between %s and %s", m.RepairEvery, oftenest, rarest)
	}
	return nil
}
