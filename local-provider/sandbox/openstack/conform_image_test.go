package openstack_test

import (
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/openstack"
)

const patchType = "application/openstack-images-v2.1-json-patch"

// imageExchanges are what people, and this product, ask of Glance.
var imageExchanges = []exchange{
	{name: "versions", ask: "GET image /"},
	{name: "all versions", ask: "GET image /versions"},
	{name: "no token", ask: "GET image /v2/images"},
	{name: "nothing there", as: "demo", ask: "GET image /v2/nonsense"},
	{name: "tiny", as: "demo", ask: "GET image /v2/images?name=tiny", save: keep("tiny", "images[name=tiny].id")},
	{name: "by id", as: "demo", ask: "GET image /v2/images/{tiny}"},
	{name: "none", as: "demo", ask: "GET image /v2/images/nope"},
	{name: "make", as: "demo", ask: "POST image /v2/images", body: `{"name":"e-{run}","disk_format":"raw","container_format":"bare","tags":["t-{run}","u-{run}"],"mine":"v","os_distro":"debian"}`, save: keep("image", "id")},
	{name: "make again", as: "demo", ask: "POST image /v2/images", body: `{"id":"{image}"}`},
	{name: "make public", as: "demo", ask: "POST image /v2/images", body: `{"name":"e","visibility":"public"}`},
	{name: "make numbered", as: "demo", ask: "POST image /v2/images", body: `{"name":5}`},
	{name: "make odd format", as: "demo", ask: "POST image /v2/images", body: `{"disk_format":"zz"}`},
	{name: "make odd visibility", as: "demo", ask: "POST image /v2/images", body: `{"visibility":"zz"}`},
	{name: "make odd property", as: "demo", ask: "POST image /v2/images", body: `{"mine":5}`},
	{name: "make odd id", as: "demo", ask: "POST image /v2/images", body: `{"id":"zz"}`},
	{name: "make active", as: "demo", ask: "POST image /v2/images", body: `{"status":"active"}`},
	{name: "make torn", as: "demo", ask: "POST image /v2/images", body: `{"name"`},
	{name: "queued", as: "demo", ask: "GET image /v2/images/{image}"},
	{name: "no bytes", as: "demo", ask: "GET image /v2/images/{image}/file"},
	{name: "upload JSON", as: "demo", ask: "PUT image /v2/images/{image}/file", body: `hello`},
	{name: "upload", as: "demo", ask: "PUT image /v2/images/{image}/file", body: `hello`, head: keep("Content-Type", "application/octet-stream"), quiet: true},
	{name: "upload again", as: "demo", ask: "PUT image /v2/images/{image}/file", body: `hello`, head: keep("Content-Type", "application/octet-stream")},
	{name: "active", as: "demo", ask: "GET image /v2/images/{image}"},
	{name: "bytes", as: "demo", ask: "GET image /v2/images/{image}/file"},
	{name: "tag", as: "demo", ask: "PUT image /v2/images/{image}/tags/w", quiet: true},
	{name: "untag", as: "demo", ask: "DELETE image /v2/images/{image}/tags/w", quiet: true},
	{name: "untag again", as: "demo", ask: "DELETE image /v2/images/{image}/tags/w"},
	{name: "patch", as: "demo", ask: "PATCH image /v2/images/{image}", body: `[{"op":"replace","path":"/name","value":"e2-{run}"},{"op":"add","path":"/p-{run}","value":"v2"},{"op":"remove","path":"/mine"}]`, head: keep("Content-Type", patchType), quiet: true},
	{name: "patch nothing", as: "demo", ask: "PATCH image /v2/images/{image}", body: `[{"op":"replace","path":"/nope","value":"x"}]`, head: keep("Content-Type", patchType)},
	{name: "patch status", as: "demo", ask: "PATCH image /v2/images/{image}", body: `[{"op":"replace","path":"/status","value":"x"}]`, head: keep("Content-Type", patchType)},
	{name: "publish", as: "demo", ask: "PATCH image /v2/images/{image}", body: `[{"op":"replace","path":"/visibility","value":"public"}]`, head: keep("Content-Type", patchType)},
	{name: "patch JSON", as: "demo", ask: "PATCH image /v2/images/{image}", body: `[]`},
	{name: "patch odd", as: "demo", ask: "PATCH image /v2/images/{image}", body: `{"x":1}`, head: keep("Content-Type", patchType)},
	{name: "patch others'", as: "demo", ask: "PATCH image /v2/images/{tiny}", body: `[{"op":"replace","path":"/name","value":"x"}]`, head: keep("Content-Type", patchType)},
	{name: "protect", as: "demo", ask: "PATCH image /v2/images/{image}", body: `[{"op":"replace","path":"/protected","value":true}]`, head: keep("Content-Type", patchType), quiet: true},
	{name: "remove protected", as: "demo", ask: "DELETE image /v2/images/{image}"},
	{name: "unprotect", as: "demo", ask: "PATCH image /v2/images/{image}", body: `[{"op":"replace","path":"/protected","value":false}]`, head: keep("Content-Type", patchType), quiet: true},

	{name: "page", as: "demo", ask: "GET image /v2/images?limit=1&sort=name:asc&tag=t-{run}", quiet: true},
	{name: "by tags", as: "demo", ask: "GET image /v2/images?tag=t-{run}&tag=u-{run}", quiet: true},
	{name: "by wrong tags", as: "demo", ask: "GET image /v2/images?tag=t-{run}&tag=z-{run}"},
	{name: "by property", as: "demo", ask: "GET image /v2/images?p-{run}=v2", quiet: true},
	{name: "by names", as: "demo", ask: "GET image /v2/images?name=in:tiny,none"},
	{name: "by nothing known", as: "demo", ask: "GET image /v2/images?bogus=1"},
	{name: "by no status", as: "demo", ask: "GET image /v2/images?status=zz"},
	{name: "by visibility", as: "demo", ask: "GET image /v2/images?visibility=public&name=tiny"},
	{name: "by odd visibility", as: "demo", ask: "GET image /v2/images?visibility=zz"},
	{name: "by odd flag", as: "demo", ask: "GET image /v2/images?protected=zz"},
	{name: "by size", as: "demo", ask: "GET image /v2/images?size_min=1&name=tiny"},
	{name: "by odd size", as: "demo", ask: "GET image /v2/images?size_min=z"},
	{name: "by time", as: "demo", ask: "GET image /v2/images?created_at=gt:2020-01-01T00:00:00Z&name=tiny"},
	{name: "by odd time", as: "demo", ask: "GET image /v2/images?created_at=zz"},
	{name: "odd limit", as: "demo", ask: "GET image /v2/images?limit=zz"},
	{name: "negative limit", as: "demo", ask: "GET image /v2/images?limit=-1"},
	{name: "none at all", as: "demo", ask: "GET image /v2/images?limit=0"},
	{name: "odd marker", as: "demo", ask: "GET image /v2/images?marker=zz"},
	{name: "odd key", as: "demo", ask: "GET image /v2/images?sort_key=bogus"},
	{name: "odd direction", as: "demo", ask: "GET image /v2/images?sort_dir=bogus"},
	{name: "odd order", as: "demo", ask: "GET image /v2/images?sort=name:zz"},
	{name: "remove others'", as: "demo", ask: "DELETE image /v2/images/{tiny}"},
	{name: "remove", as: "demo", ask: "DELETE image /v2/images/{image}", quiet: true},
	{name: "gone", as: "demo", ask: "GET image /v2/images/{image}"},
	{name: "remove again", as: "demo", ask: "DELETE image /v2/images/{image}"},
	{name: "stores", as: "demo", ask: "GET image /v2/info/stores"},
}

func TestImagesAnswerAsTheRealOnesDo(t *testing.T) {
	t.Parallel()
	for i := range imageExchanges {
		x := &imageExchanges[i]
		if x.head == nil {
			x.head = map[string]string{}
		}
		x.head["Accept"] = "application/json"
	}
	conform(t, "image.json", imageExchanges, newRig(t, openstack.Options{}))
}
