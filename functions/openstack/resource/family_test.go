package resource_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
)

// glance is the image service, and makes images of it a day apart.
type glance struct {
	*testing.T

	lab    *cloud.Cloud
	server *sandbox.Server
}

func (g glance) ask(method string, body any, ok int, answer any, path ...string) {
	g.Helper()
	client, err := g.lab.Client(g.Context(), cloud.Image)
	if err != nil {
		g.Fatal(err)
	}
	o := &gophercloud.RequestOpts{JSONBody: body, JSONResponse: answer, OkCodes: []int{ok}}
	if method == http.MethodPatch {
		o.MoreHeaders = map[string]string{"Content-Type": "application/openstack-images-v2.1-json-patch"}
	}
	if text, raw := body.(gophercloud.RequestOpts); raw {
		o = &text
		o.OkCodes = []int{ok}
	}
	if _, err := client.Request(context.Background(), method, client.ServiceURL(path...), o); err != nil {
		g.Fatal(method, path, err)
	}
}

// makes makes an image; without data nobody has filled it yet.
func (g glance) makes(name string, data bool) string {
	g.Helper()
	var made struct{ ID string }
	g.ask(http.MethodPost, map[string]any{"name": name, "disk_format": "raw", "container_format": "bare"}, http.StatusCreated, &made, "images")
	if data {
		g.ask(http.MethodPut, gophercloud.RequestOpts{RawBody: strings.NewReader("x"), MoreHeaders: map[string]string{"Content-Type": "application/octet-stream"}}, http.StatusNoContent, nil, "images", made.ID, "file")
	}
	g.server.Advance(24 * time.Hour)
	return made.ID
}

// TestTheNewestOfAFamily: of all images whose names begin so the youngest is taken that can be used: neither what another family is called, nor what is hidden,
// deactivated or not filled yet.
func TestTheNewestOfAFamily(t *testing.T) {
	t.Parallel()
	clouds, server := cloudtest.Sandbox(t, sandbox.Options{Frozen: true, Token: 1000 * time.Hour})
	g := glance{t, cloudtest.Lab(t, clouds), server}
	newest := func(family string) string {
		image, err := resource.NewNames(g.lab).Image(t.Context(), family, true)
		if err != nil {
			return err.Error()
		}
		return image.ID
	}
	is := func(want string, families ...string) {
		t.Helper()
		for _, family := range families {
			if got := newest(family); got != want {
				t.Errorf("%s: %s, want %s", family, got, want)
			}
		}
	}
	second := g.makes("debian-12-20260102", true) // its name is not what orders them
	third := g.makes("debian-12-20260101", true)
	other := g.makes("debian-13-20260105", true)
	g.makes("old-debian-12-9", true)
	is(third, "debian-12", "debian-12-*", "debian-12-")
	is(other, "debian-13", "debian")
	is(second, "debian-12-20260102")
	hidden := g.makes("debian-12-20260201", true)
	is(hidden, "debian-12-*")
	g.ask(http.MethodPatch, []map[string]any{{"op": "replace", "path": "/os_hidden", "value": true}}, http.StatusOK, nil, "images", hidden)
	is(third, "debian-12-*")
	off := g.makes("debian-12-20260301", true)
	is(off, "debian-12-*")
	g.ask(http.MethodPost, nil, http.StatusNoContent, nil, "images", off, "actions", "deactivate")
	is(third, "debian-12-*")
	g.makes("debian-12-20260401", false)
	is(third, "debian-12-*")
	if none := newest("debian-11-*"); !strings.Contains(none, "lab has no image of the family debian-11-*; it has debian-12-20260101, debian-12-20260102, debian-13-20260105, old-debian-12-9, tiny") {
		t.Error(none)
	}
}
