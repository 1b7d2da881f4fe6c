package question

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
)

// crossing leads to a cloud, and to others that never answer.
type crossing struct{ lab http.Handler }

const labHost = "lab.example.org"

// RoundTrip implements http.RoundTripper.
func (c crossing) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != labHost {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	in := r.Clone(r.Context())
	in.Host, in.RequestURI = labHost, r.URL.RequestURI()
	if in.Body == nil {
		in.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	c.lab.ServeHTTP(w, in)
	return w.Result(), nil
}

// TestOneCloudIsDead: whatever is asked, what the clouds that are well say is told in the time for one cloud, and the one that is not is named.
func TestOneCloudIsDead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		file, err := config.Parse([]byte(benchConfig))
		if err != nil {
			t.Fatal(err)
		}
		server := sandbox.New(sandbox.Options{URL: "http://" + labHost, Boot: -1})
		defer server.Close()
		yaml := string(server.CloudsYAML("http://"+labHost)) + strings.ReplaceAll(strings.TrimPrefix(string(server.CloudsYAML("http://attic.example.org")), "clouds:\n"), "ops-", "attic-")
		section := &cloud.Section{Default: "lab", Patience: 2 * time.Second, Clouds: map[string]*cloud.Entry{
			"attic": {Entry: "attic-demo", Admin: "attic-admin"}, "lab": {Entry: "ops-demo", Admin: "ops-admin"},
		}}
		clouds, err := cloud.New(section, func(string) ([]byte, error) { return []byte(yaml), nil }, cloud.Options{Transport: crossing{server}})
		if err != nil {
			t.Fatal(err)
		}
		q := &Questions{clouds: clouds, set: &Section{}, roles: file, log: slog.New(slog.DiscardHandler), within: usual}
		lab, err := clouds.Find("lab")
		if err != nil {
			t.Fatal(err)
		}
		id := bootsAt(t, lab)
		const nothing = "attic's identity service cannot be reached while logging in"
		b := &bench{TB: t}
		ask := func(words string, args map[string]any) (string, time.Duration) {
			began := time.Now()
			answer, err := q.Parts().Calls[words](context.Background(), command.Call{Command: words, Args: args, Principal: "telnet:ann"})
			if err != nil {
				t.Fatal(err)
			}
			return answer.Text, time.Since(began)
		}
		for _, test := range []struct {
			words string
			args  map[string]any
			says  []string
		}{
			{cloudsWords, nil, []string{"lab (default, administered)", "compute v2.1", nothing}},
			{showWords, map[string]any{"server": "web"}, []string{id, "ACTIVE", nothing}},
			{showWords, map[string]any{"server": id}, []string{"web", nothing}},
			{showWords, map[string]any{"server": "wob"}, []string{"No server wob was found in attic and lab.", nothing}},
			{listWords, nil, []string{id, nothing}},
			{consoleWords, map[string]any{"server": "web"}, []string{"console", nothing}},
			{hostsWords, nil, []string{"fake1", nothing}},
			{hostWords, map[string]any{"host": "fake1"}, []string{"Memory", "fake1", nothing}},
			{onHostWords, map[string]any{"host": "fake1"}, []string{"On fake1 at lab:", nothing}},
			{quotaWords, nil, []string{"The project demo at lab:"}},
			{limitsWords, nil, []string{"Limits of the project demo at lab:"}},
			{quotaWords, map[string]any{"cloud": "attic"}, []string{nothing}},
			{limitsWords, map[string]any{"cloud": "attic"}, []string{nothing}},
		} {
			text, took := ask(test.words, test.args)
			b.says(text, test.says...)
			if most := cmp.Or(map[bool]time.Duration{true: usual.answer}[test.args["cloud"] != nil], section.Patience); took > most+time.Second {
				t.Errorf("%s %v: %s", test.words, test.args, took)
			}
		}
	})
}

// bootsAt makes a server called web, and gives its id.
func bootsAt(t *testing.T, lab *cloud.Cloud) string {
	t.Helper()
	names := resource.NewNames(lab)
	flavor, err := names.Flavor(t.Context(), "m1.nano")
	if err != nil {
		t.Fatal(err)
	}
	image, err := names.Image(t.Context(), "tiny", false)
	if err != nil {
		t.Fatal(err)
	}
	client, err := lab.Client(t.Context(), cloud.Compute)
	if err != nil {
		t.Fatal(err)
	}
	var made struct {
		Server struct{ ID string } `json:"server"`
	}
	wish := map[string]any{"server": map[string]any{"name": "web", "imageRef": image.ID, "flavorRef": flavor.ID, "networks": "none"}}
	if _, err := client.Post(t.Context(), client.ServiceURL("servers"), wish, &made, &gophercloud.RequestOpts{OkCodes: []int{http.StatusAccepted}}); err != nil {
		t.Fatal(fmt.Errorf("a server: %w", err))
	}
	return made.Server.ID
}
