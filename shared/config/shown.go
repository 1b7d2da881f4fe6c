package config

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// userInfo is what stands before the host in an address.
var userInfo = regexp.MustCompile(`//[^/@\s]+@`)

// Shown quotes a value for a sentence about a mistake: not what stands under a key that looks like a secret's, where somebody
// may have written the secret itself, and not the password of an address.
func Shown(key string, node *yaml.Node) string {
	if node.Kind != yaml.ScalarNode || SecretName(key[strings.LastIndexByte(key, '.')+1:]) {
		return "that"
	}
	return fmt.Sprintf("%.60q", userInfo.ReplaceAllString(node.Value, "//"+masked+"@"))
}
