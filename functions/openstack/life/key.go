package life

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/environment/template"
	"github.com/handsoff/handsoff/shared/command"
)

// keyFor is the public key of an environment: its owner's of the configuration, or one that is made, with its private part.
// Both are made here, not by the cloud, so that no lost answer loses the private one.
func (l *Life) keyFor(t *template.Template, record *environment.Record) (public, private string, err error) {
	if !t.MakesKey() {
		return l.keyOf(record.Owner), "", nil
	}
	open, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", "", fmt.Errorf("make a key pair: %w", err)
	}
	signer, err := ssh.NewPublicKey(open)
	if err != nil {
		return "", "", fmt.Errorf("make a key pair: %w", err)
	}
	block, err := ssh.MarshalPrivateKey(secret, record.Name)
	if err != nil {
		return "", "", fmt.Errorf("make a key pair: %w", err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer))), string(pem.EncodeToMemory(block)), nil
}

// keyOf is somebody's public key as the configuration has it; empty for none.
func (l *Life) keyOf(owner string) string {
	names := append([]string{owner}, l.names(owner)...)
	names = append(names, l.roles.People[owner]...)
	for _, name := range names {
		if key := l.templates.Keys[name]; key != "" {
			return key
		}
	}
	return ""
}

// seal encrypts a private key for the time until it is handed over: what Redis has is of no use to whoever reads it alone. The
// key is derived from the internal keys' first.
func (l *Life) seal(name, private string) (string, error) {
	nonce := make([]byte, 12)
	if _, err := rand.Read(nonce); err != nil {
		return "", fmt.Errorf("seal a private key: %w", err)
	}
	box, err := l.box(name, nonce)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(box.Seal(slices.Clone(nonce), nonce, []byte(private), []byte(name))), nil
}

func sealing(name string, nonce []byte) []byte {
	return slices.Concat([]byte("private key of the environment "+name+" "), nonce)
}

func (l *Life) box(name string, nonce []byte) (cipher.AEAD, error) {
	key := sha256.Sum256([]byte(l.keys.Sign(sealing(name, nonce))))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("seal a private key: %w", err)
	}
	return cipher.NewGCM(block)
}

// errSealed says that a private key cannot be read any more.
var errSealed = errors.New("it was sealed with a key that is no longer there")

// unseal is the reverse.
func (l *Life) unseal(name, sealed string) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(sealed)
	const nonceSize = 12
	if err != nil || len(raw) < nonceSize {
		return "", errSealed
	}
	nonce := raw[:nonceSize]
	box, err := l.box(name, nonce)
	if err != nil {
		return "", err
	}
	text, err := box.Open(nil, nonce, raw[nonceSize:], []byte(name))
	if err != nil {
		return "", errSealed
	}
	return string(text), nil
}

// handOver answers "openstack env key": the private key, once, to the owner, where nobody else reads.
func (l *Life) handOver(ctx context.Context, call command.Call) (command.Answer, error) {
	name := command.Values(call.Args).String("name")
	env, err := l.envs.Get(ctx, strings.ToLower(name))
	if errors.Is(err, environment.ErrNotFound) {
		return l.noEnvironment(ctx, name, keyWords)
	}
	if err != nil {
		return command.Answer{}, err
	}
	refuse := func(code, text string) (command.Answer, error) {
		return command.Answer{Text: text, Problem: &command.Problem{Code: code}}, nil
	}
	switch {
	case env.Key == "":
		return refuse(command.CodeConflict, fmt.Sprintf("No key pair was made for %s: its template %s takes another.", env.Name, env.Template))
	case !slices.Contains(append(l.names(call.Principal), call.Principal), env.Owner) || call.Principal == "":
		return refuse(command.CodeForbidden, fmt.Sprintf("The private key of %s is handed over to its owner, %s, and nobody else.", env.Name, env.Owner))
	case len(call.Cause) > 0 || !private(call.Origin.Door, call.Origin.Address):
		return refuse(command.CodeForbidden, "Others read here. Say it where only you do: in a direct message, or by telnet.")
	}
	sealed, err := l.envs.TakeKey(ctx, env.Name)
	if err != nil {
		return command.Answer{}, err
	}
	if sealed == "" {
		return refuse(command.CodeNotFound, fmt.Sprintf("The private key of %s was handed over already, or a day has passed: %s %s makes it anew.", env.Name, rebuildWords, env.Name))
	}
	key, err := l.unseal(env.Name, sealed)
	if err != nil {
		return refuse(command.CodeNotFound, fmt.Sprintf("The private key of %s cannot be read any more: %s. %s %s makes it anew.", env.Name, err, rebuildWords, env.Name))
	}
	return command.Answer{Text: "The private key of " + env.Name + ". It is shown this once; keep it in a file that only you can read:\n" + key}, nil
}

// private reports whether only one person reads at an address: somebody's terminal, or a direct message of Slack.
func private(door, address string) bool {
	switch door {
	case "telnet", "cli":
		return true
	case "slack":
		where, _ := strings.CutPrefix(address, "slack:")
		return strings.HasPrefix(where, "D") || strings.HasPrefix(where, "U")
	}
	return false
}
