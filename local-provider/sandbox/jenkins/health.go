package jenkins

import (
	"fmt"
	"strings"
)

// color is the job's ball: that of its last build, and blinking while one runs.
func (it *item) color() string {
	last := it.last(always)
	if it.spec.disabled && last != nil && last.running() {
		return "disabled_anime"
	}
	if it.spec.disabled {
		return "disabled"
	}
	if last == nil {
		return "notbuilt"
	}
	return last.color()
}

// color is the build's ball; a running one has that of the build before it.
func (b *build) color() string {
	if !b.running() {
		switch b.Result {
		case success:
			return "blue"
		case unstable:
			return "yellow"
		case failure:
			return "red"
		case notBuilt:
			return "notbuilt"
		default:
			return "aborted"
		}
	}
	base := "notbuilt"
	if before := b.previous(); before != nil {
		base = before.color()
	}
	return strings.TrimSuffix(base, "_anime") + "_anime"
}

// healthWindow is how many conclusive builds the weather is made from.
const healthWindow = 5

// health is Jenkins' weather: the share of failures among the last conclusive builds; false when no build has ended.
func (it *item) health() (score int, text string, ok bool) {
	if it.last(finished) == nil {
		return 0, "", false
	}
	total, failed := 0, 0
	for _, b := range it.records() {
		if total == healthWindow {
			break
		}
		if b.running() || worse(b.Result) > worse(failure) {
			continue
		}
		total++
		if b.Result == failure {
			failed++
		}
	}
	switch failed {
	case 0:
		return 100, "Build stability: No recent builds failed.", true
	case total:
		return 0, "Build stability: All recent builds failed.", true
	default:
		return 100 * (total - failed) / total,
			fmt.Sprintf("Build stability: %d out of the last %d builds failed.", failed, total), true
	}
}

// healthIcon is the picture of a score.
func healthIcon(score int) (class, file string) {
	for _, band := range []struct {
		upTo int
		name string
	}{{20, "00to19"}, {40, "20to39"}, {60, "40to59"}, {80, "60to79"}} {
		if score <= band.upTo {
			return "icon-health-" + band.name, "health-" + band.name + ".png"
		}
	}
	return "icon-health-80plus", "health-80plus.png"
}
