package config

import (
	"fmt"
	"net/url"
	"strings"

	"go.yaml.in/yaml/v3"
)

// secretWords in a key make its value a secret. Credentials belong into secret files, but a configuration that has one all
// the same must not be shown with it.
var secretWords = []string{"password", "passwd", "token", "secret", "key", "credential"}

const masked = "***"

// Masked is the configuration as it was written, with the values of secret-looking keys and the passwords of URLs masked.
func (f *File) Masked() (string, error) {
	if f.root.Kind == 0 {
		return "", nil
	}
	shown := mask(&f.root, false)
	text, err := yaml.Marshal(shown)
	if err != nil {
		return "", fmt.Errorf("config: show: %w", err)
	}
	return string(text), nil
}

// mask copies a tree; hide says that it is the value of a secret-looking key.
func mask(node *yaml.Node, hide bool) *yaml.Node {
	shown := *node
	shown.Content = make([]*yaml.Node, len(node.Content))
	if node.Kind == yaml.ScalarNode {
		shown.Value = maskScalar(node.Value, hide)
		shown.HeadComment, shown.LineComment, shown.FootComment = "", "", ""
	}
	for i, child := range node.Content {
		inherit := hide
		if node.Kind == yaml.MappingNode && i%2 == 1 {
			inherit = hide || secret(node.Content[i-1].Value)
		}
		if node.Kind == yaml.MappingNode && i%2 == 0 {
			inherit = false
		}
		shown.Content[i] = mask(child, inherit)
	}
	return &shown
}

// secret reports whether a key's value is one. Keys that end in _secret name a secret file, which may be shown.
func secret(key string) bool {
	key = strings.ToLower(key)
	if strings.HasSuffix(key, "_secret") {
		return false
	}
	for _, word := range secretWords {
		if strings.Contains(key, word) {
			return true
		}
	}
	return false
}

func maskScalar(value string, hide bool) string {
	if hide && value != "" {
		return masked
	}
	if u, err := url.Parse(value); err == nil && u.User != nil {
		if _, has := u.User.Password(); has {
			return u.Redacted()
		}
	}
	return value
}
