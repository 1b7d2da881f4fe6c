package openstack

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
)

// A serverView is a server as Nova shows it. What a version does not have is left out; a slot that is to be null is null.
type serverView struct {
	ID             string               `json:"id"`
	Name           string               `json:"name"`
	Status         string               `json:"status"`
	Project        string               `json:"tenant_id"`
	User           string               `json:"user_id"`
	Metadata       map[string]string    `json:"metadata"`
	HostID         string               `json:"hostId"`
	Image          any                  `json:"image"`
	Flavor         any                  `json:"flavor"`
	Created        string               `json:"created"`
	Updated        string               `json:"updated"`
	Addresses      map[string][]address `json:"addresses"`
	AccessV4       string               `json:"accessIPv4"`
	AccessV6       string               `json:"accessIPv6"`
	Links          []object             `json:"links"`
	DiskConfig     string               `json:"OS-DCF:diskConfig"`
	Progress       *int                 `json:"progress,omitempty"`
	Zone           string               `json:"OS-EXT-AZ:availability_zone"`
	ConfigDrive    string               `json:"config_drive"`
	Key            *string              `json:"key_name"`
	Launched       *string              `json:"OS-SRV-USG:launched_at"`
	Terminated     *string              `json:"OS-SRV-USG:terminated_at"`
	Task           *string              `json:"OS-EXT-STS:task_state"`
	VM             string               `json:"OS-EXT-STS:vm_state"`
	Power          int                  `json:"OS-EXT-STS:power_state"`
	Volumes        []object             `json:"os-extended-volumes:volumes_attached"`
	SecurityGroups []object             `json:"security_groups,omitempty"`
	Fault          *faultView           `json:"fault,omitempty"`

	Locked       *bool     `json:"locked,omitempty"`                     // 2.9
	Description  any       `json:"description,omitempty"`                // 2.19
	Tags         *[]string `json:"tags,omitempty"`                       // 2.26
	Certificates any       `json:"trusted_image_certificates,omitempty"` // 2.63
	Groups       *[]string `json:"server_groups,omitempty"`              // 2.71
	LockedReason any       `json:"locked_reason,omitempty"`              // 2.73
	Hostname     any       `json:"OS-EXT-SRV-ATTR:hostname,omitempty"`   // 2.3, for everybody 2.90

	*serverInside
}

// serverInside is what an admin sees.
type serverInside struct {
	Host         any    `json:"OS-EXT-SRV-ATTR:host"`
	Hypervisor   any    `json:"OS-EXT-SRV-ATTR:hypervisor_hostname"`
	InstanceName string `json:"OS-EXT-SRV-ATTR:instance_name"`
	Reservation  any    `json:"OS-EXT-SRV-ATTR:reservation_id,omitempty"` // 2.3
	Index        any    `json:"OS-EXT-SRV-ATTR:launch_index,omitempty"`
	Kernel       any    `json:"OS-EXT-SRV-ATTR:kernel_id,omitempty"`
	Ramdisk      any    `json:"OS-EXT-SRV-ATTR:ramdisk_id,omitempty"`
	Root         any    `json:"OS-EXT-SRV-ATTR:root_device_name,omitempty"`
	UserData     any    `json:"OS-EXT-SRV-ATTR:user_data,omitempty"`
	HostStatus   any    `json:"host_status,omitempty"` // 2.16
}

type faultView struct {
	Code    int    `json:"code"`
	Created string `json:"created"`
	Message string `json:"message"`
	Details string `json:"details,omitempty"`
}

// An address is one of a server's, below the name of its network.
type address struct {
	Version int    `json:"version"`
	Addr    string `json:"addr"`
	Kind    string `json:"OS-EXT-IPS:type"`
	MAC     string `json:"OS-EXT-IPS-MAC:mac_addr"`
}

// null is a slot that is there and holds nothing.
var null = json.RawMessage("null")

func nullable(text string) any {
	if text == "" {
		return null
	}
	return text
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// view is a server as a call sees it. Only one that is shown alone tells of its groups.
func (s *Server) view(c *call, v *server, alone bool) *serverView {
	out := &serverView{
		ID: v.ID, Name: v.Name, Status: v.status(), Project: v.Project, User: v.User, Metadata: filled(v.Metadata), HostID: hostID(v),
		Image: "", Created: seconds(v.Made), Updated: seconds(v.Updated), Addresses: s.addresses(v), Links: c.bookmark("servers/" + v.ID),
		DiskConfig: "MANUAL", Zone: "", ConfigDrive: v.ConfigDrive, Key: optional(v.Key), Task: optional(v.Task), VM: v.vm(), Power: v.power(),
		Volumes: v.volumesView(c),
	}
	if v.Image != "" {
		out.Image = object{"id": v.Image, "links": []object{{"rel": "bookmark", "href": c.base + "/compute/images/" + v.Image}}}
	}
	if v.Status == active || v.Status == building {
		progress := 0
		out.Progress = &progress
	}
	if v.placed() {
		out.Zone = cmp.Or(v.Zone, defaultZone)
	}
	if !v.Launched.IsZero() {
		at := micros(v.Launched)
		out.Launched = &at
	}
	if v.Status != building {
		for _, name := range s.neutron.groups(v.ID) {
			out.SecurityGroups = append(out.SecurityGroups, object{"name": name})
		}
	}
	if v.Fault != nil && v.Status == failed {
		out.Fault = &faultView{Code: v.Fault.Code, Created: seconds(v.Fault.Made), Message: v.Fault.Message}
		if c.who.admin() {
			out.Fault.Details = v.Fault.Details
		}
	}
	out.Flavor = flavorView(c, &v.Flavor)
	s.viewLater(c, v, out, alone)
	if c.who.admin() {
		out.serverInside = inside(c, v)
	}
	return out
}

// viewLater adds what versions after 2.1 tell.
func (s *Server) viewLater(c *call, v *server, out *serverView, alone bool) {
	if c.at(9) {
		out.Locked = &v.Locked
	}
	if c.at(19) {
		out.Description = null
		if v.Description != nil {
			out.Description = *v.Description
		}
	}
	if c.at(26) {
		tags := append([]string{}, v.Tags...)
		out.Tags = &tags
	}
	if c.at(63) {
		out.Certificates = null
	}
	if c.at(71) && alone {
		groups := []string{}
		if v.Group != "" {
			groups = append(groups, v.Group)
		}
		out.Groups = &groups
	}
	if c.at(73) {
		out.LockedReason = null
	}
	if c.at(90) || c.at(3) && c.who.admin() {
		out.Hostname = strings.ToLower(v.Name)
	}
}

// inside is what an admin sees of a server.
func inside(c *call, v *server) *serverInside {
	out := &serverInside{Host: v.Host, Hypervisor: v.Host, InstanceName: v.instance()}
	if !v.placed() {
		out.Host, out.Hypervisor = nil, nil
	}
	if c.at(3) {
		out.Reservation, out.Index, out.Kernel, out.Ramdisk = v.Reservation, v.Index, "", ""
		out.Root, out.UserData = "/dev/vda", nullable(v.UserData)
		if !v.placed() {
			out.Root = null
		}
	}
	if c.at(16) {
		out.HostStatus = "UP"
		if !v.placed() {
			out.HostStatus = ""
		}
	}
	return out
}

// status is what is shown: Nova makes it of the state and the task.
func (v *server) status() string {
	switch {
	case v.Status == active && v.Task == "rebooting":
		return "REBOOT"
	case v.Status == active && v.Task == "rebooting_hard":
		return "HARD_REBOOT"
	case (v.Status == active || v.Status == shutoff || v.Status == failed) && v.Task == "rebuilding":
		return "REBUILD"
	}
	return v.Status
}

func (v *server) vm() string {
	switch v.Status {
	case building:
		return "building"
	case shutoff:
		return "stopped"
	case failed:
		return "error"
	}
	return strings.ToLower(v.Status)
}

func (v *server) power() int {
	switch v.Status {
	case active:
		return 1
	case shutoff:
		return 4
	}
	return 0
}

func (v *server) instance() string { return "instance-" + v.ID[:8] }

func (v *server) volumesView(c *call) []object {
	out := []object{}
	for _, a := range v.Volumes {
		if c.at(3) {
			out = append(out, object{"id": a.Volume, "delete_on_termination": a.Terminates})
		} else {
			out = append(out, object{"id": a.Volume})
		}
	}
	return out
}

// placed says whether a server's host is known: the scheduler does not tell before the server is up.
func (v *server) placed() bool { return v.Host != "" && v.Status != building }

// hostID names a server's host to its project, and to it only.
func hostID(v *server) string {
	if !v.placed() {
		return ""
	}
	sum := sha256.Sum224([]byte(v.Project + v.Host))
	return hex.EncodeToString(sum[:])
}

func flavorView(c *call, f *flavor) any {
	if !c.at(47) {
		return object{"id": f.ID, "links": []object{{"rel": "bookmark", "href": c.base + "/compute/flavors/" + f.ID}}}
	}
	return struct {
		VCPUs     int               `json:"vcpus"`
		RAM       int               `json:"ram"`
		Disk      int               `json:"disk"`
		Ephemeral int               `json:"ephemeral"`
		Swap      int               `json:"swap"`
		Name      string            `json:"original_name"`
		Extra     map[string]string `json:"extra_specs"`
	}{f.VCPUs, f.RAM, f.Disk, f.Ephemeral, f.Swap, f.Name, filled(f.Extra)}
}

// addresses are a server's by the names of its networks; none before it is on a host, and up.
func (s *Server) addresses(v *server) map[string][]address {
	out := map[string][]address{}
	if !v.placed() {
		return out
	}
	for _, p := range s.neutron.plugs(v.ID) {
		for _, f := range p.Fixed {
			out[p.NetworkName] = append(out[p.NetworkName], address{ipVersion(f.Address), f.Address, "fixed", p.MAC})
		}
		for _, ip := range p.Floating {
			out[p.NetworkName] = append(out[p.NetworkName], address{ipVersion(ip), ip, "floating", p.MAC})
		}
	}
	return out
}

func ipVersion(ip string) int {
	if strings.Contains(ip, ":") {
		return 6
	}
	return 4
}

// itoa is a number as text.
func itoa(n int) string { return strconv.Itoa(n) }
