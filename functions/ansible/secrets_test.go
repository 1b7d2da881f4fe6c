package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/handsoff/handsoff/shared/job"
)

// Nothing of a secret is anywhere but in the files of the run: not in Redis, nor in what is told, nor in ARA's list of arguments,
// nor in the arguments and the environment of any process while it runs.
func TestSecretsStayWhereTheyAre(t *testing.T) {
	t.Parallel()
	const given = "given-by-ann-0815"
	server, asked := lockedARA(t)
	b := newBench(t, "url: "+server+", user: svc, password: ara-password, timeout: 1m")
	proceed := filepath.Join(t.TempDir(), "proceed")
	id := b.ask("secrets", map[string]any{"proceed": proceed})
	b.begin(id)
	b.atTask(id, "Wait")
	needles := forms(hunter, "opensesame-ara")
	ref := refOf(t, b.job(id))
	seen := 0
	for _, file := range []string{"cmdline", "environ"} {
		found, _ := filepath.Glob("/proc/[0-9]*/" + file)
		for _, path := range found {
			text, err := os.ReadFile(path)
			if err == nil && bytes.Contains(text, []byte(ref.Mark)) {
				seen++
			}
			for _, needle := range needles {
				if err == nil && bytes.Contains(text, []byte(needle)) {
					t.Errorf("%s has %q", path, needle)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("no process of the run was seen")
	}
	if err := os.WriteFile(proceed, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	folder, err := os.Stat(filepath.Join(b.set.runsFolder(), id+".1"))
	if err != nil || folder.Mode().Perm() != 0o700 {
		t.Error(folder, err)
	}
	for _, name := range []string{"vars.json", "given.yml", "ansible.cfg"} {
		if info, err := os.Stat(filepath.Join(b.set.runsFolder(), id+".1", name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Error(name, info, err)
		}
	}
	done := b.finished(id)
	b.ends(done, job.Failed, `a failed in "Fail for good": still not with ***`)
	b.says(b.log(id), `the password is ***, in JSON `, "cannot log in with ***")
	b.nowhere(needles)
	b.tidy()
	if asked.Load() < 10 {
		t.Errorf("ARA was asked %d times with the password", asked.Load())
	}
	record, err := b.cap.ara.ByLabel(t.Context(), "job:"+id)
	if err != nil || record == nil {
		t.Fatal(record, err)
	}
	arguments, err := b.cap.ara.Arguments(t.Context(), record.ID)
	if err != nil || len(arguments) < 10 {
		t.Fatal(string(arguments), err)
	}
	for _, needle := range needles {
		if bytes.Contains(arguments, []byte(needle)) {
			t.Errorf("ARA has %q among the arguments: %s", needle, arguments)
		}
	}
	shown, err := b.cap.show(t.Context(), callOf("ansible show", map[string]any{"run": id}))
	if err != nil {
		t.Fatal(err)
	}
	b.says(shown.Text, `failed: a in "Fail for good": still not with ***`)
	for _, needle := range needles {
		if strings.Contains(shown.Text, needle) {
			t.Errorf("%q is shown: %s", needle, shown.Text)
		}
	}
	again := b.ask("secrets", map[string]any{"given": given})
	b.ends(b.run(again), job.Failed)
	if strings.Contains(b.log(again)+b.story(again), given) {
		t.Error("what was given as a secret is told")
	}
	for _, run := range []string{id, again, strconv.FormatInt(record.ID, 10)} { // ARA keeps what tasks say as they say it
		shown, err := b.cap.show(t.Context(), callOf("ansible show", map[string]any{"run": run}))
		if err != nil {
			t.Fatal(err)
		}
		b.says(shown.Text, "still not with ***")
		for _, needle := range append(needles, given) {
			if strings.Contains(shown.Text, needle) {
				t.Errorf("ansible show tells %q: %s", needle, shown.Text)
			}
		}
	}
}

// lockedARA lets only who has the password through to the real server, and counts. (That server could ask for one itself, at
// a third of a second of hashing for each request.)
func lockedARA(tb testing.TB) (address string, asked *atomic.Int64) {
	tb.Helper()
	to, err := url.Parse("http://" + araServer(tb))
	if err != nil {
		tb.Fatal(err)
	}
	pass, asked := httputil.NewSingleHostReverseProxy(to), new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, ok := r.BasicAuth(); !ok || user != "svc" || password != "opensesame-ara" {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		asked.Add(1)
		r.Header.Del("Authorization")
		pass.ServeHTTP(w, r)
	}))
	tb.Cleanup(server.Close)
	return server.URL, asked
}

// forms are the shapes in which a secret could be found.
func forms(secrets ...string) []string {
	var all []string
	for _, secret := range secrets {
		text, _ := json.Marshal(secret)
		all = append(all, secret, strings.Trim(string(text), `"`), base64.StdEncoding.EncodeToString([]byte(secret)))
	}
	return all
}

// nowhere greps the whole of Redis.
func (b *bench) nowhere(needles []string) {
	b.Helper()
	keys, err := b.redis.Keys(b.Context(), "*").Result()
	if err != nil || len(keys) < 3 {
		b.Fatal(keys, err)
	}
	for _, key := range keys {
		dump, err := b.whole(key)
		if err != nil {
			b.Fatal(key, err)
		}
		for _, needle := range needles {
			if strings.Contains(dump, needle) {
				b.Errorf("%s has %q", key, needle)
			}
		}
	}
}

// whole is all that a key holds, uncompressed.
func (b *bench) whole(key string) (string, error) {
	ctx := b.Context()
	switch kind := b.redis.Type(ctx, key).Val(); kind {
	case "string":
		return b.redis.Get(ctx, key).Result()
	case "hash":
		all, err := b.redis.HGetAll(ctx, key).Result()
		return fmt.Sprint(all), err
	case "stream":
		all, err := b.redis.XRange(ctx, key, "-", "+").Result()
		return fmt.Sprint(all), err
	case "list":
		all, err := b.redis.LRange(ctx, key, 0, -1).Result()
		return fmt.Sprint(all), err
	case "set":
		all, err := b.redis.SMembers(ctx, key).Result()
		return fmt.Sprint(all), err
	case "zset":
		all, err := b.redis.ZRange(ctx, key, 0, -1).Result()
		return fmt.Sprint(all), err
	default:
		return "", fmt.Errorf("a %s", kind)
	}
}
