package exposition_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/functions/dashboard/exposition"
)

const grafana = "../../../deploy/grafana/"

var (
	metricName = regexp.MustCompile(`\bhandsoff_[a-z_]+`)
	inQuotes   = regexp.MustCompile(`"[^"]*"`)
)

// check makes sure that an expression names metrics that there are, and closes what it opens.
func check(t *testing.T, where, expr string) {
	t.Helper()
	bare := inQuotes.ReplaceAllString(expr, `""`)
	for _, name := range metricName.FindAllString(bare, -1) {
		if !slices.Contains(exposition.Names(), name) {
			t.Errorf("%s: there is no %s", where, name)
		}
	}
	var open []rune
	for _, r := range bare {
		if strings.ContainsRune("([{", r) {
			open = append(open, r)
		}
		if i := strings.IndexRune(")]}", r); i >= 0 {
			if len(open) == 0 || strings.IndexRune("([{", open[len(open)-1]) != i {
				t.Fatalf("%s: %q closes what it has not opened", where, expr)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 || strings.TrimSpace(expr) == "" {
		t.Errorf("%s: %q is not whole", where, expr)
	}
}

// TestEveryMetricIsOfUse: each that is exposed is shown or alerted on; of a histogram its buckets, its sum or its count.
func TestEveryMetricIsOfUse(t *testing.T) {
	t.Parallel()
	var used []string
	for _, file := range []string{"handsoff.json", "alerts.yml"} {
		text, err := os.ReadFile(grafana + file)
		if err != nil {
			t.Fatal(err)
		}
		used = append(used, metricName.FindAllString(string(text), -1)...)
	}
	for _, name := range exposition.Names() {
		base, isSum := strings.CutSuffix(name, "_sum")
		base, isCount := strings.CutSuffix(base, "_count")
		part := (isSum || isCount) && slices.Contains(used, base+"_bucket")
		if !part && !slices.Contains(used, name) {
			t.Errorf("%s is neither shown nor alerted on", name)
		}
	}
}

// TestTheDashboardShowsWhatThereIs: every metric that it names is exposed.
func TestTheDashboardShowsWhatThereIs(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(grafana + "handsoff.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		UID    string `json:"uid"`
		Panels []struct {
			ID      int    `json:"id"`
			Title   string `json:"title"`
			Targets []struct {
				Expr string `json:"expr"`
			} `json:"targets"`
		} `json:"panels"`
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	ids := make(map[int]bool)
	for _, panel := range dashboard.Panels {
		if panel.Title == "" || len(panel.Targets) == 0 || ids[panel.ID] {
			t.Errorf("%+v", panel)
		}
		ids[panel.ID] = true
		for _, target := range panel.Targets {
			check(t, panel.Title, target.Expr)
		}
	}
	if dashboard.UID == "" || len(ids) < 10 {
		t.Errorf("%d panels", len(ids))
	}
}

// TestAlertsNameWhatThereIs reads the rules as strictly as Prometheus does.
func TestAlertsNameWhatThereIs(t *testing.T) {
	t.Parallel()
	file, err := os.Open(grafana + "alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var rules struct {
		Groups []struct {
			Name  string `yaml:"name"`
			Rules []struct {
				Alert       string            `yaml:"alert"`
				Expr        string            `yaml:"expr"`
				For         time.Duration     `yaml:"for"`
				Labels      map[string]string `yaml:"labels"`
				Annotations map[string]string `yaml:"annotations"`
			} `yaml:"rules"`
		} `yaml:"groups"`
	}
	in := yaml.NewDecoder(file)
	in.KnownFields(true)
	if err := in.Decode(&rules); err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for _, group := range rules.Groups {
		for _, r := range group.Rules {
			check(t, r.Alert, r.Expr)
			if seen[r.Alert] || r.Alert == "" || r.For <= 0 || r.Annotations["summary"] == "" || r.Annotations["description"] == "" ||
				!slices.Contains([]string{"warning", "critical"}, r.Labels["severity"]) {
				t.Errorf("%+v", r)
			}
			seen[r.Alert] = true
		}
	}
	if len(seen) < 10 {
		t.Errorf("%d rules", len(seen))
	}
}
