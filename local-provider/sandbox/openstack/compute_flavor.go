package openstack

import (
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"strconv"
)

// A flavor is a size of servers.
type flavor struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	RAM         int               `json:"ram"` // MB
	VCPUs       int               `json:"vcpus"`
	Disk        int               `json:"disk"` // GB
	Ephemeral   int               `json:"ephemeral"`
	Swap        int               `json:"swap"` // MB
	Factor      float64           `json:"factor"`
	Private     bool              `json:"private"`
	Description *string           `json:"description"`
	Extra       map[string]string `json:"extra"`
}

// flavorCalls serves flavors and their extra specs.
func (s *Server) flavorCalls() {
	s.handle(s.compute, "GET /flavors", func(c *call) (answer, error) { return s.listFlavors(c, false) })
	s.handle(s.compute, "GET /flavors/detail", func(c *call) (answer, error) { return s.listFlavors(c, true) })
	s.handle(s.compute, "POST /flavors", s.makeFlavor)
	s.handle(s.compute, "GET /flavors/{id}", s.showFlavor)
	s.handle(s.compute, "DELETE /flavors/{id}", s.removeFlavor)
	s.handle(s.compute, "GET /flavors/{id}/os-extra_specs", s.showSpecs)
	s.handle(s.compute, "POST /flavors/{id}/os-extra_specs", s.addSpecs)
	s.handle(s.compute, "GET /flavors/{id}/os-extra_specs/{key}", s.showSpec)
	s.handle(s.compute, "DELETE /flavors/{id}/os-extra_specs/{key}", s.dropSpec)
}

// bookmark are the links of one of Nova's things.
func (c *call) bookmark(path string) []object {
	return []object{{"rel": "self", "href": c.base + "/compute/v2.1/" + path}, {"rel": "bookmark", "href": c.base + "/compute/" + path}}
}

func flavorObject(c *call, f *flavor) object {
	out := object{
		"id": f.ID, "name": f.Name, "ram": f.RAM, "vcpus": f.VCPUs, "disk": f.Disk, "swap": "", "rxtx_factor": f.Factor,
		"OS-FLV-EXT-DATA:ephemeral": f.Ephemeral, "OS-FLV-DISABLED:disabled": false, "os-flavor-access:is_public": !f.Private,
		"links": c.bookmark("flavors/" + f.ID),
	}
	switch {
	case c.at(75):
		out["swap"] = f.Swap
	case f.Swap > 0:
		out["swap"] = f.Swap
	}
	if c.at(55) {
		out["description"] = f.Description
	}
	if c.at(61) {
		out["extra_specs"] = filled(f.Extra)
	}
	return out
}

// filled is a map that is never null.
func filled(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// limit is the query's, 1000 at most, as Nova's max_limit; zero for none.
func (c *call) limit() (int, error) {
	text := c.ask("limit")
	if text == "" {
		return maxPage, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, refuse(http.StatusBadRequest, "Invalid input for query parameters limit. Value: %s. '%[1]s' does not match '^[0-9]*$'", text)
	}
	if n == 0 {
		return maxPage, nil
	}
	return min(n, maxPage), nil
}

// maxPage is how many things are in a part of a list at most: Nova's [api] max_limit.
const maxPage = 1000

// next are the links of a list of which there is more.
func (c *call) next(last string) []object {
	q := c.r.URL.Query()
	q.Set("marker", last)
	return []object{{"rel": "next", "href": c.base + c.r.URL.Path + "?" + q.Encode()}}
}

func (s *Server) listFlavors(c *call, detail bool) (answer, error) {
	limit, err := c.limit()
	if err != nil {
		return answer{}, err
	}
	found, more, known := s.flavors.page(paging{marker: c.ask("marker"), limit: limit}, func(f *flavor) bool {
		return c.flavorAsked(f)
	})
	if !known {
		return answer{}, refuse(http.StatusBadRequest, "marker [%s] not found", c.ask("marker"))
	}
	list := make([]object, 0, len(found))
	for _, f := range found {
		switch {
		case detail:
			list = append(list, flavorObject(c, f))
		case c.at(55):
			list = append(list, object{"id": f.ID, "name": f.Name, "description": f.Description, "links": c.bookmark("flavors/" + f.ID)})
		default:
			list = append(list, object{"id": f.ID, "name": f.Name, "links": c.bookmark("flavors/" + f.ID)})
		}
	}
	out := object{"flavors": list}
	if more {
		out["flavors_links"] = c.next(found[len(found)-1].ID)
	}
	return ok(out)
}

func (c *call) flavorAsked(f *flavor) bool {
	if f.Private && (!c.who.admin() || c.ask("is_public") == "") {
		return false
	}
	if p := c.ask("is_public"); p != "" && p != "None" && c.who.admin() && truth(p) == f.Private {
		return false
	}
	ram, _ := strconv.Atoi(c.ask("minRam"))   // what is no number asks for nothing
	disk, _ := strconv.Atoi(c.ask("minDisk")) // as above
	return f.RAM >= ram && f.Disk >= disk
}

func (s *Server) flavorFor(id string) (*flavor, error) {
	if f := s.flavors.get(id); f != nil {
		return f, nil
	}
	return nil, refuse(http.StatusNotFound, "Flavor %s could not be found.", id)
}

func (s *Server) showFlavor(c *call) (answer, error) {
	f, err := s.flavorFor(c.arg("id"))
	if err != nil {
		return answer{}, err
	}
	return ok(object{"flavor": flavorObject(c, f)})
}

func (s *Server) makeFlavor(c *call) (answer, error) {
	var in struct {
		Flavor struct {
			ID          json.RawMessage `json:"id"`
			Name        string          `json:"name"`
			RAM         number          `json:"ram"`
			VCPUs       number          `json:"vcpus"`
			Disk        number          `json:"disk"`
			Ephemeral   number          `json:"OS-FLV-EXT-DATA:ephemeral"`
			Swap        number          `json:"swap"`
			Factor      *float64        `json:"rxtx_factor"`
			Public      *bool           `json:"os-flavor-access:is_public"`
			Description *string         `json:"description"`
		} `json:"flavor"`
	}
	if err := c.ruled("os_compute_api:os-flavor-manage:create"); err != nil {
		return answer{}, err
	}
	if err := c.read(&in); err != nil {
		return answer{}, err
	}
	w := in.Flavor
	if w.Name == "" {
		return answer{}, refuse(http.StatusBadRequest, "Invalid input for field/attribute flavor. Value: {}. 'name' is a required property")
	}
	f := &flavor{
		ID: newUUID(), Name: w.Name, RAM: int(w.RAM), VCPUs: int(w.VCPUs), Disk: int(w.Disk), Ephemeral: int(w.Ephemeral), Swap: int(w.Swap),
		Factor: 1, Private: w.Public != nil && !*w.Public, Description: w.Description,
	}
	var id string
	if json.Unmarshal(w.ID, &id) == nil && id != "" && id != "auto" {
		f.ID = id
	}
	if w.Factor != nil {
		f.Factor = *w.Factor
	}
	if s.flavors.find(func(x *flavor) bool { return x.Name == f.Name }) != nil {
		return answer{}, refuse(http.StatusConflict, "Flavor with name %s already exists.", f.Name)
	}
	if s.flavors.get(f.ID) != nil {
		return answer{}, refuse(http.StatusConflict, "Flavor with ID %s already exists.", f.ID)
	}
	s.flavors.put(f.ID, f)
	return ok(object{"flavor": flavorObject(c, f)})
}

// A number is one that may come as a text.
type number int

var wholeNumber = reflect.TypeFor[int]()

// UnmarshalJSON reads 1 or "1".
func (n *number) UnmarshalJSON(text []byte) error {
	var word string
	if json.Unmarshal(text, &word) == nil {
		text = []byte(word)
	}
	v, err := strconv.Atoi(string(text))
	if err != nil && string(text) != "null" && len(text) > 0 {
		return &json.UnmarshalTypeError{Value: string(text), Type: wholeNumber}
	}
	*n = number(v)
	return nil
}

func (s *Server) removeFlavor(c *call) (answer, error) {
	if err := c.ruled("os_compute_api:os-flavor-manage:delete"); err != nil {
		return answer{}, err
	}
	f, err := s.flavorFor(c.arg("id"))
	if err != nil {
		return answer{}, err
	}
	s.flavors.drop(f.ID)
	return accepted(nil)
}

func (s *Server) showSpecs(c *call) (answer, error) {
	f, err := s.flavorFor(c.arg("id"))
	if err != nil {
		return answer{}, err
	}
	return ok(object{"extra_specs": filled(f.Extra)})
}

func (s *Server) addSpecs(c *call) (answer, error) {
	var in struct {
		Specs map[string]string `json:"extra_specs"`
	}
	if err := c.ruled("os_compute_api:os-flavor-extra-specs:create"); err != nil {
		return answer{}, err
	}
	f, err := s.flavorFor(c.arg("id"))
	if err == nil {
		err = c.read(&in)
	}
	if err != nil {
		return answer{}, err
	}
	extra := filled(maps.Clone(f.Extra))
	maps.Copy(extra, in.Specs)
	f.Extra = extra
	s.flavors.save(f.ID)
	return ok(object{"extra_specs": in.Specs})
}

// specFor is an extra spec that a call names.
func (s *Server) specFor(c *call) (*flavor, string, error) {
	f, err := s.flavorFor(c.arg("id"))
	if err != nil {
		return nil, "", err
	}
	value, there := f.Extra[c.arg("key")]
	if !there {
		return nil, "", refuse(http.StatusNotFound, "Flavor %s has no extra specs with key %s.", f.ID, c.arg("key"))
	}
	return f, value, nil
}

func (s *Server) showSpec(c *call) (answer, error) {
	_, value, err := s.specFor(c)
	if err != nil {
		return answer{}, err
	}
	return ok(object{c.arg("key"): value})
}

func (s *Server) dropSpec(c *call) (answer, error) {
	if err := c.ruled("os_compute_api:os-flavor-extra-specs:delete"); err != nil {
		return answer{}, err
	}
	f, _, err := s.specFor(c)
	if err != nil {
		return answer{}, err
	}
	extra := maps.Clone(f.Extra)
	delete(extra, c.arg("key"))
	f.Extra = extra
	s.flavors.save(f.ID)
	return reply(http.StatusOK, nil), nil
}
