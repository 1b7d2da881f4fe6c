package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/image"
	"github.com/handsoff/handsoff/local-provider/stack"
)

// firstUser is who can log in at first; the sandbox's configuration makes this user an admin.
const firstUser = "ops"

// firstPerson makes the first telnet user, if there is none, and returns the password, which is kept nowhere: only its
// hash is. telnet-gateway makes the hash, so that one program knows how.
func firstPerson(ctx context.Context, h home.Home, bin string) (string, error) {
	if _, err := os.Stat(h.Secret(home.SecretTelnetUsers)); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	program, err := filepath.Abs(filepath.Join(bin, "telnet-gateway"))
	if err != nil {
		return "", fmt.Errorf("find telnet-gateway: %w", err)
	}
	if _, err := os.Stat(program); err != nil {
		return "", nil
	}
	password := strings.ToLower(rand.Text()[:16])
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "passwd", "-stdin", firstUser)
	cmd.Stdin = strings.NewReader(password + "\n")
	var said bytes.Buffer
	cmd.Stderr = &said
	line, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("`telnet-gateway passwd` failed: %w: %s", err, strings.TrimSpace(said.String()))
	}
	if !strings.HasPrefix(string(line), firstUser+":") {
		return "", errors.New("`telnet-gateway passwd` did not print an entry")
	}
	if err := h.WriteSecret(home.SecretTelnetUsers, string(line)); err != nil {
		return "", err
	}
	return password, nil
}

// hasImage reports whether a function was built.
func hasImage(h home.Home, f stack.Function) bool {
	_, err := image.Folder(h.Images()).Find(f.Image)
	return err == nil
}
