package openstack

import (
	"crypto/md5" //nolint:gosec // Glance's own checksum
	"crypto/sha512"
	"encoding/hex"
	"net/http"
	"slices"
)

// fill gives an image its bytes.
func (i *image) fill(data []byte) {
	size := int64(len(data))
	plain, long := md5.Sum(data), sha512.Sum512(data) //nolint:gosec // Glance's own checksum
	sum, hash := hex.EncodeToString(plain[:]), hex.EncodeToString(long[:])
	i.Size, i.Checksum, i.Hash, i.Status = &size, &sum, &hash, "active"
	if i.Data = nil; len(data) <= imageKept {
		i.Data = data
	}
}

func (s *Server) uploadImage(c *call) (answer, error) {
	if kind := c.r.Header.Get("Content-Type"); kind != "application/octet-stream" {
		return answer{}, refuse(http.StatusUnsupportedMediaType, "The request media type %s is not supported by this server.", kind)
	}
	i, err := s.ownImage(c)
	if err != nil {
		return answer{}, err
	}
	if i.Status != "queued" {
		return answer{}, refuse(http.StatusConflict, "Image status transition from %s to saving is not allowed", i.Status)
	}
	if i.Disk == nil || i.Container == nil {
		return answer{}, refuse(http.StatusBadRequest, "Properties disk_format, container_format must be set prior to saving data.")
	}
	i.fill(c.body)
	i.Changed = s.now()
	s.images.save(i.ID)
	return nothing()
}

func (s *Server) downloadImage(c *call) (answer, error) {
	i, err := s.findImage(c)
	if err != nil {
		return answer{}, err
	}
	if i.Status == "deactivated" && !c.who.admin() {
		return answer{}, refuse(http.StatusForbidden, "The requested image has been deactivated. Image data download is forbidden.")
	}
	if len(i.Data) == 0 {
		return nothing()
	}
	return answer{status: http.StatusOK, raw: i.Data, kind: "application/octet-stream"}.with("Content-MD5", *i.Checksum), nil
}

func (s *Server) tagImage(c *call) (answer, error) {
	i, err := s.ownImage(c)
	if err != nil {
		return answer{}, err
	}
	if tag := c.arg("tag"); !slices.Contains(i.Tags, tag) {
		i.Tags = append(i.Tags, tag)
		s.images.save(i.ID)
	}
	return nothing()
}

func (s *Server) untagImage(c *call) (answer, error) {
	i, err := s.ownImage(c)
	if err != nil {
		return answer{}, err
	}
	at := slices.Index(i.Tags, c.arg("tag"))
	if at < 0 {
		return answer{}, refuse(http.StatusNotFound, "The resource could not be found.")
	}
	i.Tags = slices.Delete(i.Tags, at, at+1)
	s.images.save(i.ID)
	return nothing()
}

func (s *Server) actOnImage(c *call) (answer, error) {
	i, err := s.ownImage(c)
	if err != nil {
		return answer{}, err
	}
	from, to := "active", "deactivated"
	switch c.arg("action") {
	case "deactivate":
	case "reactivate":
		from, to = to, from
	default:
		return answer{}, refuse(http.StatusNotFound, "The resource could not be found.")
	}
	if i.Status != from && i.Status != to {
		return answer{}, refuse(http.StatusForbidden, "Not allowed to %s image in status '%s'", c.arg("action"), i.Status)
	}
	i.Status = to
	s.images.save(i.ID)
	return nothing()
}

// imageFacts serves what Glance tells of itself.
func (s *Server) imageFacts() {
	s.handle(s.image, "GET /info/import", func(*call) (answer, error) {
		return ok(object{"import-methods": object{"description": "Import methods available.", "type": "array", "value": []string{}}})
	})
	s.handle(s.image, "GET /info/stores", func(*call) (answer, error) {
		return ok(object{"stores": []object{{"id": "files", "default": "true"}}})
	})
	s.handle(s.image, "GET /schemas/image", func(*call) (answer, error) { return ok(imageSchema()) })
	s.handle(s.image, "GET /schemas/images", func(*call) (answer, error) {
		return ok(object{
			"name": "images", "properties": object{
				"images": object{"type": "array", "items": imageSchema()}, "first": object{"type": "string"}, "next": object{"type": "string"},
				"schema": object{"type": "string"},
			},
			"links": []object{{"rel": "first", "href": "{first}"}, {"rel": "next", "href": "{next}"}, {"rel": "describedby", "href": "{schema}"}},
		})
	})
}

func imageSchema() object {
	kinds := map[string]any{
		"string": []string{
			"id", "owner", "status", "visibility", "created_at", "updated_at", "self", "file", "schema", "direct_url", "checksum", "os_hash_algo",
			"os_hash_value", "name", "disk_format", "container_format", "stores",
		},
		"integer": []string{"size", "virtual_size", "min_disk", "min_ram"}, "boolean": []string{"protected", "os_hidden"},
		"array": []string{"tags", "locations"},
	}
	properties := object{}
	for kind, names := range kinds {
		for _, name := range names.([]string) { //nolint:forcetypeassert // the table above
			properties[name] = object{"type": []string{"null", kind}}
		}
	}
	return object{
		"name": "image", "properties": properties, "additionalProperties": object{"type": "string"},
		"links": []object{{"rel": "self", "href": "{self}"}, {"rel": "enclosure", "href": "{file}"}, {"rel": "describedby", "href": "{schema}"}},
	}
}
