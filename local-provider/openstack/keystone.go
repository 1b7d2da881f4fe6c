package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
)

// startKeystone makes and starts Keystone.
func (m *machine) startKeystone(ctx context.Context, all bool) error {
	manage := func(args ...string) error {
		return m.do(ctx, "keystone-manage", "keystone-manage", append([]string{"--config-file", m.configOf("keystone")}, args...)...)
	}
	url := "http://" + m.address("keystone") + "/v3"
	err := m.once("keystone's database", func() error {
		return errors.Join(m.makeKeys(), manage("db_sync"), manage("bootstrap", "--bootstrap-password", m.Password,
			"--bootstrap-username", "admin", "--bootstrap-project-name", "admin", "--bootstrap-role-name", "admin",
			"--bootstrap-service-name", "keystone", "--bootstrap-region-id", region,
			"--bootstrap-public-url", url, "--bootstrap-internal-url", url, "--bootstrap-admin-url", url))
	})
	if err != nil {
		return err
	}
	if err := m.start(m.served("keystone", "/usr/bin/keystone-wsgi-public", 4, "OS_KEYSTONE_CONFIG_FILES="+m.configOf("keystone"))); err != nil {
		return err
	}
	if err := m.answers(ctx, "keystone", "keystone"); err != nil {
		return err
	}
	return m.once("users and the catalogue"+suffix(all), func() error { return m.enrol(ctx, all) })
}

// suffix tells what is done for all services from what is done for Heat.
func suffix(all bool) string {
	if all {
		return " of all services"
	}
	return ""
}

// served is a program of Python's that needs a server around it. One process: what it has checked of a token is in its memory.
func (m *machine) served(name, file string, threads int, env ...string) program {
	return program{name: name, path: "uwsgi", env: env, args: []string{
		"--plugins", "python3", "--http-socket", m.address(name), "--wsgi-file", file, "--master", "--die-on-term", "--lazy-apps",
		"--enable-threads", "--processes", "1", "--threads", string(rune('0' + threads)), "--buffer-size", "65535",
		"--rem-header", "Content-Length", "--disable-logging",
	}}
}

// makeKeys makes what tokens and credentials are sealed with: two keys each, named by numbers.
func (m *machine) makeKeys() error {
	for _, kind := range []string{"fernet", "credential"} {
		for _, number := range []string{"0", "1"} {
			name := filepath.Join("keys", kind, number)
			if _, err := os.Stat(m.path(name)); err == nil {
				continue
			}
			key := make([]byte, 32)
			_, _ = rand.Read(key) // never fails
			if err := m.write(name, []byte(base64.URLEncoding.EncodeToString(key))); err != nil {
				return err
			}
		}
	}
	return nil
}
