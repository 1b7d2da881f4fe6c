package openstack

import (
	"encoding/json"
	"net/http"
	"slices"
)

// mostTag is how long a tag may be.
const mostTag = 255

// serveTags serves the tags of a collection's resources. As with Neutron's own, whoever sees a resource may tag it.
func serveTags[T any](s *Server, k *collection[T]) {
	tags := func(change func(c *call, t *standard) (answer, error)) handler {
		return func(c *call) (answer, error) {
			v, err := k.find(c)
			if err != nil {
				return answer{}, refuseAs(http.StatusNotFound, "TagResourceNotFound", "Resource %s %s could not be found.", k.path, c.arg("id"))
			}
			a, err := change(c, k.std(v))
			if err == nil && c.r.Method != http.MethodGet {
				s.touched(k.std(v))
				k.table.save(k.std(v).ID)
			}
			return a, err
		}
	}
	path := "/" + k.path + "/{id}/tags"
	s.handle(s.network, "GET "+path, tags(func(_ *call, t *standard) (answer, error) { return ok(object{"tags": t.body()["tags"]}) }))
	s.handle(s.network, "PUT "+path, tags(replaceTags))
	s.handle(s.network, "DELETE "+path, tags(func(_ *call, t *standard) (answer, error) {
		t.Tags = nil
		return nothing()
	}))
	s.handle(s.network, "GET "+path+"/{tag}", tags(func(c *call, t *standard) (answer, error) {
		if !slices.Contains(t.Tags, c.arg("tag")) {
			return answer{}, noTag(c.arg("tag"))
		}
		return nothing()
	}))
	s.handle(s.network, "PUT "+path+"/{tag}", tags(addTag))
	s.handle(s.network, "DELETE "+path+"/{tag}", tags(dropTag))
}

var noTag = missing("TagNotFound", "Tag %s could not be found.")

func replaceTags(c *call, t *standard) (answer, error) {
	var in struct {
		Tags *[]string `json:"tags"`
	}
	if json.Unmarshal(c.body, &in) != nil || in.Tags == nil {
		return answer{}, badInput("Invalid tags body.")
	}
	var out []string
	for _, tag := range *in.Tags {
		if tag == "" || len(tag) > mostTag {
			return answer{}, badInput("'%s' is not a valid tag.", tag)
		}
		if !slices.Contains(out, tag) {
			out = append(out, tag)
		}
	}
	t.Tags = out
	return ok(object{"tags": t.body()["tags"]})
}

func addTag(c *call, t *standard) (answer, error) {
	tag := c.arg("tag")
	if len(tag) > mostTag {
		return answer{}, badInput("'%s' exceeds maximum length of %d.", tag, mostTag)
	}
	if !slices.Contains(t.Tags, tag) {
		t.Tags = append(t.Tags, tag)
	}
	return answer{status: http.StatusCreated, raw: []byte("null"), kind: "application/json"}, nil
}

func dropTag(c *call, t *standard) (answer, error) {
	at := slices.Index(t.Tags, c.arg("tag"))
	if at < 0 {
		return answer{}, noTag(c.arg("tag"))
	}
	t.Tags = slices.Delete(t.Tags, at, at+1)
	return nothing()
}
