package home

import (
	"fmt"
	"strings"
)

// WriteClouds makes the secret clouds.yaml with the sandbox's OpenStack in it, as CopyConfig makes the configuration: one that somebody edited
// is left alone.
func (h Home) WriteClouds(ports Ports) error {
	password, err := h.ReadSecret(SecretOpenStack)
	if err != nil {
		return err
	}
	var text strings.Builder
	text.WriteString("clouds:\n")
	for _, user := range []string{"admin", "demo"} {
		fmt.Fprintf(&text, "  ops-%[1]s:\n    region_name: RegionOne\n    auth:\n      auth_url: %[2]s/identity/v3\n      username: %[1]s\n"+
			"      password: %[3]q\n      project_name: %[1]s\n      user_domain_name: Default\n      project_domain_name: Default\n",
			user, ports.CloudURL(), password)
	}
	_, err = h.follow(SecretClouds, []byte(text.String()))
	return err
}
