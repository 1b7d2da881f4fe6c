package openstack

import (
	"cmp"
	"maps"
	"math"
	"net/http"
	"strconv"
)

// A volumeWish is what is asked for with POST /volumes.
type volumeWish struct {
	Volume *struct {
		Name        *string           `json:"name"`
		Description *string           `json:"description"`
		Size        any               `json:"size"`
		Type        *string           `json:"volume_type"`
		Zone        *string           `json:"availability_zone"`
		Image       *string           `json:"imageRef"`
		ImageID     *string           `json:"image_id"`
		Snapshot    *string           `json:"snapshot_id"`
		Source      *string           `json:"source_volid"`
		Shareable   bool              `json:"multiattach"`
		Metadata    map[string]string `json:"metadata"`
	} `json:"volume"`
}

func (s *Server) createVolume(c *call) (answer, error) {
	var in volumeWish
	if err := c.read(&in); err != nil {
		return answer{}, err
	}
	if in.Volume == nil {
		return answer{}, refuse(http.StatusBadRequest, "'volume' is a required property")
	}
	w := in.Volume
	image := word(w.Image)
	if image == "" {
		image = word(w.ImageID)
	}
	v := &volume{
		ID: newUUID(), Name: w.Name, Description: w.Description, Project: c.who.Project, User: c.who.User, Status: "creating",
		Zone: cmp.Or(word(w.Zone), "nova"), Image: image, Source: word(w.Source), Shareable: w.Shareable, Metadata: w.Metadata,
		Doomed: c.befell(FaultServerError),
	}
	if err := wellNamed(v); err != nil {
		return answer{}, err
	}
	if id := word(w.Snapshot); id != "" {
		return answer{}, refuse(http.StatusNotFound, "Snapshot %s could not be found.", id)
	}
	if err := s.makeVolume(c.who, v, w.Size, word(w.Type), c.befell(FaultQuota)); err != nil {
		return answer{}, err
	}
	return accepted(object{"volume": s.volumeBody(c, v, false)})
}

// word is a text that may be left out.
func word(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// wellNamed refuses texts that are too long.
func wellNamed(v *volume) error {
	for name, text := range map[string]string{"name": word(v.Name), "description": word(v.Description)} {
		if len([]rune(text)) > 255 {
			return refuse(http.StatusBadRequest, "Invalid input for field/attribute %s. Value: %s. '%[2]s' is too long", name, text)
		}
	}
	return fairMetadata(v.Metadata)
}

func fairMetadata(metadata map[string]string) error {
	for key, value := range metadata {
		if key == "" || len([]rune(key)) > 255 {
			return refuse(http.StatusBadRequest, "Metadata property key blank or greater than 255 characters.")
		}
		if len([]rune(value)) > 255 {
			return refuse(http.StatusBadRequest, "Metadata property value greater than 255 characters.")
		}
	}
	return nil
}

// makeVolume checks a new volume, and begins to make it.
func (s *Server) makeVolume(who *token, v *volume, size any, kind string, full bool) error {
	source := s.volumes.get(v.Source)
	if v.Source != "" && (source == nil || !who.sees(source.Project)) {
		return noVolume(v.Source)
	}
	if err := v.sized(size, source); err != nil {
		return err
	}
	if source != nil {
		v.Bootable, v.ImageFacts, kind = source.Bootable, maps.Clone(source.ImageFacts), cmp.Or(kind, source.Type)
	}
	v.Type = cmp.Or(kind, usualType)
	t := s.namedType(v.Type)
	if t == nil {
		return refuse(http.StatusNotFound, "Volume type with name %s could not be found.", v.Type)
	}
	v.Type = t.Name
	if err := s.fromImage(who, v); err != nil {
		return err
	}
	if err := s.volumeFits(v.Project, 1, v.Size, full); err != nil {
		return err
	}
	if v.Metadata == nil {
		v.Metadata = map[string]string{}
	}
	v.Made = s.now()
	s.volumes.put(v.ID, v)
	s.later(s.options.Boot, eventVolume, v.ID)
	return nil
}

// sized reads the size, a number or a word; a copy is as large as what it is a copy of.
func (v *volume) sized(size any, source *volume) error {
	n := 0.0
	switch size := size.(type) {
	case float64:
		n = size
	case string:
		parsed, _ := strconv.Atoi(size)
		n = float64(parsed)
	case nil:
		if source != nil {
			n = float64(source.Size)
		}
	}
	if n <= 0 || n != math.Trunc(n) || n > math.MaxInt32 {
		return refuse(http.StatusBadRequest, "Invalid input received: Invalid volume size provided for create request: %s (size argument "+
			"must be an integer (or string representation of an integer) and greater than zero).", python(size))
	}
	if source != nil && int(n) < source.Size {
		return refuse(http.StatusBadRequest, "Invalid input received: Volume size '%dGB' cannot be smaller than original volume size %dGB. "+
			"They must be >= original volume size.", int(n), source.Size)
	}
	v.Size = int(n)
	return nil
}

// fromImage checks the image that a volume is to hold.
func (s *Server) fromImage(who *token, v *volume) error {
	if v.Image == "" {
		return nil
	}
	i := s.glance.picture(who, v.Image)
	const gigabyte = 1 << 30
	switch {
	case i == nil:
		return refuse(http.StatusBadRequest, "Invalid image identifier or unable to access requested image.")
	case i.Status != "active":
		return refuse(http.StatusBadRequest, "Invalid input received: Image %s is not active.", i.ID)
	case (i.Size+gigabyte-1)/gigabyte > int64(v.Size):
		return refuse(http.StatusBadRequest, "Invalid input received: Size of specified image %dGB is larger than volume size %dGB.",
			(i.Size+gigabyte-1)/gigabyte, v.Size)
	case i.MinDisk > v.Size:
		return refuse(http.StatusBadRequest, "Invalid input received: Volume size %dGB cannot be smaller than the image minDisk size %dGB.",
			v.Size, i.MinDisk)
	}
	v.Bootable = true
	v.ImageFacts = map[string]string{
		"image_id": i.ID, "image_name": i.Name, "size": strconv.FormatInt(i.Size, 10), "min_disk": strconv.Itoa(i.MinDisk),
		"min_ram": strconv.Itoa(i.MinRAM),
	}
	maps.Copy(v.ImageFacts, i.Properties)
	return nil
}
