package config

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// secretWords in a name make its value a secret. Credentials belong into secret files, but where somebody gives one all
// the same it must not be shown.
var secretWords = []string{
	"password", "passwd", "passphrase", "secret", "token", "credential",
	"private_key", "api_key", "apikey", "access_key", "signing_key",
}

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

// MaskedText is a piece of configuration as [File.Masked] shows it, with the values of further keys masked. What is no YAML is
// not shown.
func MaskedText(text string, secret ...string) string {
	var node yaml.Node
	if yaml.Unmarshal([]byte(text), &node) != nil || node.Kind == 0 {
		return masked
	}
	shown, err := yaml.Marshal(mask(&node, false, secret...))
	if err != nil {
		return masked
	}
	return string(shown)
}

// mask copies a tree; hide says that it is the value of a secret-looking key, or of one of those that are named.
func mask(node *yaml.Node, hide bool, secret ...string) *yaml.Node {
	shown := *node
	shown.Content = make([]*yaml.Node, len(node.Content))
	if node.Kind == yaml.ScalarNode {
		shown.Value = maskScalar(node.Value, hide)
		shown.HeadComment, shown.LineComment, shown.FootComment = "", "", ""
	}
	for i, child := range node.Content {
		inherit := hide
		if node.Kind == yaml.MappingNode && i%2 == 1 {
			key := node.Content[i-1].Value
			inherit = hide || SecretName(key) || slices.Contains(secret, key)
		}
		if node.Kind == yaml.MappingNode && i%2 == 0 {
			inherit = false
		}
		shown.Content[i] = mask(child, inherit, secret...)
	}
	return &shown
}

// SecretName reports whether a value of this name is to be masked wherever it is shown: DB_PASSWORD, apiKey, token.
func SecretName(name string) bool {
	name = strings.ToLower(strings.ReplaceAll(name, "-", "_"))
	return slices.ContainsFunc(secretWords, func(word string) bool { return strings.Contains(name, word) })
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
