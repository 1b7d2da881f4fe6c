package openstack

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// absent says whether an error is that there is no such thing.
func absent(err error) bool {
	var r *refusal
	return errors.As(err, &r) && r.status == http.StatusNotFound
}

// kindNames are the kinds of mistakes as Heat names them, by who was asked.
func (s *Server) clientFailure(v *service, r *stackResource, err error) error {
	kind := map[*service]string{s.network: "NeutronClientException", s.compute: "ClientException", s.volume: "ClientException"}[v]
	var refused *refusal
	if v == s.network && errors.As(err, &refused) {
		switch refused.status {
		case http.StatusConflict:
			kind = "Conflict"
		case http.StatusNotFound:
			kind = "NotFound"
		case http.StatusForbidden:
			kind = "Forbidden"
		}
		if refused.kind == "OverQuota" {
			kind = "OverQuotaClient"
		}
	}
	return r.fails(kind, err.Error())
}

// A part of the cloud that Heat makes: where it is, and under which name it stands in bodies.
type cloudPart struct {
	service func(*Server) *service
	path    string
	one     string
}

// post makes one, and keeps its id.
func (p cloudPart) post(s *Server, c *call, r *stackResource, body object) (object, error) {
	out, err := s.inside(c, p.service(s), http.MethodPost, p.path, object{p.one: body})
	if err != nil {
		return nil, s.clientFailure(p.service(s), r, err)
	}
	made, _ := out[p.one].(object)
	r.Physical, _ = made["id"].(string)
	return made, nil
}

// get is one as it is now.
func (p cloudPart) get(s *Server, c *call, r *stackResource) (object, error) {
	out, err := s.inside(c, p.service(s), http.MethodGet, p.path+"/"+r.Physical, nil)
	made, _ := out[p.one].(object)
	return made, err
}

func (p cloudPart) look(s *Server, c *call, r *stackResource) object {
	made, err := p.get(s, c, r)
	if err != nil {
		return object{}
	}
	made["show"] = made
	return cloneShallow(made)
}

// cloneShallow is a copy of an object in which it does not stand itself.
func cloneShallow(m object) object {
	out, inner := object{}, object{}
	for key, v := range m {
		if key != "show" {
			out[key], inner[key] = v, v
		}
	}
	out["show"] = inner
	return out
}

func (p cloudPart) remove(s *Server, c *call, r *stackResource) error {
	_, err := s.inside(c, p.service(s), http.MethodDelete, p.path+"/"+r.Physical, nil)
	return err
}

func (p cloudPart) gone(s *Server, c *call, r *stackResource) (bool, error) {
	_, err := p.get(s, c, r)
	return absent(err), nil
}

// kind is the type of resources that this is, made of a body that is worked out from the properties.
func (p cloudPart) kind(properties []property, attributes []string, body func(s *Server, c *call, r *stackResource) (object, error)) *resourceKind {
	return &resourceKind{
		properties: properties, attributes: attributes, look: p.look, remove: p.remove, gone: p.gone,
		start: func(s *Server, c *call, _ *stack, r *stackResource) error {
			in, err := body(s, c, r)
			if err != nil {
				return err
			}
			_, err = p.post(s, c, r, in)
			return err
		},
	}
}

func networkOf(s *Server) *service { return s.network }
func computeOf(s *Server) *service { return s.compute }
func volumeOf(s *Server) *service  { return s.volume }

// A finder finds the id of something by its name or its id.
type finder func(s *Server, c *call, name string) (string, error)

// constraints are properties that name something that must be there before a stack is made.
var constraints = map[string]finder{
	"OS::Nova::Server flavor": findFlavor, "OS::Nova::Server image": findImageID, "OS::Cinder::Volume image": findImageID,
	"OS::Neutron::Subnet network": findNetwork, "OS::Neutron::Port network": findNetwork,
	"OS::Neutron::FloatingIP floating_network": findNetwork, "OS::Neutron::RouterInterface subnet": findSubnet,
}

func findFlavor(s *Server, c *call, name string) (string, error) {
	out, err := s.inside(c, s.compute, http.MethodGet, "/flavors", nil)
	if err != nil {
		return "", err
	}
	list, _ := out["flavors"].([]any)
	for _, x := range list {
		if f, _ := x.(object); f["id"] == name || f["name"] == name {
			return fmt.Sprint(f["id"]), nil
		}
	}
	return "", fmt.Errorf("No Flavor matching {'name': '%s'}. (HTTP 404)", name) //nolint:staticcheck // Heat's words
}

func findImageID(s *Server, c *call, name string) (string, error) {
	i := s.images.find(func(i *image) bool { return (i.ID == name || word(i.Name) == name) && i.sees(c.who) })
	if i == nil {
		return "", fmt.Errorf("No images matching {'name': '%s'}.", name) //nolint:staticcheck,revive // Heat's words
	}
	return i.ID, nil
}

func findNetwork(s *Server, c *call, name string) (string, error) {
	n := s.networks.find(func(n *network) bool {
		return (n.ID == name || n.Name == name) && (c.who.sees(n.Project) || n.Shared || n.External)
	})
	if n == nil {
		return "", fmt.Errorf("Unable to find network with name or id '%s'", name) //nolint:staticcheck // Heat's words
	}
	return n.ID, nil
}

func findSubnet(s *Server, c *call, name string) (string, error) {
	t := s.subnets.find(func(t *subnet) bool { return t.ID == name || t.Name == name && c.who.sees(t.Project) })
	if t == nil {
		return "", fmt.Errorf("Unable to find subnet with name or id '%s'", name) //nolint:staticcheck // Heat's words
	}
	return t.ID, nil
}

// resolved is the id of what one of some properties names, empty when none is given.
func (r *stackResource) resolved(s *Server, c *call, find finder, names ...string) (string, error) {
	for _, name := range names {
		if text := r.text(name, ""); text != "" {
			id, err := find(s, c, text)
			if err != nil {
				return "", r.fails("StackValidationFailed", err.Error())
			}
			return id, nil
		}
	}
	return "", nil
}

// copied are properties that the service knows by the same names.
func (r *stackResource) copied(names ...string) object {
	out := object{}
	for _, name := range names {
		if v, given := r.Properties[name]; given && v != nil {
			out[name] = v
		}
	}
	return out
}

// named are copied properties, and a name that says which resource it is when there is none.
func (r *stackResource) withName(names ...string) object {
	out := r.copied(names...)
	out["name"] = r.text("name", r.Physical)
	return out
}

// entriesOf are a property's entries that are objects.
func (r *stackResource) entriesOf(name string) []object {
	list, _ := r.Properties[name].([]any)
	out := make([]object, 0, len(list))
	for _, x := range list {
		if one, fits := x.(object); fits {
			out = append(out, one)
		}
	}
	return out
}

// firstGiven is the first of some entries of an object that are texts.
func firstGiven(from object, names ...string) string {
	i := slices.IndexFunc(names, func(name string) bool { return from[name] != nil })
	if i < 0 {
		return ""
	}
	return pythonPlain(from[names[i]])
}
