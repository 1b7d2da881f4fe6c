package openstack

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// A wish is what a client says of the servers that it wants.
type wish struct {
	Name        string            `json:"name"`
	Image       string            `json:"imageRef"`
	Flavor      json.RawMessage   `json:"flavorRef"`
	Networks    json.RawMessage   `json:"networks"`
	Metadata    map[string]string `json:"metadata"`
	Tags        []string          `json:"tags"`
	Key         string            `json:"key_name"`
	UserData    string            `json:"user_data"`
	Description *string           `json:"description"`
	ConfigDrive any               `json:"config_drive"`
	Zone        string            `json:"availability_zone"`
	Host        string            `json:"host"`
	Min         *number           `json:"min_count"`
	Max         *number           `json:"max_count"`
	Groups      []struct {
		Name string `json:"name"`
	} `json:"security_groups"`
	Disks []bootDisk `json:"block_device_mapping_v2"`
}

// A bootDisk is one entry of block_device_mapping_v2.
type bootDisk struct {
	Boot        any    `json:"boot_index"`
	Source      string `json:"source_type"` // image, volume, snapshot, blank
	Destination string `json:"destination_type"`
	ID          string `json:"uuid"`
	Size        number `json:"volume_size"`
	Terminates  bool   `json:"delete_on_termination"`
	Device      string `json:"device_name"`
	Tag         string `json:"tag"`
	Type        string `json:"volume_type"`
}

func (b bootDisk) first() bool { return b.Boot != nil && strings.Trim(jsonText(b.Boot), `"`) == "0" }

func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(text)
}

// wishFields are those that a server may be asked for with, and the versions that first had them.
var wishFields = map[string]int{
	"name": 1, "imageRef": 1, "flavorRef": 1, "networks": 1, "metadata": 1, "tags": 52, "key_name": 1, "user_data": 1,
	"description": 19, "config_drive": 1, "availability_zone": 1, "host": 74, "hypervisor_hostname": 74, "min_count": 1, "max_count": 1,
	"security_groups": 1, "block_device_mapping_v2": 1, "block_device_mapping": 1, "adminPass": 1, "OS-DCF:diskConfig": 1,
	"accessIPv4": 1, "accessIPv6": 1, "return_reservation_id": 1, "personality": 1, "trusted_image_certificates": 63, "hostname": 90,
}

func (s *Server) createServers(c *call) (answer, error) {
	o, err := s.orderOf(c)
	if err != nil {
		return answer{}, err
	}
	if err := s.fits(c, o.flavor, o.count); err != nil {
		return answer{}, err
	}
	reservation := "r-" + strings.ToLower(newSecret(6))
	var made []*server
	for i := range o.count {
		v := s.newServer(c, o, i, reservation)
		if err := s.bring(c, v, o); err != nil {
			for _, w := range made {
				s.bury(w)
			}
			return answer{}, err
		}
		s.servers.put(v.ID, v)
		s.charge(v, 1)
		s.later(s.options.Boot, "server", v.ID)
		made = append(made, v)
	}
	v := made[0]
	groups := []object{}
	for _, name := range o.groups {
		groups = append(groups, object{"name": name})
	}
	if len(groups) == 0 {
		groups = append(groups, object{"name": "default"})
	}
	return reply(http.StatusAccepted, object{"server": object{
		"id": v.ID, "links": c.bookmark("servers/" + v.ID), "OS-DCF:diskConfig": "MANUAL", "security_groups": groups, "adminPass": newSecret(9),
	}}).with("Location", c.base+"/compute/v2.1/servers/"+v.ID), nil
}

// newServer is a server as it is asked for, which is nowhere yet.
func (s *Server) newServer(c *call, o *order, index int, reservation string) *server {
	name := o.Name
	if o.count > 1 {
		name += "-" + strconv.Itoa(index+1)
	}
	now := s.now()
	v := &server{
		ID: newUUID(), Name: name, Project: c.who.Project, User: c.who.User, Description: o.Description, Status: building, Task: "scheduling",
		Image: o.Image, Flavor: *o.flavor, Key: o.Key, UserData: o.UserData, Zone: o.Zone, Group: o.group, Metadata: filled(o.Metadata),
		Tags: o.Tags, Made: now, Updated: now, Due: now.Add(s.options.Boot), Reservation: reservation, Index: index, Boots: 1,
	}
	if truthy(o.ConfigDrive) {
		v.ConfigDrive = "True"
	}
	if !c.at(19) {
		v.Description = &name
	}
	v.act("create", c.who.User, now)
	s.place(v, o.Host)
	if c.befell(FaultServerError) {
		v.Doom = c.fault.Message
		if v.Doom == "" {
			v.Doom = "Exceeded maximum number of retries. Exhausted all hosts available for retrying build failures for instance " + v.ID + "."
		}
	}
	return v
}

func truthy(v any) bool {
	switch w := v.(type) {
	case bool:
		return w
	case string:
		return w != "" && truth(w)
	}
	return false
}

// bring gives a server its ports and volumes; all, or a refusal.
func (s *Server) bring(c *call, v *server, o *order) error {
	if v.Host != "" && (o.nics == nil || len(o.nics) > 0) {
		if err := s.neutron.plug(c.who, v, o.nics, o.groups); err != nil {
			return err
		}
	}
	for i, d := range o.Disks {
		if err := s.bringDisk(c, v, d, i); err != nil {
			s.neutron.unplug(v.ID, "")
			s.letGo(v)
			return err
		}
	}
	return nil
}

// bringDisk gives a server one of its disks; those that are only local files need nothing.
func (s *Server) bringDisk(c *call, v *server, d bootDisk, index int) error {
	if d.Destination == "local" || d.Source == "image" && d.Destination == "" {
		if d.first() {
			v.Image = d.ID
		}
		return nil
	}
	device := "/dev/vd" + string(rune('a'+min(index, 25)))
	id := d.ID
	if d.Source != "volume" {
		want := disk{Size: int(d.Size), Type: d.Type}
		switch d.Source {
		case "image":
			want.Image = d.ID
		case "snapshot":
			want.Snapshot = d.ID
		}
		made, err := s.cinder.make(c.who, want)
		if err != nil {
			return err
		}
		id = made
	}
	if err := s.cinder.attach(id, v.ID, device); err != nil {
		return err
	}
	v.Volumes = append(v.Volumes, attached{ID: newUUID(), Volume: id, Device: device, Tag: d.Tag, Terminates: d.Terminates})
	if d.first() {
		v.Image = ""
	}
	return nil
}
