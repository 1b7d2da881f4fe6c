package resource

import (
	"context"
	"strings"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
)

// attachments put volumes on servers. An attachment is nothing of its own: it is a state of its volume, whose mark it has, and which tells on what server it
// is. Its id is `<server>/<volume>`.
type attachments struct{}

// attachedSuffix is what the item of an attachment has behind its volume's.
const attachedSuffix = ".attached"

// AttachmentItem is the item that the attachment of the volume with this item has.
func AttachmentItem(volume string) string { return volume + attachedSuffix }

// Make implements Kind.
func (attachments) Make(ctx context.Context, c *cloud.Cloud, w Wish) (Thing, error) {
	spec, err := read[AttachmentSpec](c, w)
	if err != nil {
		return Thing{}, err
	}
	if spec.Volume.Item != "" && w.Mark.Item != AttachmentItem(spec.Volume.Item) {
		return Thing{}, invalid(c, "the attachment of %s must be the item %s", spec.Volume.Item, AttachmentItem(spec.Volume.Item))
	}
	server, err := w.id(c, spec.Server, "server")
	if err != nil {
		return Thing{}, err
	}
	volume, err := w.id(c, spec.Volume, "volume")
	if err != nil {
		return Thing{}, err
	}
	n, err := open(ctx, c, cloud.Compute)
	if err != nil {
		return Thing{}, err
	}
	if err := n.post(ctx, map[string]any{"volumeAttachment": map[string]string{"volumeId": volume}}, nil, "servers", server, "os-volume_attachments"); err != nil {
		return Thing{}, err
	}
	return Thing{Kind: KindAttachment, ID: server + "/" + volume, Name: w.name(), State: Building, Mark: w.Mark}, nil
}

// Find implements Kind.
func (attachments) Find(ctx context.Context, c *cloud.Cloud, m Mark) ([]Thing, error) {
	var found []Thing
	err := eachVolume(ctx, c, m, func(v cinderVolume) {
		for _, t := range v.attached() {
			if t.Mark.Bears(m) {
				found = append(found, t)
			}
		}
	})
	return inOrder(found), err
}

// Look implements Kind.
func (attachments) Look(ctx context.Context, c *cloud.Cloud, ids []string) (map[string]Thing, error) {
	of := map[string][]string{} // volume → ids
	for _, id := range ids {
		_, volume, _ := strings.Cut(id, "/")
		of[volume] = append(of[volume], id)
	}
	found := make(map[string]Thing, len(ids))
	if len(of) > 1 {
		err := eachVolume(ctx, c, Mark{}, func(v cinderVolume) { v.tell(of, found) })
		if err != nil {
			return nil, err
		}
	}
	for volume := range of {
		v, err := oneVolume(ctx, c, volume)
		if cloud.Is(err, cloud.NotFound) {
			v, err = cinderVolume{ID: volume}, nil
		}
		if err != nil {
			return nil, err
		}
		v.tell(of, found)
	}
	return found, nil
}

// tell says of each id that is asked for of this volume how far it is, and strikes the volume off.
func (v cinderVolume) tell(of map[string][]string, found map[string]Thing) {
	for _, id := range of[v.ID] {
		found[id] = Thing{Kind: KindAttachment, ID: id, State: Absent}
		for _, t := range v.attached() {
			if t.ID == id {
				found[id] = t
			}
		}
		if server, _, _ := strings.Cut(id, "/"); found[id].State == Absent && v.Status == "attaching" {
			found[id] = v.attachment(server)
		}
	}
	delete(of, v.ID)
}

// Delete implements Kind.
func (attachments) Delete(ctx context.Context, c *cloud.Cloud, t Thing) error {
	n, err := open(ctx, c, cloud.Compute)
	if err != nil {
		return err
	}
	server, volume, _ := strings.Cut(t.ID, "/")
	return n.remove(ctx, "servers", server, "os-volume_attachments", volume)
}

// attached are the volume's attachments.
func (v cinderVolume) attached() []Thing {
	var all []Thing
	for _, a := range v.Attachments {
		if a.Server == "" {
			continue
		}
		t := v.attachment(a.Server)
		if a.Device != "" {
			t.Facts["device"] = a.Device
		}
		all = append(all, t)
	}
	return all
}

// attachment is the volume's on a server.
func (v cinderVolume) attachment(server string) Thing {
	t := Thing{Kind: KindAttachment, ID: server + "/" + v.ID, State: Building, Facts: map[string]string{FactStatus: v.Status}}
	if m, ok := markOfMetadata(v.Metadata); ok && m.Item != "" {
		t.Mark = Mark{Bot: m.Bot, Env: m.Env, Job: m.Job, Item: AttachmentItem(m.Item)}
		t.Name = t.Mark.Name()
	}
	switch {
	case v.Status == "in-use":
		t.State = Ready
	case v.Status == "detaching", v.Status == "deleting":
		t.State = Going
	case strings.HasPrefix(v.Status, "error"):
		t.State, t.Why = Failed, "the volume's status is "+v.Status+"; Cinder does not say why"
	}
	return t
}
