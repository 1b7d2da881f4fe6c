package openstack

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

var (
	volumeInHeat = cloudPart{volumeOf, "/volumes", "volume"}
	serverInHeat = cloudPart{computeOf, "/servers", "server"}
)

// The types of resources that Cinder and Nova make.
var (
	volumeKind = &resourceKind{
		properties: said("size:number", "name", "description", "image", "volume_type", "metadata:map", "availability_zone", "source_volid",
			"snapshot_id", "read_only:boolean"),
		attributes: []string{
			"show", "size", "status", "availability_zone", "volume_type", "bootable", "metadata", "attachments", "created_at", "display_name",
			"display_description", "encrypted", "source_volid",
		},
		start: startVolume, ready: volumeThere, remove: removeVolume, gone: volumeAway, look: volumeInHeat.look,
	}
	serverKind = &resourceKind{
		properties: said("name", "flavor!", "image", "key_name", "networks:list", "security_groups:list", "user_data", "metadata:map",
			"availability_zone", "config_drive:boolean", "tags:list", "scheduler_hints:map", "block_device_mapping_v2:list",
			"user_data_format", "diskConfig", "admin_pass", "flavor_update_policy", "image_update_policy", "user_data_update_policy"),
		attributes: []string{"show", "name", "addresses", "networks", "first_address", "instance_name", "accessIPv4", "accessIPv6", "tags"},
		start:      startServer, ready: serverThere, remove: serverInHeat.remove, gone: serverInHeat.gone, look: lookServer,
	}
)

func startVolume(s *Server, c *call, _ *stack, r *stackResource) error {
	body := r.withName("description", "volume_type", "metadata", "availability_zone", "source_volid", "snapshot_id")
	if n, err := strconv.Atoi(r.text("size", "")); err == nil {
		body["size"] = n
	}
	id, err := r.resolved(s, c, findImageID, "image")
	if err != nil {
		return err
	}
	if id != "" {
		body["imageRef"] = id
	}
	_, err = volumeInHeat.post(s, c, r, body)
	return err
}

func volumeThere(s *Server, c *call, _ *stack, r *stackResource) (bool, error) {
	v, err := volumeInHeat.get(s, c, r)
	if err != nil {
		return false, r.fails("NotFound", err.Error())
	}
	if v["status"] == "error" {
		return false, r.fails("ResourceInError", "Went to status error due to \"Unknown\"")
	}
	return v["status"] == "available" || v["status"] == "in-use", nil
}

// removeVolume begins to remove a volume. One that is being made, or is at a server that is going, cannot go yet: volumeAway tries again.
func removeVolume(s *Server, c *call, r *stackResource) error {
	err := volumeInHeat.remove(s, c, r)
	var refused *refusal
	if errors.As(err, &refused) && refused.status == http.StatusBadRequest {
		return nil
	}
	return err
}

func volumeAway(s *Server, c *call, r *stackResource) (bool, error) {
	v, err := volumeInHeat.get(s, c, r)
	if absent(err) {
		return true, nil
	}
	if v["status"] != "deleting" {
		return false, removeVolume(s, c, r)
	}
	return false, nil
}

func startServer(s *Server, c *call, _ *stack, r *stackResource) error {
	body := r.withName("key_name", "metadata", "availability_zone", "config_drive", "block_device_mapping_v2")
	flavor, err := r.resolved(s, c, findFlavor, "flavor")
	if err != nil {
		return err
	}
	image, err := r.resolved(s, c, findImageID, "image")
	if err != nil {
		return err
	}
	body["flavorRef"] = flavor
	if image != "" {
		body["imageRef"] = image
	}
	if text := r.text("user_data", ""); text != "" {
		body["user_data"] = base64.StdEncoding.EncodeToString([]byte(text))
	}
	if body["networks"], err = serverNetworks(s, c, r); err != nil {
		return err
	}
	var groups []any
	list, _ := r.Properties["security_groups"].([]any)
	for _, x := range list {
		groups = append(groups, object{"name": pythonPlain(x)})
	}
	if groups != nil {
		body["security_groups"] = groups
	}
	_, err = serverInHeat.post(s, c, r, body)
	return err
}

// serverNetworks are a server's networks as Nova takes them.
func serverNetworks(s *Server, c *call, r *stackResource) (any, error) {
	wanted := r.entriesOf("networks")
	if len(wanted) == 0 {
		return "auto", nil
	}
	var out []any
	for _, n := range wanted {
		one := object{}
		if id := firstGiven(n, "port"); id != "" {
			one["port"] = id
		} else {
			id, err := findNetwork(s, c, firstGiven(n, "network", "uuid"))
			if err != nil {
				return nil, r.fails("StackValidationFailed", err.Error())
			}
			one["uuid"] = id
		}
		if n["fixed_ip"] != nil {
			one["fixed_ip"] = n["fixed_ip"]
		}
		out = append(out, one)
	}
	return out, nil
}

func serverThere(s *Server, c *call, _ *stack, r *stackResource) (bool, error) {
	v, err := serverInHeat.get(s, c, r)
	if err != nil {
		return false, r.fails("NotFound", err.Error())
	}
	if v["status"] != "ERROR" {
		return v["status"] == "ACTIVE", nil
	}
	why, _ := v["fault"].(object)
	return false, r.fails("ResourceInError",
		fmt.Sprintf("Went to status ERROR due to \"Message: %v, Code: %v\"", why["message"], python(why["code"])))
}

// lookServer is what a server tells: its addresses by network, and the first of them.
func lookServer(s *Server, c *call, r *stackResource) object {
	out := serverInHeat.look(s, c, r)
	networks := object{}
	addresses, _ := out["addresses"].(object)
	for _, name := range sortedKeys(addresses) {
		list, _ := addresses[name].([]any)
		words := []any{}
		for _, x := range list {
			a, _ := x.(object)
			words = append(words, a["addr"])
			if out["first_address"] == nil {
				out["first_address"] = a["addr"]
			}
		}
		networks[name] = words
	}
	out["networks"] = networks
	return out
}
