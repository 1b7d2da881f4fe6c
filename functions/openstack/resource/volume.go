package resource

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
)

// volumes are volumes. Their marks are in their metadata.
type volumes struct{}

// cinderVolume has what is read of a volume.
type cinderVolume struct {
	ID          string             `json:"id"`
	Name        string             `json:"name"`
	Status      string             `json:"status"`
	Created     cinderTime         `json:"created_at"`
	Metadata    map[string]string  `json:"metadata"`
	Attachments []cinderAttachment `json:"attachments"`
}

type cinderAttachment struct {
	Server string `json:"server_id"`
	Device string `json:"device"`
}

// cinderTime is a time without a zone, which is UTC.
type cinderTime struct{ time.Time }

// UnmarshalJSON implements json.Unmarshaler. A time in another form is none: it orders things and is nothing to fail for.
func (t *cinderTime) UnmarshalJSON(b []byte) error {
	t.Time, _ = time.Parse("2006-01-02T15:04:05.999999999", strings.TrimSuffix(strings.Trim(string(b), `"`), "Z"))
	return nil
}

// Make implements Kind.
func (volumes) Make(ctx context.Context, c *cloud.Cloud, w Wish) (Thing, error) {
	spec, err := read[VolumeSpec](c, w)
	if err != nil {
		return Thing{}, err
	}
	volume := map[string]any{"name": w.name(), "size": spec.Size, "metadata": w.Mark.Metadata()}
	if spec.Type != "" {
		volume["volume_type"] = spec.Type
	}
	if spec.Zone != "" {
		volume["availability_zone"] = spec.Zone
	}
	if spec.Image != nil {
		if volume["imageRef"], err = w.id(c, *spec.Image, "image"); err != nil {
			return Thing{}, err
		}
	}
	n, err := open(ctx, c, cloud.Volume)
	if err != nil {
		return Thing{}, err
	}
	var answer struct{ Volume cinderVolume }
	if err := n.post(ctx, map[string]any{"volume": volume}, &answer, "volumes"); err != nil {
		return Thing{}, err
	}
	if answer.Volume.ID == "" {
		return Thing{}, n.fault(cloud.Odd, "it has no id for the volume that was asked for")
	}
	t := answer.Volume.thing()
	t.Mark = w.Mark
	return t, nil
}

// Find implements Kind.
func (volumes) Find(ctx context.Context, c *cloud.Cloud, m Mark) ([]Thing, error) {
	var all []Thing
	err := eachVolume(ctx, c, m, func(v cinderVolume) { all = append(all, v.thing()) })
	return bearing(all, m), err
}

// eachVolume shows the project's volumes, of one environment where m names it.
func eachVolume(ctx context.Context, c *cloud.Cloud, m Mark, show func(cinderVolume)) error {
	n, err := open(ctx, c, cloud.Volume)
	if err != nil {
		return err
	}
	query := url.Values{}
	if m.Env != "" {
		filter, err := json.Marshal(map[string]string{markEnv: m.Env})
		if err != nil {
			return n.judge(err, "listing volumes")
		}
		query.Set("metadata", string(filter))
	}
	return each(ctx, n, query, "volumes", func(v cinderVolume) string { return v.ID }, show, "volumes", "detail")
}

// Look implements Kind.
func (volumes) Look(ctx context.Context, c *cloud.Cloud, ids []string) (map[string]Thing, error) {
	list := func() ([]Thing, error) {
		var all []Thing
		err := eachVolume(ctx, c, Mark{}, func(v cinderVolume) { all = append(all, v.thing()) })
		return all, err
	}
	return lookAt(ids, list, func(id string) (Thing, error) {
		v, err := oneVolume(ctx, c, id)
		return v.thing(), err
	})
}

func oneVolume(ctx context.Context, c *cloud.Cloud, id string) (cinderVolume, error) {
	n, err := open(ctx, c, cloud.Volume)
	if err != nil {
		return cinderVolume{}, err
	}
	var answer struct{ Volume cinderVolume }
	err = n.get(ctx, &answer, "volumes", id)
	return answer.Volume, err
}

// Delete implements Kind. Cinder refuses with 400 what is attached or at work, in so many words about its status: that is a not yet, too.
func (volumes) Delete(ctx context.Context, c *cloud.Cloud, t Thing) error {
	n, err := open(ctx, c, cloud.Volume)
	if err != nil {
		return err
	}
	err = n.remove(ctx, "volumes", t.ID)
	if cloud.Is(err, cloud.Invalid) {
		f := *cloud.Judge(err)
		f.Kind = cloud.Conflict
		return &f
	}
	return err
}

func (v cinderVolume) thing() Thing {
	t := Thing{Kind: KindVolume, ID: v.ID, Name: v.Name, Made: v.Created.Time, Facts: map[string]string{FactStatus: v.Status}}
	t.Mark, _ = markOfMetadata(v.Metadata)
	t.State, t.Why = v.state()
	return t
}

// state is the state that a status stands for: https://docs.openstack.org/api-ref/block-storage/v3/#volumes-volumes
func (v cinderVolume) state() (State, string) {
	switch {
	case v.Status == "deleting":
		return Going, ""
	case strings.HasPrefix(v.Status, "error"):
		return Failed, "its status is " + v.Status + "; Cinder does not say why"
	case v.Status == "creating", v.Status == "downloading", v.Status == "restoring-backup":
		return Building, ""
	}
	return Ready, ""
}
