package openstack

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const volumes = "/volume/v3/{project}/volumes"

func (p *person) volume(body string) string {
	p.Helper()
	id, _ := at(p.must("POST "+volumes, `{"volume":`+body+`}`), "volume.id").(string)
	return volumes + "/" + id
}

func TestTheLifeOfAVolume(t *testing.T) {
	t.Parallel()
	p := frozen(t)
	v := p.volume(`{"size":2,"name":"v","metadata":{"handsoff:env":"x"}}`)
	if s := at(p.must("GET "+v, ""), "volume.status"); s != "creating" {
		t.Errorf("at first it is %v", s)
	}
	if status, _ := p.ask("DELETE "+v, ""); status != http.StatusBadRequest {
		t.Errorf("deleted while it is made: %d", status)
	}
	p.until("GET "+v, "volume.status", "available")
	id := v[len(volumes)+1:]
	p.cloud.do(func() {
		if err := p.cloud.cinder.attach(id, "server", "/dev/vdb"); err != nil {
			t.Error(err)
		}
		if err := p.cloud.cinder.attach(id, "other", "/dev/vdb"); err == nil {
			t.Error("attached twice")
		}
	})
	if out := p.must("GET "+v, ""); at(out, "volume.status") != "in-use" {
		t.Error(out)
	}
	if status, _ := p.ask("DELETE "+v, ""); status != http.StatusBadRequest {
		t.Errorf("deleted while it is in use: %d", status)
	}
	p.cloud.do(func() { p.cloud.cinder.detach(id, "server") })
	p.must("POST "+v+"/action", `{"os-extend":{"new_size":5}}`)
	p.must("DELETE "+v, "")
	if out := p.must("GET "+v, ""); at(out, "volume.status") != "deleting" || at(out, "volume.size") != 5.0 {
		t.Error(out)
	}
	p.cloud.Advance(time.Minute)
	if status, _ := p.ask("GET "+v, ""); status != http.StatusNotFound {
		t.Errorf("gone: %d", status)
	}
}

func TestVolumesAreFoundByTheirMetadata(t *testing.T) {
	t.Parallel()
	p := frozen(t)
	p.volume(`{"size":1,"metadata":{"handsoff:env":"x","it's":"\"odd\""}}`)
	p.volume(`{"size":1,"metadata":{"handsoff:env":"y"}}`)
	for filter, want := range map[string]int{
		`{'handsoff:env':'x'}`: 1, `{"handsoff:env": "y"}`: 1, `{'handsoff:env':'z'}`: 0, `{'none':'x'}`: 0, `{}`: 2,
		`{"it's":'"odd"', 'handsoff:env': 'x'}`: 1,
	} {
		if n := p.count(volumes+"/detail?metadata="+escape(filter), "volumes"); n != want {
			t.Errorf("%s: %d", filter, n)
		}
	}
	if status, _ := p.ask("GET "+volumes+"?metadata="+escape("{'a'"), ""); status != http.StatusBadRequest {
		t.Errorf("a torn filter: %d", status)
	}
}

func escape(text string) string {
	out := ""
	for _, b := range []byte(text) {
		out += fmt.Sprintf("%%%02X", b)
	}
	return out
}

func TestWhatDoesNotFitIntoTheQuotaOfVolumes(t *testing.T) {
	t.Parallel()
	p := frozen(t)
	status, out := p.ask("POST "+volumes, `{"volume":{"size":1001}}`)
	if status != http.StatusRequestEntityTooLarge || at(out, "overLimit.retryAfter") != "0" {
		t.Errorf("%d %v", status, out)
	}
	for range 10 {
		p.volume(`{"size":1}`)
	}
	if status, _ = p.ask("POST "+volumes, `{"volume":{"size":1}}`); status != http.StatusRequestEntityTooLarge {
		t.Errorf("an eleventh: %d", status)
	}
	out = p.must("GET /volume/v3/{project}/os-quota-sets/{project}?usage=true", "")
	if at(out, "quota_set.volumes.in_use") != 10.0 || at(out, "quota_set.gigabytes.limit") != 1000.0 {
		t.Error(out)
	}
	out = p.must("GET /volume/v3/{project}/limits", "")
	if at(out, "limits.absolute.totalGigabytesUsed") != 10.0 {
		t.Error(out)
	}
}

func TestVolumesThatCannotBeMade(t *testing.T) {
	t.Parallel()
	p := frozen(t)
	for body, want := range map[string]int{
		`{}`: 400, `{"volume":{}}`: 400, `{"volume":{"size":0}}`: 400, `{"volume":{"size":"x"}}`: 400, `{"volume":{"size":1.5}}`: 400,
		`{"volume":{"size":1,"volume_type":"none"}}`: 404, `{"volume":{"size":1,"imageRef":"none"}}`: 400,
		`{"volume":{"size":1,"source_volid":"none"}}`: 404, `{"volume":{"size":1,"snapshot_id":"none"}}`: 404, `{"volume":`: 400,
		`{"volume":{"size":"1"}}`: 202,
	} {
		if status, out := p.ask("POST "+volumes, body); status != want {
			t.Errorf("%s: %d %v", body, status, out)
		}
	}
	if status, _ := p.ask("GET /volume/v3/other/volumes", ""); status != http.StatusBadRequest {
		t.Errorf("another project's path: %d", status)
	}
}

func TestDictionariesAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		want := rapid.MapOf(rapid.String(), rapid.String()).Draw(rt, "dict")
		text := ""
		for key, value := range want {
			text += fmt.Sprintf("%s: %s, ", quote(key), quote(value))
		}
		got, err := readDict("{" + text + "}")
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			rt.Fatalf("%q: %v %v", text, got, err)
		}
	})
}

// quote is a text as Python writes it.
func quote(text string) string {
	out := "'"
	for _, b := range []byte(text) {
		if b == '\'' || b == '\\' {
			out += `\`
		}
		out += string([]byte{b})
	}
	return out + "'"
}

func FuzzDict(f *testing.F) {
	f.Add(`{'a': 'b', "c": "d"}`)
	f.Add(`{u'a':u'b',}`)
	f.Add(`{'a`)
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := readDict(text); err == nil && got == nil {
			t.Error("neither a dictionary nor a mistake")
		}
	})
}
