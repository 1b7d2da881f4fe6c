package dashboard_test

import (
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/config/configtest"
	"github.com/handsoff/handsoff/shared/dashboard"
)

// The schema describes every key that is read here, and no other.
func TestConfigurationIsDescribed(t *testing.T) {
	t.Parallel()
	configtest.Agrees(t, "dashboard", dashboard.Section{})
}

// The configurations that the project hands out are right.
func TestExamplesAreRight(t *testing.T) {
	t.Parallel()
	for name, file := range configtest.Examples(t) {
		if _, err := dashboard.Read(file); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What cannot work is refused.
func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	const url = "slack: {}\ndashboard:\n  url: https://x.example\n  "
	for text, want := range map[string]string{
		url + "slack: {client_id: us, team: T0HOME}": "",
		url + "github: {client_id: us}":              "",
		url + "slack:":                               "",
		"dashboard: {url: https://x.example, slack: {client_id: us, team: T0HOME}}": "there is no section slack",
		url + "slack: {client_id: us, team: E0GRID}":                                "not the id of a workspace",
		url + "slack: {client_id: us}":                                              "not the id of a workspace",
		url + "slack: {team: T0HOME}":                                               "client_id is missing",
		url + "github: {}":                                                          "client_id is missing",
		"dashboard: {github: {client_id: us}}":                                      "url is missing",
		"dashboard: {url: 'https://x.example/?a=b'}":                                "is not an address of a page",
		url + "github: {client_id: us, api: 'https://x:y@h'}":                       "is not an address of a page",
		"dashboard: {public: [everything]}":                                         "nothing that can be public",
	} {
		file, err := config.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if _, err = dashboard.Read(file); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s\nis told %v, want %q", text, err, want)
		}
	}
}
