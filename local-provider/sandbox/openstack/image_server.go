package openstack

import "maps"

// An imagePart is Glance as Nova and Cinder see it.
type imagePart struct{ s *Server }

var _ glance = imagePart{}

// picture is an image that whoever shows a token may use.
func (p imagePart) picture(who *token, id string) *picture {
	i := p.s.images.get(id)
	if i == nil || !i.sees(who) {
		return nil
	}
	out := &picture{
		ID: i.ID, Name: sortable(i.Name), Status: i.Status, MinDisk: i.MinDisk, MinRAM: i.MinRAM, Properties: maps.Clone(i.Properties),
	}
	if i.Size != nil {
		out.Size = *i.Size
	}
	return out
}

// snap makes an image of a server.
func (p imagePart) snap(who *token, name string, properties map[string]string) (string, error) {
	i := newImage(who.Project, p.s.now())
	kind, container := "qcow2", "bare"
	i.Name, i.Visibility, i.Disk, i.Container = &name, "private", &kind, &container
	maps.Copy(i.Properties, properties)
	p.s.images.put(i.ID, i)
	p.s.later(p.s.options.Boot, eventImage, i.ID)
	return i.ID, nil
}

// imageReady is when the image of a server is there.
func (s *Server) imageReady(id string) {
	if i := s.images.get(id); i != nil && i.Status == "queued" {
		i.fill([]byte("a server as it was\n"))
		i.Changed = s.now()
		s.images.save(id)
	}
}
