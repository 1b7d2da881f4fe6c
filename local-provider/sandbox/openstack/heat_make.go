package openstack

import (
	"slices"
	"strings"
)

// move does the next thing for a resource, and says whether there was any.
func (s *Server) move(c *call, st *stack, r *stackResource) (bool, error) {
	if st.unmaking(r) {
		return s.unmake(c, st, r)
	}
	switch st.Action {
	case "CREATE", "UPDATE", "ROLLBACK":
		return s.build(c, st, r)
	}
	if r.Action != st.Action { // suspend, resume, check
		st.mark(s, r, st.Action, "IN_PROGRESS", "state changed")
		r.Due = s.now().Add(s.step())
		return true, nil
	}
	if r.Status == "IN_PROGRESS" && !s.now().Before(r.Due) {
		st.mark(s, r, st.Action, "COMPLETE", "state changed")
		return true, nil
	}
	return false, nil
}

// build makes a resource, or changes it, once all that it needs is there.
func (s *Server) build(c *call, st *stack, r *stackResource) (bool, error) {
	k := resourceKinds[r.Kind]
	switch {
	case r.Action == "INIT" || r.Action == "WAIT":
		return s.startResource(c, st, r, k)
	case r.Status != "IN_PROGRESS" || k.ready == nil && s.now().Before(r.Due):
		return false, nil
	}
	if k.ready != nil {
		there, err := k.ready(s, c, st, r)
		if err != nil {
			st.mark(s, r, r.Action, "FAILED", err.Error())
			return false, err
		}
		if !there {
			return false, nil
		}
	}
	st.mark(s, r, r.Action, "COMPLETE", "state changed")
	return true, nil
}

func (s *Server) startResource(c *call, st *stack, r *stackResource, k *resourceKind) (bool, error) {
	for _, name := range r.Needs {
		if other := st.named(name); other == nil || other.Status != "COMPLETE" || other.Action == "INIT" || other.Action == "WAIT" {
			return false, nil
		}
	}
	action := "CREATE"
	if r.Action == "WAIT" {
		action = "UPDATE"
	}
	if r.Physical == "" {
		r.Physical = shortName(st.Name) + "-" + r.Name + "-" + randomWord(12, "abcdefghijklmnopqrstuvwxyz234567")
	}
	st.mark(s, r, action, "IN_PROGRESS", "state changed")
	err := s.workOut(c, st, r)
	if err == nil && st.Doom != "" {
		err = r.fails("ResourceInError", st.Doom)
	}
	r.Due = s.now().Add(max(s.step(), r.pause(strings.ToLower(action))))
	if err == nil {
		err = k.start(s, c, st, r)
	}
	if err != nil {
		st.mark(s, r, action, "FAILED", err.Error())
		if k.remove != nil {
			r.Physical = ""
		}
		return false, err
	}
	if r.Kind == "OS::Heat::WaitConditionHandle" {
		r.Data["url"] = "/heat-api/v1/" + st.Project + "/stacks/" + st.Name + "/" + st.ID + "/resources/" + r.Name + "/signal"
	}
	return true, nil
}

// shortName is a stack's name as the names of its resources begin.
func shortName(name string) string { return name[:min(len(name), 40)] }

// workOut finds out what a resource's properties are.
func (s *Server) workOut(c *call, st *stack, r *stackResource) error {
	resources, _ := st.Template["resources"].(object)
	declared, _ := resources[r.Name].(object)
	v, err := s.resolve(c, st, declared["properties"])
	if err != nil {
		return r.fails("StackValidationFailed", err.Error())
	}
	r.Properties, _ = v.(object)
	if r.Properties == nil {
		r.Properties = object{}
	}
	return nil
}

// unmake removes a resource, once nothing is left that needs it.
func (s *Server) unmake(c *call, st *stack, r *stackResource) (bool, error) {
	k := resourceKinds[r.Kind]
	switch {
	case r.Action == "DELETE" && r.Status == "COMPLETE":
		return false, nil
	case r.Action == "INIT":
		st.mark(s, r, "DELETE", "COMPLETE", "state changed")
		return true, nil
	case r.Action == "DELETE" && r.Status == "IN_PROGRESS":
		return s.unmade(c, st, r, k)
	}
	if slices.ContainsFunc(st.Resources, func(o *stackResource) bool {
		return slices.Contains(o.Needs, r.Name) && o.Old == r.Old && o.Action != "INIT" && (o.Action != "DELETE" || o.Status != "COMPLETE")
	}) {
		return false, nil
	}
	st.mark(s, r, "DELETE", "IN_PROGRESS", "state changed")
	r.Due = s.now().Add(max(s.step(), r.pause("delete")))
	if r.Physical != "" && k.remove != nil {
		if err := k.remove(s, c, r); err != nil && !absent(err) {
			st.mark(s, r, "DELETE", "FAILED", r.fails("Conflict", err.Error()).Error())
			return false, r.fails("Conflict", err.Error())
		}
	}
	return true, nil
}

func (s *Server) unmade(c *call, st *stack, r *stackResource, k *resourceKind) (bool, error) {
	if s.now().Before(r.Due) {
		return false, nil
	}
	if r.Physical != "" && k.gone != nil {
		gone, err := k.gone(s, c, r)
		if err != nil || !gone {
			return false, err
		}
	}
	st.mark(s, r, "DELETE", "COMPLETE", "state changed")
	return true, nil
}
