package resource

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
)

// maxTemplate is how long a template may be, in bytes: Heat's own max_template_size.
const maxTemplate = 512 << 10

// stacks are Heat's stacks. Their marks are their tags.
type stacks struct{}

// heatStack has what is read of a stack.
type heatStack struct {
	ID      string       `json:"id"`
	Name    string       `json:"stack_name"`
	Status  string       `json:"stack_status"`
	Reason  string       `json:"stack_status_reason"`
	Created time.Time    `json:"creation_time"`
	Tags    []string     `json:"tags"`
	Outputs []heatOutput `json:"outputs"`
}

type heatOutput struct {
	Key   string `json:"output_key"`
	Value any    `json:"output_value"`
}

// Make implements Kind. A name is only once in a project: one that is taken may be ours, of a request whose answer was lost and which came through late.
func (k stacks) Make(ctx context.Context, c *cloud.Cloud, w Wish) (Thing, error) {
	spec, err := read[StackSpec](c, w)
	if err != nil {
		return Thing{}, err
	}
	if len(spec.Template) > maxTemplate {
		return Thing{}, invalid(c, "the template of stack %s has %d bytes; Heat takes %d", w.Item, len(spec.Template), maxTemplate)
	}
	n, err := open(ctx, c, cloud.Orchestration)
	if err != nil {
		return Thing{}, err
	}
	body := map[string]any{
		"stack_name": w.name(), "template": spec.Template, "timeout_mins": cmp.Or(spec.Within, 60), "disable_rollback": true,
		"tags": strings.Join(append([]string{ourTag}, w.Mark.Words()...), ","),
	}
	if len(spec.Parameters) > 0 {
		body["parameters"] = spec.Parameters
	}
	var answer struct{ Stack heatStack }
	err = n.post(ctx, body, &answer, "stacks")
	if cloud.Is(err, cloud.Conflict) {
		return k.adopt(ctx, c, w, err)
	}
	if err == nil && answer.Stack.ID == "" {
		err = n.fault(cloud.Odd, "it has no id for the stack that was asked for")
	}
	return Thing{Kind: KindStack, ID: answer.Stack.ID, Name: w.name(), State: Building, Mark: w.Mark}, err
}

// adopt takes the stack that has the name, where the same job asked for it.
func (k stacks) adopt(ctx context.Context, c *cloud.Cloud, w Wish, conflict error) (Thing, error) {
	there, err := k.Find(ctx, c, w.Mark)
	if err != nil {
		return Thing{}, err
	}
	for _, t := range there {
		if t.Mark == w.Mark && t.Name == w.name() && t.State != Going {
			return t, nil
		}
	}
	return Thing{}, conflict
}

// Find implements Kind.
func (stacks) Find(ctx context.Context, c *cloud.Cloud, m Mark) ([]Thing, error) {
	n, err := open(ctx, c, cloud.Orchestration)
	if err != nil {
		return nil, err
	}
	query := url.Values{"tags": {ourTag}}
	if m.Env != "" {
		query.Set("tags", markEnv+"="+m.Env)
	}
	all, err := listStacks(ctx, n, query)
	return bearing(all, m), err
}

func listStacks(ctx context.Context, n *service, query url.Values) ([]Thing, error) {
	var all []Thing
	err := each(ctx, n, query, "stacks", func(s heatStack) string { return s.ID }, func(s heatStack) { all = append(all, s.thing()) }, "stacks")
	return all, err
}

// Look implements Kind. A stack alone is looked for in a list, too: by its id alone Heat only says where it is, and the name may have been lost.
func (stacks) Look(ctx context.Context, c *cloud.Cloud, ids []string) (map[string]Thing, error) {
	n, err := open(ctx, c, cloud.Orchestration)
	if err != nil {
		return nil, err
	}
	return lookAt(ids, func() ([]Thing, error) { return listStacks(ctx, n, url.Values{"tags": {ourTag}}) }, func(id string) (Thing, error) {
		return oneStack(ctx, n, id)
	})
}

func oneStack(ctx context.Context, n *service, id string) (Thing, error) {
	all, err := listStacks(ctx, n, url.Values{"id": {id}})
	if err != nil {
		return Thing{}, err
	}
	for _, t := range all {
		if t.ID == id {
			return t, nil
		}
	}
	return Thing{}, n.fault(cloud.NotFound, "there is no stack "+id)
}

// Delete implements Kind. Heat stops what is being made by itself. It is not told to before (cancel_without_rollback): that comes to its end some time later, and
// takes the deletion with it if that was begun meanwhile, though it was answered well. A stack that is going is not asked again, because Heat would begin anew.
func (stacks) Delete(ctx context.Context, c *cloud.Cloud, t Thing) error {
	n, err := open(ctx, c, cloud.Orchestration)
	if err != nil {
		return err
	}
	now, err := oneStack(ctx, n, t.ID)
	switch {
	case cloud.Is(err, cloud.NotFound):
		return nil
	case err != nil:
		return err
	case now.State == Going:
		return nil
	}
	return n.remove(ctx, "stacks", now.Name, now.ID)
}

// Outputs are a stack's outputs by their names, as text; what is not text is as JSON would have it. A stack that is not complete has some of them or none.
func Outputs(ctx context.Context, c *cloud.Cloud, t Thing) (map[string]string, error) {
	n, err := open(ctx, c, cloud.Orchestration)
	if err != nil {
		return nil, err
	}
	var answer struct{ Stack heatStack }
	if err := n.get(ctx, &answer, "stacks", t.Name, t.ID); err != nil {
		return nil, err
	}
	outputs := map[string]string{}
	for _, o := range answer.Stack.Outputs {
		if o.Value != nil {
			outputs[o.Key] = text(o.Value)
		}
	}
	return outputs, nil
}

// text is a value as a person reads it.
func text(value any) string {
	if s, is := value.(string); is {
		return s
	}
	b, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(b)
}

func (s heatStack) thing() Thing {
	t := Thing{Kind: KindStack, ID: s.ID, Name: s.Name, Made: s.Created, Facts: map[string]string{FactStatus: s.Status}}
	t.Mark, _ = markOfWords(s.Tags)
	if t.State = s.state(); t.State == Failed {
		t.Why = s.Reason
	}
	return t
}

// state is the state that a status, an action and how far it is, stands for.
func (s heatStack) state() State {
	action, how, _ := strings.Cut(s.Status, "_")
	switch {
	case action == "DELETE" && how != "FAILED": // also when it is complete: until it is in no list any more its name is taken
		return Going
	case how == "FAILED", action == "ROLLBACK" && how == "COMPLETE":
		return Failed
	case s.Status == "SUSPEND_COMPLETE":
		return Stopped
	case how == "COMPLETE" && action != "INIT":
		return Ready
	}
	return Building
}
