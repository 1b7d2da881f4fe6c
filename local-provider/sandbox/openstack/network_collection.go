package openstack

import (
	"net/http"
	"time"
)

// standard is what every resource of Neutron's has.
type standard struct {
	ID          string    `json:"id"`
	Project     string    `json:"project_id"`
	Name        string    `json:"name"`
	Description string    `json:"description"`
	Tags        []string  `json:"tags"`
	Made        time.Time `json:"made"`
	Changed     time.Time `json:"changed"`
	Revision    int       `json:"revision"`
}

// std is the part itself, for what deals with every resource alike.
func (t *standard) std() *standard { return t }

// body is the standard part as it is shown.
func (t *standard) body() object {
	tags := t.Tags
	if tags == nil {
		tags = []string{}
	}
	return object{
		"id": t.ID, "name": t.Name, "tenant_id": t.Project, "project_id": t.Project, "description": t.Description, "tags": tags,
		"created_at": seconds(t.Made), "updated_at": seconds(t.Changed), "revision_number": t.Revision,
	}
}

// A collection is the resources of one kind of Neutron's, and the calls for them.
type collection[T any] struct {
	one, many  string // network, networks: what stands in bodies
	path       string // networks: in paths
	attributes []attribute
	table      *table[T]
	std        func(*T) *standard
	gone       func(id string) error
	bulk       bool // several can be made by one call
	lax        bool // a marker that is nothing is no mistake

	show   func(c *call, v *T) object
	sees   func(c *call, v *T) bool             // besides its project and admins; nil for nobody
	before func(c *call)                        // before lists and creates; nil for nothing
	make   func(c *call, v *T, in object) error // checks a new one, and makes what comes with it
	change func(c *call, old, v *T, in object) error
	remove func(c *call, v *T) error // refuses, or takes away what came with it
	match  func(v *T, name string, values []string) (fits, mine bool, err error)
}

// serveNetworking serves a collection under its path.
func serveNetworking[T any](s *Server, k *collection[T]) {
	k.attributes = append(append([]attribute{}, commonAttributes...), k.attributes...)
	s.handle(s.network, "GET /"+k.path, func(c *call) (answer, error) { return k.list(s, c) })
	s.handle(s.network, "POST /"+k.path, func(c *call) (answer, error) { return k.create(s, c) })
	s.handle(s.network, "GET /"+k.path+"/{id}", func(c *call) (answer, error) {
		v, err := k.find(c)
		if err != nil {
			return answer{}, err
		}
		return ok(object{k.one: chosen(k.show(c, v), c.query["fields"])})
	})
	s.handle(s.network, "PUT /"+k.path+"/{id}", func(c *call) (answer, error) { return k.update(s, c) })
	s.handle(s.network, "DELETE /"+k.path+"/{id}", func(c *call) (answer, error) { return k.erase(c) })
	serveTags(s, k)
}

// find is the resource that a call is about, 404 for what the caller does not see.
func (k *collection[T]) find(c *call) (*T, error) {
	v := k.table.get(c.arg("id"))
	if v == nil || !k.visible(c, v) {
		return nil, k.gone(c.arg("id"))
	}
	return v, nil
}

func (k *collection[T]) visible(c *call, v *T) bool {
	return c.who.sees(k.std(v).Project) || k.sees != nil && k.sees(c, v)
}

// own is find for what changes the resource: 403 for what the caller sees and does not own.
func (k *collection[T]) own(c *call, verb string) (*T, error) {
	v, err := k.find(c)
	if err == nil && !c.who.sees(k.std(v).Project) {
		err = unruled("rule:" + verb + "_" + k.one)
	}
	return v, err
}

func (k *collection[T]) create(s *Server, c *call) (answer, error) {
	if k.before != nil {
		k.before(c)
	}
	body, err := c.whole()
	if err != nil {
		return answer{}, err
	}
	if list, several := body[k.many]; several && k.bulk {
		return k.createMany(s, c, list)
	}
	in, err := c.given(k.one)
	if err != nil {
		return answer{}, err
	}
	v, err := k.add(s, c, in)
	if err != nil {
		return answer{}, err
	}
	return created(object{k.one: k.show(c, v)})
}

// createMany makes all of a list, or none.
func (k *collection[T]) createMany(s *Server, c *call, list any) (answer, error) {
	wanted, fits := list.([]any)
	if !fits {
		return answer{}, refuse(http.StatusBadRequest, "Object '%s' contains invalid data", k.one)
	}
	if len(wanted) == 0 {
		return answer{}, refuse(http.StatusBadRequest, "Resources required")
	}
	var made []*T
	var out []object
	for _, w := range wanted {
		in, fits := w.(object)
		err := refuse(http.StatusBadRequest, "Object '%s' contains invalid data", k.one)
		if fits {
			var v *T
			if v, err = k.add(s, c, in); err == nil {
				made, out = append(made, v), append(out, k.show(c, v))
				continue
			}
		}
		for _, v := range made {
			k.withdraw(c, v)
		}
		return answer{}, err
	}
	return created(object{k.many: out})
}

// withdraw takes back what was made by a call that failed after all.
func (k *collection[T]) withdraw(c *call, v *T) {
	if k.remove == nil || k.remove(c, v) == nil {
		k.table.drop(k.std(v).ID)
	}
}

// add makes one resource.
func (k *collection[T]) add(s *Server, c *call, in object) (*T, error) {
	in, err := k.accept(c, in, false)
	if err != nil {
		return nil, err
	}
	v := new(T)
	if err := fill(v, in); err != nil {
		return nil, err
	}
	t := k.std(v)
	t.ID, t.Made, t.Changed, t.Tags = newUUID(), s.now(), s.now(), []string{}
	if c.befell(FaultQuota) || !s.fitsNetQuota(t.Project, k.one) {
		return nil, overNetQuota(k.one)
	}
	if k.make != nil {
		if err := k.make(c, v, in); err != nil {
			return nil, err
		}
	}
	k.table.put(t.ID, v)
	return v, nil
}

func (k *collection[T]) update(s *Server, c *call) (answer, error) {
	in, err := c.given(k.one)
	if err == nil {
		err = k.known(in, true)
	}
	if err != nil {
		return answer{}, err
	}
	old, err := k.own(c, "update")
	if err != nil {
		return answer{}, err
	}
	if in, err = k.accept(c, in, true); err != nil {
		return answer{}, err
	}
	v, err := renewed(old, in)
	if err == nil && k.change != nil {
		err = k.change(c, old, v, in)
	}
	if err != nil {
		return answer{}, err
	}
	if len(in) > 0 {
		s.touched(k.std(v))
	}
	k.table.put(k.std(v).ID, v)
	return ok(object{k.one: k.show(c, v)})
}

// touched notes that a resource was changed.
func (s *Server) touched(t *standard) {
	t.Changed = s.now()
	t.Revision++
}

func (k *collection[T]) erase(c *call) (answer, error) {
	v, err := k.own(c, "delete")
	if err == nil && k.remove != nil {
		err = k.remove(c, v)
	}
	if err != nil {
		return answer{}, err
	}
	k.table.drop(k.std(v).ID)
	return nothing()
}
