package openstack

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// An act is something that can be asked of a server by POST …/action.
type act struct {
	name string
	do   func(*call, *server, json.RawMessage) (answer, error)
	last int // the last version that has it; zero for all
}

func (s *Server) acts() []act {
	return []act{
		{"reboot", s.reboot, 0},
		{"os-stop", s.stop, 0},
		{"os-start", s.start, 0},
		{"rebuild", s.rebuild, 0},
		{"os-getConsoleOutput", s.console, 0},
		{"createImage", s.snapshot, 0},
		{"lock", s.lock(true), 0},
		{"unlock", s.lock(false), 0},
		{"os-resetState", s.resetState, 0},
		{"forceDelete", func(c *call, _ *server, _ json.RawMessage) (answer, error) {
			a, err := s.deleteServer(c)
			a.status = http.StatusAccepted
			return a, err
		}, 0},
		{"addFloatingIp", nil, 43},
		{"removeFloatingIp", nil, 43},
		{"addFixedIp", nil, 43},
		{"removeFixedIp", nil, 43},
	}
}

func (s *Server) actOnServer(c *call) (answer, error) {
	var in map[string]json.RawMessage
	if err := c.read(&in); err != nil {
		return answer{}, err
	}
	for _, a := range s.acts() {
		text, asked := in[a.name]
		if !asked {
			continue
		}
		if a.do == nil || a.last > 0 && c.minor > a.last {
			return answer{}, refuse(http.StatusNotFound, "API version '%s' is not supported on this method.", novaVersions.text(c.minor))
		}
		v, err := s.serverFor(c)
		if err != nil {
			return answer{}, err
		}
		if v.Locked && a.name != "unlock" && a.name != "os-getConsoleOutput" && !c.who.admin() {
			return answer{}, refuse(http.StatusConflict, "Instance %s is locked", v.ID)
		}
		return a.do(c, v, text)
	}
	return answer{}, refuse(http.StatusBadRequest, "There is no such action: %v. Valid actions are listed in the API reference.", keysOf(in))
}

func keysOf(m map[string]json.RawMessage) string {
	var out []string
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// in refuses an act while a server is in another state, or has another task.
func (v *server) in(verb string, states ...string) error {
	if v.Task != "" {
		return refuse(http.StatusConflict, "Cannot '%s' instance %s while it is in task_state %s", verb, v.ID, v.task())
	}
	if !slices.Contains(states, v.Status) {
		return refuse(http.StatusConflict, "Cannot '%s' instance %s while it is in vm_state %s", verb, v.ID, v.vm())
	}
	return nil
}

// task is what is shown of it.
func (v *server) task() string { return v.Task }

func (s *Server) reboot(c *call, v *server, text json.RawMessage) (answer, error) {
	var in struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(text, &in) != nil || !strings.EqualFold(in.Type, "SOFT") && !strings.EqualFold(in.Type, "HARD") {
		return answer{}, refuse(http.StatusBadRequest, "Invalid input for field/attribute type. Value: %s. '%[1]s' is not one of ['HARD', 'SOFT']", in.Type)
	}
	states, task := []string{active}, "rebooting"
	if strings.EqualFold(in.Type, "HARD") {
		states, task = []string{active, shutoff, failed}, "rebooting_hard"
	}
	if err := v.in("reboot", states...); err != nil {
		return answer{}, err
	}
	v.act("reboot", c.who.User, s.now())
	s.undertake(v, task, s.options.Boot)
	return accepted(nil)
}

func (s *Server) stop(c *call, v *server, _ json.RawMessage) (answer, error) {
	if err := v.in("stop", active, failed); err != nil {
		return answer{}, err
	}
	v.act("stop", c.who.User, s.now())
	s.undertake(v, "powering-off", s.options.Boot)
	return accepted(nil)
}

func (s *Server) start(c *call, v *server, _ json.RawMessage) (answer, error) {
	if err := v.in("start", shutoff); err != nil {
		return answer{}, err
	}
	v.act("start", c.who.User, s.now())
	s.undertake(v, "powering-on", s.options.Boot)
	return accepted(nil)
}

func (s *Server) rebuild(c *call, v *server, text json.RawMessage) (answer, error) {
	var in struct {
		Image    string             `json:"imageRef"`
		Name     *string            `json:"name"`
		Metadata *map[string]string `json:"metadata"`
	}
	if json.Unmarshal(text, &in) != nil || in.Image == "" {
		return answer{}, refuse(http.StatusBadRequest, "Invalid input for field/attribute rebuild. Value: %s. 'imageRef' is a required property", text)
	}
	if s.glance.picture(c.who, in.Image) == nil {
		return answer{}, refuse(http.StatusBadRequest, "Cannot find image for rebuild")
	}
	if err := v.in("rebuild", active, shutoff, failed); err != nil {
		return answer{}, err
	}
	v.Image = in.Image
	if in.Name != nil {
		v.Name = *in.Name
	}
	if in.Metadata != nil {
		v.Metadata = *in.Metadata
	}
	v.act("rebuild", c.who.User, s.now())
	s.undertake(v, "rebuilding", s.options.Boot)
	out := struct {
		*serverView
		Password string  `json:"adminPass"`
		UserData *string `json:"user_data,omitempty"`
	}{s.view(c, v, true), newSecret(9), nil}
	if c.at(57) {
		out.UserData = optional(v.UserData)
	}
	if !c.at(75) {
		out.SecurityGroups = nil
	}
	return reply(http.StatusAccepted, object{"server": out}).with("Location", c.base+"/compute/v2.1/servers/"+v.ID), nil
}

// console is what the server said while it started, and since.
func (s *Server) console(_ *call, v *server, text json.RawMessage) (answer, error) {
	var in struct {
		Length *number `json:"length"`
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return answer{}, refuse(http.StatusBadRequest, "Invalid input for field/attribute length. Value: %s. It is not of type 'integer'", text)
	}
	if v.Status == building {
		return answer{}, refuse(http.StatusConflict, "Instance %s is not ready", v.ID)
	}
	lines := v.said()
	if in.Length != nil && *in.Length >= 0 && int(*in.Length) < len(lines) {
		lines = lines[len(lines)-int(*in.Length):]
	}
	return ok(object{"output": strings.Join(lines, "\n") + "\n"})
}

// said is the console of a server that boots a small Linux.
func (v *server) said() []string {
	var out []string
	for boot := range max(v.Boots, 1) {
		out = append(out, "[    0.000000] Linux version 6.1.0 (sandbox) boot "+strconv.Itoa(boot+1))
		for i := range 20 {
			out = append(out, fmt.Sprintf("[%5d.%06d] sandbox: unit %d of %s is ready", i/4, i*41231%1000000, i+1, v.Name))
		}
		out = append(out, "cloud-init: finished at "+seconds(v.Launched), v.Name+" login: ")
	}
	return out
}

func (s *Server) snapshot(c *call, v *server, text json.RawMessage) (answer, error) {
	var in struct {
		Name     string            `json:"name"`
		Metadata map[string]string `json:"metadata"`
	}
	if json.Unmarshal(text, &in) != nil || in.Name == "" {
		return answer{}, refuse(http.StatusBadRequest, "Invalid input for field/attribute name. Value: %s.", in.Name)
	}
	if err := v.in("createImage", active, shutoff); err != nil {
		return answer{}, err
	}
	id, err := s.glance.snap(c.who, in.Name, in.Metadata)
	if err != nil {
		return answer{}, err
	}
	v.act("createImage", c.who.User, s.now())
	s.servers.save(v.ID)
	if c.at(45) {
		return accepted(object{"image_id": id})
	}
	return reply(http.StatusAccepted, nil).with("Location", c.base+"/image/v2/images/"+id), nil
}

func (s *Server) lock(on bool) func(*call, *server, json.RawMessage) (answer, error) {
	return func(_ *call, v *server, _ json.RawMessage) (answer, error) {
		v.Locked = on
		s.changed(v)
		return accepted(nil)
	}
}

func (s *Server) resetState(c *call, v *server, text json.RawMessage) (answer, error) {
	var in struct {
		State string `json:"state"`
	}
	if err := c.ruled("os_compute_api:os-admin-actions:reset_state"); err != nil {
		return answer{}, err
	}
	if json.Unmarshal(text, &in) != nil || in.State != "active" && in.State != "error" {
		return answer{}, refuse(http.StatusBadRequest, "Invalid input for field/attribute state. Value: %s. '%[1]s' is not one of ['active', 'error']", in.State)
	}
	v.Status, v.Task, v.Stuck = strings.ToUpper(in.State), "", false
	s.changed(v)
	return accepted(nil)
}
