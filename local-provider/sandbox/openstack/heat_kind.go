package openstack

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A resourceKind is a type of resources: what can be said of one, what it tells, and how it is made, looked after and removed.
type resourceKind struct {
	properties []property
	attributes []string
	// start begins to make one; the resource's Data and Physical are its to set.
	start func(s *Server, c *call, st *stack, r *stackResource) error
	// ready says whether one is there; nil for at once.
	ready func(s *Server, c *call, st *stack, r *stackResource) (bool, error)
	// remove begins to remove one; nil for nothing to do.
	remove func(s *Server, c *call, r *stackResource) error
	// gone says whether one is no more; nil for at once.
	gone func(s *Server, c *call, r *stackResource) (bool, error)
	// look is what its attributes are, beside its Data; nil for nothing.
	look func(s *Server, c *call, r *stackResource) object
	// inPlace says that one can be changed, and need not be made anew.
	inPlace bool
}

// A property is what can be said of a resource in a template.
type property struct {
	name   string
	needed bool
	kind   string // boolean, number, map, list; empty for a text or whatever else
}

// property is the property of a name, nil for none.
func (k *resourceKind) property(name string) *property {
	i := slices.IndexFunc(k.properties, func(p property) bool { return p.name == name })
	if i < 0 {
		return nil
	}
	return &k.properties[i]
}

// said reads a row of property names: "name", "name!" where it is needed, "name:kind".
func said(names ...string) []property {
	out := make([]property, 0, len(names))
	for _, word := range names {
		name, kind, _ := strings.Cut(word, ":")
		name, needed := strings.CutSuffix(name, "!")
		out = append(out, property{name: name, needed: needed, kind: kind})
	}
	return out
}

// check refuses a value that a property cannot have. What a function gives is not known yet.
func (p *property) check(v any) error {
	if name, _ := called(v); name != "" || v == nil {
		return nil
	}
	switch p.kind {
	case "boolean":
		if text := strings.ToLower(pythonPlain(v)); !slices.Contains([]string{"true", "false"}, text) {
			return fmt.Errorf("%q is not a valid boolean", pythonPlain(v))
		}
	case "number":
		if _, err := strconv.ParseFloat(pythonPlain(v), 64); err != nil {
			return fmt.Errorf("Value '%s' is not a number", pythonPlain(v)) //nolint:staticcheck // Heat's words
		}
	case "map":
		if _, fits := v.(object); !fits {
			return fmt.Errorf("%q is not a map", pythonPlain(v))
		}
	case "list":
		if _, fits := v.([]any); !fits {
			return fmt.Errorf("%q is not a list", pythonPlain(v))
		}
	}
	return nil
}

// resourceKinds are the types of resources that there are.
var resourceKinds = map[string]*resourceKind{
	"OS::Heat::TestResource": {
		properties: said("value", "fail:boolean", "update_replace:boolean", "update_replace_value", "wait_secs:number",
			"action_wait_secs:map", "client_name", "entity_name", "constraint_prop_secs:number", "attr_wait_secs:number"),
		attributes: []string{"output"}, start: startTest, inPlace: true,
	},
	"OS::Heat::RandomString": {
		properties: said("length:number", "character_classes:list", "character_sequences:list", "salt"),
		attributes: []string{"value"}, start: startRandom,
	},
	"OS::Heat::WaitConditionHandle": {
		properties: said("signal_transport"), attributes: []string{"token", "endpoint", "curl_cli", "signal"}, start: startHandle,
	},
	"OS::Heat::WaitCondition": {
		properties: said("handle", "timeout!:number", "count:number"), attributes: []string{"data"}, start: startWait, ready: waitReady,
	},
	"OS::Neutron::Net":             netKind,
	"OS::Neutron::Subnet":          subnetKind,
	"OS::Neutron::Port":            portKind,
	"OS::Neutron::Router":          routerKind,
	"OS::Neutron::RouterInterface": interfaceKind,
	"OS::Neutron::FloatingIP":      floatingKind,
	"OS::Neutron::SecurityGroup":   groupKind,
	"OS::Cinder::Volume":           volumeKind,
	"OS::Nova::Server":             serverKind,
}

// reference is what get_resource gives.
func (r *stackResource) reference() string {
	if r.Physical == "" {
		return r.Name
	}
	return r.Physical
}

// attributes are what a resource tells.
func (s *Server) attributes(c *call, _ *stack, r *stackResource) object {
	k := resourceKinds[r.Kind]
	out := object{}
	if r.Physical != "" && k.look != nil {
		out = k.look(s, c, r)
	}
	maps.Copy(out, r.Data)
	if r.Kind == "OS::Heat::WaitCondition" || r.Kind == "OS::Heat::WaitConditionHandle" {
		waitAttributes(c, r, out)
	}
	return out
}

// text is a property as a word; a usual one when it was not said.
func (r *stackResource) text(name, usual string) string {
	if v, given := r.Properties[name]; given && v != nil {
		return pythonPlain(v)
	}
	return usual
}

// seconds is a property as a time.
func (r *stackResource) seconds(v any) time.Duration {
	n, err := strconv.ParseFloat(pythonPlain(v), 64)
	if err != nil || n < 0 || n > 1e6 {
		return 0
	}
	return time.Duration(n * float64(time.Second))
}

// failure is why a resource fails, in Heat's words: the kind of mistake, where, and what.
func (r *stackResource) fails(kind, message string) error {
	return fmt.Errorf("%s: resources.%s: %s", kind, r.Name, message)
}

func startTest(_ *Server, _ *call, _ *stack, r *stackResource) error {
	if yes, _ := flag("", r.Properties["fail"]); yes == true {
		return r.fails("ValueError", "Test Resource failed "+r.Name)
	}
	r.Data = object{"output": r.Properties["value"]}
	return nil
}

// pause is how long an action on a test resource takes.
func (r *stackResource) pause(action string) time.Duration {
	if each, given := r.Properties["action_wait_secs"].(object); given && each[action] != nil {
		return r.seconds(each[action])
	}
	return r.seconds(r.Properties["wait_secs"])
}

func startRandom(_ *Server, _ *call, _ *stack, r *stackResource) error {
	n, err := strconv.Atoi(r.text("length", "32"))
	if err != nil || n < 1 || n > 512 {
		return r.fails("StackValidationFailed", "length must be from 1 to 512")
	}
	r.Data = object{"value": randomWord(n, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")}
	return nil
}

// randomWord is a word of so many of some characters.
func randomWord(n int, of string) string {
	out := randomBytes(n)
	for i, b := range out {
		out[i] = of[int(b)%len(of)]
	}
	return string(out)
}

func startHandle(_ *Server, _ *call, _ *stack, r *stackResource) error {
	r.Physical = newHex()
	r.Data = object{"token": "gAAAAAB" + newSecret(96)}
	r.Signals = map[string]any{}
	return nil
}

func startWait(s *Server, _ *call, _ *stack, r *stackResource) error {
	r.Due = s.now().Add(r.seconds(r.Properties["timeout"]))
	return nil
}

// waitReady says whether all signals have come that a condition waits for.
func waitReady(s *Server, _ *call, st *stack, r *stackResource) (bool, error) {
	want, _ := strconv.Atoi(r.text("count", "1"))
	h := st.handle(r.text("handle", ""))
	if h == nil {
		return false, r.fails("ValueError", "there is no such handle")
	}
	r.Signals = h.Signals
	switch {
	case h.Failure != "":
		return false, r.fails("WaitConditionFailure", h.Failure)
	case len(h.Signals) >= want:
		return true, nil
	case !s.now().Before(r.Due):
		return false, r.fails("WaitConditionTimeout", fmt.Sprintf("%d of %d received", len(h.Signals), want))
	}
	return false, nil
}

// handle is the handle that a condition names.
func (st *stack) handle(name string) *stackResource {
	for _, r := range st.Resources {
		if r.Kind == "OS::Heat::WaitConditionHandle" && (r.Physical == name || r.Name == name) {
			return r
		}
	}
	return nil
}

// waitAttributes are what conditions and their handles tell.
func waitAttributes(c *call, r *stackResource, out object) {
	if r.Kind == "OS::Heat::WaitCondition" {
		data := object{}
		maps.Copy(data, r.Signals)
		out["data"] = pythonPlain(data)
		return
	}
	url, _ := r.Data["url"].(string)
	out["endpoint"], out["signal"] = c.base+url, "null"
	out["curl_cli"] = fmt.Sprintf("curl -i -X POST -H 'X-Auth-Token: %v' -H 'Content-Type: application/json' -H 'Accept: application/json' %v",
		r.Data["token"], out["endpoint"])
	delete(out, "url")
}
