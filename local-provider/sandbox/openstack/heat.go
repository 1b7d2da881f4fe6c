package openstack

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// orchestrating is Heat's state.
type orchestrating struct {
	stacks *table[stack]
	inner  map[string]handler // the calls of all services, by their patterns
}

// A stack is resources made from a template.
type stack struct {
	ID         string           `json:"id"`
	Name       string           `json:"name"`
	Project    string           `json:"project"`
	User       string           `json:"user"`  // the id of whoever made it
	Roles      []string         `json:"roles"` // theirs
	Template   object           `json:"template"`
	Parameters object           `json:"parameters"` // as they were given
	Tags       []string         `json:"tags"`
	Timeout    *int             `json:"timeout"` // minutes
	Keep       bool             `json:"keep"`    // no rollback
	Action     string           `json:"action"`
	Status     string           `json:"status"`
	Reason     string           `json:"reason"`
	Made       time.Time        `json:"made"`
	Changed    time.Time        `json:"changed"`
	Gone       time.Time        `json:"gone"`
	Home       string           `json:"home"` // the project of its users
	Resources  []*stackResource `json:"resources"`
	Events     []*stackEvent    `json:"events"`
	Before     object           `json:"before,omitempty"` // the template before an update
	BeforeWith object           `json:"before_with,omitempty"`
	Stuck      bool             `json:"stuck,omitempty"` // it is never deleted
	Doom       string           `json:"doom,omitempty"`  // why its next resource fails
	Begun      time.Time        `json:"begun"`           // of the action
}

// A stackResource is one resource of a stack.
type stackResource struct {
	Name       string         `json:"name"`
	Kind       string         `json:"kind"`
	Physical   string         `json:"physical"`
	Action     string         `json:"action"`
	Status     string         `json:"status"`
	Reason     string         `json:"reason"`
	Made       time.Time      `json:"made"`
	Changed    time.Time      `json:"changed"`
	Needs      []string       `json:"needs"`
	Properties object         `json:"properties"` // as they were worked out
	Asked      string         `json:"asked"`      // the properties as the template has them, to see whether they changed
	Data       object         `json:"data"`       // what its attributes are made of
	Due        time.Time      `json:"due"`
	Signals    map[string]any `json:"signals,omitempty"`
	Failure    string         `json:"failure,omitempty"` // a signal's
	Old        bool           `json:"old,omitempty"`     // it is no more in the template
}

// eventStack is when a stack goes on.
const eventStack = "stack"

// openOrchestration serves Heat.
func (s *Server) openOrchestration() {
	s.stacks = newTable[stack](s, "stack")
	s.play(eventStack, func(id string) {
		if st := s.stacks.get(id); st != nil {
			s.advance(st)
		}
	})
	versions := func(c *call) (answer, error) {
		return reply(http.StatusMultipleChoices, object{"versions": []object{{
			"id": "v1.0", "status": "CURRENT", "links": []object{{"rel": "self", "href": c.base + "/heat-api/v1/"}},
		}}}), nil
	}
	s.open(s.orchestration, "GET /heat-api", versions)
	s.open(s.orchestration, "GET /heat-api/{$}", versions)
	s.stackCall("GET /build_info", func(*call) (answer, error) {
		return ok(object{"api": object{"revision": "sandbox"}, "engine": object{"revision": "sandbox"}})
	})
	s.stackCall("GET /stacks", s.listStacks)
	s.stackCall("GET /stacks/detail", s.listStacks)
	s.stackCall("POST /stacks", s.createStack)
	s.stackCall("POST /validate", s.validateTemplate)
	for _, call := range []string{
		"GET ", "PUT ", "PATCH ", "DELETE ", "POST /actions", "GET /resources", "GET /events", "GET /outputs", "GET /template",
		"GET /environment",
	} {
		method, rest, _ := strings.Cut(call, " ")
		s.stackCall(method+" /stacks/{name}"+rest, s.redirectStack)
	}
	s.wholeStackCalls()
}

func (s *Server) wholeStackCalls() {
	const path = "/stacks/{name}/{id}"
	s.stackCall("GET "+path, s.onStack(true, s.showStack))
	s.stackCall("PUT "+path, s.onStack(false, s.updateStack))
	s.stackCall("PATCH "+path, s.onStack(false, s.updateStack))
	s.stackCall("DELETE "+path, s.onStack(false, s.deleteStack))
	s.stackCall("POST "+path+"/actions", s.onStack(false, s.actOnStack))
	s.stackCall("GET "+path+"/resources", s.onStack(true, s.listResources))
	s.stackCall("GET "+path+"/resources/{resource}", s.onStack(true, s.showResource))
	s.stackCall("GET "+path+"/resources/{resource}/metadata", s.onStack(true, func(c *call, st *stack) (answer, error) {
		_, err := st.find(c)
		return reply(http.StatusOK, object{"metadata": object{}}), err
	}))
	s.stackCall("POST "+path+"/resources/{resource}/signal", s.onStack(false, s.signalResource))
	s.stackCall("GET "+path+"/events", s.onStack(true, s.listEvents))
	s.stackCall("GET "+path+"/resources/{resource}/events", s.onStack(true, s.listEvents))
	s.stackCall("GET "+path+"/resources/{resource}/events/{event}", s.onStack(true, s.showEvent))
	s.stackCall("GET "+path+"/outputs", s.onStack(true, s.listOutputs))
	s.stackCall("GET "+path+"/outputs/{key}", s.onStack(true, s.showOutput))
	s.stackCall("GET "+path+"/template", s.onStack(true, func(_ *call, st *stack) (answer, error) { return ok(st.Template) }))
	s.stackCall("GET "+path+"/files", s.onStack(true, func(*call, *stack) (answer, error) { return ok(object{}) }))
	s.stackCall("GET "+path+"/environment", s.onStack(true, func(_ *call, st *stack) (answer, error) {
		return ok(object{
			"resource_registry": object{"resources": object{}}, "parameters": st.Parameters, "parameter_defaults": object{},
			"event_sinks": []any{}, "encrypted_param_names": []any{},
		})
	}))
}

// stackCall serves a call of Heat's, whose path names the project of whoever calls.
func (s *Server) stackCall(pattern string, h handler) {
	s.handle(s.orchestration, pattern, func(c *call) (answer, error) {
		if !c.who.sees(c.arg("project")) {
			return answer{}, refuseAs(http.StatusForbidden, "Forbidden", "You are not authorized to complete this action.")
		}
		return h(c)
	})
}

// onStack serves a call about one stack by its name and id; a gone one can still be looked at.
func (s *Server) onStack(gone bool, h func(*call, *stack) (answer, error)) handler {
	return func(c *call) (answer, error) {
		st := s.stacks.get(c.arg("id"))
		if st == nil || st.Name != c.arg("name") || st.Project != c.arg("project") || !gone && !st.Gone.IsZero() {
			return answer{}, noStack(c.arg("name"))
		}
		return h(c, st)
	}
}

func noStack(name string) error {
	return refuseAs(http.StatusNotFound, "EntityNotFound", "The Stack (%s) could not be found.", name)
}

// alive is a stack of a project by its name or its id, nil for none.
func (s *Server) alive(project, name string) *stack {
	return s.stacks.find(func(st *stack) bool {
		return st.Project == project && (st.Name == name || st.ID == name) && st.Gone.IsZero()
	})
}

// redirectStack leads from a stack's name to where it is.
func (s *Server) redirectStack(c *call) (answer, error) {
	st := s.alive(c.arg("project"), c.arg("name"))
	if st == nil {
		return answer{}, noStack(c.arg("name"))
	}
	root := "/heat-api/v1/" + c.arg("project") + "/stacks/" + c.arg("name")
	url := st.url(c) + strings.TrimPrefix(c.r.URL.Path, root)
	return reply(http.StatusFound, object{
		"message": "The resource was found at <a href=\"" + url + "\">" + url + "</a>;\nyou should be redirected automatically.\n\n",
		"code":    "302 Found", "title": "Found",
	}).with("Location", url), nil
}

func (st *stack) url(c *call) string {
	return c.base + "/heat-api/v1/" + st.Project + "/stacks/" + st.Name + "/" + st.ID
}

// state is a stack's, as it is shown: CREATE_COMPLETE.
func (st *stack) state() string { return st.Action + "_" + st.Status }

// body is what lists and the stack itself show.
func (s *Server) stackBody(c *call, st *stack) object {
	owner := st.User
	if u := s.users.get(st.User); u != nil {
		owner = u.Name
	}
	when := func(t time.Time) any {
		if t.IsZero() {
			return nil
		}
		return seconds(t)
	}
	return object{
		"id": st.ID, "stack_name": st.Name, "links": []object{{"href": st.url(c), "rel": "self"}}, "stack_status": st.state(),
		"stack_status_reason": st.Reason, "creation_time": seconds(st.Made), "updated_time": when(st.Changed), "deletion_time": when(st.Gone),
		"stack_owner": owner, "parent": nil, "stack_user_project_id": st.Home,
	}
}

func (s *Server) showStack(c *call, st *stack) (answer, error) {
	out := s.stackBody(c, st)
	about := "No description"
	if text, given := st.Template["description"].(string); given {
		about = text
	}
	out["description"], out["template_description"] = about, about
	out["notification_topics"], out["capabilities"], out["disable_rollback"] = []any{}, []any{}, st.Keep
	out["timeout_mins"], out["tags"], out["parameters"] = st.Timeout, append([]string{}, st.Tags...), st.shownParameters()
	if c.ask("resolve_outputs") != "False" && st.Gone.IsZero() {
		outputs := []object{}
		for _, key := range st.outputKeys() {
			outputs = append(outputs, s.output(c, st, key, true))
		}
		out["outputs"] = outputs
	}
	return ok(object{"stack": out})
}

// outputKeys are the names of a stack's outputs. After a rollback or a delete there are none.
func (st *stack) outputKeys() []string {
	if st.Action == "DELETE" {
		return nil
	}
	outputs, _ := st.Template["outputs"].(object)
	keys := make([]string, 0, len(outputs))
	for key := range outputs {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// output is one of a stack's outputs, with its value or without.
func (s *Server) output(c *call, st *stack, key string, valued bool) object {
	outputs, _ := st.Template["outputs"].(object)
	said, _ := outputs[key].(object)
	about := "No description given"
	if text, given := said["description"].(string); given {
		about = text
	}
	out := object{"output_key": key, "description": about}
	if valued {
		value, err := s.resolve(c, st, said["value"])
		if err != nil {
			out["output_error"], value = err.Error(), nil
		}
		out["output_value"] = value
	}
	return out
}

func (s *Server) listOutputs(c *call, st *stack) (answer, error) {
	out := []object{}
	for _, key := range st.outputKeys() {
		out = append(out, s.output(c, st, key, false))
	}
	return ok(object{"outputs": out})
}

func (s *Server) showOutput(c *call, st *stack) (answer, error) {
	if !slices.Contains(st.outputKeys(), c.arg("key")) {
		return answer{}, refuseAs(http.StatusNotFound, "NotFound", "Specified output key %s not found.", c.arg("key"))
	}
	return ok(object{"output": s.output(c, st, c.arg("key"), true)})
}
