package openstack

import (
	"encoding/json"
	"maps"
	"net/http"
	"sort"
	"strings"
)

// accept reads what a caller wants of a resource: what they may not say, what is not known and what makes no sense is refused,
// and what they leave out is as usual.
func (k *collection[T]) accept(c *call, in object, put bool) (object, error) {
	if err := k.known(in, put); err != nil {
		return nil, err
	}
	out := object{}
	for _, a := range k.attributes {
		v, given := in[a.name]
		if !given {
			if a.may&needed != 0 && !put {
				return nil, refuse(http.StatusBadRequest, "Failed to parse request. Required attribute '%s' not specified", a.name)
			}
			if !put && a.usual != nil {
				out[a.name] = a.usual
			}
			continue
		}
		if a.reader != nil {
			read, err := a.reader(a.name, v)
			if err != nil {
				return nil, err
			}
			v = read
		}
		if a.may&byAdmin != 0 && !c.who.admin() && (put || v != a.usual) {
			return nil, k.disallowed(put, a.name)
		}
		out[a.name] = v
	}
	return out, c.ofProject(out, put)
}

// known refuses attributes that there are not, or that cannot be given.
func (k *collection[T]) known(in object, put bool) error {
	var unknown []string
	for name := range in {
		a := k.attribute(name)
		switch {
		case a == nil:
			unknown = append(unknown, name)
		case put && name != "tenant_id" && name != "project_id" && a.may&atPut == 0:
			return refuse(http.StatusBadRequest, "Cannot update read-only attribute %s", name)
		case !put && a.may&atPost == 0:
			return refuse(http.StatusBadRequest, "Attribute '%s' not allowed in POST", name)
		}
	}
	if unknown != nil {
		sort.Strings(unknown)
		return refuse(http.StatusBadRequest, "Unrecognized attribute(s) '%s'", strings.Join(unknown, ", "))
	}
	return nil
}

func (k *collection[T]) attribute(name string) *attribute {
	for i := range k.attributes {
		if k.attributes[i].name == name {
			return &k.attributes[i]
		}
	}
	return nil
}

// disallowed is the refusal of an attribute that only an admin may give.
func (k *collection[T]) disallowed(put bool, name string) error {
	verb := "create_"
	if put {
		verb = "update_"
	}
	return unruled("(rule:" + verb + k.one + " and rule:" + verb + k.one + ":" + name + ")")
}

// ofProject finds whose a new resource is: the caller's, unless an admin says another. It then stands under project_id.
func (c *call) ofProject(in object, put bool) error {
	want := ""
	for _, name := range []string{"tenant_id", "project_id"} {
		if word, ok := in[name].(string); ok {
			want = word
		}
		delete(in, name)
	}
	if want != "" && want != c.who.Project && !c.who.admin() {
		return refuse(http.StatusBadRequest, "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request "+
			"requires admin or advsvc privileges")
	}
	if put {
		return nil
	}
	if want == "" {
		want = c.who.Project
	}
	in["project_id"] = want
	return nil
}

// given is the object under a name in a request's body.
func (c *call) given(name string) (object, error) {
	body, err := c.whole()
	if err != nil {
		return nil, err
	}
	v, there := body[name]
	if !there {
		return nil, refuse(http.StatusBadRequest, "Unable to find '%s' in request body", name)
	}
	in, fits := v.(object)
	if !fits {
		return nil, refuse(http.StatusBadRequest, "Object '%s' contains invalid data", name)
	}
	return in, nil
}

// whole is a request's body.
func (c *call) whole() (object, error) {
	var body object
	if err := json.Unmarshal(c.body, &body); err != nil || body == nil {
		return nil, refuse(http.StatusBadRequest, "Body contains invalid data")
	}
	return body, nil
}

// fill writes the fields of a JSON object over those of a struct that have the same names in JSON.
func fill(into any, from object) error {
	text, err := json.Marshal(from)
	if err != nil {
		return refuse(http.StatusBadRequest, "Body contains invalid data")
	}
	if err := json.Unmarshal(text, into); err != nil {
		return refuse(http.StatusBadRequest, "Body contains invalid data")
	}
	return nil
}

// renewed is a copy of a struct in which some fields are others, null for none.
func renewed[T any](v *T, by object) (*T, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var all object
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	maps.Copy(all, by)
	out := new(T)
	return out, fill(out, all)
}
