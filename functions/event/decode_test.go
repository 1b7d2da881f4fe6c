package main

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestWhatIsNoEvent is let go, and counted.
func TestWhatIsNoEvent(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"no JSON":           `nothing`,
		"no id":             `{"topic":"t","source":"s"}`,
		"two lines":         `{"id":"a\nb","topic":"t","source":"s"}`,
		"turned around":     `{"id":"a\u202eb","topic":"t","source":"s"}`,
		"a long subject":    `{"id":"a","topic":"t","source":"s","subject":"` + strings.Repeat("x", 257) + `"}`,
		"no principal":      `{"id":"a","topic":"t","source":"s","author":{"principal":"ann"}}`,
		"nobody asks":       `{"id":"a","topic":"t","source":"s","asked":true}`,
		"unasked":           `{"id":"a","topic":"github.comment","source":"github","author":{"principal":"github:1"}}`,
		"no group":          `{"id":"a","topic":"t","source":"s","author":{"principal":"github:1","groups":["admins"]}}`,
		"too many causes":   `{"id":"a","topic":"t","source":"s","cause":["a"` + strings.Repeat(`,"a"`, command.MaxCauses) + `]}`,
		"a list as payload": `{"id":"a","topic":"t","source":"s","payload":[]}`,
	} {
		if _, err := decodeWhole([]byte(text)); !errors.Is(err, errMalformed) {
			t.Errorf("%s: %v", name, err)
		}
		head, payload, _ := strings.Cut(strings.TrimSuffix(text, "}"), `,"payload":`)
		if _, err := decode([]byte(head + "}\n" + payload)); !errors.Is(err, errMalformed) {
			t.Errorf("%s, as it is kept: %v", name, err)
		}
	}
	if _, err := decode([]byte(`{"id":"a","topic":"t","source":"s"}`)); !errors.Is(err, errMalformed) {
		t.Errorf("without a line for the payload: %v", err)
	}
	if e, err := decode([]byte("{\"id\":\"a\",\"topic\":\"t\",\"source\":\"s\"}\n{\"b\":\n1}")); err != nil || string(e.Payload) != "{\"b\":\n1}" {
		t.Errorf("%+v: %v", e, err)
	}
	h := newHall(t, jobtest.Redis(t).Client(t), verify)
	h.starts()
	if _, err := h.box.Put(t.Context(), inbox.Delivery{ID: "x", Kind: "event", Body: []byte("[")}, nil); err != nil {
		t.Fatal(err)
	}
	h.worker.Kick()
	h.settles()
	if counts, err := h.Jobs.Counts(t.Context()); err != nil || counts["events_malformed"] != 1 {
		t.Error(counts, err)
	}
	if dead, err := inbox.ListDead(t.Context(), h.Redis, event.Function, 9); err != nil || len(dead) != 1 || !strings.Contains(dead[0].Why, "not an event") {
		t.Errorf("%+v %v", dead, err)
	}
}

// FuzzDecode: what is taken for an event fits an envelope, whatever it says.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"id":"d-1","topic":"github.push","source":"github","at":"2026-01-02T03:04:05Z","subject":"github:acme/app","payload":{"a":[1]}}`))
	f.Add([]byte(`{"id":"d-1","topic":"github.comment","source":"github","asked":true,"author":{"principal":"github:7","groups":["github-read:a/b"]},"answer":"github:a/b#1"}`))
	f.Add([]byte("{\"id\":\"d-1\",\"topic\":\"github.push\",\"source\":\"github\",\"subject\":\"github:acme/app\"}\n{\"a\":[1]}"))
	f.Add([]byte(`{"id":"g","topic":"gerrit.change-merged","source":"gerrit:review","over":true,"subject":"gerrit:review/1","cause":["rule:a"],"payload":{}}`))
	rdb := jobtest.Embedded(f)
	h := newHall(f, rdb, `  - {name: all, on: ["github.**", "gerrit.**"], run: jenkins build, args: {x: "{{ payload.a }}"}, watch: [slack:C1], review: {label: V, success: 1, failure: -1}}`)
	if len(h.faults) > 0 {
		// review is for Gerrit alone
		h = newHall(f, rdb, `  - {name: all, on: ["github.**", "gerrit.**"], run: jenkins build, args: {x: "{{ payload.a }}"}, watch: [slack:C1]}`)
	}
	if len(h.rules.Rules()) != 1 {
		f.Fatal(h.faults)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := decode(body)
		if err != nil {
			e, err = decodeWhole(body)
		}
		if err != nil {
			return
		}
		reason(e)
		found, err := h.rules.Decide(context.Background(), e, &asking{desk: h.desk}, nil)
		if err != nil || len(found) == 0 {
			return
		}
		m := &matter{event: e, author: &identity{desk: h.desk, e: e}, asker: &asking{desk: h.desk}}
		r := &match{found[0].Rule, found[0].Env}
		words, args, err := r.Command(r.env)
		if err != nil {
			return
		}
		fits(t, h.envelope(context.Background(), m, r, words, args), []string{"x"})
	})
}

// fits: the envelope is one, and has no more arguments than declared, each one value or a list of single ones.
func fits(tb interface {
	Fatalf(format string, args ...any)
}, sent command.Envelope, declared []string,
) map[string]any {
	sent.Nonce, sent.Time = "n", time.Now()
	text, err := json.Marshal(sent)
	if err != nil {
		tb.Fatalf("%v", err)
	}
	got, err := command.DecodeEnvelope(text)
	if err != nil {
		tb.Fatalf("%v: %s", err, text)
	}
	if len(got.Args) != len(declared) || got.Text != "" || got.Command != "jenkins build" {
		tb.Fatalf("%+v", got)
	}
	for _, name := range declared {
		value, is := got.Args[name]
		if !is {
			tb.Fatalf("%v lacks %s", got.Args, name)
		}
		switch v := value.(type) {
		case nil, string, bool, float64:
		case []any:
			for _, item := range v {
				if _, single := item.(string); !single {
					tb.Fatalf("%s has %v", name, item)
				}
			}
		default:
			tb.Fatalf("%s is %T", name, value)
		}
	}
	return got.Args
}

// TestNoTextBecomesASecondArgument: whatever a payload says, what is sent has the declared arguments, each with its one
// value, and a text arrives as it was.
func TestNoTextBecomesASecondArgument(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Embedded(t)
	h := newHall(t, rdb, `
  - name: all
    on: github.pull_request.opened
    run: jenkins build
    args: {job: fixed, title: "{{ pull_request.title }}", mixed: "a {{ pull_request.title }} b", any: "{{ thing }}", deep: "{{ thing.deep[0].deeper }}"}
`)
	rapid.Check(t, func(rt *rapid.T) {
		title := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
			`" job=evil`, "x\njenkins build job=evil", "{{ payload }}", "a,b=c", `\"}`, "--", "job=evil", "$(reboot)", "\x00", "\u202e",
		})).Draw(rt, "title")
		payload, err := json.Marshal(map[string]any{"pull_request": map[string]any{"title": title}, "thing": anything(3).Draw(rt, "thing")})
		if err != nil {
			rt.Skip()
		}
		e := h.pull("opened", func(e *event.Event) { e.Payload = payload })
		found, err := h.rules.Decide(context.Background(), e, nil, nil)
		if err != nil || len(found) != 1 {
			rt.Fatal(found, err)
		}
		m := &matter{event: e, author: &identity{desk: h.desk, e: e}, asker: &asking{desk: h.desk}}
		r := &match{found[0].Rule, found[0].Env}
		words, args, err := r.Command(r.env)
		if err != nil {
			rt.Fatal(err)
		}
		sent := fits(rt, h.envelope(context.Background(), m, r, words, args), []string{"job", "title", "mixed", "any", "deep"})
		if sent["job"] != "fixed" || sent["title"] != title || sent["mixed"] != "a "+title+" b" {
			rt.Fatalf("%q became %v", title, sent)
		}
	})
}

// anything is any JSON value.
func anything(depth int) *rapid.Generator[any] {
	leaves := []*rapid.Generator[any]{
		rapid.Just[any](nil), rapid.String().AsAny(), rapid.Bool().AsAny(), rapid.Int32().AsAny(), rapid.Float64Range(-1e9, 1e9).AsAny(),
	}
	if depth == 0 {
		return rapid.OneOf(leaves...)
	}
	return rapid.OneOf(append(leaves,
		rapid.SliceOfN(anything(depth-1), 0, 4).AsAny(),
		rapid.MapOfN(rapid.SampledFrom([]string{"deep", "deeper", "job", "title"}), anything(depth-1), 0, 3).AsAny())...)
}

// TestWhatMatchesNothingCostsNothing: no call of Redis besides the inbox's own.
func TestWhatMatchesNothingCostsNothing(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Embedded(t)
	h := newHall(t, rdb, verify)
	for name, e := range map[string]*event.Event{
		"topic":  h.patch("ref-updated"),
		"filter": h.pull("opened", func(e *event.Event) { e.Payload = []byte(`{"repository":{"full_name":"other/app"}}`) }),
		"if": h.pull("opened", func(e *event.Event) {
			e.Payload = []byte(`{"repository":{"full_name":"acme/app"},"pull_request":{"title":"[no ci]"}}`)
		}),
		"by us":  h.pull("labeled", func(e *event.Event) { e.Author.Self = true }),
		"a move": h.pull("labeled", moved), // so that it is seen that calls are counted
	} {
		life := jobtest.NewLife(jobtest.Death{Point: 1})
		mortal := redis.NewClient(&redis.Options{Addr: rdb.Options().Addr, MaxRetries: -1})
		d := h.makes(mortal)
		mortal.AddHook(life)
		text, _ := e.Delivery()
		err := d.work(t.Context(), &inbox.Claim{Delivery: text})
		_ = mortal.Close()
		if (name == "a move") != (err != nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
