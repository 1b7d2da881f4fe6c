package home

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/handsoff/handsoff/local-provider/durable"
)

// What was done about the configuration.
const (
	ConfigWritten   = "written"
	ConfigUnchanged = "unchanged"
	ConfigEdited    = "edited by hand, and left alone"
	ConfigMissing   = "missing"
)

// CopyConfig makes the secret handsoff-config from the sandbox's configuration, with the addresses of this home's sandbox in it. A
// copy that somebody edited is left alone; any other follows the original and the ports.
func (h Home) CopyConfig(from string, ports Ports) (string, error) {
	original, err := os.ReadFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return ConfigMissing, nil
	}
	if err != nil {
		return "", fmt.Errorf("copy the configuration: %w", err)
	}
	if len(original) > maxSecret {
		return "", fmt.Errorf("copy the configuration: %s is larger than %d bytes", from, maxSecret)
	}
	return h.follow(SecretConfig, []byte(withSandbox(string(original), ports)))
}

// follow makes a secret what is wanted, unless somebody edited it since it was made.
func (h Home) follow(secret string, wanted []byte) (string, error) {
	made := h.in("run", secret+".made")
	current, there, err := read(h.Secret(secret))
	if err != nil {
		return "", err
	}
	last, _, err := read(made)
	if err != nil {
		return "", err
	}
	switch {
	case there && bytes.Equal(current, wanted):
		return ConfigUnchanged, nil
	case there && digest(current) != string(last):
		return ConfigEdited, nil
	}
	// The note of what was made comes second: a crash between the two must not make an edited copy look like ours.
	if err := durable.WriteFile(h.Secret(secret), wanted, 0o600); err != nil {
		return "", fmt.Errorf("make the secret %s: %w", secret, err)
	}
	if err := durable.WriteFile(made, []byte(digest(wanted)), 0o600); err != nil {
		return "", fmt.Errorf("make the secret %s: %w", secret, err)
	}
	return ConfigWritten, nil
}

// digest stands for a secret where the secret itself must not be.
func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// withSandbox replaces the sandbox's usual addresses by those that it has here.
func withSandbox(text string, ports Ports) string {
	usual, here := DefaultPorts().sandbox(), ports.sandbox()
	var pairs []string
	for i, address := range usual {
		pairs = append(pairs, address, here[i], strings.Replace(address, "127.0.0.1", "localhost", 1), here[i])
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// sandbox lists the addresses of the sandbox's services, and of what functions show there.
func (p Ports) sandbox() []string {
	return []string{p.GatewayURL() + "/function/", p.JenkinsURL(), p.SlackURL(), p.GitHubURL(), p.GerritURL(), p.GerritSSH(), p.ARAURL(), p.GitURL(), p.CloudURL(), p.IRCAddress()}
}

func read(path string) (text []byte, there bool, err error) {
	text, err = os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read %s: %w", path, err)
	}
	return text, true, nil
}
