package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/command/commandtest"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/sign"
	"github.com/handsoff/handsoff/shared/sign/signtest"
)

const (
	newKey  = "a-new-internal-key-of-enough-bytes"
	oldKey  = "an-old-internal-key-of-enough-bytes"
	deckKey = "a-key-for-the-command-line-of-deck"
)

// testConfig gives ann much, vic little, adam all, and the rest nothing.
const testConfig = `
bot: {name: tester}
roles:
  operator: [telnet:ann, telnet:bob, telnet:cleo, telnet:dan, cli:deck]
  viewer: [telnet:vic]
  admin: [telnet:adam]
  brewer: ["slack-group:S0OPS", "person:zed"]
people:
  zed: [telnet:zed, "slack:U0ZED"]
tea: {password: hot}
`

// teapot is what a function of a test declares.
const teapot = `
- words: tea brew
  summary: Brew a pot of tea
  role: operator
  needs: [tea]
  args: [{name: sort, help: which sort}, {name: minutes, type: int, default: 4}, {name: password, secret: true, optional: true}]
  lock: teapot/{sort}
- words: tea smash
  summary: Smash the pot
  role: operator
  signoff: {need: 2, role: admin}
- {words: tea taste, summary: Taste the tea, role: viewer, now: true, args: [{name: sort}]}
- {words: tea pour, summary: Pour the tea, role: brewer}
- {words: tea spill, summary: Spill the tea, role: operator, lock: floor, signoff: {role: requester}}
- {words: tea export, summary: Sell the tea, role: viewer, needs: [harbour], now: true}
`

// bench is the function on a real Redis, with a gateway that plays the other functions.
type bench struct {
	testing.TB
	redis    *jobtest.Server
	platform *function.Platform
	handler  *function.Handler
	gateway  *gateway
}

func newBench(tb testing.TB) *bench {
	tb.Helper()
	g := &gateway{
		functions: commandtest.Annotations(tb), nudged: make(chan string, 10_000),
		answers: make(map[string]func(http.ResponseWriter, command.Call)), more: make(map[string]string),
	}
	g.functions["teapot"] = map[string]string{command.Annotation: teapot}
	delete(g.functions, "jenkins")
	server := httptest.NewServer(g)
	tb.Cleanup(server.Close)
	dir := tb.TempDir()
	for name, text := range map[string]string{
		function.KeySecret: newKey + "\n" + oldKey + "\n", function.ConfigSecret: testConfig, cliSecret: "deck:" + deckKey + "\n",
		"basic-auth-user": "admin", "basic-auth-password": "secret",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	redis := jobtest.Redis(tb)
	env := function.Environment{SecretDir: dir, RedisAddress: redis.Address, GatewayURL: server.URL}
	p, err := function.NewPlatform(context.Background(), "command", env, slog.New(slog.DiscardHandler))
	if err != nil {
		tb.Fatal(err)
	}
	b := &bench{TB: tb, redis: redis, platform: p, gateway: g}
	tb.Cleanup(func() {
		if err := b.handler.Close(context.Background()); err != nil {
			tb.Error(err)
		}
		_ = p.Close()
	})
	b.start()
	return b
}

// start makes the function anew, as a new process would.
func (b *bench) start() {
	b.Helper()
	parts, err := setUp(context.Background(), b.platform)
	if err != nil {
		b.Fatal(err)
	}
	b.handler = function.NewHandler(b.platform, parts)
}

// post sends a body that is signed with key, or not signed when key is empty.
func (b *bench) post(path string, body []byte, key string, headers ...string) *httptest.ResponseRecorder {
	b.Helper()
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, path, bytes.NewReader(body))
	if key != "" {
		r.Header.Set(sign.Header, signtest.Keys(key).Sign(body))
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	return w
}

var numbers struct {
	sync.Mutex
	last int
}

// fresh is a number that no other has in this run.
func fresh() string {
	numbers.Lock()
	defer numbers.Unlock()
	numbers.last++
	return fmt.Sprint("n", numbers.last)
}

// enveloped is a body with which somebody says something at a door.
func enveloped(tb testing.TB, principal, text string, changes ...func(*command.Envelope)) []byte {
	tb.Helper()
	door, _, _ := strings.Cut(principal, ":")
	e := command.Envelope{ID: fresh(), Nonce: fresh(), Time: time.Now(), Principal: principal, Text: text}
	e.Origin.Door, e.Origin.Address = door, principal
	for _, change := range changes {
		change(&e)
	}
	body, err := json.Marshal(e)
	if err != nil {
		tb.Fatal(err)
	}
	return body
}

// say says something at a door and gives the answer.
func (b *bench) say(principal, text string, changes ...func(*command.Envelope)) command.Answer {
	b.Helper()
	w := b.post("/", enveloped(b, principal, text, changes...), newKey)
	var answer command.Answer
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK {
		b.Fatalf("%q: %d %s", text, w.Code, w.Body)
	}
	return answer
}

func (b *bench) count(name string) int64 {
	b.Helper()
	counts, err := b.platform.Jobs.Counts(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	return counts[name]
}
