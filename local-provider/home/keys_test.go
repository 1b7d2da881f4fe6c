package home_test

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/handsoff/handsoff/local-provider/home"
)

// The keys fit together, stay when they are made again, and the list of hosts follows the port, unless it is somebody's own.
func TestKeysOfTheSandbox(t *testing.T) {
	t.Parallel()
	h, err := home.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	ports := home.DefaultPorts()
	if err := h.GenerateKeys(ports); err != nil {
		t.Fatal(err)
	}
	before := secretsOf(t, h)
	key, err := ssh.ParsePrivateKey([]byte(before[home.SecretGerritSSH]))
	if err != nil {
		t.Fatal(err)
	}
	if public := string(ssh.MarshalAuthorizedKey(key.PublicKey())); public != before[home.SecretGerritUserPub] {
		t.Errorf("the public key is %q, that of the private key %q", before[home.SecretGerritUserPub], public)
	}
	host, err := ssh.ParsePrivateKey([]byte(before[home.SecretGerritHost]))
	if err != nil {
		t.Fatal(err)
	}
	if !trusts(t, h, ports.GerritSSH(), host.PublicKey()) || trusts(t, h, ports.GerritSSH(), key.PublicKey()) {
		t.Error("the list of hosts does not hold the host's key, or holds another one")
	}

	ports.SSH++
	if err := h.GenerateKeys(ports); err != nil {
		t.Fatal(err)
	}
	after := secretsOf(t, h)
	for name, text := range before {
		if name != home.SecretGerritHosts && after[name] != text {
			t.Errorf("%s was made anew", name)
		}
	}
	if !trusts(t, h, ports.GerritSSH(), host.PublicKey()) {
		t.Error("the list of hosts has the old port")
	}

	own := "review.example.org " + after[home.SecretGerritUserPub]
	if err := h.WriteSecret(home.SecretGerritHosts, own); err != nil {
		t.Fatal(err)
	}
	if err := h.GenerateKeys(ports); err != nil || secretsOf(t, h)[home.SecretGerritHosts] != own {
		t.Errorf("a list of somebody's own was changed: %v", err)
	}
}

func secretsOf(t *testing.T, h home.Home) map[string]string {
	t.Helper()
	found := make(map[string]string)
	files, err := filepath.Glob(h.Secret("*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s can be read by others: %v", file, err)
		}
		found[filepath.Base(file)] = string(text)
	}
	return found
}

func trusts(t *testing.T, h home.Home, address string, key ssh.PublicKey) bool {
	t.Helper()
	check, err := knownhosts.New(h.Secret(home.SecretGerritHosts))
	if err != nil {
		t.Fatal(err)
	}
	return check(address, nowhere(address), key) == nil
}

// nowhere is a remote address that no list names.
type nowhere string

func (nowhere) Network() string  { return "tcp" }
func (n nowhere) String() string { return string(n) }
