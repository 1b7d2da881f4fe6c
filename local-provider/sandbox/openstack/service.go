package openstack

import (
	"net/http"
	"slices"
	"strings"
)

// A service is one of the cloud's: where it is, what the catalogue says of it, and how it speaks of mistakes.
type service struct {
	key   string // how faults and the page name it: compute
	kind  string // in the catalogue: compute, volumev3
	name  string // nova
	root  string // where its versions are: /compute
	path  string // where its calls begin: /compute/v2.1
	url   string // the endpoint's path, with {project} where the project's id stands
	micro *microversions
	// form writes what was refused in the service's own words.
	form func(*refusal) answer
	// elsewhere answers, in its stead, what there is no path for; nil for a 404 in that form.
	elsewhere handler
	// most is how long a request's body may be, in bytes.
	most int64

	id, endpoint string // ids in the catalogue
}

// maxBody is how long a body may be with most services, as oslo.middleware has it.
const maxBody = 114688

// The services, each under the path that devstack gives it.
func (s *Server) addServices() {
	s.identity = s.add(&service{
		key: "identity", kind: "identity", name: "keystone", root: "/identity", path: "/identity/v3", url: "/identity/v3",
		form: identityForm, elsewhere: flask,
	})
	s.compute = s.add(&service{
		key: "compute", kind: "compute", name: "nova", root: "/compute", path: "/compute/v2.1", url: "/compute/v2.1",
		form: novaForm, elsewhere: paste, micro: novaVersions, most: 1 << 20, // user data comes in it
	})
	s.placement = s.add(&service{
		key: "placement", kind: "placement", name: "placement", root: "/placement", path: "/placement", url: "/placement",
		form: placementForm, elsewhere: unplaced, micro: placementVersions,
	})
	s.network = s.add(&service{
		key: "network", kind: "network", name: "neutron", root: "/network", path: "/network/v2.0", url: "/network",
		form: networkForm,
	})
	s.image = s.add(&service{
		key: "image", kind: "image", name: "glance", root: "/image", path: "/image/v2", url: "/image",
		form: imageForm, most: 64 << 20,
	})
	s.volume = s.add(&service{
		key: "volume", kind: "volumev3", name: "cinderv3", root: "/volume", path: "/volume/v3/{project}", url: "/volume/v3/{project}",
		form: volumeForm, micro: cinderVersions,
	})
	s.orchestration = s.add(&service{
		key: "orchestration", kind: "orchestration", name: "heat", root: "/heat-api", path: "/heat-api/v1/{project}",
		url: "/heat-api/v1/{project}", form: heatForm, most: 1 << 20,
	})
}

func (s *Server) add(v *service) *service {
	v.id, v.endpoint = newHex(), newHex()
	v.most = max(v.most, maxBody)
	s.services = append(s.services, v)
	return v
}

// offered says whether a service is part of this cloud.
func (s *Server) offered(v *service) bool {
	return !slices.Contains(s.options.Without, v.kind) && !slices.Contains(s.options.Without, v.key)
}

// serving is the service whose path a request has, nil for none.
func (s *Server) serving(path string) *service {
	for _, v := range s.services {
		if (path == v.root || strings.HasPrefix(path, v.root+"/")) && s.offered(v) {
			return v
		}
	}
	return nil
}

// A handler answers a call. What it returns as an error is a refusal, which the service puts into its own form.
type handler func(*call) (answer, error)

// handle serves a call of a service: its pattern is as in http.ServeMux, and its path is what follows the service's.
func (s *Server) handle(v *service, pattern string, h handler) {
	method, path, _ := strings.Cut(pattern, " ")
	s.inner[method+" "+v.path+path] = h
	s.mux.HandleFunc(method+" "+v.path+path, func(w http.ResponseWriter, r *http.Request) { s.serveCall(w, r, v, h, true) })
}

// open serves what nobody needs a token for, such as the versions. Its path is a whole one.
func (s *Server) open(v *service, pattern string, h handler) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.serveCall(w, r, v, h, false) })
}

// elsewhere answers what a service has no path for: 405 where another method would do, 404 otherwise.
func (s *Server) elsewhere(v *service) {
	s.mux.HandleFunc(v.root+"/", func(w http.ResponseWriter, r *http.Request) {
		s.serveCall(w, r, v, func(c *call) (answer, error) {
			if v != s.compute && s.otherMethod(r, v.root+"/") {
				return answer{}, refuse(http.StatusMethodNotAllowed, "The method specified is not allowed for this resource.")
			}
			if v.elsewhere != nil {
				return v.elsewhere(c)
			}
			return answer{}, refuse(http.StatusNotFound, "The resource could not be found.")
		}, true)
	})
}

// otherMethod says whether a path has a call with another method.
func (s *Server) otherMethod(r *http.Request, fallback string) bool {
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := s.mux.Handler(other); pattern != fallback && pattern != "" {
			return true
		}
	}
	return false
}
