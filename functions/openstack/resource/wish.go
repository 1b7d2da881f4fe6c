package resource

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
)

// read takes a wish's spec and checks that its mark is whole: nothing is asked for that could not be found again.
func read[T any](c *cloud.Cloud, w Wish) (T, error) {
	var spec T
	if !w.Mark.Valid() || w.Mark.Item == "" {
		return spec, invalid(c, "%s %q would have no mark to find it again by (%q)", w.Kind, w.Item, w.Mark)
	}
	if len(w.Spec) == 0 {
		return spec, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(w.Spec))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&spec); err != nil {
		return spec, invalid(c, "the spec of %s %s cannot be read: %v", w.Kind, w.Item, err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return spec, invalid(c, "the spec of %s %s has something behind its end", w.Kind, w.Item)
	}
	return spec, nil
}

// name is what the thing will be called.
func (w Wish) name() string {
	if w.Name != "" {
		return w.Name
	}
	return w.Mark.Name()
}

// id is the id of what a spec refers to.
func (w Wish) id(c *cloud.Cloud, r Ref, what string) (string, error) {
	switch {
	case r.ID != "":
		return r.ID, nil
	case r.Item != "":
		if id := w.Uses[r.Item]; id != "" {
			return id, nil
		}
		return "", invalid(c, "%s %s takes the %s %s, which has no id yet", w.Kind, w.Item, what, r.Item)
	case r.Name != "":
		return "", invalid(c, "%s %s takes the %s %q, whose id was not looked up", w.Kind, w.Item, what, r.Name)
	}
	return "", invalid(c, "%s %s takes a %s, and none is named", w.Kind, w.Item, what)
}

// invalid is a wish that makes no sense.
func invalid(c *cloud.Cloud, format string, args ...any) *cloud.Fault {
	return &cloud.Fault{Kind: cloud.Invalid, Cloud: c.Name(), Message: fmt.Sprintf(format, args...)}
}
