package question

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
)

// dozing is a large cloud, without a network, that falls asleep over a page.
type dozing struct {
	*large

	over int64
}

// RoundTrip implements http.RoundTripper.
func (d dozing) RoundTrip(r *http.Request) (*http.Response, error) {
	if d.pages.Load() == d.over {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result(), nil
}

// TestListIsCut: a list takes no longer than whoever asked for it waits, and shows what had come by then.
func TestListIsCut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		file, err := config.Parse([]byte(benchConfig))
		if err != nil {
			t.Fatal(err)
		}
		l := &large{servers: 1000, url: "http://cloud.example.org"}
		section := cloudtest.Section()
		section.Clouds["lab"].Admin = ""
		yaml := fmt.Sprintf("clouds: {ops-demo: {region_name: RegionOne, auth: {auth_url: %q, username: demo, password: x, project_name: demo}}}", l.url+"/v3")
		clouds, err := cloud.New(section, func(string) ([]byte, error) { return []byte(yaml), nil }, cloud.Options{Transport: dozing{l, 2}})
		if err != nil {
			t.Fatal(err)
		}
		q := &Questions{clouds: clouds, roles: file, log: slog.New(slog.DiscardHandler), within: usual}
		began := time.Now()
		answer, err := q.Parts().Calls[listWords](context.Background(), command.Call{Command: listWords, Principal: "telnet:vera"})
		b := &bench{TB: t}
		b.says(answer.Text, "server-0 ", "server-49 ", "… and at least 150 more; ")
		if took := time.Since(began); err != nil || answer.Problem != nil || took > usual.answer {
			t.Errorf("after %s: %v %+v", took, err, answer.Problem)
		}
	})
}
