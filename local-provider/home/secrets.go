package home

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"github.com/handsoff/handsoff/local-provider/durable"
)

// The secrets that every home has.
const (
	SecretKey         = "handsoff-key"
	SecretCLIKeys     = "handsoff-cli-keys"
	SecretConfig      = "handsoff-config"
	SecretRedis       = "redis-password"
	SecretGatewayUser = "basic-auth-user"
	SecretGateway     = "basic-auth-password"
	SecretJenkins     = "jenkins-token"
	SecretSlack       = "slack-token"
	SecretSlackSigns  = "slack-signing-secret"
	SecretSlackClient = "slack-client-secret"
	SecretTelnetUsers = "telnet-users"
	SecretMetrics     = "metrics-token"
	SecretGit         = "git-http-password"
	SecretMail        = "mail-password"
	SecretOpenStack   = "openstack-password"
	SecretClouds      = "clouds.yaml"
	keyBytes          = 32
	passwordBytes     = 16
	jenkinsTokenBytes = 16
	slackTokenBytes   = 16
	slackSecretBytes  = 16
	tokenBytes        = 16
	maxSecret         = 1 << 20
)

// GenerateSecrets makes the random secrets of the platform and of the sandbox that are missing; those that exist are left alone.
func (h Home) GenerateSecrets() error {
	if err := h.GeneratePlatformSecrets(); err != nil {
		return err
	}
	return h.generateAll(map[string]func() string{
		SecretJenkins:     func() string { return random(jenkinsTokenBytes) },
		SecretSlack:       func() string { return "xoxb-sandbox-" + random(slackTokenBytes) },
		SecretSlackSigns:  func() string { return random(slackSecretBytes) },
		SecretGitHubToken: func() string { return "ghp_sandbox" + random(tokenBytes) },
		SecretSlackClient: func() string { return random(keyBytes) },
		SecretGitHubLogin: func() string { return random(keyBytes) },
		SecretGitHubHook:  func() string { return random(keyBytes) },
		SecretGit:         func() string { return random(passwordBytes) },
		SecretMail:        func() string { return random(passwordBytes) },
		SecretGerrit:      func() string { return random(passwordBytes) },
		SecretOpenStack:   func() string { return random(passwordBytes) },
	})
}

// GeneratePlatformSecrets makes the random secrets that are missing and without which nothing runs; those that exist are left alone.
func (h Home) GeneratePlatformSecrets() error {
	return h.generateAll(map[string]func() string{
		SecretKey:         func() string { return random(keyBytes) },
		SecretCLIKeys:     func() string { return "local:" + random(keyBytes) },
		SecretRedis:       func() string { return random(passwordBytes) },
		SecretMetrics:     func() string { return random(keyBytes) },
		SecretGatewayUser: func() string { return "admin" },
		SecretGateway:     func() string { return random(passwordBytes) },
	})
}

func (h Home) generateAll(missing map[string]func() string) error {
	for name, generate := range missing {
		there, err := exists(h.Secret(name))
		if err != nil {
			return err
		}
		if there {
			continue
		}
		if err := h.WriteSecret(name, generate()); err != nil {
			return err
		}
	}
	return nil
}

// WriteSecret stores a secret that only the owner can read.
func (h Home) WriteSecret(name, value string) error {
	if err := durable.WriteFile(h.Secret(name), []byte(value), 0o600); err != nil {
		return fmt.Errorf("store the secret %s: %w", name, err)
	}
	return nil
}

// ReadSecret returns a secret without the line end that an editor may have left.
func (h Home) ReadSecret(name string) (string, error) {
	info, err := os.Stat(h.Secret(name))
	if err != nil {
		return "", fmt.Errorf("read the secret %s: %w", name, err)
	}
	if info.Size() > maxSecret {
		return "", fmt.Errorf("read the secret %s: larger than %d bytes", name, maxSecret)
	}
	value, err := os.ReadFile(h.Secret(name))
	if err != nil {
		return "", fmt.Errorf("read the secret %s: %w", name, err)
	}
	return strings.TrimRight(string(value), "\r\n"), nil
}

// random returns n random bytes as hexadecimal digits.
func random(n int) string {
	bytes := make([]byte, n)
	_, _ = rand.Read(bytes) // never fails
	return hex.EncodeToString(bytes)
}
