package gathering_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// Who does what in tests, and where.
var (
	ann = gathering.Author{Principal: "irc:oftc/ann", Name: "ann"}
	bob = gathering.Author{Principal: "slack:U2", Name: "Bob"}

	aspenA1 = gathering.Spot{Room: "Aspen", Slot: "MonA1"}
	aspenA2 = gathering.Spot{Room: "Aspen", Slot: "MonA2"}
	bigA1   = gathering.Spot{Room: "BigRoom2", Slot: "MonA1"}
)

// make it: two tracks, two rooms, two days of two slots.
func furnish(d *gathering.Draft) error {
	slots := []string{"MonA1", "MonA2", "TueA1", "TueA2"}
	return errors.Join(
		d.AddTracks("Nova", "swift"),
		d.SetDays([]gathering.Day{
			{Name: "Monday", Date: "2026-03-02", Slots: []gathering.Slot{{Code: "MonA1", Label: "09:00-10:45"}, {Code: "MonA2", Label: "10:45-12:30"}}},
			{Name: "Tuesday", Date: "2026-03-03", Slots: []gathering.Slot{{Code: "TueA1", Label: "09:00-10:45"}, {Code: "TueA2", Label: "10:45-12:30"}}},
		}),
		d.SetRooms([]gathering.Room{{Name: "Aspen", Slots: slots}, {Name: "Big Room-2", Slots: slots, URL: "https://meet.example/big"}}),
	)
}

// made is a gathering in Redis with these, at version 2.
func made(t testing.TB, store *gathering.Store) {
	t.Helper()
	if _, err := store.Create(t.Context(), "fall", ann, "ptg event new fall", "", gathering.About{Name: "Fall", Zone: "Europe/Berlin"}); err != nil {
		t.Fatal(err)
	}
	change(t, store, ann, furnish)
}

// change makes a change that must succeed.
func change(t testing.TB, store *gathering.Store, by gathering.Author, edit func(d *gathering.Draft) error) gathering.Result {
	t.Helper()
	r, err := store.Change(t.Context(), "fall", by, "said", "", func(d *gathering.Draft) (string, error) { return "done", edit(d) })
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func get(t testing.TB, store *gathering.Store) *gathering.Gathering {
	t.Helper()
	g, err := store.Get(t.Context(), "fall")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// refused checks that an error is a refusal of a sort, with these words.
func refused(t testing.TB, err, of error, words string) {
	t.Helper()
	var refusal *gathering.Refusal
	if !errors.As(err, &refusal) || !errors.Is(err, of) || refusal.Text != words {
		t.Errorf("%v, want a refusal of %v: %s", err, of, words)
	}
}

// TestWhatIsSetIsRead by another process, as it was set.
func TestWhatIsSetIsRead(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store := gathering.NewStore(rdb)
		made(t, store)
		r := change(t, store, bob, func(d *gathering.Draft) error {
			_, err := d.CheckIn("slack:U2", "Bob", "nova")
			return errors.Join(err, d.SetNow("nova", "Talking"), d.Book("NOVA", aspenA1), d.AddSuccess("it works", "irc:oftc/#c"), d.AddBanner("info", "hi"))
		})
		if r.Version != 3 || r.Reply != "done" || len(r.Sets) != 5 || r.Repeated {
			t.Errorf("%+v", r)
		}
		for _, store := range []*gathering.Store{store, gathering.NewStore(rdb)} {
			g := get(t, store)
			switch {
			case g.Version != 3 || g.Changed.IsZero() || g.About.Name != "Fall" || len(g.Rooms) != 2 || len(g.Days) != 2,
				g.Now["nova"].Text != "Talking" || g.Now["nova"].By != bob || g.Now["nova"].At.IsZero(),
				g.Bookings[aspenA1].Track != "nova" || g.Bookings[aspenA1].By != bob || len(g.Bookings) != 1,
				g.Present["slack:U2"].Place != "#nova" || len(g.Success) != 1 || g.Success[0].Number != 1,
				g.Tracks["nova"].Name != "Nova" || g.Rooms[1].Code != "BigRoom2" || g.Banners[0].By != bob:
				t.Errorf("%+v", g)
			}
		}
	})
}

// TestAHundredBookOneSlot at once, through two processes: one has it, the others are told by whom.
func TestAHundredBookOneSlot(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		stores := []*gathering.Store{gathering.NewStore(rdb), gathering.NewStore(rdb)}
		made(t, stores[0])
		const bookers = 100
		errs := make([]error, bookers)
		var all sync.WaitGroup
		for i := range bookers {
			all.Go(func() {
				by := gathering.Author{Principal: fmt.Sprintf("telnet:p%d", i), Name: fmt.Sprintf("p%d", i)}
				track := []string{"nova", "swift"}[i%2]
				_, errs[i] = stores[i%3%2].Change(t.Context(), "fall", by, "book", fmt.Sprint("id", i), func(d *gathering.Draft) (string, error) {
					return "mine", d.Book(track, aspenA1)
				})
			})
		}
		all.Wait()
		b := get(t, stores[0]).Bookings[aspenA1]
		won := 0
		for i, err := range errs {
			if err != nil {
				refused(t, err, gathering.ErrTaken, fmt.Sprintf("Slot 'Aspen-MonA1' is booked for %s by %s", b.Track, b.By.Name))
				continue
			}
			won++
			if b.By.Principal != fmt.Sprintf("telnet:p%d", i) {
				t.Errorf("p%d was told that it is theirs; it is %s", i, b)
			}
		}
		if won != 1 || get(t, stores[0]).Version != 3 {
			t.Errorf("%d won, version %d", won, get(t, stores[0]).Version)
		}
	})
}

// TestAnEditBeginsAgain when somebody was faster, and sees what they did.
func TestAnEditBeginsAgain(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store, other := gathering.NewStore(rdb), gathering.NewStore(rdb)
		made(t, store)
		for _, test := range []struct {
			name         string
			faster, edit func(d *gathering.Draft) error
			again        bool
		}{
			{
				name:   "a field that it sets",
				faster: func(d *gathering.Draft) error { return d.AddNext("nova", "first") },
				edit:   func(d *gathering.Draft) error { return d.AddNext("nova", "second") }, again: true,
			},
			{
				name:   "a track that it is about",
				faster: func(d *gathering.Draft) error { return d.SetColor("swift", "teal") },
				edit:   func(d *gathering.Draft) error { return d.SetNow("swift", "x") }, again: true,
			},
			{
				name:   "anything, when it looked at everything",
				faster: func(d *gathering.Draft) error { return d.SetPlace("nova", "while it was emptied") },
				edit:   func(d *gathering.Draft) error { d.NewDay(); return nil }, again: true,
			},
			{
				name:   "something else",
				faster: func(d *gathering.Draft) error { return d.SetNow("swift", "y") },
				edit:   func(d *gathering.Draft) error { return d.SetNow("nova", "y") },
			},
		} {
			tries := 0
			change(t, store, ann, func(d *gathering.Draft) error {
				if tries++; tries == 1 {
					change(t, other, bob, test.faster)
				}
				return test.edit(d)
			})
			if (tries == 2) != test.again {
				t.Errorf("%s: %d tries", test.name, tries)
			}
		}
		change(t, store, ann, func(d *gathering.Draft) error { d.NewDay(); return nil })
		if g := get(t, store); len(g.Now)+len(g.Next)+len(g.Places) != 0 {
			t.Errorf("after a new day: %v %v %v", g.Now, g.Next, g.Places)
		}
	})
}

// TestARepeatedCall does nothing, and is told what the first one was; also when that had nothing to do.
func TestARepeatedCall(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store := gathering.NewStore(rdb)
		made(t, store)
		call := func(store *gathering.Store, key, reply string, edit func(d *gathering.Draft) error) gathering.Result {
			r, err := store.Change(t.Context(), "fall", ann, "x", key, func(d *gathering.Draft) (string, error) { return reply, edit(d) })
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		more := func(d *gathering.Draft) error { return d.AddNext("nova", "x") }
		first := call(store, "k1", "two  words", more)
		again := call(gathering.NewStore(rdb), "k1", "other", more)
		if !again.Repeated || again.Reply != "two  words" || again.Version != first.Version || fmt.Sprint(again.Sets) != fmt.Sprint(first.Sets) {
			t.Errorf("%+v, then %+v", first, again)
		}
		if g := get(t, store); len(g.Next["nova"]) != 1 || g.Version != 3 {
			t.Errorf("version %d, next %v", g.Version, g.Next)
		}
		call(store, "k2", "", func(d *gathering.Draft) error { return d.Clean("swift") })
		change(t, store, bob, func(d *gathering.Draft) error { return d.SetNow("swift", "since") })
		if r := call(store, "k2", "", func(d *gathering.Draft) error { return d.Clean("swift") }); !r.Repeated || r.Version != 3 || r.Sets != nil {
			t.Errorf("%+v", r)
		}
		if get(t, store).Now["swift"] == nil {
			t.Error("what had nothing to clean cleaned when it was repeated")
		}
		if ttl := rdb.TTL(t.Context(), "handsoff:ptg:fall:did:k1").Val(); ttl.Hours() < 23 || ttl.Hours() > 24 {
			t.Errorf("known for %s", ttl)
		}
	})
}

// TestOneCallTwiceAtOnce: while the first one is under way it is handed in again.
func TestOneCallTwiceAtOnce(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store, other := gathering.NewStore(rdb), gathering.NewStore(rdb)
		made(t, store)
		more := func(d *gathering.Draft) (string, error) { return "reply", d.AddSuccess("x", "") }
		tries := 0
		r, err := store.Change(t.Context(), "fall", ann, "x", "k", func(d *gathering.Draft) (string, error) {
			if tries++; tries == 1 {
				if r, err := other.Change(t.Context(), "fall", ann, "x", "k", more); err != nil || r.Repeated {
					t.Errorf("%+v %v", r, err)
				}
			}
			return "reply", d.SetNow("nova", "x")
		})
		if err != nil || !r.Repeated || r.Reply != "reply" || r.Version != 3 || tries != 1 || len(get(t, store).Success) != 1 || get(t, store).Now["nova"] != nil {
			t.Errorf("%+v %v after %d tries", r, err, tries)
		}
	})
}

// TestWhatIsRefusedDoesNothing: no version, no log, and nothing is known of it afterwards.
func TestWhatIsRefusedDoesNothing(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store := gathering.NewStore(rdb)
		made(t, store)
		before := get(t, store)
		change(t, store, ann, func(d *gathering.Draft) error { return d.Book("nova", bigA1) })
		_, err := store.Change(t.Context(), "fall", bob, "x", "k", func(d *gathering.Draft) (string, error) {
			return "", d.Book("swift", aspenA1, bigA1)
		})
		refused(t, err, gathering.ErrTaken, "Slot 'Big Room-2-MonA1' is booked for nova by ann")
		if g := get(t, store); g.Bookings[aspenA1] != nil || g.Version != before.Version+1 || len(before.Bookings) != 0 {
			t.Errorf("%v, version %d; before %v", g.Bookings, g.Version, before.Bookings)
		}
		if _, err := store.Change(t.Context(), "fall", bob, "x", "k", func(d *gathering.Draft) (string, error) {
			return "", d.Book("swift", aspenA1)
		}); err != nil {
			t.Error(err)
		}
		_, err = store.Get(t.Context(), "winter")
		refused(t, err, gathering.ErrNoGathering, "There is no event 'winter'")
	})
}

// TestAStaleCache: Redis lost the last change, and another one was made in its place, of the same version.
func TestAStaleCache(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store := gathering.NewStore(rdb)
		made(t, store)
		change(t, store, ann, func(d *gathering.Draft) error { return d.SetNow("nova", "lost") })
		if err := rdb.HSet(t.Context(), "handsoff:ptg:fall", "now/nova", `{"text":"another"}`, "changed", "1").Err(); err != nil {
			t.Fatal(err)
		}
		if g := get(t, store); g.Now["nova"].Text != "another" {
			t.Errorf("read %q from the cache", g.Now["nova"].Text)
		}
	})
}

// TestAFieldThatCannotBeRead is a fault that names it, and one of a later handsoff is kept.
func TestAFieldThatCannotBeRead(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store := gathering.NewStore(rdb)
		made(t, store)
		key := "handsoff:ptg:fall"
		if err := rdb.HSet(t.Context(), key, "later/x", `{"a":1}`, "changed", "1").Err(); err != nil {
			t.Fatal(err)
		}
		change(t, store, ann, func(d *gathering.Draft) error { return d.SetNow("nova", "x") })
		if got := get(t, store).Fields()["later/x"]; got != `{"a":1}` {
			t.Errorf("%q", got)
		}
		if err := rdb.HSet(t.Context(), key, "now/nova", `{`, "changed", "2").Err(); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Get(t.Context(), "fall"); err == nil || err.Error() != "gathering fall: the field now/nova: unexpected end of JSON input" {
			t.Error(err)
		}
	})
}
