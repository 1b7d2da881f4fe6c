package resource_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
)

// overheard is a lab of which it is heard what servers are asked for.
func overheard(t *testing.T) (l *lab, orders func() []map[string]any) {
	t.Helper()
	server := sandbox.New(sandbox.Options{Boot: -1, Delete: -1})
	var mu sync.Mutex
	var heard []map[string]any
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/servers") {
			text, err := io.ReadAll(r.Body)
			var order map[string]any
			if err != nil || json.Unmarshal(text, &order) != nil {
				t.Error(err, string(text))
			}
			r.Body = io.NopCloser(bytes.NewReader(text))
			mu.Lock()
			heard = append(heard, order)
			mu.Unlock()
		}
		server.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { server.Close(); web.Close() })
	l = &lab{tb: t, cloud: cloudtest.Lab(t, cloudtest.Open(t, server.CloudsYAML(web.URL))), sandbox: server, env: "g2-boot"}
	t.Cleanup(l.takeBack)
	return l, func() []map[string]any {
		mu.Lock()
		defer mu.Unlock()
		return heard
	}
}

// TestAServerBootsFromAVolume: Nova is asked for a volume made of the image, which goes with the server, instead of for the image.
func TestAServerBootsFromAVolume(t *testing.T) {
	t.Parallel()
	l, orders := overheard(t)
	spec := serverSpec()
	image, err := resource.NewNames(l.cloud).Image(t.Context(), "tiny", false)
	if err != nil {
		t.Fatal(err)
	}
	l.make(l.wish(resource.KindServer, "plain", spec, nil))
	spec.BootVolume = 7
	thing := l.make(l.wish(resource.KindServer, "booted", spec, nil))
	if len(orders()) != 2 {
		t.Fatal(orders())
	}
	plain, booted := orders()[0]["server"].(map[string]any), orders()[1]["server"].(map[string]any)
	if plain["imageRef"] != image.ID || plain["block_device_mapping_v2"] != nil {
		t.Error(plain)
	}
	want := []any{map[string]any{ // https://docs.openstack.org/api-ref/compute/#create-server
		"source_type": "image", "uuid": image.ID, "destination_type": "volume", "boot_index": 0.0, "volume_size": 7.0, "delete_on_termination": true,
	}}
	if _, named := booted["imageRef"]; named || !reflect.DeepEqual(booted["block_device_mapping_v2"], want) {
		t.Error(booted)
	}
	var shown struct {
		Server struct {
			Image   any                   `json:"image"`
			Volumes []struct{ ID string } `json:"os-extended-volumes:volumes_attached"`
		} `json:"server"`
	}
	client, err := l.cloud.Client(t.Context(), cloud.Compute)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Get(t.Context(), client.ServiceURL("servers", thing.ID), &shown, nil); err != nil || shown.Server.Image != "" || len(shown.Server.Volumes) != 1 {
		t.Error(shown, err)
	}
}
