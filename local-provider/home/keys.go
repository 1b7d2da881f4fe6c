package home

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/crypto/ssh"
)

// The keys with which the sandbox's GitHub and Gerrit know who is who. Those of the sandbox alone say so by their name.
const (
	SecretGitHubApp     = "github-app-key"
	SecretGitHubToken   = "github-token"
	SecretGitHubHook    = "github-webhook-secret"
	SecretGitHubLogin   = "github-client-secret"
	SecretGerritSSH     = "gerrit-ssh-key"
	SecretGerritHosts   = "gerrit-known-hosts"
	SecretGerrit        = "gerrit-http-password"
	SecretGerritUserPub = "sandbox-gerrit-user-key.pub"
	SecretGerritHost    = "sandbox-gerrit-host-key"
)

// rsaBits is the size of the key of a GitHub App, as GitHub makes them.
const rsaBits = 2048

// known begins the list of hosts that is made for the sandbox; one that begins otherwise is somebody's own.
const known = "# The sandbox's Gerrit; made anew by every start.\n"

// GenerateKeys makes the key pairs that are missing, and tells who calls Gerrit of its host key. A key of somebody's own is
// left alone.
func (h Home) GenerateKeys(ports Ports) error {
	return errors.Join(
		h.generate(appKey, SecretGitHubApp),
		h.generate(func() ([]pair, error) { return sshKey(SecretGerritSSH, SecretGerritUserPub) }, SecretGerritSSH),
		h.generate(func() ([]pair, error) { return sshKey(SecretGerritHost, "") }, SecretGerritHost),
		h.knowHost(ports),
	)
}

// pair is a secret with its name.
type pair struct{ name, value string }

// generate stores what is made unless the last secret that it makes is there: a crash between two of them begins again.
func (h Home) generate(pairs func() ([]pair, error), name string) error {
	there, err := exists(h.Secret(name))
	if err != nil || there {
		return err
	}
	made, err := pairs()
	if err != nil {
		return fmt.Errorf("make the secret %s: %w", name, err)
	}
	for _, p := range made {
		if err := h.WriteSecret(p.name, p.value); err != nil {
			return err
		}
	}
	return nil
}

func appKey() ([]pair, error) {
	key, err := rsa.GenerateKey(rand.Reader, rsaBits)
	if err != nil {
		return nil, err
	}
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	return []pair{{SecretGitHubApp, string(pem.EncodeToMemory(block))}}, nil
}

// sshKey makes a key pair. The public key, where it has a name, comes first.
func sshKey(private, public string) ([]pair, error) {
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	block, err := ssh.MarshalPrivateKey(key, "handsoff")
	if err != nil {
		return nil, err
	}
	var pairs []pair
	if public != "" {
		line, err := ssh.NewPublicKey(pub)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, pair{public, string(ssh.MarshalAuthorizedKey(line))})
	}
	return append(pairs, pair{private, string(pem.EncodeToMemory(block))}), nil
}

// knowHost writes the host key of the sandbox's Gerrit where its listener looks for it, with the port of this home.
func (h Home) knowHost(ports Ports) error {
	there, err := os.ReadFile(h.Secret(SecretGerritHosts))
	if err == nil && !bytes.HasPrefix(there, []byte(known)) {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read the secret %s: %w", SecretGerritHosts, err)
	}
	text, err := h.ReadSecret(SecretGerritHost)
	if err != nil {
		return err
	}
	key, err := ssh.ParsePrivateKey([]byte(text + "\n"))
	if err != nil {
		return fmt.Errorf("read the secret %s: %w", SecretGerritHost, err)
	}
	line := fmt.Sprintf("[127.0.0.1]:%d %s", ports.SSH, ssh.MarshalAuthorizedKey(key.PublicKey()))
	return h.WriteSecret(SecretGerritHosts, known+line)
}
