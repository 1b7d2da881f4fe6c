// Package cloudtest gives tests a cloud: the sandbox's, in process, or a real one. With HANDSOFF_OPENSTACK, which names a
// clouds.yaml with the entries ops-demo and ops-admin, the same tests run on that; what they make there bears a name of their
// own, and they delete it.
package cloudtest

import (
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
)

// Variable names the clouds.yaml of a real cloud.
const Variable = "HANDSOFF_OPENSTACK"

// Name is the cloud's name: its account is the entry ops-demo, and its administrator's ops-admin.
const Name = "lab"

// Real reports whether tests run on a real cloud.
func Real() bool { return os.Getenv(Variable) != "" }

// Clouds gives the cloud Name. The sandbox is nil on a real one. Changes change the configuration before it is read.
func Clouds(tb testing.TB, changes ...func(*cloud.Section)) (*cloud.Clouds, *sandbox.Server) {
	tb.Helper()
	if !Real() {
		clouds, server := Sandbox(tb, sandbox.Options{Boot: 200 * time.Millisecond, Delete: 200 * time.Millisecond}, changes...)
		return clouds, server
	}
	text, err := os.ReadFile(os.Getenv(Variable))
	if err != nil {
		tb.Fatal(err)
	}
	return Open(tb, text, changes...), nil
}

// Sandbox gives the cloud Name on a sandbox with these options, also where tests run on a real one.
func Sandbox(tb testing.TB, o sandbox.Options, changes ...func(*cloud.Section)) (*cloud.Clouds, *sandbox.Server) {
	tb.Helper()
	server, url := Serve(tb, o)
	return Open(tb, server.CloudsYAML(url), changes...), server
}

// Serve starts a sandbox and gives its address.
func Serve(tb testing.TB, o sandbox.Options) (*sandbox.Server, string) {
	tb.Helper()
	server := sandbox.New(o)
	if err := server.Err(); err != nil {
		tb.Fatal(err)
	}
	web := httptest.NewServer(server)
	tb.Cleanup(func() {
		server.Mend()
		server.Close() // lets go of what hangs
		web.Close()
		if err := server.Err(); err != nil {
			tb.Error(err)
		}
	})
	return server, web.URL
}

// Section is the configuration with the cloud Name alone, looked at as often as a sandbox deserves, and with all the patience
// that can be configured: how busy the machine is decides nothing.
func Section() *cloud.Section {
	pace := 100 * time.Millisecond
	if Real() {
		pace = 500 * time.Millisecond
	}
	s := &cloud.Section{
		Default: Name, Pace: map[string]time.Duration{}, Patience: 10 * time.Minute, Timeout: 10 * time.Minute,
		Clouds: map[string]*cloud.Entry{Name: {Entry: "ops-demo", Admin: "ops-admin", Horizon: "https://horizon.example.org/dashboard/"}},
	}
	for _, kind := range []string{"server", "network", "subnet", "router", "routerport", "volume", "attachment", "floatingip", "stack", "project", "port"} {
		s.Pace[kind] = pace
	}
	return s
}

// Open reads a clouds.yaml for the configuration of Section.
func Open(tb testing.TB, file []byte, changes ...func(*cloud.Section)) *cloud.Clouds {
	tb.Helper()
	section := Section()
	for _, change := range changes {
		change(section)
	}
	clouds, err := cloud.New(section, func(string) ([]byte, error) { return file, nil }, cloud.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(clouds.Close)
	return clouds
}

// Needs skips a test where the cloud Name has not got a service that it takes, and says which: a real one may have Keystone and
// Heat only.
func Needs(tb testing.TB, clouds *cloud.Clouds, services ...cloud.Service) {
	tb.Helper()
	for _, one := range services {
		has, err := Lab(tb, clouds).Has(tb.Context(), one)
		if err != nil {
			tb.Fatal(err)
		}
		if !has {
			tb.Skipf("this cloud has no %s service", one)
		}
	}
}

// Whole skips a test where the cloud has not got all that servers take.
func Whole(tb testing.TB, clouds *cloud.Clouds) {
	tb.Helper()
	Needs(tb, clouds, cloud.Compute, cloud.Network, cloud.Image)
}

// Lab is the cloud Name itself.
func Lab(tb testing.TB, clouds *cloud.Clouds) *cloud.Cloud {
	tb.Helper()
	found, err := clouds.Find(Name)
	if err != nil {
		tb.Fatal(err)
	}
	return found
}
