package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/gerrit-listener/intake"
	"github.com/handsoff/handsoff/gerrit-listener/stream"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/gap"
	"github.com/handsoff/handsoff/shared/gerrit"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// stage is a Gerrit, a Redis and a listener.
type stage struct {
	*world

	store   *redis.Client
	secrets string
	program *program
}

func newStage(t *testing.T, more string) *stage {
	t.Helper()
	w, server := newWorld(t), jobtest.Redis(t)
	s := &stage{world: w, store: server.Client(t)}
	s.secrets = w.secrets("bot: {alerts: [\"slack:C0ADMIN\"]}\ngerrit: {servers: [" + w.config("review", more) + "]}")
	s.program = newProgram(t, s.secrets, server.Address)
	return s
}

// listens starts the listener, and waits until it listens.
func (s *stage) listens() {
	s.Helper()
	s.program.start()
	if err := s.listened(context.Background()); err != nil {
		s.Fatal(err)
	}
}

// comment is an event, and its id.
func comment(tb testing.TB, text string) (line, id string) {
	tb.Helper()
	line = fmt.Sprintf(`{"type":"comment-added","eventCreatedOn":%d,"change":{"project":"p","number":1},"patchSet":{"number":1},`+
		`"author":{"username":"ann"},"comment":%q}`, time.Now().Unix(), text)
	e, _, err := (&gerrit.Server{Name: "review"}).Parse([]byte(line))
	if err != nil {
		tb.Fatal(err)
	}
	return line, e.ID
}

// arrives waits until an event is in the inbox.
func arrives(tb testing.TB, rdb *redis.Client, id string) {
	tb.Helper()
	jobtest.Eventually(tb, "the event "+id, func() bool {
		_, _, err := event.Box(rdb).Find(context.Background(), id)
		return err == nil
	})
}

func state(tb testing.TB, rdb *redis.Client, server string) gerrit.Listening {
	tb.Helper()
	found, err := gerrit.ReadListening(context.Background(), rdb, server)
	if err != nil {
		tb.Fatal(err)
	}
	return found
}

// gaps are those of a server, the open ones first.
func gaps(tb testing.TB, rdb *redis.Client, server string) []gap.Gap {
	tb.Helper()
	list, err := gap.List(context.Background(), rdb, "gerrit:"+server, 100)
	if err != nil {
		tb.Fatal(err)
	}
	return list
}

// told are the notices.
func told(tb testing.TB, rdb *redis.Client) []string {
	tb.Helper()
	keys, err := rdb.Keys(context.Background(), "handsoff:job:*").Result()
	if err != nil {
		tb.Fatal(err)
	}
	var texts []string
	for _, key := range keys {
		if text := rdb.HGet(context.Background(), key, "text").Val(); text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

// TestAChangedHostKey: who has another host key is not listened to until somebody puts the new one into the list; the other
// server goes on, and what was missed is had then.
func TestAChangedHostKey(t *testing.T) {
	t.Parallel()
	s, other := newStage(t, ""), newWorld(t)
	config := "bot: {alerts: [\"slack:C0ADMIN\"]}\ngerrit: {servers: [" + s.config("review", "") + ", " + other.config("other", ", key: other-key") + "]}"
	key, err := os.ReadFile(filepath.Join(other.dir, "client"))
	if err != nil {
		t.Fatal(err)
	}
	put := func(name string, text []byte) {
		if err := os.WriteFile(filepath.Join(s.secrets, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("handsoff-config", []byte(config))
	put("other-key", key)
	put("gerrit-known-hosts", append(s.knownHosts("host"), other.knownHosts("host")...))
	s.listens()
	if err := other.listened(t.Context()); err != nil {
		t.Fatal(err)
	}
	before, first := comment(t, "before")
	s.emit(before)
	arrives(t, s.store, first)

	s.rekey()
	line, missed := comment(t, "missed")
	s.emit(line)
	jobtest.Eventually(t, "the changed key to be noticed", func() bool {
		return strings.Contains(state(t, s.store, "review").Wrong, "was changed, or somebody else answers there")
	})
	jobtest.Eventually(t, "a notice of it", func() bool {
		return slices.ContainsFunc(told(t, s.store), func(text string) bool {
			return strings.Contains(text, "Gerrit review is not listened to: the host key")
		})
	})
	if list := gaps(t, s.store, "review"); len(list) == 0 || !list[0].Closed.IsZero() {
		t.Errorf("no gap is open: %+v", list)
	}
	line, _ = comment(t, "of the other")
	other.emit(line)
	arrives(t, s.store, idAt(t, "other", line))
	if _, _, err := event.Box(s.store).Find(t.Context(), missed); err == nil {
		t.Error("somebody with another key was listened to")
	}

	put("gerrit-known-hosts", append(s.knownHosts("host"), other.knownHosts("host")...))
	arrives(t, s.store, missed)
	jobtest.Eventually(t, "the gap to be closed", func() bool {
		list := gaps(t, s.store, "review")
		return !list[0].Closed.IsZero() && list[0].Recovered == 1 && state(t, s.store, "review").Wrong == ""
	})
}

// idAt is the id that an event has at a server.
func idAt(tb testing.TB, server, line string) string {
	tb.Helper()
	e, _, err := (&gerrit.Server{Name: server}).Parse([]byte(line))
	if err != nil {
		tb.Fatal(err)
	}
	return e.ID
}

// TestAKnownKeyOfAnotherKind: a server that has several kinds of keys is known by any of them.
func TestAKnownKeyOfAnotherKind(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	if err := os.WriteFile(filepath.Join(s.secrets, "gerrit-known-hosts"), s.knownHosts("rsa"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.listens()
}

// TestNobodyIsTrustedOnFirstUse: a host that is not in the list is not even called.
func TestNobodyIsTrustedOnFirstUse(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	if err := os.WriteFile(filepath.Join(s.secrets, "gerrit-known-hosts"), []byte("# nobody\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.program.start()
	jobtest.Eventually(t, "the fault", func() bool {
		return strings.Contains(state(t, s.store, "review").Wrong, "is not among the known hosts")
	})
}

// TestAPermissionThatIsMissing is said in Gerrit's words; when it is given, the stream is listened to.
func TestAPermissionThatIsMissing(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	s.write("refuse", []byte("fatal: stream events for bot not permitted\n"))
	s.program.start()
	jobtest.Eventually(t, "the fault", func() bool {
		return strings.Contains(state(t, s.store, "review").Wrong, "run gerrit stream-events: fatal: stream events for bot not permitted")
	})
	jobtest.Eventually(t, "a notice of it", func() bool { return len(told(t, s.store)) == 1 })
	if err := os.Remove(filepath.Join(s.dir, "refuse")); err != nil {
		t.Fatal(err)
	}
	if err := s.listened(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestAKeyThatIsNotAccepted(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	s.newKey("client") // Gerrit has another public key now
	s.program.start()
	jobtest.Eventually(t, "the fault", func() bool {
		return strings.Contains(state(t, s.store, "review").Wrong, "does not accept the key of the account")
	})
	if wrong := state(t, s.store, "review").Wrong; strings.Contains(wrong, "PRIVATE") {
		t.Error(wrong)
	}
}

// TestDroppedOutput: when Gerrit says that it threw events away, they are had again.
func TestDroppedOutput(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	s.listens()
	first, known := comment(t, "first")
	s.emit(first)
	arrives(t, s.store, known)
	line, id := comment(t, "thrown away")
	s.set(func() { s.log = append(s.log, entry{at: time.Now(), line: line}) })
	s.emit(`{"type":"dropped-output"}`)
	arrives(t, s.store, id)
	jobtest.Eventually(t, "the gap", func() bool {
		list := gaps(t, s.store, "review")
		return len(list) > 0 && !list[0].Closed.IsZero() && strings.Contains(list[0].Why, "threw events away") && list[0].Recovered == 1
	})
}

// TestAGapThatAListenerDiedOver is closed by the next one, though that one remembers another end of what was heard.
func TestAGapThatAListenerDiedOver(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	s.listens()
	line, id := comment(t, "heard")
	s.emit(line)
	arrives(t, s.store, id)
	open := func() bool {
		return slices.ContainsFunc(gaps(t, s.store, "review"), func(g gap.Gap) bool { return g.Closed.IsZero() })
	}
	s.write("refuse", []byte("fatal: stream events for bot not permitted\n"))
	s.cutAll()
	jobtest.Eventually(t, "an open gap", open)
	s.program.end(syscall.SIGKILL)
	if err := os.Remove(filepath.Join(s.dir, "refuse")); err != nil {
		t.Fatal(err)
	}
	s.listens()
	line, id = comment(t, "heard again")
	s.emit(line)
	arrives(t, s.store, id)
	jobtest.Eventually(t, "no open gap", func() bool { return !open() })
}

// TestASilentServer: a connection over which nothing comes, not even an answer, is given up.
func TestASilentServer(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	s.listens()
	first, known := comment(t, "first")
	s.emit(first)
	arrives(t, s.store, known)
	var silent []int
	s.set(func() {
		for session := range s.sessions {
			silent = append(silent, session.sshd)
		}
	})
	for _, pid := range silent {
		process, err := os.FindProcess(pid)
		if err != nil {
			t.Fatal(err)
		}
		if err := process.Signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = process.Kill() })
	}
	line, id := comment(t, "while it is silent")
	s.emit(line)
	arrives(t, s.store, id)
}

// TestLinesThatCannotBeUsed are passed over and counted; what comes after them is taken.
func TestLinesThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	s.listens()
	s.emit("no event", "", `{"type":"x","long":"`+strings.Repeat("x", gerrit.MaxLine)+`"}`, `{"type":"ref-replicated"}`)
	line, id := comment(t, "after them")
	s.emit(line)
	arrives(t, s.store, id)
	jobtest.Eventually(t, "the count", func() bool { found := state(t, s.store, "review"); return found.Unreadable == 2 && found.Events == 1 })
}

// TestQueriesTellWhatWasMissed: without the plugin, what happened to changes is made of what queries find, and what the
// stream told of is not told twice.
func TestQueriesTellWhatWasMissed(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	s.plugin = false
	at := func(after time.Duration) string {
		return time.Now().Add(after).UTC().Format("2006-01-02 15:04:05.000000000")
	}
	said := at(0) // Gerrit writes a message down before it makes its event
	s.listens()
	line, id := comment(t, "Patch Set 1: hi")
	s.emit(line)
	arrives(t, s.store, id)
	s.program.end(syscall.SIGKILL)

	const behind = 10 * time.Minute // is Gerrit's clock
	sha, head := strings.Repeat("a", 40), strings.Repeat("b", 40)
	change := map[string]any{
		"_number": 1, "project": "p", "branch": "main", "status": "MERGED", "subject": "s", "current_revision": sha,
		"revisions": map[string]any{sha: map[string]any{"_number": 2, "created": at(0), "uploader": map[string]string{"username": "ann"}}},
		"messages": []map[string]any{
			{"_revision_number": 1, "date": said, "author": map[string]string{"username": "ann"}, "message": "Patch Set 1: hi"},
			{"_revision_number": 2, "date": at(time.Second), "author": map[string]string{"username": "bob"}, "message": "merged", "tag": "autogenerated:gerrit:merged"},
		},
	}
	s.set(func() {
		s.answer = func(w http.ResponseWriter, r *http.Request) bool {
			var found any
			w.Header().Set("Date", time.Now().Add(-behind).UTC().Format(http.TimeFormat))
			switch {
			case r.URL.Path == "/a/changes/" && strings.HasPrefix(r.FormValue("q"), "after:\"20"):
				found = []any{change}
			case r.URL.Path == "/a/projects/p/branches/main":
				found = map[string]string{"revision": head}
			default:
				return false
			}
			fmt.Fprint(w, ")]}'\n")
			return json.NewEncoder(w).Encode(found) == nil
		}
	})
	s.listens()
	arrives(t, s.store, "gerrit:review/1/2 created")
	arrives(t, s.store, "gerrit:review/1 merged")
	jobtest.Eventually(t, "the gap to be closed", func() bool {
		list := gaps(t, s.store, "review")
		return len(list) == 1 && list[0].Recovered == 3 && strings.Contains(list[0].How, "queries told of 3 events") && list[0].Lost == gerrit.Untold
	})
	moved := (&gerrit.Server{Name: "review"}).Moved("p", "main", "", head, time.Now()).Event
	if d, _, err := event.Box(s.store).Find(t.Context(), moved.ID); err != nil || d == nil {
		t.Errorf("that the branch has moved: %v %v", d, err)
	} else if told, err := event.Read(d.Body); err != nil || time.Since(told.At) < behind {
		t.Errorf("the branch has moved at %+v by Gerrit's clock, %v", told, err)
	}
	if head := s.store.HGet(t.Context(), "handsoff:gerrit:review:heads", "p main").Val(); head != strings.Repeat("b", 40) {
		t.Errorf("the branch is at %q", head)
	}
	if n := state(t, s.store, "review").Events; n != 4 {
		t.Errorf("%d events were taken", n)
	}
}

// TestWhatNobodyKnowsOfIsNotLost: where the plugin and queries agree that nothing happened, no loss is told of.
func TestWhatNobodyKnowsOfIsNotLost(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	s.listens()
	line, id := comment(t, "long ago")
	s.emit(line)
	arrives(t, s.store, id)
	s.program.end(syscall.SIGKILL)
	s.set(func() {
		s.log = nil
		s.answer = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/a/changes/" {
				return false
			}
			_, err := fmt.Fprint(w, ")]}'\n[]")
			return err == nil
		}
	})
	s.listens()
	jobtest.Eventually(t, "the gap to be closed", func() bool {
		list := gaps(t, s.store, "review")
		return len(list) == 1 && !list[0].Closed.IsZero()
	})
	if found := gaps(t, s.store, "review")[0]; found.Lost != "" || !strings.Contains(found.How, "events-log and queries told of 0 events") {
		t.Errorf("%+v", found)
	}
}

// TestAChangeMovesWhileTheListIsRead: one that is touched between two pages goes to the front of the list, behind whoever
// reads it, and is found there.
func TestAChangeMovesWhileTheListIsRead(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	s.plugin = false
	s.listens()
	line, id := comment(t, "the first")
	s.emit(line)
	arrives(t, s.store, id)
	s.program.end(syscall.SIGKILL)
	at := func(ago time.Duration) string {
		return time.Now().Add(-ago).UTC().Format("2006-01-02 15:04:05.000000000")
	}
	list := make([]map[string]any, 30)
	for i := range list {
		sha := fmt.Sprintf("%040x", 100+i)
		list[i] = map[string]any{
			"_number": 100 + i, "project": "p", "branch": "main", "status": "NEW", "subject": "s", "current_revision": sha,
			"updated": at(time.Duration(i) * time.Second), "_more_changes": i == 24,
			"revisions": map[string]any{sha: map[string]any{"_number": 1, "created": at(0), "uploader": map[string]string{"username": "ann"}}},
		}
	}
	moved := false
	s.set(func() {
		s.answer = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/a/changes/" {
				return false
			}
			skip := 0
			if r.FormValue("S") == "25" {
				skip = 25
			}
			if skip > 0 && !moved {
				moved = true
				last := maps.Clone(list[29])
				last["updated"] = at(-time.Second)
				list = append([]map[string]any{last}, list[:29]...)
				for i := range list {
					list[i]["_more_changes"] = i == 24
				}
			}
			fmt.Fprint(w, ")]}'\n")
			return json.NewEncoder(w).Encode(list[skip:min(skip+25, len(list))]) == nil
		}
	})
	s.listens()
	arrives(t, s.store, "gerrit:review/128/1 created")
	arrives(t, s.store, "gerrit:review/129/1 created")
}

// TestAServerWhoseClockIsAhead: what it dates later than our clock is told again too.
func TestAServerWhoseClockIsAhead(t *testing.T) {
	t.Parallel()
	const ahead = 20 * time.Minute
	s := newStage(t, "")
	s.listens()
	line, id := comment(t, "the first")
	s.emit(line)
	arrives(t, s.store, id)
	s.program.end(syscall.SIGKILL)
	line = fmt.Sprintf(`{"type":"patchset-created","eventCreatedOn":%d,"change":{"project":"p","branch":"main","number":7},`+
		`"uploader":{"username":"ann"},"patchSet":{"number":1,"revision":"%040x"}}`, time.Now().Add(ahead).Unix(), 7)
	s.set(func() {
		s.log = append(s.log, entry{at: time.Now().Add(ahead), line: line})
		s.answer = func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat))
			return false
		}
	})
	s.listens()
	arrives(t, s.store, "gerrit:review/7/1 created")
}

// TestNothingToListenTo is no fault.
func TestNothingToListenTo(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	if err := os.WriteFile(filepath.Join(s.secrets, "handsoff-config"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s.program.start()
	jobtest.Eventually(t, "the greeting", func() bool { return strings.Contains(s.program.said(), "has nobody to listen to") })
}

// TestHostsMendedMeanwhile: a list that is put right while a connection is made with the old one is noticed all the same.
func TestHostsMendedMeanwhile(t *testing.T) {
	t.Parallel()
	w, rdb := newWorld(t), jobtest.Redis(t).Client(t)
	right, hosts := w.knownHosts("host"), filepath.Join(w.dir, "hosts")
	w.newKey("wrong")
	w.write("hosts", w.knownHosts("wrong"))
	key, err := os.ReadFile(filepath.Join(w.dir, "client"))
	if err != nil {
		t.Fatal(err)
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	server := &gerrit.Server{Name: "review", URL: w.rest.URL, Overlap: time.Second}
	e := &ear{
		server: server, pace: quick(), log: slog.New(slog.DiscardHandler), redis: rdb,
		rest: gerrit.New(server, func(string) ([]byte, error) { return nil, nil }, gerrit.Options{}),
		in:   &intake.Intake{Server: server, Box: event.Box(rdb), Redis: rdb, Log: slog.New(slog.DiscardHandler)},
		stream: stream.Options{
			Address: w.address, User: me.Username, MaxLine: gerrit.MaxLine, Hosts: hosts,
			Key: func() ([]byte, error) { return key, os.WriteFile(hosts, right, 0o600) }, // it is asked for after the list was read
		},
		tell: func(context.Context, string, string) error { return nil },
	}
	ctx, end := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { e.run(ctx) })
	defer running.Wait()
	defer end()
	soon, late := context.WithTimeout(ctx, comes)
	defer late()
	if err := w.listened(soon); err != nil {
		t.Error("the list was mended, and nobody listens:", err)
	}
}
