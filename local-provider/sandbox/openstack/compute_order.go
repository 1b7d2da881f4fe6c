package openstack

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// An order is a wish that was understood: everything that it names is there.
type order struct {
	wish
	flavor *flavor
	nics   []nic // nil for the project's only network
	groups []string
	group  string
	count  int
}

// orderOf reads a wish, and refuses it unless everything it names is there.
func (s *Server) orderOf(c *call) (*order, error) {
	var in struct {
		Server json.RawMessage `json:"server"`
		Hints  struct {
			Group string `json:"group"`
		} `json:"os:scheduler_hints"`
		HintsToo struct {
			Group string `json:"group"`
		} `json:"OS-SCH-HNT:scheduler_hints"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	o := &order{group: in.Hints.Group + in.HintsToo.Group, count: 1}
	if err := c.checkFields(in.Server); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(in.Server, &o.wish); err != nil {
		return nil, refuse(http.StatusBadRequest, "Invalid input for field/attribute server. Value: %s. %v", in.Server, err)
	}
	for _, g := range o.Groups {
		if !slices.Contains(o.groups, g.Name) {
			o.groups = append(o.groups, g.Name)
		}
	}
	for _, check := range []func(*call, *order) error{s.checkCount, s.checkNetworks, s.checkFlavor, s.checkImage, s.checkThings} {
		if err := check(c, o); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// checkFields refuses a server without a name or a flavor, and with what its version does not know.
func (c *call) checkFields(text json.RawMessage) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil || fields == nil {
		return refuse(http.StatusBadRequest, "Invalid input for field/attribute server. Value: %s. 'server' is a required property", text)
	}
	for name := range fields {
		first := wishFields[name]
		if strings.HasPrefix(name, "OS-EXT") || first != 0 && c.at(first) && (name != "personality" || c.minor < 57) {
			continue
		}
		return refuse(http.StatusBadRequest,
			"Invalid input for field/attribute server. Value: %s. Additional properties are not allowed ('%s' was unexpected)", text, name)
	}
	for _, name := range []string{"name", "flavorRef"} {
		if fields[name] == nil {
			return refuse(http.StatusBadRequest, "Invalid input for field/attribute server. Value: %s. '%s' is a required property", text, name)
		}
	}
	var name string
	if json.Unmarshal(fields["name"], &name) != nil || name == "" || len(name) > 255 {
		return refuse(http.StatusBadRequest, "Invalid input for field/attribute name. Value: %s. %[1]s is too short", fields["name"])
	}
	if c.at(37) && fields["networks"] == nil {
		return refuse(http.StatusBadRequest, "Invalid input for field/attribute server. Value: %s. 'networks' is a required property", text)
	}
	return nil
}

func (s *Server) checkCount(_ *call, o *order) error {
	least := 1
	if o.Min != nil {
		least = int(*o.Min)
	}
	most := least
	if o.Max != nil {
		most = int(*o.Max)
	}
	if least < 1 || most < least || most > 1000 {
		return refuse(http.StatusBadRequest, "min_count must be <= max_count")
	}
	o.count = most
	return nil
}

func (s *Server) checkNetworks(_ *call, o *order) error {
	var word string
	switch {
	case o.Networks == nil:
		return nil
	case json.Unmarshal(o.Networks, &word) == nil:
		if word == "none" {
			o.nics = []nic{}
		} else if word != "auto" {
			return refuse(http.StatusBadRequest, "Invalid input for field/attribute networks. Value: %s. '%[1]s' is not of type 'array'", word)
		}
		return nil
	}
	if err := json.Unmarshal(o.Networks, &o.nics); err != nil {
		return refuse(http.StatusBadRequest, "Invalid input for field/attribute networks. Value: %s. %v", o.Networks, err)
	}
	if len(o.nics) == 0 {
		o.nics = nil
	}
	return nil
}

// checkFlavor finds the flavor: its id, or a link that ends in it.
func (s *Server) checkFlavor(_ *call, o *order) error {
	id := strings.Trim(string(o.Flavor), `"`)
	if id == "" {
		return refuse(http.StatusBadRequest, "Invalid input for field/attribute flavorRef. Value: . '' is too short")
	}
	id = id[strings.LastIndex(id, "/")+1:]
	if o.flavor = s.flavors.get(id); o.flavor == nil {
		return refuse(http.StatusBadRequest, "Flavor %s could not be found.", id)
	}
	return nil
}

// checkImage finds the image, which must fit into the flavor.
func (s *Server) checkImage(c *call, o *order) error {
	id := o.Image
	boots := slices.IndexFunc(o.Disks, bootDisk.first)
	if id == "" && boots < 0 {
		return refuse(http.StatusBadRequest, "Invalid imageRef provided.")
	}
	size := o.flavor.Disk
	if boots >= 0 {
		d := o.Disks[boots]
		if d.Source != "image" {
			return nil
		}
		if id = d.ID; d.Destination == "volume" {
			if size = int(d.Size); size == 0 {
				return refuse(http.StatusBadRequest, "Block Device Mapping is Invalid: You specified more local devices than the limit allows")
			}
		}
	}
	p := s.glance.picture(c.who, id)
	switch {
	case p == nil:
		return refuse(http.StatusBadRequest, "Can not find requested image")
	case p.Status != "active":
		return refuse(http.StatusBadRequest, "Image %s is not active.", id)
	case p.MinRAM > o.flavor.RAM:
		return refuse(http.StatusBadRequest, "Flavor's memory is too small for requested image.")
	case size > 0 && p.MinDisk > size:
		return refuse(http.StatusBadRequest, "Flavor's disk is smaller than the minimum size specified in image metadata. Flavor disk is %d "+
			"bytes, minimum size is %d bytes.", size<<30, p.MinDisk<<30)
	}
	return nil
}

// checkThings finds the key, the group, the zone and the volumes.
func (s *Server) checkThings(c *call, o *order) error {
	if o.Key != "" && s.keys.get(keyID(c.who.User, o.Key)) == nil {
		return refuse(http.StatusBadRequest, "Invalid key_name provided.")
	}
	if g := s.serverGroups.get(o.group); o.group != "" && (g == nil || !c.who.sees(g.Project)) {
		return refuse(http.StatusBadRequest, "Instance group %s could not be found.", o.group)
	}
	if zone, _, _ := strings.Cut(o.Zone, ":"); o.Zone != "" && zone != defaultZone {
		return refuse(http.StatusBadRequest, "The requested availability zone is not available")
	}
	if most := s.limitOf(c.who.Project, "metadata_items"); most >= 0 && len(o.Metadata) > most {
		return refuse(http.StatusForbidden, "Maximum number of metadata items exceeds %d", most)
	}
	for _, d := range o.Disks {
		if d.Source == "volume" && !s.cinder.find(c.who, d.ID) {
			return refuse(http.StatusBadRequest, "Block Device Mapping is Invalid: failed to get volume %s.", d.ID)
		}
	}
	return nil
}
