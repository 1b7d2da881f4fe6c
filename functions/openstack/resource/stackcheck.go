package resource

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/shared/chat"
)

// heatChecked has what is read of what Heat says of a template.
type heatChecked struct {
	Parameters map[string]map[string]any `json:"Parameters"`
}

// CheckStack asks Heat what is wrong with the template of a stack, and with the names of its parameters; what they hold is looked at only as the stack is made. No
// mistakes are nothing wrong. A Heat that does not check templates, or that comes to grief over this one, gives a Fault of the kind Missing.
func CheckStack(ctx context.Context, c *cloud.Cloud, w Wish) ([]string, error) {
	spec, err := read[StackSpec](c, w)
	if err != nil {
		return nil, err
	}
	n, err := open(ctx, c, cloud.Orchestration)
	if err != nil {
		return nil, err
	}
	body := map[string]any{"template": spec.Template}
	if len(spec.Parameters) > 0 {
		body["parameters"] = spec.Parameters
	}
	var checked heatChecked
	err = n.judge(again(ctx, func() error { return n.ask(ctx, http.MethodPost, n.url("validate"), body, &checked) }), "checking a template")
	if err != nil {
		return n.unfit(w, cloud.Judge(err))
	}
	var mistakes []string
	for _, name := range slices.Sorted(maps.Keys(checked.Parameters)) {
		_, usual := checked.Parameters[name]["Default"]
		if _, given := spec.Parameters[name]; !usual && !given {
			mistakes = append(mistakes, fmt.Sprintf("the template of stack %s takes the parameter %s, which has no default and is not given", w.name(), chat.Brief(name, 80)))
		}
	}
	return mistakes, nil
}

// unfit makes mistakes of a refusal. Heat says 400 of all that it finds wrong, whatever it calls it.
func (s *service) unfit(w Wish, f *cloud.Fault) ([]string, error) {
	switch f.Status {
	case http.StatusBadRequest:
		return []string{fmt.Sprintf("Heat at %s does not take the template of stack %s: %s", s.cloud.Name(), w.name(), cmp.Or(f.Message, "it does not say why"))}, nil
	case http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusInternalServerError, http.StatusNotImplemented:
		none := *f
		none.Kind, none.Message = cloud.Missing, fmt.Sprintf("the Heat of %s did not check the template of stack %s (%d)", s.cloud.Name(), w.name(), f.Status)
		return nil, &none
	}
	return nil, f
}
