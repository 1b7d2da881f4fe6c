package openstack

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	// stackStep is about how long Heat needs for a resource that takes no time, and how often it looks at one that does.
	stackStep = 500 * time.Millisecond
	// mostEvents is how many of its events a stack keeps.
	mostEvents = 1000
)

// step is how long a moment of Heat's is.
func (s *Server) step() time.Duration { return min(stackStep, s.options.Boot) }

// begin starts an action on a stack.
func (s *Server) begin(st *stack, action string) {
	st.Action, st.Status, st.Reason = action, "IN_PROGRESS", "Stack "+action+" started"
	st.Begun = s.now()
	st.note(s, nil)
	s.stacks.save(st.ID)
	s.later(0, eventStack, st.ID)
	if st.Timeout != nil && *st.Timeout > 0 {
		s.later(time.Duration(*st.Timeout)*time.Minute, eventStack, st.ID)
	}
}

// end closes the action of a stack.
func (s *Server) end(st *stack, status, reason string) {
	st.Status, st.Reason = status, reason
	st.note(s, nil)
	s.stacks.save(st.ID)
}

// mine is the call in which a stack's own work is done, on behalf of whoever made it.
func (s *Server) mine(st *stack) *call {
	return &call{
		service: s.orchestration, r: &http.Request{Method: http.MethodGet, URL: &url.URL{}, Header: http.Header{}}, query: url.Values{},
		who: &token{User: st.User, Project: st.Project, Roles: st.Roles}, base: strings.TrimSuffix(s.options.URL, "/"),
	}
}

// advance does what can be done for a stack now, and plans to go on with the rest.
func (s *Server) advance(st *stack) {
	if st.Status != "IN_PROGRESS" || st.Stuck {
		return
	}
	c := s.mine(st)
	var failed error
	for again := true; again && failed == nil; {
		again = false
		for _, r := range st.Resources {
			moved, err := s.move(c, st, r)
			if err != nil && failed == nil {
				failed = err
			}
			again = again || moved
		}
	}
	s.stacks.save(st.ID)
	switch {
	case failed != nil:
		s.failed(st, "Resource "+st.Action+" failed: "+failed.Error())
	case st.settled():
		s.settle(st)
	case s.tooLate(st):
		s.failed(st, "Timed out")
	default:
		s.later(max(s.step(), time.Millisecond), eventStack, st.ID)
	}
}

func (s *Server) tooLate(st *stack) bool {
	return st.Action != "DELETE" && st.Timeout != nil && *st.Timeout > 0 && s.now().Sub(st.Begun) >= time.Duration(*st.Timeout)*time.Minute
}

// unmaking says whether the stack's action takes a resource away.
func (st *stack) unmaking(r *stackResource) bool {
	return st.Action == "DELETE" || st.Action == "ROLLBACK" && st.Before == nil || r.Old
}

// settled says whether nothing is left to do.
func (st *stack) settled() bool {
	return !slices.ContainsFunc(st.Resources, func(r *stackResource) bool {
		return r.Status != "COMPLETE" || r.Action == "INIT" || st.unmaking(r) && r.Action != "DELETE" || r.Action == "WAIT"
	})
}

// settle ends an action that went well.
func (s *Server) settle(st *stack) {
	st.Resources = slices.DeleteFunc(st.Resources, func(r *stackResource) bool { return r.Action == "DELETE" && st.Action != "DELETE" })
	st.Before, st.BeforeWith = nil, nil
	if st.Action == "ROLLBACK" {
		if len(st.Resources) == 0 {
			st.Template = object{"heat_template_version": st.Template["heat_template_version"], "resources": object{}}
		}
	}
	s.end(st, "COMPLETE", "Stack "+st.Action+" completed successfully")
	if st.Action == "DELETE" {
		st.Resources = nil
		st.Gone = s.now()
		s.stacks.save(st.ID)
	}
}

// failed ends an action that went wrong; what it made is taken back unless that is not wanted.
func (s *Server) failed(st *stack, reason string) {
	for _, r := range st.Resources {
		if r.Status == "IN_PROGRESS" && st.Action != "ROLLBACK" {
			st.mark(s, r, r.Action, "FAILED", "Stack "+st.Action+" aborted")
		}
	}
	s.end(st, "FAILED", reason)
	if !st.Keep && (st.Action == "CREATE" || st.Action == "UPDATE") {
		s.rollBack(st)
	}
}

// rollBack takes back what was made or changed last.
func (s *Server) rollBack(st *stack) {
	if st.Before != nil {
		before, with := st.Before, st.BeforeWith
		st.Template, st.Parameters = before, with
		s.plan(st)
	}
	st.Changed = s.now()
	s.begin(st, "ROLLBACK")
}

// mark notes how a resource stands.
func (st *stack) mark(s *Server, r *stackResource, action, status, reason string) {
	r.Action, r.Status, r.Reason, r.Changed = action, status, reason, s.now()
	st.note(s, r)
}

// plan makes the list of a stack's resources from its template: what is new is to be made, what changed is to be changed or made anew,
// what is no more is to go.
func (s *Server) plan(st *stack) {
	resources, _ := section(st.Template, "resources")
	for _, r := range st.Resources {
		declared, there := resources[r.Name].(object)
		if !there || declared["type"] != r.Kind {
			r.Old = true
		}
	}
	for _, name := range sortedKeys(resources) {
		declared, _ := resources[name].(object)
		kind, _ := declared["type"].(string)
		asked := s.asked(st, declared)
		if r := st.named(name); r != nil {
			changed := asked != r.Asked || r.Status == "FAILED"
			r.Needs, r.Asked = allNeeds(resources, name), asked
			switch {
			case r.Action == "DELETE" || !changed:
			case resourceKinds[kind].inPlace && r.Status != "FAILED":
				r.Action, r.Status = "WAIT", "COMPLETE"
			default:
				r.Old = true
			}
			if !r.Old && r.Action != "DELETE" {
				continue
			}
			r.Old = true
		}
		st.Resources = append(st.Resources, &stackResource{
			Name: name, Kind: kind, Action: "INIT", Status: "COMPLETE", Made: s.now(), Changed: s.now(), Needs: allNeeds(resources, name), Asked: asked,
		})
	}
}

// asked is what a template and its parameters say of a resource, to see whether it changed.
func (s *Server) asked(st *stack, declared object) string {
	said := object{"properties": declared["properties"]}
	_ = walk(declared["properties"], func(name string, arg any) error {
		if name == "get_param" {
			said["p:"+firstWord(arg)] = st.value(firstWord(arg))
		}
		return nil
	})
	text, err := json.Marshal(said)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
