package function

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Environment is what the platform tells a function or a process. It holds no secret.
type Environment struct {
	Port         string // port: what to listen on, 8080
	Bind         string // bind: on which address; all of them in a container, the loopback where there is none
	GatewayURL   string // gateway_url
	RedisAddress string // redis_address, host:port
	SecretDir    string // secret_mount_path, /var/openfaas/secrets
}

// ReadEnvironment reads it through getenv, os.Getenv in production.
func ReadEnvironment(getenv func(string) string) Environment {
	return Environment{
		Port:         cmp.Or(getenv("port"), "8080"),
		Bind:         getenv("bind"),
		GatewayURL:   strings.TrimSuffix(cmp.Or(getenv("gateway_url"), "http://gateway.openfaas:8080"), "/"),
		RedisAddress: cmp.Or(getenv("redis_address"), "redis.openfaas:6379"),
		SecretDir:    cmp.Or(getenv("secret_mount_path"), "/var/openfaas/secrets"),
	}
}

// ErrNoSecret says that a secret was not given to this function, or is empty.
var ErrNoSecret = errors.New("function: no such secret")

// Secret reads a secret file, without the line break at its end. It gives ErrNoSecret when there is none, or nothing in it. The error
// never holds the secret.
func (e Environment) Secret(name string) ([]byte, error) {
	if name == "" || name != filepath.Base(name) {
		return nil, fmt.Errorf("function: %q is not the name of a secret", name)
	}
	text, err := os.ReadFile(filepath.Join(e.SecretDir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s (looked in %s)", ErrNoSecret, name, e.SecretDir)
	}
	if err != nil {
		return nil, fmt.Errorf("function: read secret %s: %w", name, err)
	}
	if text = bytes.TrimRight(text, "\r\n"); len(text) == 0 {
		return nil, fmt.Errorf("%w: %s (the file in %s is empty)", ErrNoSecret, name, e.SecretDir)
	}
	return text, nil
}
