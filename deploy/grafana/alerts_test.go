// Package grafana_test tries the alert rules with Prometheus' own promtool.
package grafana_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/need"
)

// Prometheus takes the rules, and each alert fires when it should and not before: alerts_test.yml says when.
func TestTheAlerts(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"check rules --lint-fatal alerts.yml", "test rules alerts_test.yml"} {
		if out, err := exec.CommandContext(t.Context(), need.Program(t, "promtool"), strings.Fields(args)...).CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", args, err, out)
		}
	}
}

func TestEveryAlertIsTried(t *testing.T) {
	t.Parallel()
	rules, err := os.ReadFile("alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	tried, err := os.ReadFile("alerts_test.yml")
	if err != nil {
		t.Fatal(err)
	}
	alerts := regexp.MustCompile(`(?m)^ *- alert: (\w+)$`).FindAllStringSubmatch(string(rules), -1)
	for _, alert := range alerts {
		if !strings.Contains(string(tried), `{alertname="`+alert[1]+`", `) {
			t.Errorf("nobody has seen %s fire", alert[1])
		}
	}
	if len(alerts) == 0 {
		t.Error("there are no alerts")
	}
}
