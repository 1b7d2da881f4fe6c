package openstack

import (
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// What the fields of an image can be.
var (
	diskFormats = []any{
		nil, "ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop",
	}
	containerFormats = []any{nil, "ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed"}
	visibilities     = []any{"community", "public", "private", "shared"}
	readOnly         = []string{
		"status", "size", "virtual_size", "checksum", "os_hash_algo", "os_hash_value", "created_at", "updated_at", "self", "file", "schema",
		"stores", "direct_url", "owner",
	}
	imageID = regexp.MustCompile(`^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$`)
)

// unlike is Glance's refusal of what is not as its schema has it.
func unlike(v any, how string) error {
	return refuse(http.StatusBadRequest, "Provided object does not match schema 'image': %s %s", pythonQuoted(v), how)
}

// set changes a field of an image, or a property of its owner's.
func (i *image) set(name string, v any) error {
	switch name {
	case "name":
		return setText(&i.Name, v)
	case "disk_format":
		return setChoice(&i.Disk, v, diskFormats)
	case "container_format":
		return setChoice(&i.Container, v, containerFormats)
	case "visibility":
		word := new(string)
		err := setChoice(&word, v, visibilities)
		if err == nil {
			i.Visibility = *word
		}
		return err
	case "protected":
		return setFlag(&i.Protected, v)
	case "os_hidden":
		return setFlag(&i.Hidden, v)
	case "min_disk":
		return setNumber(&i.MinDisk, v)
	case "min_ram":
		return setNumber(&i.MinRAM, v)
	case "tags":
		return i.setTags(v)
	}
	word, fits := v.(string)
	if !fits {
		return unlike(v, "is not of type 'string'")
	}
	i.Properties[name] = word
	return nil
}

func setText(at **string, v any) error {
	word, fits := v.(string)
	switch {
	case v == nil:
		*at = nil
	case !fits:
		return unlike(v, "is not of type 'null', 'string'")
	case len(word) > 255:
		return unlike(v, "is too long")
	default:
		*at = &word
	}
	return nil
}

func setChoice(at **string, v any, choices []any) error {
	if !slices.Contains(choices, v) {
		return unlike(v, "is not one of "+python(choices))
	}
	return setText(at, v)
}

func setFlag(at *bool, v any) error {
	yes, fits := v.(bool)
	if !fits {
		return unlike(v, "is not of type 'boolean'")
	}
	*at = yes
	return nil
}

func setNumber(at *int, v any) error {
	n, fits := v.(float64)
	if !fits || n != float64(int(n)) || n < 0 {
		return unlike(v, "is not of type 'integer'")
	}
	*at = int(n)
	return nil
}

func (i *image) setTags(v any) error {
	list, fits := v.([]any)
	if !fits {
		return unlike(v, "is not of type 'array'")
	}
	i.Tags = []string{}
	for _, x := range list {
		word, fits := x.(string)
		if !fits || len(word) > 255 {
			return unlike(x, "is not of type 'string'")
		}
		if !slices.Contains(i.Tags, word) {
			i.Tags = append(i.Tags, word)
		}
	}
	return nil
}

func (s *Server) createImage(c *call) (answer, error) {
	var in object
	if err := json.Unmarshal(c.body, &in); err != nil || in == nil {
		return answer{}, refuse(http.StatusBadRequest, "Malformed JSON in request body.")
	}
	i := newImage(c.who.Project, s.now())
	for name, v := range in {
		if name == "id" {
			continue
		}
		if name == "owner" && c.who.admin() {
			i.Project, _ = v.(string)
			continue
		}
		if slices.Contains(readOnly, name) {
			return answer{}, refuse(http.StatusForbidden, "Attribute '%s' is read-only.", name)
		}
		if err := i.set(name, v); err != nil {
			return answer{}, err
		}
	}
	if id, given := in["id"]; given {
		word, _ := id.(string)
		if !imageID.MatchString(word) {
			return answer{}, unlike(id, "does not match '"+imageID.String()+"'")
		}
		if s.images.get(word) != nil {
			return answer{}, refuse(http.StatusConflict, "Image ID %s already exists!", word)
		}
		i.ID = word
	}
	if err := i.published(c); err != nil {
		return answer{}, err
	}
	s.images.put(i.ID, i)
	return reply(http.StatusCreated, i.body()).with("Location", c.base+"/image/v2/images/"+i.ID).
		with("OpenStack-Image-Import-Methods", "glance-direct,web-download,copy-image").
		with("OpenStack-Image-Store-Ids", "files,os_glance_staging_store,os_glance_tasks_store"), nil
}

// published refuses to show everybody an image of whoever is no admin.
func (i *image) published(c *call) error {
	if i.Visibility == "public" && !c.who.admin() {
		return refuse(http.StatusForbidden, "You are not authorized to complete publicize_image action.")
	}
	return nil
}

// patchTypes are the media types in which an image is changed.
var patchTypes = []string{
	"application/openstack-images-v2.0-json-patch", "application/openstack-images-v2.1-json-patch",
}

// A patch is one change of an image.
type patch struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value"`
}

func (s *Server) patchImage(c *call) (answer, error) {
	kind := c.r.Header.Get("Content-Type")
	if !slices.Contains(patchTypes, kind) {
		return answer{}, &refusal{
			status: http.StatusUnsupportedMediaType, message: "The request media type " + kind + " is not supported by this server.",
			header: http.Header{"Accept-Patch": {strings.Join(patchTypes, ", ")}},
		}
	}
	var list []patch
	if json.Unmarshal(c.body, &list) != nil {
		return answer{}, refuse(http.StatusBadRequest, "Request body must be a JSON array of operation objects.")
	}
	old, err := s.ownImage(c)
	if err != nil {
		return answer{}, err
	}
	i, err := renewed(old, nil)
	if err != nil {
		return answer{}, err
	}
	for _, p := range list {
		if err := i.apply(p); err != nil {
			return answer{}, err
		}
	}
	if i.Visibility != old.Visibility {
		if err := i.published(c); err != nil {
			return answer{}, err
		}
	}
	i.Changed = s.now()
	s.images.put(i.ID, i)
	return ok(i.body())
}

// apply makes one change.
func (i *image) apply(p patch) error {
	name, rooted := strings.CutPrefix(p.Path, "/")
	name = strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
	_, owned := i.Properties[name]
	body := i.body()
	_, there := body[name]
	switch {
	case !rooted || name == "" || !slices.Contains([]string{"add", "replace", "remove"}, p.Op):
		return refuse(http.StatusBadRequest, "Unable to find '%s' in JSON Schema change", cmp.Or(p.Op, p.Path))
	case name == "id" || slices.Contains(readOnly, name):
		return refuse(http.StatusForbidden, "Attribute '%s' is read-only.", name)
	case p.Op != "add" && !there:
		return refuse(http.StatusConflict, "Property %s does not exist.", name)
	case p.Op == "remove" && !owned:
		return refuse(http.StatusForbidden, "Property '%s' may not be removed.", name)
	case p.Op == "remove":
		delete(i.Properties, name)
		return nil
	}
	return i.set(name, p.Value)
}
