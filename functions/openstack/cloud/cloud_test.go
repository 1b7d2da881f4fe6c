package cloud_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
)

// read gets a path of a service.
func read(ctx context.Context, c *cloud.Cloud, s cloud.Service, path ...string) error {
	client, err := c.Client(ctx, s)
	if err != nil {
		return err
	}
	var into any
	_, err = client.Get(ctx, client.ServiceURL(path...), &into, nil)
	return err
}

// post posts to a path of a service.
func post(ctx context.Context, c *cloud.Cloud, s cloud.Service, path ...string) error {
	client, err := c.Client(ctx, s)
	if err != nil {
		return err
	}
	_, err = client.Post(ctx, client.ServiceURL(path...), map[string]any{"nothing": true}, nil, &gophercloud.RequestOpts{OkCodes: []int{200, 201, 202}})
	return err
}

// asked counts the requests whose line begins so.
func asked(server *sandbox.Server, line string) int {
	n := 0
	for _, a := range server.Asked() {
		if strings.HasPrefix(a, line) {
			n++
		}
	}
	return n
}

func TestLogIn(t *testing.T) {
	t.Parallel()
	clouds, _ := cloudtest.Clouds(t)
	lab := cloudtest.Lab(t, clouds)
	id, name, err := lab.Project(t.Context())
	if err != nil || name != "demo" || len(id) != 32 {
		t.Fatalf("project %q %q: %v", id, name, err)
	}
	account, err := lab.Account(t.Context())
	if err != nil || account.User.Name != "demo" || !slices.Contains(account.Roles, "member") {
		t.Errorf("%v %v: %v", account, account.Roles, err)
	}
	if text := fmt.Sprintf("%v %+v %#v %s", account, account, account, account) + fmt.Sprintf("%+v", *account); strings.Contains(text, "gAAAA") || strings.Contains(text, "token") {
		t.Errorf("a token is shown: %s", text)
	}
	admin, err := lab.Admin()
	if err != nil {
		t.Fatal(err)
	}
	if _, name, err := admin.Project(t.Context()); name != "admin" || err != nil {
		t.Errorf("the administrator's project is %q: %v", name, err)
	}
	there, err := admin.InProject(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := there.Project(t.Context()); err == nil && got != id || err != nil && !cloud.Is(err, cloud.Denied) {
		t.Errorf("in another project: %q %v", got, err)
	}
}

func TestServicesOfACloud(t *testing.T) {
	t.Parallel()
	clouds, _ := cloudtest.Clouds(t)
	lab := cloudtest.Lab(t, clouds)
	for _, s := range []cloud.Service{cloud.Identity, cloud.Orchestration} {
		if is, err := lab.Has(t.Context(), s); !is || err != nil {
			t.Errorf("%s: %v %v", s, is, err)
		}
	}
	cloudtest.Whole(t, clouds)
	if is, err := lab.Has(t.Context(), cloud.Placement); !is || err != nil {
		t.Errorf("placement: %v %v", is, err)
	}
	client, err := lab.Client(t.Context(), cloud.Compute)
	if err != nil || client.Microversion != "2.87" || !strings.HasSuffix(client.Endpoint, "/v2.1/") {
		t.Errorf("%v %+v", err, client)
	}
	for micro, want := range map[string]bool{"2.1": true, "2.52": true, "2.93": true, "2.94": false, "3.0": false} {
		if got, err := lab.Supports(t.Context(), cloud.Compute, micro); err != nil || got != want {
			t.Errorf("%s: %v %v", micro, got, err)
		}
	}
	if _, err := lab.Supports(t.Context(), cloud.Compute, "latest"); err == nil {
		t.Error("latest is taken for a microversion")
	}
}

func TestTokenIsKept(t *testing.T) {
	t.Parallel()
	clouds, server := cloudtest.Sandbox(t, sandbox.Options{})
	lab := cloudtest.Lab(t, clouds)
	for range 5 {
		if err := read(t.Context(), lab, cloud.Identity, "auth", "projects"); err != nil {
			t.Fatal(err)
		}
	}
	if n := asked(server, "POST /identity/v3/auth/tokens"); n != 1 {
		t.Errorf("logged in %d times", n)
	}
	server.Break(sandbox.Fault{Kind: sandbox.FaultToken})
	if err := read(t.Context(), lab, cloud.Identity, "auth", "projects"); err != nil {
		t.Errorf("after all tokens had ended: %v", err)
	}
	if n := asked(server, "POST /identity/v3/auth/tokens"); n != 2 {
		t.Errorf("logged in %d times", n)
	}
	server.Break(sandbox.Fault{Kind: sandbox.FaultStatus, Status: 401, Path: "/auth/projects"})
	if err := read(t.Context(), lab, cloud.Identity, "auth", "projects"); !cloud.Is(err, cloud.Denied) {
		t.Errorf("refused for ever: %v", err)
	}
	if n := asked(server, "POST /identity/v3/auth/tokens"); n != 3 {
		t.Errorf("logged in %d times, want once more", n)
	}
}

// TestTokenIsRenewedEarly: nobody meets a token that ends while they work.
func TestTokenIsRenewedEarly(t *testing.T) {
	t.Parallel()
	server, url := cloudtest.Serve(t, sandbox.Options{})
	now := time.Now()
	clouds, err := cloud.New(cloudtest.Section(), func(string) ([]byte, error) { return server.CloudsYAML(url), nil },
		cloud.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	lab := cloudtest.Lab(t, clouds)
	for _, step := range []struct {
		pass   time.Duration
		logins int
	}{{0, 1}, {54 * time.Minute, 1}, {2 * time.Minute, 2}} {
		now = now.Add(step.pass)
		if _, _, err := lab.Project(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := asked(server, "POST /identity/v3/auth/tokens"); n != step.logins {
			t.Errorf("after %s: logged in %d times, want %d", step.pass, n, step.logins)
		}
	}
}

// TestRefusals: each kind of answer has its kind, is asked for as often as makes sense, and is a sentence.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name        string
		fault       sandbox.Fault
		kind        cloud.Kind
		gets, posts int
		says        string
	}{
		{"forbidden", sandbox.Fault{Status: 403, Message: "Policy says no."}, cloud.Forbidden, 1, 1, "lab's identity service does not permit that to our account: Policy says no."},
		{"not found", sandbox.Fault{Status: 404, Message: "No <b>\x00 such thing"}, cloud.NotFound, 1, 1, "lab's identity service has no such thing: No <b> such thing."},
		{"gone", sandbox.Fault{Status: 410}, cloud.NotFound, 1, 1, ""},
		{"conflict", sandbox.Fault{Status: 409, Message: "It is locked"}, cloud.Conflict, 1, 1, "says that this cannot be done now: It is locked."},
		{"quota", sandbox.Fault{Status: 403, Message: "Quota exceeded for cores: Requested 1, but already used 20 of 20 cores"}, cloud.Quota, 1, 1, "quota does not allow it: Quota exceeded for cores"},
		{"a quota that is not ours to see", sandbox.Fault{Status: 403, Message: "Policy doesn't allow os_compute_api:os-quota-sets:detail to be performed."}, cloud.Forbidden, 1, 1, ""},
		{"quota of another", sandbox.Fault{Status: 413, Message: "VolumeLimitExceeded: Maximum number of volumes allowed (10) exceeded"}, cloud.Quota, 1, 1, ""},
		{"too many", sandbox.Fault{Status: 429, After: 60 * time.Second}, cloud.Busy, 1, 1, "It asks to be left alone for 1 m."},
		{"too much", sandbox.Fault{Status: 413, After: 60 * time.Second}, cloud.Busy, 1, 1, ""},
		{"away for a while", sandbox.Fault{Status: 503, After: 60 * time.Second}, cloud.Busy, 1, 1, ""},
		{"ill", sandbox.Fault{Status: 500, Message: "Traceback (most recent call last)"}, cloud.Broken, 3, 1, "had an internal error (500)."},
		{"behind a proxy", sandbox.Fault{Status: 502}, cloud.Broken, 3, 1, ""},
		{"bad", sandbox.Fault{Status: 400, Message: "Invalid input"}, cloud.Invalid, 1, 1, "did not accept the request (400): Invalid input."},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			clouds, server := cloudtest.Sandbox(t, sandbox.Options{})
			lab := cloudtest.Lab(t, clouds)
			if _, _, err := lab.Project(t.Context()); err != nil {
				t.Fatal(err)
			}
			test.fault.Kind, test.fault.Path = sandbox.FaultStatus, "/auth/projects"
			server.Break(test.fault)
			for method, want := range map[string]int{http.MethodGet: test.gets, http.MethodPost: test.posts} {
				ask := map[string]func(context.Context, *cloud.Cloud, cloud.Service, ...string) error{http.MethodGet: read, http.MethodPost: post}[method]
				f := cloud.Judge(ask(t.Context(), lab, cloud.Identity, "auth", "projects"))
				if f == nil || f.Kind != test.kind || f.Status != test.fault.Status || f.Cloud != "lab" || !strings.Contains(f.Sentence(), test.says) {
					t.Errorf("%s: %+v\n%s", method, f, f.Sentence())
				}
				if n := asked(server, method+" /identity/v3/auth/projects"); n != want {
					t.Errorf("%s was sent %d times, want %d", method, n, want)
				}
				if strings.Contains(f.Sentence(), "Traceback") {
					t.Error("a trace is told")
				}
			}
		})
	}
}

// TestBrokenConnections: what reads is sent again; what changes something never is, and what may have happened is said.
func TestBrokenConnections(t *testing.T) {
	t.Parallel()
	for _, kind := range []sandbox.FaultKind{sandbox.FaultDown, sandbox.FaultLost} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			clouds, server := cloudtest.Sandbox(t, sandbox.Options{})
			lab := cloudtest.Lab(t, clouds)
			if _, _, err := lab.Project(t.Context()); err != nil {
				t.Fatal(err)
			}
			server.Break(sandbox.Fault{Kind: kind, Path: "/auth/projects", Span: fault.Span{Times: 2}})
			if err := read(t.Context(), lab, cloud.Identity, "auth", "projects"); err != nil {
				t.Errorf("a third try should have got through: %v", err)
			}
			server.Break(sandbox.Fault{Kind: kind, Path: "/projects", Method: http.MethodPost})
			f := cloud.Judge(post(t.Context(), lab, cloud.Identity, "projects"))
			if f.Kind != cloud.Lost || !f.Passing() || f.Undone() {
				t.Errorf("%+v", f)
			}
			if n := asked(server, "POST /identity/v3/projects"); n != 1 {
				t.Errorf("sent %d times", n)
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	server, _ := cloudtest.Serve(t, sandbox.Options{})
	clouds := cloudtest.Open(t, server.CloudsYAML("http://127.0.0.1:1"))
	_, _, err := cloudtest.Lab(t, clouds).Project(t.Context())
	f := cloud.Judge(err)
	if f.Kind != cloud.Away || !f.Passing() || !f.Undone() || f.Sentence() != "lab's identity service cannot be reached while logging in: connection refused." {
		t.Errorf("%+v %s", f, f.Sentence())
	}
}

func TestHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := sandbox.New(sandbox.Options{URL: "http://lab.example.org"})
		defer server.Close()
		way := direct{map[string]http.Handler{"lab.example.org": server}, func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/auth/projects") }}
		clouds, err := cloud.New(cloudtest.Section(), func(string) ([]byte, error) { return server.CloudsYAML("http://lab.example.org"), nil }, cloud.Options{Transport: way})
		if err != nil {
			t.Fatal(err)
		}
		defer clouds.Close()
		f := cloud.Judge(post(t.Context(), cloudtest.Lab(t, clouds), cloud.Identity, "auth", "projects"))
		if f.Kind != cloud.Lost || !strings.Contains(f.Sentence(), "was asked and gave no answer: no answer within the time there was") {
			t.Errorf("%+v %s", f, f.Sentence())
		}
	})
}

func TestWrongPassword(t *testing.T) {
	t.Parallel()
	server, url := cloudtest.Serve(t, sandbox.Options{Password: "right"})
	file := strings.ReplaceAll(string(server.CloudsYAML(url)), `"right"`, `"hunter2"`)
	_, _, err := cloudtest.Lab(t, cloudtest.Open(t, []byte(file))).Project(t.Context())
	f := cloud.Judge(err)
	want := "lab's identity service refused our credentials while logging in. Put the right ones into the secret clouds.yaml (entry ops-demo), then try again."
	if f.Kind != cloud.Denied || f.Passing() || f.Sentence() != want {
		t.Errorf("%s", f.Sentence())
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		if strings.Contains(fmt.Sprintf("%v %+v", e, e), "hunter2") {
			t.Errorf("the password is told: %+v", e)
		}
	}
}

// TestSecretIsReadAnew: a password that was changed, in the cloud and in the secret, needs no restart of ours.
func TestSecretIsReadAnew(t *testing.T) {
	t.Parallel()
	server, url := cloudtest.Serve(t, sandbox.Options{Password: "right"})
	good := server.CloudsYAML(url)
	file := []byte(strings.ReplaceAll(string(good), `"right"`, `"old"`))
	clouds, err := cloud.New(cloudtest.Section(), func(string) ([]byte, error) { return file, nil }, cloud.Options{})
	if err != nil {
		t.Fatal(err)
	}
	lab := cloudtest.Lab(t, clouds)
	if _, _, err := lab.Project(t.Context()); !cloud.Is(err, cloud.Denied) {
		t.Error(err)
	}
	file = good
	if _, _, err := lab.Project(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestApplicationCredential(t *testing.T) {
	t.Parallel()
	clouds, _ := cloudtest.Sandbox(t, sandbox.Options{}, func(s *cloud.Section) { s.Clouds[cloudtest.Name].Entry = "ops-app" })
	lab := cloudtest.Lab(t, clouds)
	if _, name, err := lab.Project(t.Context()); name != "demo" || err != nil {
		t.Errorf("%s %v", name, err)
	}
	if _, err := lab.InProject(t.Context(), "x"); !cloud.Is(err, cloud.Missing) || !strings.Contains(err.Error(), "for one project only") {
		t.Error(err)
	}
}

func TestMissingService(t *testing.T) {
	t.Parallel()
	clouds, _ := cloudtest.Sandbox(t, sandbox.Options{Without: []string{"orchestration"}})
	_, err := cloudtest.Lab(t, clouds).Client(t.Context(), cloud.Orchestration)
	want := "lab (region RegionOne) has no orchestration service: its catalogue does not list one."
	if f := cloud.Judge(err); f == nil || f.Kind != cloud.Missing || f.Passing() || f.Sentence() != want {
		t.Error(err)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	clouds, _ := cloudtest.Sandbox(t, sandbox.Options{}, func(s *cloud.Section) {
		s.Clouds["production"] = &cloud.Entry{Entry: "ops-demo", Roles: map[string]string{"operator": "release"}}
		s.Default = ""
	})
	for name, want := range map[string]string{
		"":          "Which cloud is meant? There are lab, production.",
		"producton": `There is no cloud “producton”. Did you mean production?`,
		"?\x1b[2J":  `There is no cloud “?”; there are lab, production.`,
	} {
		if _, err := clouds.Find(name); err == nil || cloud.Judge(err).Sentence() != want {
			t.Errorf("%q: %s", name, cloud.Judge(err).Sentence())
		}
	}
	one, _ := cloudtest.Sandbox(t, sandbox.Options{})
	if _, err := one.Find("?"); err == nil || cloud.Judge(err).Sentence() != "There is no cloud “?”; there is lab." {
		t.Errorf("%s", cloud.Judge(err).Sentence())
	}
	production, err := clouds.Find("production")
	if err != nil || production.Role(cloud.Operator) != "release" || production.Role(cloud.Admin) != "admin" {
		t.Errorf("%v", err)
	}
	if _, err := production.Admin(); !cloud.Is(err, cloud.Missing) || !strings.Contains(err.Error(), "openstack.clouds.production.admin") {
		t.Error(err)
	}
}
