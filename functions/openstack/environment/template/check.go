package template

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"golang.org/x/crypto/ssh"

	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/command"
)

// publicForm reports whether text is one public key.
func publicForm(text string) bool {
	_, _, _, rest, err := ssh.ParseAuthorizedKey([]byte(text)) //nolint:dogsled // only whether it is one
	return err == nil && len(rest) == 0
}

// measure refuses a quota that no cloud has.
func (r *reader) measure(name *yaml.Node) {
	known := make([]string, 0, len(resource.Measures()))
	for _, m := range resource.Measures() {
		known = append(known, string(m))
	}
	if !slices.Contains(known, name.Value) {
		r.Complainf(name.Line, "there is no quota %s%s", name.Value, command.Meant(name.Value, known))
	}
}

// What the values of a template see.
var (
	roots    = []string{"env", "parameters", "server"}
	ofEnv    = []string{"cloud", "name", "owner"}
	ofServer = []string{"index", "name"}
)

// check finds what is wrong with a template as a whole, once each part of it could be read.
func (t *Template) check(r *reader) {
	if t.MaxTTL < t.TTL {
		r.Complainf(t.Line, "max_ttl is shorter than ttl")
	}
	if t.stack == nil && len(t.networks)+len(t.servers)+len(t.volumes)+len(t.groups) == 0 && t.project == nil {
		r.Complainf(t.Line, "the template makes nothing: it needs servers, networks, volumes, a project or heat")
	}
	t.checkReads(r)
	t.checkNames(r)
	if len(r.Faults) > 0 || slices.ContainsFunc(t.Parameters, func(p Parameter) bool { return p.Default == nil }) {
		return
	}
	chosen, _ := t.Choose(nil)
	key := sampleKey
	if _, err := t.Expand(Request{Name: "sample", Owner: "telnet:ann", Cloud: "cloud", Parameters: chosen, Key: key}); err != nil {
		r.Fault(t.Line, err)
	}
}

// sampleKey stands for the key of whoever will ask.
const sampleKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// checkReads finds values that read what is not there: a slip in a name would be an empty value else.
func (t *Template) checkReads(r *reader) {
	names := make([]string, len(t.Parameters))
	for i, p := range t.Parameters {
		names[i] = p.Name
	}
	known := map[string][]string{"parameters": names, "env": ofEnv, "server": ofServer}
	for _, placed := range r.paths {
		var told []string
		for _, path := range placed.paths {
			text := misread(path, known)
			if text != "" && !slices.Contains(told, text) {
				told = append(told, text)
				r.Complainf(placed.line, "%s", text)
			}
		}
	}
}

// misread says why something cannot be read; empty when it can.
func misread(path []string, known map[string][]string) string {
	of, ok := known[path[0]]
	switch {
	case !ok:
		return "there is no " + path[0] + " to read: there are " + strings.Join(roots, ", ") + command.Meant(path[0], roots)
	case len(path) > 1 && !slices.Contains(of, path[1]):
		return "it reads " + path[0] + "." + path[1] + ", and there is none" + command.Meant(path[1], of)
	}
	return ""
}

// checkNames finds parts that refer to parts which are not there. What has holes is looked at when it is filled in.
func (t *Template) checkNames(r *reader) {
	volumes, groups := t.volumeNames(), t.spreadNames()
	attached := map[string]string{}
	for _, s := range t.servers {
		for _, v := range s.volumes {
			if !v.template.Fixed() {
				continue
			}
			name := v.template.String()
			if !slices.Contains(volumes, name) {
				r.Complainf(v.line, "there is no volume %s among the template's%s", name, command.Meant(name, volumes))
			}
			if other, twice := attached[name]; twice {
				r.Complainf(v.line, "the volume %s is attached to the servers %s already", name, other)
			}
			attached[name] = s.name
		}
		if s.group.given() && s.group.template.Fixed() && !slices.Contains(groups, s.group.template.String()) {
			r.Complainf(s.group.line, "there is no server group %s among the template's%s", s.group.template, command.Meant(s.group.template.String(), groups))
		}
	}
}

func (t *Template) volumeNames() []string {
	names := make([]string, len(t.volumes))
	for i, v := range t.volumes {
		names[i] = v.name
	}
	return names
}

func (t *Template) spreadNames() []string {
	names := make([]string, len(t.spreads))
	for i, s := range t.spreads {
		names[i] = s.name
	}
	return names
}

func (t *Template) secgroupNames() []string {
	names := make([]string, len(t.groups))
	for i, g := range t.groups {
		names[i] = g.name
	}
	return names
}

func (t *Template) networkNames() []string {
	names := make([]string, len(t.networks))
	for i, n := range t.networks {
		names[i] = n.name
	}
	return names
}
