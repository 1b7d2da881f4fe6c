package cloud_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
)

// twenty are clouds c00 to c19, each with a sandbox of its own, called as it is with .example.org behind.
func twenty(tb testing.TB, hangs func(*http.Request) bool) (*cloud.Clouds, []*sandbox.Server) {
	tb.Helper()
	section := &cloud.Section{Clouds: map[string]*cloud.Entry{}}
	way := direct{map[string]http.Handler{}, hangs}
	var servers []*sandbox.Server
	file := "clouds:\n"
	for i := range 20 {
		name := fmt.Sprintf("c%02d", i)
		host := name + ".example.org"
		server := sandbox.New(sandbox.Options{URL: "http://" + host})
		tb.Cleanup(server.Close)
		servers, way.hosts[host] = append(servers, server), server
		section.Clouds[name] = &cloud.Entry{Entry: name}
		_, demo, _ := strings.Cut(string(server.CloudsYAML("http://"+host)), "  ops-demo:\n")
		demo, _, _ = strings.Cut(demo, "  ops-app:\n")
		file += "  " + name + ":\n" + demo
	}
	clouds, err := cloud.New(section, func(string) ([]byte, error) { return []byte(file), nil }, cloud.Options{Transport: way})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(clouds.Close)
	return clouds, servers
}

// none of the requests hangs.
func none(*http.Request) bool { return false }

func project(ctx context.Context, c *cloud.Cloud) (string, error) {
	_, name, err := c.Project(ctx)
	return name, err
}

// TestOneOfTwentyHangs: the others answer, in their order, and it is named.
func TestOneOfTwentyHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clouds, _ := twenty(t, func(r *http.Request) bool { return r.URL.Host == "c07.example.org" })
		const patience = 3 * time.Second
		began := time.Now()
		replies := cloud.Each(t.Context(), clouds.All(), patience, project)
		if took := time.Since(began); took != patience {
			t.Errorf("it took %s", took)
		}
		for i, r := range replies {
			if name := fmt.Sprintf("c%02d", i); r.Cloud.Name() != name {
				t.Errorf("%d is %s", i, r.Cloud.Name())
			}
			if i == 7 {
				if f := cloud.Judge(r.Err); f == nil || f.Cloud != "c07" || !f.Passing() {
					t.Errorf("the one that hangs: %v", r.Err)
				}
				continue
			}
			if r.Err != nil || r.Value != "demo" {
				t.Errorf("%s: %q %v", r.Cloud.Name(), r.Value, r.Err)
			}
		}
	})
}

// TestDeafAsk: what does not heed its context holds nobody up either.
func TestDeafAsk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clouds, _ := twenty(t, none)
		release := make(chan struct{})
		defer close(release)
		began := time.Now()
		replies := cloud.Each(t.Context(), clouds.All(), 50*time.Millisecond, func(_ context.Context, c *cloud.Cloud) (string, error) {
			if c.Name() == "c03" {
				<-release
			}
			return c.Name(), nil
		})
		if took := time.Since(began); took > time.Second {
			t.Errorf("it took %s", took)
		}
		for i, r := range replies {
			if i == 3 != (r.Err != nil) {
				t.Errorf("%s: %v", r.Cloud.Name(), r.Err)
			}
		}
		if f := cloud.Judge(replies[3].Err); f.Sentence() != "c03 was asked and gave no answer: nothing within 0.1 s." {
			t.Error(f.Sentence())
		}
	})
}

// BenchmarkSearch20 is a search over twenty clouds of which each takes 20 ms to answer: about the time of one.
func BenchmarkSearch20(b *testing.B) {
	clouds, servers := twenty(b, none)
	cloud.Each(b.Context(), clouds.All(), 10*time.Second, project)
	for _, s := range servers {
		s.Break(sandbox.Fault{Kind: sandbox.FaultSlow, Delay: 20 * time.Millisecond})
	}
	for b.Loop() {
		for _, r := range cloud.Each(b.Context(), clouds.All(), 10*time.Second, func(ctx context.Context, c *cloud.Cloud) (struct{}, error) {
			return struct{}{}, read(ctx, c, cloud.Identity, "auth", "projects")
		}) {
			if r.Err != nil {
				b.Fatal(r.Err)
			}
		}
	}
}
