package main

import (
	"bufio"
	"context"
	"crypto/rand"
	_ "embed" // araSQLiteBase
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/handsoff/handsoff/local-provider/durable"
	"github.com/handsoff/handsoff/local-provider/home"
)

const (
	// araManage is ARA's program for all that has to do with its server.
	araManage = "ara-manage"
	// araReady is what ARA has to answer in: on its first start it makes its database.
	araReady = 30 * time.Second
)

// ara prepares ARA's database and becomes its server.
func ara(ctx context.Context, in invocation) error {
	set, dir := flags(in, "ara")
	listen := set.String("listen", "127.0.0.1:8085", "`address` to serve on")
	program := set.String("program", araManage, "ARA's `program`")
	if err := set.Parse(in.args); err != nil {
		return err
	}
	h, err := home.Open(*dir)
	if err != nil {
		return err
	}
	settings, err := writeARASettings(h.ARA())
	if err != nil {
		return err
	}
	path, err := exec.LookPath(*program)
	if err != nil {
		return fmt.Errorf("find ARA: %w", err)
	}
	env := append(append([]string{}, in.env...), "ARA_SETTINGS="+settings, "PYTHONPATH="+h.ARA())
	if err := prepareARA(ctx, in, path, env, h.ARA()); err != nil {
		return err
	}
	// One process the fewer, and a signal to stop reaches the server itself.
	err = syscall.Exec(path, []string{path, "runserver", "--noreload", *listen}, env)
	return fmt.Errorf("become %s: %w", path, err)
}

// writeARASettings writes ARA's configuration, with a key that is made once: it is in this file only, since an
// environment can be read by others.
func writeARASettings(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("prepare ARA: %w", err)
	}
	key, err := araKey(filepath.Join(dir, "secret-key"))
	if err != nil {
		return "", err
	}
	settings, err := json.MarshalIndent(map[string]any{"default": map[string]any{ // JSON is YAML too
		"BASE_DIR": dir, "SECRET_KEY": key, "TIME_ZONE": "UTC", "LOG_LEVEL": "WARNING",
		"ALLOWED_HOSTS": []string{"127.0.0.1", "localhost", "::1"},
		// Several runs write at a time, and SQLite lets one after the other.
		"DATABASE_ENGINE": araSQLite, "DATABASE_OPTIONS": map[string]int{"timeout": 30},
		"LOGGING": map[string]any{
			"version": 1, "disable_existing_loggers": false,
			// Otherwise every request is a line in the log, and a run makes thousands.
			"loggers": map[string]any{"django.server": map[string]string{"level": "ERROR"}},
		},
	}}, "", "  ")
	if err != nil {
		return "", fmt.Errorf("prepare ARA: %w", err)
	}
	if err := writeARASQLite(filepath.Join(dir, araSQLite)); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "settings.yaml")
	return path, durable.WriteFile(path, append(settings, '\n'), 0o600)
}

// araSQLite is the Python package through which ARA uses SQLite.
const araSQLite = "arasqlite"

//go:embed arasqlite/base.py
var araSQLiteBase []byte

func writeARASQLite(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("prepare ARA: %w", err)
	}
	return errors.Join(
		durable.WriteFile(filepath.Join(dir, "__init__.py"), nil, 0o600),
		durable.WriteFile(filepath.Join(dir, "base.py"), araSQLiteBase, 0o600),
	)
}

func araKey(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(text)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read ARA's key: %w", err)
	}
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails
	key := hex.EncodeToString(raw)
	return key, durable.WriteFile(path, []byte(key+"\n"), 0o600)
}

// prepareARA brings the database and the pages' style sheets to the installed version. That takes seconds, and is left
// out when it was done for the same version.
func prepareARA(ctx context.Context, in invocation, program string, env []string, dir string) error {
	done, version := filepath.Join(dir, "prepared"), araVersion(ctx, program, env)
	before, err := os.ReadFile(done)
	if err == nil && version != "" && string(before) == version {
		return nil
	}
	for _, args := range [][]string{{"migrate", "--noinput"}, {"collectstatic", "--noinput"}} {
		cmd := exec.CommandContext(ctx, program, args...)
		cmd.Env, cmd.Stdout, cmd.Stderr = env, in.stdout, in.stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("prepare ARA: %s %s: %w", program, args[0], err)
		}
	}
	return durable.WriteFile(done, []byte(version), 0o600)
}

// araVersion says which ARA and which Django these are, asked of the Python that runs the program without loading
// either. It is empty when that cannot be told, and then all is prepared at each start.
func araVersion(ctx context.Context, program string, env []string) string {
	file, err := os.Open(program)
	if err != nil {
		return ""
	}
	first, err := bufio.NewReader(io.LimitReader(file, 4<<10)).ReadString('\n')
	_ = file.Close()
	interpreter := strings.Fields(strings.TrimPrefix(first, "#!"))
	if err != nil || !strings.HasPrefix(first, "#!") || len(interpreter) != 1 {
		return ""
	}
	cmd := exec.CommandContext(ctx, interpreter[0], "-c",
		"import importlib.metadata as m; print(*(p + ' ' + m.version(p) for p in ('ara', 'django')))")
	cmd.Env = env
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return program + " " + string(out)
}

// awaitARA waits until ARA answers and its database does.
func awaitARA(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, araReady)
	defer cancel()
	for {
		err := araHealth(ctx, url)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func araHealth(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/healthcheck/", http.NoBody)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10))
	if err := response.Body.Close(); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("ARA answers %s", response.Status)
	}
	return nil
}
