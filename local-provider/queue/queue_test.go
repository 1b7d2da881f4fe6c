package queue_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/local-provider/function"
	"github.com/handsoff/handsoff/local-provider/queue"
)

func TestDelivery(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, client *redis.Client, keys queue.Keys) {
		s := newStage(t, client, queue.Options{Keys: keys})
		s.put(t, "f", "hello")
		c := s.next(t)
		if c.function != "f" || c.body != "hello" || c.request.URL.RequestURI() != "/p?q=1" || c.request.Method != http.MethodPost {
			t.Errorf("delivered %s %s %q", c.function, c.request.URL, c.body)
		}
		if messages(t, client, keys) != 1 {
			t.Error("the message is forgotten before its delivery has ended")
		}
		c.reply(200)
		eventually(t, "the message is gone", func() bool { return messages(t, client, keys) == 0 })
		s.silent(t)
	})
}

func TestPlacesOfAFunction(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, client *redis.Client, keys queue.Keys) {
		s := newStage(t, client, queue.Options{Keys: keys, InFlight: 2})
		for n := range 5 {
			s.put(t, "f", fmt.Sprint(n))
		}
		held := []call{s.next(t), s.next(t)}
		s.silent(t)
		s.put(t, "g", "other") // another function has places of its own
		if c := s.next(t); c.function != "g" {
			t.Errorf("delivered %s", c.function)
		} else {
			c.reply(200)
		}
		for range 3 {
			held[0].reply(200)
			held = append(held[1:], s.next(t))
		}
		for _, c := range held {
			c.reply(200)
		}
		eventually(t, "all are gone", func() bool { return messages(t, client, keys) == 0 })
	})
}

func TestManyMessagesEachOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, client *redis.Client, keys queue.Keys) {
		s := newStage(t, client, queue.Options{Keys: keys, InFlight: 4})
		const many = 300
		for w := range 3 {
			go func() {
				for n := range many / 3 {
					_ = s.Put(t.Context(), queue.Request{Function: "f", Body: fmt.Appendf(nil, "%d-%d", w, n)})
				}
			}()
		}
		seen := make(map[string]bool)
		for range many {
			c := s.next(t)
			if seen[c.body] {
				t.Errorf("%s comes twice", c.body)
			}
			seen[c.body] = true
			c.reply(200)
		}
		eventually(t, "all are gone", func() bool { return messages(t, client, keys) == 0 })
	})
}

func TestRetriesThenDeadLetter(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, client *redis.Client, keys queue.Keys) {
		s := newStage(t, client, queue.Options{Keys: keys, Tries: 4})
		s.put(t, "f", "x")
		s.next(t).reply(500)
		s.next(t).reply(429)
		s.next(t).answer <- answer{err: errors.New("connection refused")}
		s.next(t).answer <- answer{err: &function.BackingOffError{Function: "f", Cause: errors.New("crashes")}}
		letters := queue.NewDeadLetters(client, keys)
		var list []queue.Letter
		var err error
		eventually(t, "it is dead", func() bool { list, err = letters.List(t.Context()); return err == nil && len(list) > 0 })
		s.silent(t)
		if len(list) != 1 || list[0].Function != "f" || list[0].Tries != 4 || !strings.Contains(list[0].Reason, "crashes") {
			t.Fatalf("dead letters %+v, %v", list, err)
		}
		if err := letters.Replay(t.Context(), list[0].ID); err != nil {
			t.Fatal(err)
		}
		s.next(t).reply(500) // with all its tries again
		s.next(t).reply(204)
		eventually(t, "it is gone", func() bool { return messages(t, client, keys) == 0 })
		if err := letters.Drop(t.Context(), list[0].ID); !errors.Is(err, queue.ErrNoLetter) {
			t.Errorf("Drop of nothing: %v", err)
		}
		s.put(t, "f", "y")
		for range 4 {
			s.next(t).reply(503)
		}
		eventually(t, "it is dead", func() bool { list, err = letters.List(t.Context()); return err == nil && len(list) == 1 })
		if err := letters.Drop(t.Context(), list[0].ID); err != nil || messages(t, client, keys) != 0 {
			t.Errorf("Drop: %v", err)
		}
	})
}

// TestDeadLettersHaveAnEnd: a function that is broken for days is nudged all that time, and fills Redis with nothing.
func TestDeadLettersHaveAnEnd(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, client *redis.Client, keys queue.Keys) {
		const most, more = 1000, 5
		queueKey := keys.Prefix + "handsoff:queue:"
		pipe := client.Pipeline()
		for n := range most + more - 1 {
			id := fmt.Sprint("old-", n)
			pipe.HSet(t.Context(), queueKey+"message:"+id, "lane", "f", "request", "{}")
			pipe.ZAdd(t.Context(), queueKey+"dead", redis.Z{Score: float64(n), Member: id})
		}
		if _, err := pipe.Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
		s := newStage(t, client, queue.Options{Keys: keys, Tries: 1})
		s.put(t, "f", "the newest")
		s.next(t).reply(500)
		eventually(t, "the oldest fell off", func() bool { return messages(t, client, keys) == most })
		list, err := queue.NewDeadLetters(client, keys).List(t.Context())
		if err != nil || len(list) != most || list[0].ID != fmt.Sprint("old-", more) || list[most-1].Size != len("the newest") {
			t.Errorf("%d letters, %v", len(list), err)
		}
	})
}

func TestWhatIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, client *redis.Client, keys queue.Keys) {
		s := newStage(t, client, queue.Options{Keys: keys, Exists: func(name string) bool { return name == "f" }})
		for _, status := range []int{200, 202, 302, 400, 404, 409} {
			s.put(t, "f", fmt.Sprint(status))
			s.next(t).reply(status)
		}
		s.put(t, "nobody", "")
		s.next(t).answer <- answer{err: function.ErrNotDeployed}
		eventually(t, "all are gone", func() bool { return messages(t, client, keys) == 0 })
		s.silent(t)
	})
}

func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, client *redis.Client, keys queue.Keys) {
		s := newStage(t, client, queue.Options{Keys: keys})
		s.put(t, "f", "x")
		c := s.next(t)
		replied := time.Now()
		c.answer <- answer{status: 429, header: http.Header{"Retry-After": {"1"}}}
		s.next(t).reply(200)
		if waited := time.Since(replied); waited < time.Second {
			t.Errorf("delivered again after %s", waited)
		}
	})
}

// A worker that dies with messages in hand: its next life has them first, in their order.
func TestNextLifeTakesOver(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, client *redis.Client, keys queue.Keys) {
		first := newStage(t, client, queue.Options{Keys: keys, InFlight: 1})
		first.put(t, "f", "one")
		first.next(t) // never answered
		first.put(t, "f", "two")
		first.stop()
		second := newStage(t, client, queue.Options{Keys: keys, InFlight: 1})
		for _, want := range []string{"one", "two"} {
			c := second.next(t)
			if c.body != want {
				t.Errorf("%s is delivered, want %s", c.body, want)
			}
			c.reply(200)
		}
		eventually(t, "all are gone", func() bool { return messages(t, client, keys) == 0 })
	})
}

// A message that ends the provider each time is given up after its tries.
func TestPoisonIsGivenUp(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, client *redis.Client, keys queue.Keys) {
		for life := range 3 {
			s := newStage(t, client, queue.Options{Keys: keys, Tries: 3})
			if life == 0 {
				s.put(t, "f", "poison")
			}
			s.next(t)
			s.stop()
		}
		s := newStage(t, client, queue.Options{Keys: keys, Tries: 3})
		letters := queue.NewDeadLetters(client, keys)
		eventually(t, "it is a dead letter", func() bool {
			list, err := letters.List(t.Context())
			return err == nil && len(list) == 1
		})
		s.silent(t)
	})
}

// What another process put there is found by the blocking read.
func TestMessageFromElsewhere(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, client *redis.Client, keys queue.Keys) {
		s := newStage(t, client, queue.Options{Keys: keys, Tries: 1})
		s.put(t, "f", "x")
		s.next(t).reply(500)
		letters := queue.NewDeadLetters(client, keys)
		var list []queue.Letter
		eventually(t, "it is dead", func() bool { list, _ = letters.List(t.Context()); return len(list) == 1 })
		if err := letters.Replay(t.Context(), list[0].ID); err != nil {
			t.Fatal(err)
		}
		s.next(t).reply(200)
	})
}

func TestUnreadableMessageIsKept(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, client *redis.Client, keys queue.Keys) {
		prefix := keys.Prefix + "handsoff:queue:"
		client.HSet(t.Context(), prefix+"message:m", "lane", "f", "request", "{", "tries", 0)
		client.RPush(t.Context(), prefix+"ready:f", "m")
		client.SAdd(t.Context(), prefix+"lanes", "f")
		newStage(t, client, queue.Options{Keys: keys})
		letters := queue.NewDeadLetters(client, keys)
		eventually(t, "it is a dead letter", func() bool {
			list, err := letters.List(t.Context())
			return err == nil && len(list) == 1 && strings.Contains(list[0].Reason, "unreadable")
		})
	})
}

func TestCallback(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, client *redis.Client, keys queue.Keys) {
		type posted struct {
			header http.Header
			body   string
		}
		results := make(chan posted, 10)
		failures := 1
		receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if failures > 0 {
				failures--
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			body, _ := io.ReadAll(r.Body)
			results <- posted{r.Header, string(body)}
		}))
		defer receiver.Close()
		s := newStage(t, client, queue.Options{Keys: keys, Tries: 2})
		gateway := httptest.NewServer(s.Handler())
		defer gateway.Close()
		post := func(body string) {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, gateway.URL+"/async-function/f", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("X-Callback-Url", receiver.URL+"/done")
			request.Header.Set("X-Call-Id", "id-"+body)
			response, err := http.DefaultClient.Do(request)
			if err != nil || response.StatusCode != http.StatusAccepted || response.Header.Get("X-Call-Id") != "id-"+body {
				t.Fatalf("put: %v, %v", response, err)
			}
			_ = response.Body.Close()
		}
		post("fine")
		s.next(t).answer <- answer{status: 201, body: "result", header: http.Header{"Content-Type": {"text/x"}}}
		got := <-results
		if got.body != "result" || got.header.Get("X-Function-Status") != "201" || got.header.Get("X-Call-Id") != "id-fine" ||
			got.header.Get("X-Duration-Seconds") == "" || got.header.Get("X-Function-Name") != "f" || got.header.Get("Content-Type") != "text/x" {
			t.Errorf("callback %v %q", got.header, got.body)
		}
		post("bad")
		s.next(t).reply(500) // no callback while it is tried again
		s.next(t).reply(500)
		if got := <-results; got.header.Get("X-Function-Status") != "500" || got.header.Get("X-Call-Id") != "id-bad" {
			t.Errorf("callback %v", got.header)
		}
		if len(results) != 0 {
			t.Error("a result is told twice")
		}
	})
}

func TestHandlerRefuses(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, client *redis.Client, keys queue.Keys) {
		s := newStage(t, client, queue.Options{Keys: keys})
		gateway := httptest.NewServer(s.Handler())
		defer gateway.Close()
		for name, c := range map[string]struct {
			method, path string
			size         int
			header       http.Header
			status       int
		}{
			"GET":             {http.MethodGet, "/async-function/f", 0, nil, 405},
			"PUT":             {http.MethodPut, "/async-function/f", 0, nil, 405},
			"no name":         {http.MethodPost, "/async-function/", 0, nil, 404},
			"other namespace": {http.MethodPost, "/async-function/f.other", 0, nil, 404},
			"too large":       {http.MethodPost, "/async-function/f", queue.MaxBody + 1, nil, 413},
			"callback":        {http.MethodPost, "/async-function/f", 0, http.Header{"X-Callback-Url": {"file:///etc/passwd"}}, 400},
			"circle":          {http.MethodPost, "/async-function/f", 0, http.Header{"X-Hops": {"32"}}, 508},
		} {
			request, err := http.NewRequestWithContext(t.Context(), c.method, gateway.URL+c.path, strings.NewReader(strings.Repeat("x", c.size)))
			if err != nil {
				t.Fatal(err)
			}
			if c.header != nil {
				request.Header = c.header
			}
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			if response.StatusCode != c.status {
				t.Errorf("%s: %d, want %d", name, response.StatusCode, c.status)
			}
		}
		s.put(t, "f", strings.Repeat("x", queue.MaxBody))
		if c := s.next(t); len(c.body) != queue.MaxBody {
			t.Errorf("the largest body arrives with %d bytes", len(c.body))
		} else {
			c.reply(200)
		}
	})
}

// Redis is away: the caller is told, and nothing is half done.
func TestRedisAway(t *testing.T) {
	t.Parallel()
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:1", MaxRetries: -1})
	defer func() { _ = client.Close() }()
	s := newStage(t, client, queue.Options{})
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/async-function/f", strings.NewReader("x")))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	s.silent(t)
}

func TestWeakMode(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, client *redis.Client, keys queue.Keys) {
		const many = 200
		deliveries := func(seed uint64, keys queue.Keys) map[string]int {
			s := newStage(t, client, queue.Options{Keys: keys, Weak: queue.NewWeak(seed, 0.1, 0.1), Worker: fmt.Sprint(seed)})
			defer s.stop()
			seen := make(map[string]int)
			for n := range many {
				s.put(t, fmt.Sprintf("f%d", n%3), fmt.Sprint(n))
			}
			for messages(t, client, keys) > 0 {
				select {
				case c := <-s.calls:
					seen[c.body]++
					select {
					case other := <-s.calls:
						t.Errorf("%s is delivered beside %s: weak mode has one place for all", other.body, c.body)
					default:
					}
					c.reply(500) // and no error brings it again
				case <-time.After(time.Millisecond):
				}
			}
			return seen
		}
		seen := deliveries(7, keys)
		twice, lost := 0, many-len(seen)
		for body, n := range seen {
			if n > 2 {
				t.Errorf("%s comes %d times", body, n)
			}
			if n == 2 {
				twice++
			}
		}
		if twice == 0 || lost == 0 || twice > many/4 || lost > many/4 {
			t.Errorf("of %d messages %d came twice and %d were lost", many, twice, lost)
		}
		again := deliveries(7, queue.Keys{Prefix: keys.Prefix + "again:"})
		if fmt.Sprint(again) != fmt.Sprint(seen) {
			t.Error("the same seed has another course")
		}
	})
}
