package question

import (
	"cmp"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
)

// large is a cloud with very many servers, which makes up each page when it is asked for.
type large struct {
	servers int
	pages   atomic.Int64
	most    atomic.Uint64 // bytes of the heap that were in use, as seen at every tenth page
	url     string
	alike   string // what all servers are called; each has a name of its own when empty
}

func (l *large) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch {
	case strings.HasSuffix(r.URL.Path, "/auth/tokens"):
		w.Header().Set("X-Subject-Token", "t")
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"token":{"expires_at":"2099-01-01T00:00:00Z","user":{"id":"u","name":"demo"},"project":{"id":"p","name":"demo","domain":{}},"roles":[],`+
			`"catalog":[{"type":"compute","endpoints":[{"interface":"public","region":"RegionOne","url":%q}]}]}}`, l.url+"/v2.1")
	case strings.HasSuffix(r.URL.Path, "/servers/detail"):
		l.page(w, r)
	case strings.HasSuffix(r.URL.Path, "/os-hypervisors/detail"): // whose list leads back to itself
		if l.pages.Add(1) > 100 {
			w.WriteHeader(http.StatusTeapot)
		}
		fmt.Fprint(w, `{"hypervisors":[{"id":"h","hypervisor_hostname":"fake1"}],"hypervisors_links":[{"rel":"next","href":""}]}`)
	default:
		fmt.Fprint(w, `{"versions":[{"id":"v2.1","status":"CURRENT","version":"2.93","min_version":"2.1"}]}`)
	}
}

// inUse is how many bytes of the heap are in use, without what could be collected.
func inUse() uint64 {
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return memory.HeapAlloc
}

func (l *large) page(w http.ResponseWriter, r *http.Request) {
	if l.pages.Add(1)%10 == 0 {
		l.most.Store(max(l.most.Load(), inUse()))
	}
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	from := 0
	if marker := r.URL.Query().Get("marker"); marker != "" {
		from, _ = strconv.Atoi(strings.TrimLeft(marker[24:], "0"))
		from++
	}
	fmt.Fprint(w, `{"servers":[`)
	for i := from; i < min(from+limit, l.servers); i++ {
		if i > from {
			fmt.Fprint(w, ",")
		}
		fmt.Fprintf(w, `{"id":"00000000-0000-4000-8000-%012d","name":%q,"status":"ACTIVE","tenant_id":"p","flavor":{"original_name":"m1.nano"},`+
			`"addresses":{"shared":[{"addr":"10.0.%d.%d","OS-EXT-IPS:type":"fixed"}]},"metadata":{"filling":%q}}`, i, cmp.Or(l.alike, fmt.Sprintf("server-%d", i)), i/250, i%250, strings.Repeat("x", 2000))
	}
	fmt.Fprint(w, `]`)
	if from+limit < l.servers {
		fmt.Fprint(w, `,"servers_links":[{"rel":"next","href":"http://elsewhere.example.org/"}]`)
	}
	fmt.Fprint(w, `}`)
}

// TestTenThousandServers: a list keeps what it shows. It runs alone, since it looks at the whole process' memory; what ran before
// does not count.
func TestTenThousandServers(t *testing.T) {
	l := &large{servers: 10_000}
	b := l.bench(t)
	before := inUse()
	b.answers(listWords, nil, "server-0 ", "server-49 ", "… and 9950 more; ")
	if pages := l.pages.Load(); pages != 100 {
		t.Errorf("%d pages were asked for", pages)
	}
	mib := (int64(l.most.Load()) - int64(before)) >> 20
	if mib >= 15 { // all of them are 25
		t.Errorf("%d MiB more were in use", mib)
	}
	t.Logf("%d MiB more were in use at most", mib)
}

// bench is a large cloud with the commands.
func (l *large) bench(t *testing.T, more ...func(*cloud.Section)) *bench {
	t.Helper()
	web := httptest.NewServer(l)
	t.Cleanup(web.Close)
	l.url = web.URL
	file := fmt.Sprintf("clouds: {ops-demo: {region_name: RegionOne, auth: {auth_url: %q, username: demo, password: x, project_name: demo}}}", web.URL+"/v3")
	clouds := cloudtest.Open(t, []byte(file), append([]func(*cloud.Section){func(s *cloud.Section) { s.Clouds["lab"].Admin = "" }}, more...)...)
	return benchOn(t, clouds, nil)
}

// TestServersOfOneName: however many are called alike, an answer has an end, and says that there are more.
func TestServersOfOneName(t *testing.T) {
	t.Parallel()
	l := &large{servers: 1000, alike: "web"}
	b := l.bench(t, func(s *cloud.Section) {
		for _, name := range []string{"attic", "barn"} {
			s.Clouds[name] = &cloud.Entry{Entry: "ops-demo"}
		}
	})
	text := b.answers(showWords, map[string]any{"server": "web"}, "-000000000009\n", "\n\n… and there are more of web: openstack server list name=… lists servers.")
	if shown := strings.Count(text, "  Name "); shown != maxSheets {
		t.Errorf("%d are shown", shown)
	}
	if text := b.answers(showWords, map[string]any{"server": "web", "cloud": "lab"}, "… and there are more"); strings.Count(text, "  Name ") != maxFound {
		t.Errorf("of one cloud are shown:\n%s", text)
	}
	text = b.answersTo("telnet:ann", consoleWords, map[string]any{"server": "web"}, "33 servers are meant by web; say the id of one, or the cloud: 00000000-0000-4000-8000-000000000000 (ACTIVE at attic, project p); ", "; and there are more.")
	if strings.Count(text, "ACTIVE") != maxFound || strings.Contains(text, "\n") {
		t.Errorf("a job's end is one line:\n%s", text)
	}
	b.answers(listWords, nil, "… and 2950 more; project, status")
	(&large{}).bench(t).answers(listWords, nil, "There is no server in lab.")
}
