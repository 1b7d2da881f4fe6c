package openstack

import (
	"net/http"
	"strconv"
	"time"
)

// A stackEvent is something that happened to a stack or one of its resources.
type stackEvent struct {
	ID       string    `json:"id"`
	At       time.Time `json:"at"`
	Resource string    `json:"resource"` // empty for the stack itself
	Physical string    `json:"physical"`
	Kind     string    `json:"kind"`
	Status   string    `json:"status"`
	Reason   string    `json:"reason"`
	With     object    `json:"with,omitempty"`
}

// note writes down how a resource of a stack, or the stack itself, stands now.
func (st *stack) note(s *Server, r *stackResource) {
	e := &stackEvent{
		ID: newUUID(), At: s.now(), Physical: st.ID, Kind: "OS::Heat::Stack", Status: st.state(), Reason: st.Reason,
	}
	if r != nil {
		e.Resource, e.Physical, e.Kind, e.With = r.Name, r.Physical, r.Kind, r.Properties
		e.Status, e.Reason = r.Action+"_"+r.Status, r.Reason
	}
	if st.Events = append(st.Events, e); len(st.Events) > mostEvents {
		st.Events = st.Events[1:]
	}
}

func (st *stack) eventBody(c *call, e *stackEvent, whole bool) object {
	name := e.Resource
	if name == "" {
		name = st.Name
	}
	resource := st.url(c) + "/resources/" + name
	out := object{
		"id": e.ID, "event_time": seconds(e.At), "logical_resource_id": name, "resource_name": name, "physical_resource_id": e.Physical,
		"resource_status": e.Status, "resource_status_reason": e.Reason, "links": []object{
			{"href": resource + "/events/" + e.ID, "rel": "self"}, {"href": resource, "rel": "resource"}, {"href": st.url(c), "rel": "stack"},
		},
	}
	if whole {
		properties := e.With
		if properties == nil {
			properties = object{}
		}
		out["resource_type"], out["resource_properties"] = e.Kind, properties
	}
	return out
}

// listEvents serves what happened to a stack, or to one of its resources, the newest first.
func (s *Server) listEvents(c *call, st *stack) (answer, error) {
	limit, err := strconv.Atoi(c.ask("limit"))
	if err != nil && c.ask("limit") != "" {
		return answer{}, badStack("Only integer is acceptable by 'limit'.")
	}
	out := []object{}
	for i := len(st.Events) - 1; i >= 0 && (limit <= 0 || len(out) < limit); i-- {
		e := st.Events[i]
		if want := c.arg("resource"); want == "" || want == e.Resource || want == st.Name && e.Resource == "" {
			out = append(out, st.eventBody(c, e, false))
		}
	}
	if c.arg("resource") != "" && len(out) == 0 {
		_, err := st.find(c)
		return reply(http.StatusOK, object{"events": out}), err
	}
	return ok(object{"events": out})
}

func (s *Server) showEvent(c *call, st *stack) (answer, error) {
	for _, e := range st.Events {
		if e.ID == c.arg("event") {
			return ok(object{"event": st.eventBody(c, e, true)})
		}
	}
	return answer{}, refuseAs(http.StatusNotFound, "EntityNotFound", "The Event (%s) could not be found.", c.arg("event"))
}

// find is the resource that a call is about.
func (st *stack) find(c *call) (*stackResource, error) {
	if r := st.named(c.arg("resource")); r != nil {
		return r, nil
	}
	return nil, refuseAs(http.StatusNotFound, "ResourceNotFound", "The Resource (%s) could not be found in Stack %s.", c.arg("resource"), st.Name)
}

func (st *stack) resourceBody(c *call, r *stackResource) object {
	action, physical := r.Action, r.Physical
	if action == "WAIT" { // an update that has not come to it
		action = "CREATE"
	}
	wanted := []string{}
	for _, o := range st.Resources {
		for _, name := range o.Needs {
			if name == r.Name {
				wanted = append(wanted, o.Name)
			}
		}
	}
	return object{
		"resource_name": r.Name, "logical_resource_id": r.Name, "physical_resource_id": physical, "resource_type": r.Kind,
		"resource_status": action + "_" + r.Status, "resource_status_reason": r.Reason, "creation_time": seconds(r.Made),
		"updated_time": seconds(r.Changed), "required_by": wanted, "links": []object{
			{"href": st.url(c) + "/resources/" + r.Name, "rel": "self"}, {"href": st.url(c), "rel": "stack"},
		},
	}
}

func (s *Server) listResources(c *call, st *stack) (answer, error) {
	out := []object{}
	for _, r := range st.Resources {
		if kind := c.ask("type"); kind == "" || kind == r.Kind {
			out = append(out, st.resourceBody(c, r))
		}
	}
	return ok(object{"resources": out})
}

func (s *Server) showResource(c *call, st *stack) (answer, error) {
	r, err := st.find(c)
	if err != nil {
		return answer{}, err
	}
	out := st.resourceBody(c, r)
	resources, _ := st.Template["resources"].(object)
	declared, _ := resources[r.Name].(object)
	about, _ := declared["description"].(string)
	out["description"], out["attributes"] = about, s.attributes(c, st, r)
	return ok(object{"resource": out})
}

// signalResource takes in a signal for a handle: what it says, and whether all is well.
func (s *Server) signalResource(c *call, st *stack) (answer, error) {
	r, err := st.find(c)
	if err != nil {
		return answer{}, err
	}
	if r.Kind != "OS::Heat::WaitConditionHandle" {
		return answer{}, refuseAs(http.StatusBadRequest, "ResourceActionNotSupported", "signal is not supported for resource.")
	}
	var in object
	if len(c.body) > 0 {
		if err := c.read(&in); err != nil {
			return answer{}, badStack("The server could not comply with the request since it is either malformed or otherwise incorrect.")
		}
	}
	if r.Signals == nil {
		r.Signals = map[string]any{}
	}
	id, _ := in["id"].(string)
	if id == "" {
		id = strconv.Itoa(len(r.Signals) + 1)
	}
	switch status, _ := in["status"].(string); status {
	case "", "SUCCESS":
		r.Signals[id] = in["data"]
	case "FAILURE":
		r.Failure = "signalled failure"
		if why, given := in["reason"].(string); given {
			r.Failure = why
		}
	default:
		return answer{}, badStack("Invalid status %s", status)
	}
	s.stacks.save(st.ID)
	s.later(0, eventStack, st.ID)
	return answer{status: http.StatusOK, raw: []byte("null"), kind: "application/json"}, nil
}
