package resource

import (
	"encoding/base64"
	"maps"
	"slices"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
)

// maxUserData is how much user data Nova takes, in bytes before base64 (65,535 after it).
const maxUserData = 49149

// serverRequest is the request for a server.
type serverRequest struct {
	Server map[string]any    `json:"server"`
	Hints  map[string]string `json:"os:scheduler_hints,omitempty"`
}

// serverBody is the request for a server, and the tags it has where Nova takes them.
func serverBody(c *cloud.Cloud, w Wish) (request *serverRequest, tags []string, err error) {
	spec, err := read[ServerSpec](c, w)
	if err != nil {
		return nil, nil, err
	}
	flavor, err := w.id(c, spec.Flavor, "flavor")
	if err != nil {
		return nil, nil, err
	}
	image, err := w.id(c, spec.Image, "image")
	if err != nil {
		return nil, nil, err
	}
	if len(spec.UserData) > maxUserData {
		return nil, nil, invalid(c, "the user data of server %s has %d bytes; a cloud takes %d", w.Item, len(spec.UserData), maxUserData)
	}
	server := map[string]any{"name": w.name(), "flavorRef": flavor, "metadata": serverMetadata(spec, w.Mark)}
	boot(server, spec, image)
	if err := wire(c, server, spec, w); err != nil {
		return nil, nil, err
	}
	if spec.UserData != "" {
		server["user_data"] = base64.StdEncoding.EncodeToString([]byte(spec.UserData))
	}
	if spec.ConfigDrive {
		server["config_drive"] = true
	}
	if spec.Zone != "" {
		server["availability_zone"] = spec.Zone
	}
	request = &serverRequest{Server: server}
	if spec.Group != nil {
		group, err := w.id(c, *spec.Group, "server group")
		if err != nil {
			return nil, nil, err
		}
		request.Hints = map[string]string{"group": group}
	}
	return request, append(slices.Clone(spec.Tags), ourTag, markEnv+"="+w.Mark.Env), nil
}

func serverMetadata(spec ServerSpec, mark Mark) map[string]string {
	metadata := map[string]string{}
	maps.Copy(metadata, spec.Metadata)
	maps.Copy(metadata, mark.Metadata())
	if spec.Login != "" {
		metadata[loginKey] = spec.Login
	}
	return metadata
}

// boot says what the server starts from: the image, or a volume made of it.
func boot(server map[string]any, spec ServerSpec, image string) {
	if spec.BootVolume == 0 {
		server["imageRef"] = image
		return
	}
	disk := map[string]any{
		"source_type": "image", "uuid": image, "destination_type": "volume", "boot_index": 0,
		"volume_size": spec.BootVolume, "delete_on_termination": true,
	}
	if spec.VolumeType != "" {
		disk["volume_type"] = spec.VolumeType
	}
	server["block_device_mapping_v2"] = []any{disk}
}

// wire says which networks the server is on, who may reach it, and whose key it lets in.
func wire(c *cloud.Cloud, server map[string]any, spec ServerSpec, w Wish) error {
	networks := []map[string]string{}
	for _, nic := range spec.Networks {
		id, err := w.id(c, nic.Network, "network")
		if err != nil {
			return err
		}
		network := map[string]string{"uuid": id}
		if nic.Address != "" {
			network["fixed_ip"] = nic.Address
		}
		networks = append(networks, network)
	}
	if server["networks"] = networks; len(networks) == 0 {
		server["networks"] = "none"
	}
	groups := []map[string]string{}
	for _, ref := range spec.SecurityGroups {
		id, err := w.id(c, ref, "security group")
		if err != nil {
			return err
		}
		groups = append(groups, map[string]string{"name": id}) // a name or an id, whatever it is called
	}
	if len(groups) > 0 {
		server["security_groups"] = groups
	}
	if spec.Key != nil {
		name, err := w.id(c, *spec.Key, "key pair")
		if err != nil {
			return err
		}
		server["key_name"] = name
	}
	return nil
}
