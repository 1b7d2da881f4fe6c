package endtoend

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/handsoff/handsoff/local-provider/home"
)

// The environments of which only tests know: one whose owner is warned as soon as it is there, one that no quota allows, and one
// that is being made until somebody stops it, since nobody listens where it waits for an answer. They go before those of the sandbox.
const testedEnvironments = `
  templates:
    brief:
      ttl: 2h
      max_ttl: 1d
      on_expiry: {warn: [7199s], delete: true}
      networks:
        inside: {subnets: [{cidr: 10.0.0.0/24}]}
    crowd:
      networks:
        inside: {subnets: [{cidr: 10.0.0.0/24}]}
      servers:
        web: {count: 11, flavor: m1.nano, image: tiny, networks: [inside]}
    lasting:
      networks:
        inside: {subnets: [{cidr: 10.0.0.0/24}], router: public}
      keypair: make
      servers:
        web:
          count: 2
          flavor: m1.nano
          image: tiny
          networks: [inside]
          floating_ip: public
          ready: {port: 9, within: 1h}
    small:
`

// withClouds adds what conversations about environments need:
//
//	marked ENV      something bears the mark of the environment, in the cloud itself
//	exactly ENV     each thing of the template small is there once, with one server
//	bare ENV        nothing bears its mark
func withClouds(
	all map[string]func(ts *testscript.TestScript, neg bool, args []string), of func(ts *testscript.TestScript) *system,
) map[string]func(ts *testscript.TestScript, neg bool, args []string) {
	maps.Copy(all, map[string]func(ts *testscript.TestScript, neg bool, args []string){
		"marked": func(ts *testscript.TestScript, _ bool, args []string) {
			s := of(ts)
			s.eventually("something is marked "+args[0], func() bool { return len(s.cloud().marked(args[0])) > 0 })
		},
		"exactly": func(ts *testscript.TestScript, _ bool, args []string) { of(ts).cloud().exactly(args[0], 1) },
		"bare":    func(ts *testscript.TestScript, _ bool, args []string) { of(ts).cloud().bare(args[0]) },
	})
	return all
}

// cloud is the sandbox's OpenStack, seen by the account that the bot has there, and past the bot.
type cloud struct {
	control

	password, keystone string // the token for all that is asked
}

func (s *system) cloud() *cloud {
	s.Helper()
	password, err := s.home.ReadSecret(home.SecretOpenStack)
	s.must(err)
	c := &cloud{control: control{system: s, name: "OpenStack", url: s.ports.CloudURL(), token: password}, password: password}
	c.logIn()
	return c
}

// logIn gets a token as any client does.
func (c *cloud) logIn() {
	c.Helper()
	domain := map[string]any{"name": "Default"}
	body, err := json.Marshal(map[string]any{"auth": map[string]any{
		"identity": map[string]any{"methods": []string{"password"}, "password": map[string]any{
			"user": map[string]any{"name": "demo", "domain": domain, "password": c.password},
		}},
		"scope": map[string]any{"project": map[string]any{"name": "demo", "domain": domain}},
	}})
	c.must(err)
	c.eventually("there is a token", func() bool {
		request, err := http.NewRequestWithContext(c.Context(), http.MethodPost, c.url+"/identity/v3/auth/tokens", bytes.NewReader(body))
		c.must(err)
		request.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return false
		}
		defer func() { _ = answer.Body.Close() }()
		c.keystone = answer.Header.Get("X-Subject-Token")
		return answer.StatusCode == http.StatusCreated && c.keystone != ""
	})
}

// lists are where the kinds of things of which an environment here is made are listed.
func lists() map[string]string {
	return map[string]string{
		"keypairs": "/compute/v2.1/os-keypairs", "servers": "/compute/v2.1/servers/detail", "networks": "/network/v2.0/networks",
		"subnets": "/network/v2.0/subnets", "routers": "/network/v2.0/routers", "security_groups": "/network/v2.0/security-groups",
		"floatingips": "/network/v2.0/floatingips",
	}
}

// list is all of a kind, as the cloud tells it.
func (c *cloud) list(kind string) (things []json.RawMessage) {
	c.Helper()
	c.eventually("the "+kind+" are listed", func() bool {
		request, err := http.NewRequestWithContext(c.Context(), http.MethodGet, c.url+lists()[kind], http.NoBody)
		c.must(err)
		request.Header.Set("X-Auth-Token", c.keystone)
		status, text := fetch(request)
		if status != http.StatusOK {
			return false
		}
		var page map[string]json.RawMessage
		c.must(json.Unmarshal(text, &page))
		c.must(json.Unmarshal(page[kind], &things))
		return true
	})
	return things
}

// marked is how many things of each kind are an environment's: they have its mark, or a name as its things have.
func (c *cloud) marked(env string) map[string]int {
	c.Helper()
	found := map[string]int{}
	marks := []string{
		"handsoff:env=" + env + " ", `"handsoff:env":"` + env + `"`, `"handsoff:env": "` + env + `"`, "_" + env + "_", `"` + env + "-",
	}
	for kind := range lists() {
		for _, thing := range c.list(kind) {
			if slices.ContainsFunc(marks, func(mark string) bool { return strings.Contains(string(thing), mark) }) {
				found[kind]++
			}
		}
	}
	return found
}

// exactly checks that each thing of an environment from the template small is there once.
func (c *cloud) exactly(env string, servers int) {
	c.Helper()
	want := map[string]int{
		"keypairs": 1, "networks": 1, "subnets": 1, "routers": 1, "security_groups": 1, "servers": servers, "floatingips": servers,
	}
	if found := c.marked(env); !maps.Equal(found, want) {
		c.Errorf("of %s there is %v, not %v", env, found, want)
	}
}

// bare checks that nothing of an environment is there.
func (c *cloud) bare(env string) {
	c.Helper()
	if found := c.marked(env); len(found) > 0 {
		c.Errorf("of %s there is still %v", env, found)
	}
}

// hurry makes the cloud's clock faster.
func (c *cloud) hurry(speed int) {
	c.Helper()
	c.order("clock", map[string]any{"speed": speed}, nil)
}
