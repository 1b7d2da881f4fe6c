package openstack

import (
	"net/http"
	"strconv"
	"time"
)

// imaging is Glance's state.
type imaging struct {
	images *table[image]
}

// An image is what servers and volumes are made of.
type image struct {
	ID         string            `json:"id"`
	Name       *string           `json:"name"`
	Project    string            `json:"project"`
	Status     string            `json:"status"`     // queued, active, deactivated
	Visibility string            `json:"visibility"` // public, community, shared, private
	Disk       *string           `json:"disk_format"`
	Container  *string           `json:"container_format"`
	Size       *int64            `json:"size"`
	Checksum   *string           `json:"checksum"`
	Hash       *string           `json:"hash"`
	MinDisk    int               `json:"min_disk"` // GB
	MinRAM     int               `json:"min_ram"`  // MB
	Protected  bool              `json:"protected"`
	Hidden     bool              `json:"os_hidden"`
	Tags       []string          `json:"tags"`
	Properties map[string]string `json:"properties"`
	Made       time.Time         `json:"made"`
	Changed    time.Time         `json:"changed"`
	Data       []byte            `json:"data,omitempty"` // of a small one
}

const (
	// imageKept is how large an image may be for its bytes to be kept; of a larger one there are the size and the sums.
	imageKept = 1 << 20
	// eventImage is when a snapshot of a server is there.
	eventImage = "image"
)

// imageVersions are the versions of Glance's API, the current one first.
var imageVersions = []string{
	"v2.15", "v2.13", "v2.12", "v2.11", "v2.10", "v2.9", "v2.8", "v2.7", "v2.6", "v2.5", "v2.4", "v2.3", "v2.2", "v2.1", "v2.0",
}

// openImage serves Glance.
func (s *Server) openImage() {
	s.images = newTable[image](s, "image")
	s.glance = imagePart{s}
	s.play(eventImage, s.imageReady)
	versions := func(status int) handler {
		return func(c *call) (answer, error) { return reply(status, imageVersionList(c)), nil }
	}
	s.open(s.image, "GET /image", versions(http.StatusMultipleChoices))
	s.open(s.image, "GET /image/{$}", versions(http.StatusMultipleChoices))
	s.open(s.image, "GET /image/versions", versions(http.StatusOK))
	s.handle(s.image, "GET /images", s.listImages)
	s.handle(s.image, "POST /images", s.createImage)
	s.handle(s.image, "GET /images/{id}", s.showImage)
	s.handle(s.image, "PATCH /images/{id}", s.patchImage)
	s.handle(s.image, "DELETE /images/{id}", s.deleteImage)
	s.handle(s.image, "PUT /images/{id}/file", s.uploadImage)
	s.handle(s.image, "GET /images/{id}/file", s.downloadImage)
	s.handle(s.image, "PUT /images/{id}/tags/{tag}", s.tagImage)
	s.handle(s.image, "DELETE /images/{id}/tags/{tag}", s.untagImage)
	s.handle(s.image, "POST /images/{id}/actions/{action}", s.actOnImage)
	s.imageFacts()
}

func imageVersionList(c *call) object {
	var out []object
	for i, id := range imageVersions {
		status := "SUPPORTED"
		if i == 0 {
			status = "CURRENT"
		}
		out = append(out, object{"id": id, "status": status, "links": []object{{"rel": "self", "href": c.base + "/image/v2/"}}})
	}
	return object{"versions": out}
}

// imageForm is Glance's, as it answers who asks for JSON.
func imageForm(r *refusal) answer {
	title := http.StatusText(r.status)
	return reply(r.status, object{
		"message": r.message + "<br /><br />\n\n\n", "code": strconv.Itoa(r.status) + " " + title, "title": title,
	})
}

// seedImage puts the image of a new cloud there.
func (s *Server) seedImage() {
	if s.images.len() > 0 {
		return
	}
	i := newImage(s.namedProject("admin").ID, s.now())
	name, kind, container := "tiny", "raw", "bare"
	i.Name, i.Disk, i.Container, i.Visibility = &name, &kind, &container, "public"
	i.fill(make([]byte, 1<<16))
	s.images.put(i.ID, i)
}

func newImage(project string, now time.Time) *image {
	return &image{
		ID: newUUID(), Project: project, Status: "queued", Visibility: "shared", Tags: []string{}, Properties: map[string]string{},
		Made: now, Changed: now,
	}
}

// body is an image as it is shown.
func (i *image) body() object {
	out := object{}
	for name, value := range i.Properties {
		out[name] = value
	}
	out["id"], out["name"], out["owner"], out["status"], out["visibility"] = i.ID, i.Name, i.Project, i.Status, i.Visibility
	out["disk_format"], out["container_format"], out["size"], out["virtual_size"] = i.Disk, i.Container, i.Size, i.Size
	out["checksum"], out["os_hash_value"], out["os_hash_algo"] = i.Checksum, i.Hash, nil
	out["min_disk"], out["min_ram"], out["protected"], out["os_hidden"] = i.MinDisk, i.MinRAM, i.Protected, i.Hidden
	out["tags"], out["created_at"], out["updated_at"] = append([]string{}, i.Tags...), seconds(i.Made), seconds(i.Changed)
	out["self"], out["file"], out["schema"] = "/v2/images/"+i.ID, "/v2/images/"+i.ID+"/file", "/v2/schemas/image"
	if i.Hash != nil {
		out["os_hash_algo"], out["stores"] = "sha512", "files"
	}
	return out
}

// sees says whether somebody may use an image when they know its id.
func (i *image) sees(who *token) bool {
	return who.sees(i.Project) || i.Visibility == "public" || i.Visibility == "community"
}

func noImage(id string) error { return refuse(http.StatusNotFound, "No image found with ID %s", id) }

func (s *Server) findImage(c *call) (*image, error) {
	i := s.images.get(c.arg("id"))
	if i == nil || !i.sees(c.who) {
		return nil, noImage(c.arg("id"))
	}
	return i, nil
}

// ownImage is an image that the caller may change.
func (s *Server) ownImage(c *call) (*image, error) {
	i, err := s.findImage(c)
	if err == nil && !c.who.sees(i.Project) {
		err = refuse(http.StatusForbidden, "You do not own this image")
	}
	return i, err
}

func (s *Server) showImage(c *call) (answer, error) {
	i, err := s.findImage(c)
	if err != nil {
		return answer{}, err
	}
	return ok(i.body())
}

func (s *Server) deleteImage(c *call) (answer, error) {
	i := s.images.get(c.arg("id"))
	switch {
	case i == nil || !i.sees(c.who):
		return answer{}, refuse(http.StatusNotFound, "Failed to find image %s to delete", c.arg("id"))
	case !c.who.sees(i.Project):
		return answer{}, refuse(http.StatusForbidden, "You do not own this image")
	case i.Protected:
		return answer{}, refuse(http.StatusForbidden, "Image %s is protected and cannot be deleted.", i.ID)
	}
	s.images.drop(i.ID)
	return nothing()
}
