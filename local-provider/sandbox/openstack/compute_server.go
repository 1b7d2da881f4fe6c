package openstack

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// serverCalls serves servers, one at a time.
func (s *Server) serverCalls() {
	s.handle(s.compute, "POST /servers", s.createServers)
	s.handle(s.compute, "GET /servers/{id}", s.showServer)
	s.handle(s.compute, "PUT /servers/{id}", s.changeServer)
	s.handle(s.compute, "DELETE /servers/{id}", s.deleteServer)
	s.handle(s.compute, "POST /servers/{id}/action", s.actOnServer)
	s.handle(s.compute, "GET /servers/{id}/os-instance-actions", s.listActions)
	s.handle(s.compute, "GET /servers/{id}/metadata", s.showMetadata)
	s.handle(s.compute, "POST /servers/{id}/metadata", func(c *call) (answer, error) { return s.writeMetadata(c, false) })
	s.handle(s.compute, "PUT /servers/{id}/metadata", func(c *call) (answer, error) { return s.writeMetadata(c, true) })
	s.handle(s.compute, "GET /servers/{id}/metadata/{key}", s.showMetadatum)
	s.handle(s.compute, "PUT /servers/{id}/metadata/{key}", s.putMetadatum)
	s.handle(s.compute, "DELETE /servers/{id}/metadata/{key}", s.dropMetadatum)
	s.handle(s.compute, "GET /servers/{id}/tags", s.tagCall(s.listTags))
	s.handle(s.compute, "PUT /servers/{id}/tags", s.tagCall(s.putTags))
	s.handle(s.compute, "DELETE /servers/{id}/tags", s.tagCall(s.dropTags))
	s.handle(s.compute, "GET /servers/{id}/tags/{tag}", s.tagCall(s.checkTag))
	s.handle(s.compute, "PUT /servers/{id}/tags/{tag}", s.tagCall(s.addTag))
	s.handle(s.compute, "DELETE /servers/{id}/tags/{tag}", s.tagCall(s.dropTag))
}

// serverFor is the server that a call names, which whoever asks may see.
func (s *Server) serverFor(c *call) (*server, error) {
	v := s.servers.get(c.arg("id"))
	if v == nil || !c.who.sees(v.Project) {
		return nil, noInstance(c.arg("id"))
	}
	return v, nil
}

// changed notes that a server is not what it was.
func (s *Server) changed(v *server) {
	v.Updated = s.now()
	s.servers.save(v.ID)
}

func (s *Server) showServer(c *call) (answer, error) {
	v, err := s.serverFor(c)
	if err != nil {
		return answer{}, err
	}
	return ok(object{"server": s.view(c, v, true)})
}

func (s *Server) changeServer(c *call) (answer, error) {
	var in struct {
		Server map[string]json.RawMessage `json:"server"`
	}
	v, err := s.serverFor(c)
	if err == nil {
		err = c.read(&in)
	}
	if err != nil {
		return answer{}, err
	}
	if text, asked := in.Server["name"]; asked {
		var name string
		if json.Unmarshal(text, &name) != nil || name == "" {
			return answer{}, refuse(http.StatusBadRequest, "Invalid input for field/attribute name. Value: %s.", text)
		}
		v.Name = name
	}
	if text, asked := in.Server["description"]; asked && c.at(19) {
		v.Description = nil
		if json.Unmarshal(text, &v.Description) != nil {
			return answer{}, refuse(http.StatusBadRequest, "Invalid input for field/attribute description. Value: %s.", text)
		}
	}
	s.changed(v)
	out := s.view(c, v, true)
	if !c.at(75) {
		out.SecurityGroups = nil
	}
	return ok(object{"server": out})
}

// deleteServer begins the end of a server. One that is being deleted may be deleted again, as with Nova.
func (s *Server) deleteServer(c *call) (answer, error) {
	v, err := s.serverFor(c)
	if err != nil {
		return answer{}, err
	}
	v.act("delete", c.who.User, s.now())
	if v.Stuck = c.befell(FaultStuck); v.Task != "deleting" || !v.Stuck {
		s.undertake(v, "deleting", s.options.Delete)
	}
	return nothing()
}

func (s *Server) listActions(c *call) (answer, error) {
	v, err := s.serverFor(c)
	if err != nil {
		return answer{}, err
	}
	list := []object{}
	for _, a := range slices.Backward(v.Actions) {
		one := object{
			"action": a.Name, "instance_uuid": v.ID, "request_id": a.Request, "user_id": a.User, "project_id": v.Project,
			"start_time": micros(a.Start), "message": nil,
		}
		if c.at(58) {
			one["updated_at"] = micros(a.Start)
		}
		list = append(list, one)
	}
	return ok(object{"instanceActions": list})
}

func (s *Server) showMetadata(c *call) (answer, error) {
	v, err := s.serverFor(c)
	if err != nil {
		return answer{}, err
	}
	return ok(object{"metadata": filled(v.Metadata)})
}

// writeMetadata adds metadata, or puts others in their place.
func (s *Server) writeMetadata(c *call, instead bool) (answer, error) {
	var in struct {
		Metadata map[string]string `json:"metadata"`
	}
	v, err := s.serverFor(c)
	if err == nil {
		err = c.read(&in)
	}
	if err != nil {
		return answer{}, err
	}
	all := map[string]string{}
	if !instead {
		maps.Copy(all, v.Metadata)
	}
	maps.Copy(all, in.Metadata)
	if err := s.fitsMetadata(v, all); err != nil {
		return answer{}, err
	}
	v.Metadata = all
	s.changed(v)
	return ok(object{"metadata": all})
}

func (s *Server) fitsMetadata(v *server, all map[string]string) error {
	if most := s.limitOf(v.Project, "metadata_items"); most >= 0 && len(all) > most {
		return refuse(http.StatusForbidden, "Maximum number of metadata items exceeds %d", most)
	}
	return nil
}

func (s *Server) metadatumFor(c *call) (*server, string, error) {
	v, err := s.serverFor(c)
	if err != nil {
		return nil, "", err
	}
	value, there := v.Metadata[c.arg("key")]
	if !there {
		return nil, "", refuse(http.StatusNotFound, "Metadata item was not found")
	}
	return v, value, nil
}

func (s *Server) showMetadatum(c *call) (answer, error) {
	_, value, err := s.metadatumFor(c)
	if err != nil {
		return answer{}, err
	}
	return ok(object{"meta": object{c.arg("key"): value}})
}

func (s *Server) putMetadatum(c *call) (answer, error) {
	var in struct {
		Meta map[string]string `json:"meta"`
	}
	v, err := s.serverFor(c)
	if err == nil {
		err = c.read(&in)
	}
	if err != nil {
		return answer{}, err
	}
	value, there := in.Meta[c.arg("key")]
	if !there || len(in.Meta) != 1 {
		return answer{}, refuse(http.StatusBadRequest, "Request body and URI mismatch")
	}
	all := maps.Clone(filled(v.Metadata))
	all[c.arg("key")] = value
	if err := s.fitsMetadata(v, all); err != nil {
		return answer{}, err
	}
	v.Metadata = all
	s.changed(v)
	return ok(object{"meta": in.Meta})
}

func (s *Server) dropMetadatum(c *call) (answer, error) {
	v, _, err := s.metadatumFor(c)
	if err != nil {
		return answer{}, err
	}
	all := maps.Clone(v.Metadata)
	delete(all, c.arg("key"))
	v.Metadata = all
	s.changed(v)
	return nothing()
}

// tagCall serves a call about a server's tags, which there are since 2.26.
func (s *Server) tagCall(do func(*call, *server) (answer, error)) handler {
	return func(c *call) (answer, error) {
		if err := c.since(26); err != nil {
			return answer{}, err
		}
		v, err := s.serverFor(c)
		if err != nil {
			return answer{}, err
		}
		return do(c, v)
	}
}

func (s *Server) listTags(_ *call, v *server) (answer, error) {
	return ok(object{"tags": append([]string{}, v.Tags...)})
}

// maxTags is how many tags a server may have.
const maxTags = 50

func (s *Server) putTags(c *call, v *server) (answer, error) {
	var in struct {
		Tags []string `json:"tags"`
	}
	if err := c.read(&in); err != nil {
		return answer{}, err
	}
	for _, tag := range in.Tags {
		if tag == "" || len(tag) > 60 || strings.ContainsAny(tag, ",/") {
			return answer{}, refuse(http.StatusBadRequest, "Invalid input for field/attribute 0. Value: %s. '%[1]s' does not match '^[^,/]*$'", tag)
		}
	}
	if len(in.Tags) > maxTags {
		return answer{}, refuse(http.StatusBadRequest, "Invalid input for field/attribute tags. Value: %v. %[1]v is too long", in.Tags)
	}
	v.Tags = slices.Compact(slices.Sorted(slices.Values(in.Tags)))
	s.changed(v)
	return s.listTags(c, v)
}

func (s *Server) dropTags(_ *call, v *server) (answer, error) {
	v.Tags = nil
	s.changed(v)
	return nothing()
}

func (s *Server) checkTag(c *call, v *server) (answer, error) {
	if !slices.Contains(v.Tags, c.arg("tag")) {
		return answer{}, refuse(http.StatusNotFound, "Server %s has no tag '%s'", v.ID, c.arg("tag"))
	}
	return nothing()
}

func (s *Server) addTag(c *call, v *server) (answer, error) {
	tag := c.arg("tag")
	if slices.Contains(v.Tags, tag) {
		return answer{status: http.StatusNoContent, kind: "text/html; charset=UTF-8"}, nil
	}
	if len(v.Tags) >= maxTags {
		return answer{}, refuse(http.StatusBadRequest, "The number of tags exceeded the per-server limit %d", maxTags)
	}
	v.Tags = append(slices.Clone(v.Tags), tag)
	s.changed(v)
	return answer{status: http.StatusCreated, kind: "text/html; charset=UTF-8"}.with("Location", c.base+c.r.URL.Path), nil
}

func (s *Server) dropTag(c *call, v *server) (answer, error) {
	if !slices.Contains(v.Tags, c.arg("tag")) {
		return answer{}, refuse(http.StatusNotFound, "Server %s has no tag '%s'", v.ID, c.arg("tag"))
	}
	v.Tags = slices.DeleteFunc(slices.Clone(v.Tags), func(tag string) bool { return tag == c.arg("tag") })
	s.changed(v)
	return nothing()
}
