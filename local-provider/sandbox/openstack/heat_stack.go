package openstack

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// A stackWish is what is asked for with POST /stacks, and with a change.
type stackWish struct {
	name       string
	template   object
	parameters object
	tags       []string
	timeout    *int
	keep       bool
	patch      bool
}

// stackNames are the names that a stack can have.
var stackNames = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_.-]{0,254}$`)

// mostStackTag is how long a tag of a stack may be.
const mostStackTag = 80

// stackWish reads what is asked for.
func (c *call) stackWish() (*stackWish, error) {
	in := object{}
	if err := c.read(&in); err != nil || in == nil {
		return nil, badStack("The server could not comply with the request since it is either malformed or otherwise incorrect.")
	}
	w := &stackWish{parameters: object{}, keep: true, patch: c.r.Method == http.MethodPatch}
	w.name, _ = in["stack_name"].(string)
	var err error
	if !w.patch || in["template"] != nil {
		if w.template, err = readTemplate(in["template"]); err != nil {
			return nil, err
		}
	}
	if err := w.with(in["environment"], in["parameters"]); err != nil {
		return nil, err
	}
	if v, given := in["disable_rollback"]; given {
		keep, err := flag("", v)
		if err != nil {
			return nil, refuseAs(http.StatusBadRequest, "ValueError", "Unrecognized value \"%s\" for \"disable_rollback\", acceptable values are: "+
				"true, false", python(v))
		}
		w.keep = keep == true
	}
	if v, given := in["timeout_mins"]; given && v != nil {
		n, err := integer("timeout_mins", v)
		if err != nil {
			return nil, badStack("Only integer is acceptable by 'timeout_mins'.")
		}
		minutes := int(math.Min(n.(float64), math.MaxInt32)) //nolint:forcetypeassert // integer gives nothing else
		w.timeout = &minutes
	}
	w.tags, err = readStackTags(in["tags"])
	return w, err
}

// with takes the parameters, of which those named for the stack win over those of the environment.
func (w *stackWish) with(environment, parameters any) error {
	if text, word := environment.(string); word {
		parsed, err := readYAML(text)
		if err != nil {
			return badStack("Environment not in valid format: %v", err)
		}
		environment = parsed
	}
	e, _ := environment.(object)
	for _, from := range []any{e["parameter_defaults"], e["parameters"], parameters} {
		m, _ := from.(object)
		maps.Copy(w.parameters, m)
	}
	return nil
}

func readStackTags(v any) ([]string, error) {
	text, _ := v.(string)
	if text == "" {
		return nil, nil
	}
	tags := strings.Split(text, ",")
	for _, tag := range tags {
		if len(tag) > mostStackTag {
			return nil, badStack("Invalid tag, \"%s\" is longer than %d characters", tag, mostStackTag)
		}
	}
	return tags, nil
}

func (s *Server) createStack(c *call) (answer, error) {
	w, err := c.stackWish()
	if err != nil {
		return answer{}, err
	}
	switch {
	case w.name == "":
		return answer{}, badStack("No stack name specified")
	case !stackNames.MatchString(w.name):
		return answer{}, badTemplate("Invalid stack name %s must contain only alphanumeric or \"_-.\" characters, must start with alpha and "+
			"must be 255 characters or less.", w.name)
	case s.alive(c.arg("project"), w.name) != nil:
		return answer{}, refuseAs(http.StatusConflict, "StackExists", "The Stack (%s) already exists.", w.name)
	case c.befell(FaultQuota):
		return answer{}, refuseAs(http.StatusForbidden, "StackResourceLimitExceeded", "Maximum resources per stack exceeded.")
	}
	if err := s.checkStack(c, w.template, w.parameters); err != nil {
		return answer{}, err
	}
	st := &stack{
		ID: newUUID(), Name: w.name, Project: c.arg("project"), User: c.who.User, Roles: slices.Clone(c.who.Roles), Template: w.template,
		Parameters: w.parameters, Tags: w.tags, Timeout: w.timeout, Keep: w.keep, Made: s.now(), Home: newHex(),
	}
	if c.befell(FaultServerError) {
		st.Doom = cmp.Or(c.fault.Message, "Went to status ERROR due to \"Message: No valid host was found. , Code: 500\"")
	}
	s.stacks.put(st.ID, st)
	s.plan(st)
	s.begin(st, "CREATE")
	return reply(http.StatusCreated, object{"stack": object{
		"id": st.ID, "links": []object{{"href": st.url(c), "rel": "self"}},
	}}).with("Location", st.url(c)), nil
}

// checkStack refuses a template, or parameters for it, of which no stack can be made.
func (s *Server) checkStack(c *call, t, given object) error {
	if err := checkTemplate(t, true); err != nil {
		return err
	}
	if err := checkGiven(t, given); err != nil {
		return err
	}
	return s.checkNames(c, &stack{Template: t, Parameters: given, Project: c.arg("project")})
}

// checkNames refuses flavors, images and networks that there are not.
func (s *Server) checkNames(c *call, st *stack) error {
	resources, _ := section(st.Template, "resources")
	for _, name := range sortedKeys(resources) {
		r, _ := resources[name].(object)
		properties, _ := r["properties"].(object)
		for _, key := range sortedKeys(properties) {
			find := constraints[fmt.Sprint(r["type"])+" "+key]
			if find == nil || uses(properties[key], "get_resource", "get_attr") {
				continue
			}
			v, err := s.resolve(c, st, properties[key])
			if err != nil {
				return err
			}
			if word, _ := v.(string); word != "" {
				if _, err := find(s, c, word); err != nil {
					return badTemplate("Property error: : resources.%s.properties.%s: : Error validating value '%s': %v", name, key, word, err)
				}
			}
		}
	}
	return nil
}

// uses says whether a value calls one of some functions.
func uses(v any, names ...string) bool {
	found := false
	_ = walk(v, func(name string, _ any) error {
		found = found || slices.Contains(names, name)
		return nil
	})
	return found
}

func (s *Server) updateStack(c *call, st *stack) (answer, error) {
	w, err := c.stackWish()
	if err != nil {
		return answer{}, err
	}
	switch {
	case st.Action == "SUSPEND":
		return answer{}, refuseAs(http.StatusBadRequest, "NotSupported", "Updating a stack when it is suspended is not supported.")
	case st.Action == "DELETE":
		return answer{}, refuseAs(http.StatusBadRequest, "NotSupported", "Updating a stack when it is deleting is not supported.")
	case st.Status == "IN_PROGRESS":
		return answer{}, st.busy()
	}
	if w.patch {
		if w.template == nil {
			w.template = st.Template
		}
		for name, v := range st.Parameters {
			if _, given := w.parameters[name]; !given {
				w.parameters[name] = v
			}
		}
	}
	if err := s.checkStack(c, w.template, w.parameters); err != nil {
		return answer{}, err
	}
	st.Before, st.BeforeWith = st.Template, st.Parameters
	st.Template, st.Parameters, st.Changed = w.template, w.parameters, s.now()
	if !w.patch || w.tags != nil {
		st.Tags = w.tags
	}
	s.plan(st)
	s.begin(st, "UPDATE")
	return reply(http.StatusAccepted, object{
		"message": "The request is accepted for processing.<br /><br />\n\n\n", "code": "202 Accepted", "title": "Accepted",
	}), nil
}

func (st *stack) busy() error {
	return refuseAs(http.StatusConflict, "ActionInProgress", "Stack %s already has an action (%s) in progress.", st.Name, st.Action)
}

func (s *Server) deleteStack(c *call, st *stack) (answer, error) {
	if st.Action != "DELETE" || st.Status != "IN_PROGRESS" {
		st.Changed, st.Stuck = s.now(), c.befell(FaultStuck)
		s.begin(st, "DELETE")
	}
	return nothing()
}

func (s *Server) actOnStack(c *call, st *stack) (answer, error) {
	var in object
	if err := c.read(&in); err != nil {
		return answer{}, badStack("The server could not comply with the request since it is either malformed or otherwise incorrect.")
	}
	if len(in) == 0 {
		return answer{}, badStack("No action specified")
	}
	if len(in) > 1 {
		return answer{}, badStack("Multiple actions specified")
	}
	name := sortedKeys(in)[0]
	var err error
	switch name {
	case "suspend", "resume", "check":
		if st.Status == "IN_PROGRESS" {
			return answer{}, st.busy()
		}
		s.begin(st, strings.ToUpper(name))
	case "cancel_update", "cancel_without_rollback":
		err = s.cancelStack(st, name == "cancel_update")
	default:
		err = badStack("Invalid action %s specified", name)
	}
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusOK, raw: []byte("null"), kind: "application/json"}, nil
}

// cancelStack stops a create or an update, and takes it back or not.
func (s *Server) cancelStack(st *stack, back bool) error {
	if st.Status != "IN_PROGRESS" || st.Action != "CREATE" && st.Action != "UPDATE" {
		return refuseAs(http.StatusBadRequest, "NotSupported", "Cancelling update when stack is %s is not supported.", st.state())
	}
	action := st.Action
	for _, r := range st.Resources {
		if r.Status == "IN_PROGRESS" {
			st.mark(s, r, r.Action, "FAILED", "Stack "+action+" cancelled")
		}
	}
	s.end(st, "FAILED", "Stack "+action+" cancelled")
	if back {
		s.rollBack(st)
	}
	return nil
}
