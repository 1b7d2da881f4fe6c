package ptg_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// host is what the operator's command finds on a host: a Redis, a platform, and a systemctl that knows just these.
type host struct {
	dir, home, backups string
	redis              *redis.Client
}

// systemctl starts and stops the one Redis of a test, and writes down what it was asked.
const systemctl = `#!/bin/sh
echo "$*" >> %[1]s/asked
case "$*" in
"stop handsoff-redis.service") kill "$(cat %[1]s/redis.pid)"; while kill -0 "$(cat %[1]s/redis.pid)" 2>/dev/null; do sleep 0.05; done ;;
"start handsoff-redis.service"*) redis-server %[1]s/redis.conf ;;
esac
`

const redisConf = "port %d\nbind 127.0.0.1\nrequirepass secret\ndaemonize yes\npidfile %[2]s/redis.pid\nlogfile %[2]s/redis.log\ndir %[2]s/redis\nappendonly yes\nsave \"\"\n"

func newHost(t *testing.T) *host {
	t.Helper()
	h := &host{dir: t.TempDir()}
	h.home, h.backups = filepath.Join(h.dir, "home"), filepath.Join(h.dir, "backups")
	for _, dir := range []string{h.backups, filepath.Join(h.dir, "redis"), filepath.Join(h.home, "secrets")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	port := freePort(t)
	write(t, filepath.Join(h.dir, "redis.conf"), fmt.Sprintf(redisConf, port, h.dir), 0o600)
	write(t, filepath.Join(h.dir, "bin", "systemctl"), fmt.Sprintf(systemctl, h.dir), 0o755)
	write(t, filepath.Join(h.home, "secrets", "redis-password"), "secret\n", 0o600)
	write(t, filepath.Join(h.home, "secrets", "handsoff-cli-keys"), "local:key\n", 0o600)
	platform := httptest.NewServer(http.HandlerFunc(answer))
	t.Cleanup(platform.Close)
	address, err := url.Parse(platform.URL)
	if err != nil {
		t.Fatal(err)
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	gateway, _ := strconv.Atoi(address.Port())
	settings, err := json.Marshal(map[string]any{
		"home": h.home, "redis_dir": filepath.Join(h.dir, "redis"), "redis_port": port, "redis_user": me.Username, "gateway_port": gateway,
		"backup_dir": h.backups, "keep_days": 14,
	})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(h.dir, "ptg.json"), string(settings), 0o600)
	outside(t, "redis-server", filepath.Join(h.dir, "redis.conf"))
	h.redis = redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + strconv.Itoa(port), Password: "secret", MaxRetries: 20})
	t.Cleanup(func() {
		_ = h.redis.ShutdownNoSave(t.Context()).Err()
		_ = h.redis.Close()
		_ = exec.Command(filepath.Join(h.dir, "bin", "systemctl"), "stop", "handsoff-redis.service").Run()
	})
	await(t, func() bool { return h.redis.Ping(t.Context()).Err() == nil })
	return h
}

// answer is the platform: it exports every event but one.
func answer(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	mac := hmac.New(sha256.New, []byte("key"))
	mac.Write(body)
	if r.Header.Get("X-Handsoff-Signature") != "sha256="+hex.EncodeToString(mac.Sum(nil)) {
		http.Error(w, "unsigned", http.StatusUnauthorized)
		return
	}
	switch string(body) {
	case "ptg export fall":
		_, _ = io.WriteString(w, `{"text":"{\"tracks\":[\"nova\"]}"}`)
	case "ping":
		_, _ = io.WriteString(w, `{"text":"pong"}`)
	default:
		_, _ = io.WriteString(w, `{"text":"I do not know that","problem":{"code":"unknown"}}`)
	}
}

// operate runs the operator's command.
func (h *host) operate(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "python3", append([]string{"roles/ptg/files/handsoff-ptg", "--settings", filepath.Join(h.dir, "ptg.json")}, args...)...)
	cmd.Env = append(os.Environ(), "PATH="+filepath.Join(h.dir, "bin")+":"+os.Getenv("PATH"), "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (h *host) must(t *testing.T, args ...string) string {
	t.Helper()
	out, err := h.operate(t, args...)
	if err != nil {
		t.Fatalf("handsoff-ptg %v: %v\n%s\n%s", args, err, out, read(t, filepath.Join(h.dir, "redis.log")))
	}
	return out
}

func (h *host) set(t *testing.T, value string) {
	t.Helper()
	if err := h.redis.Set(t.Context(), "handsoff:x", value, 0).Err(); err != nil {
		t.Fatal(err)
	}
}

func (h *host) value(t *testing.T) string {
	t.Helper()
	value, err := h.redis.Get(t.Context(), "handsoff:x").Result()
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// sinceYear are the seconds since 2026, in which numbers of jobs begin after a restore.
func sinceYear() int64 { return time.Now().Unix() - time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Unix() }

// numbers sees that the next job's number is past the last one that was given, gives some, and waits until they are past, as those of a bot
// of less than a job a second are.
func (h *host) numbers(t *testing.T, given *int64) {
	t.Helper()
	if seq, err := h.redis.Get(t.Context(), "handsoff:seq").Int64(); err != nil || seq < *given || seq > sinceYear() {
		t.Errorf("the next job is number %d, %v, not past %d: one that was accepted before may have had its id", seq, err, *given)
	}
	*given = h.redis.IncrBy(t.Context(), "handsoff:seq", 2).Val() + 1
	await(t, func() bool { return sinceYear() >= *given })
}

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	h.set(t, "good")
	if err := h.redis.HSet(t.Context(), "handsoff:ptg:gatherings", "fall", "{}", "odd", "{}").Err(); err != nil {
		t.Fatal(err)
	}
	out := h.must(t, "backup")
	for _, want := range []string{"warning: odd was not exported", "2 keys, 1 events"} {
		if !strings.Contains(out, want) {
			t.Errorf("backup says %q, without %q", out, want)
		}
	}
	name, _, _ := strings.Cut(h.must(t, "backups"), " ")
	if text := read(t, filepath.Join(h.backups, name, "fall.json")); !strings.Contains(text, `"nova"`) {
		t.Errorf("the event is %s", text)
	}
	if info, err := os.Stat(filepath.Join(h.backups, name, "redis.rdb")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
	h.set(t, "bad")
	given := sinceYear()
	h.must(t, "restore", "last")
	if got := h.value(t); got != "good" {
		t.Errorf("it is %q", got)
	}
	h.numbers(t, &given)
	if asked := read(t, filepath.Join(h.dir, "asked")); asked != "stop handsoff-ptg-backup.timer handsoff-irc.service handsoff.service\n"+
		"stop handsoff-redis.service\nstart handsoff-redis.service handsoff.service handsoff-irc.service handsoff-ptg-backup.timer\n" {
		t.Errorf("what was stopped and started is\n%s", asked)
	}
	// What was there before is kept, is not what "last" means, and comes back by its name.
	h.must(t, "restore", "last")
	if got := h.value(t); got != "good" {
		t.Errorf("the last is %q", got)
	}
	for line := range strings.SplitSeq(h.must(t, "backups"), "\n") {
		if bad, _, _ := strings.Cut(line, " "); strings.HasSuffix(bad, "-before-restore") {
			h.must(t, "restore", bad)
			break
		}
	}
	if got := h.value(t); got != "bad" {
		t.Errorf("what was before is %q", got)
	}
	h.numbers(t, &given)
	// And a Redis that is killed has it on its disk.
	outside(t, "sh", "-c", "kill -9 $(cat "+h.dir+"/redis.pid); while kill -0 $(cat "+h.dir+"/redis.pid); do :; done 2>/dev/null; redis-server "+h.dir+"/redis.conf")
	await(t, func() bool { return h.redis.Ping(t.Context()).Err() == nil })
	if got := h.value(t); got != "bad" {
		t.Errorf("after a kill it is %q", got)
	}
}

// What cannot be restored is refused before anything is stopped; what cannot be backed up leaves nothing behind.
func TestMistakesOfTheOperator(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	h.set(t, "good")
	write(t, filepath.Join(h.backups, "broken", "redis.rdb"), "REDIS0010 and no more", 0o600)
	for args, says := range map[string]string{
		"restore broken":  "is not whole",
		"restore nothing": "handsoff-ptg backups",
		"restore ../home": "is not a backup",
		"say gibberish":   "I do not know that",
		"status":          "WRONG: services: not active",
	} {
		out, err := h.operate(t, strings.Fields(args)...)
		if err == nil || !strings.Contains(out, says) || strings.Contains(out, "Traceback") {
			t.Errorf("%s: %v, %s; want %q", args, err, out, says)
		}
	}
	if text, _ := os.ReadFile(filepath.Join(h.dir, "asked")); strings.Contains(string(text), "stop") {
		t.Errorf("something was stopped:\n%s", text)
	}
	if out := h.must(t, "say", "ping"); out != "pong\n" {
		t.Errorf("ping is answered %q", out)
	}
	write(t, filepath.Join(h.home, "secrets", "redis-password"), "wrong", 0o600)
	if out, err := h.operate(t, "backup"); err == nil || !strings.Contains(out, "Redis refuses AUTH") || strings.Contains(out, "wrong\n") {
		t.Errorf("a wrong password: %v, %s", err, out)
	}
	if entries, err := os.ReadDir(h.backups); err != nil || len(entries) != 1 {
		t.Errorf("a backup that failed left something: %v, %v", entries, err)
	}
}

// Of backups those of a day are kept, then the last one of each day and what was made for a reason, for their days; the youngest is kept
// whatever the clock says. The others go before the next one is made.
func TestOldBackupsAreForgotten(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	hours := map[string]int{
		"2026-01-01T00-00-00Z": 15 * 24, "2026-01-01T23-00-00Z": 14*24 + 1,
		"2026-01-02T00-00-00Z": 13*24 + 1, "2026-01-02T05-00-00Z-before-upgrade": 13 * 24, "2026-01-02T05-30-00Z": 13 * 24,
		"2026-01-03T00-00-00Z": 20, "2026-01-03T01-00-00Z": 19,
		".2026-01-01T00-00-00Z.part": 48, "notes": 9600,
	}
	for name, age := range hours {
		dir := filepath.Join(h.backups, name)
		write(t, filepath.Join(dir, "about.json"), `{"keys": 1}`, 0o600)
		if name != "notes" {
			write(t, filepath.Join(dir, "redis.rdb"), "", 0o600)
		}
		when := time.Now().Add(-time.Duration(age) * time.Hour)
		if err := os.Chtimes(dir, when, when); err != nil {
			t.Fatal(err)
		}
	}
	password := filepath.Join(h.home, "secrets", "redis-password")
	write(t, password, "wrong", 0o600)
	if out, err := h.operate(t, "backup"); err == nil {
		t.Fatalf("a backup without being let in: %s", out)
	}
	const kept = "2026-01-02T05-00-00Z-before-upgrade 2026-01-02T05-30-00Z 2026-01-03T00-00-00Z 2026-01-03T01-00-00Z notes"
	if names := h.kept(t); names != kept {
		t.Errorf("what is kept is %s", names)
	}
	write(t, password, "secret\n", 0o600)
	for name := range hours {
		if err := os.Chtimes(filepath.Join(h.backups, name), time.Unix(0, 0), time.Unix(0, 0)); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	h.must(t, "backup", "--label", "now")
	if names := strings.Fields(h.kept(t)); len(names) != 3 || names[0] != "2026-01-03T01-00-00Z" || !strings.HasSuffix(names[1], "-now") || names[2] != "notes" {
		t.Errorf("after long without one, what is kept is %v", names)
	}
}

// What is restored is not forgotten first, however old it is and however it is spelt.
func TestWhatIsRestoredIsNotForgotten(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	h.set(t, "good")
	h.must(t, "backup")
	name := h.kept(t)
	h.set(t, "bad")
	h.must(t, "backup")
	long := time.Now().Add(-15 * 24 * time.Hour)
	if err := os.Chtimes(filepath.Join(h.backups, name), long, long); err != nil {
		t.Fatal(err)
	}
	h.must(t, "restore", "../backups/"+name)
	if got := h.value(t); got != "good" {
		t.Errorf("it is %q", got)
	}
	if names := h.kept(t); !strings.HasPrefix(names, name+" ") || !strings.HasSuffix(names, "-before-restore") {
		t.Errorf("what is kept is %s", names)
	}
}

// What will not go is said, and there is a backup all the same; the others go.
func TestWhatCannotBeForgotten(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	h.set(t, "good")
	elsewhere := filepath.Join(h.dir, "elsewhere")
	write(t, filepath.Join(elsewhere, "redis.rdb"), "", 0o600)
	for _, name := range []string{"2026-01-01T00-00-00Z", "2026-01-03T00-00-00Z"} {
		write(t, filepath.Join(h.backups, name, "redis.rdb"), "", 0o600)
	}
	write(t, filepath.Join(h.backups, ".file"), "", 0o600)
	links := map[string]string{"2026-01-02T00-00-00Z": elsewhere, ".2026-01-02T00-00-00Z.part": filepath.Join(h.dir, "nothing")}
	for name, to := range links {
		if err := os.Symlink(to, filepath.Join(h.backups, name)); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-15 * 24 * time.Hour)
	for _, path := range []string{elsewhere, filepath.Join(h.backups, "2026-01-01T00-00-00Z"), filepath.Join(h.backups, ".file")} {
		if err := os.Chtimes(path, long, long); err != nil {
			t.Fatal(err)
		}
	}
	out := h.must(t, "backup", "--label", "now")
	for _, name := range []string{"2026-01-02T00-00-00Z", ".2026-01-02T00-00-00Z.part", ".file"} {
		if !strings.Contains(out, "warning: "+filepath.Join(h.backups, name)+" could not be forgotten: ") {
			t.Errorf("of %s is said nothing: %s", name, out)
		}
	}
	if names := strings.Fields(h.kept(t)); len(names) != 5 || names[2] != "2026-01-02T00-00-00Z" || !strings.HasSuffix(names[4], "-now") {
		t.Errorf("what is kept is %v", names)
	}
}

// kept is what the folder of backups has.
func (h *host) kept(t *testing.T) string {
	t.Helper()
	entries, err := os.ReadDir(h.backups)
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = entry.Name()
	}
	return strings.Join(names, " ")
}
