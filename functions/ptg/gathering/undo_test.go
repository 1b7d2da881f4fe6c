package gathering_test

import (
	"errors"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// ticking is a store with a clock that the test moves.
func ticking(rdb *redis.Client) (*gathering.Store, *jobtest.Clock) {
	clock := jobtest.NewClock()
	return gathering.NewStore(rdb).WithClock(clock.Now), clock
}

func now(text string) func(d *gathering.Draft) error {
	return func(d *gathering.Draft) error { return d.SetNow("nova", text) }
}

// TestUndo undoes what nobody touched since, once, for a day.
func TestUndo(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store, clock := ticking(rdb)
		made(t, store)
		undo := func(by gathering.Author, version int64) error {
			_, err := store.Undo(t.Context(), "fall", by, "ptg undo", "", gathering.Undoing{Version: version})
			return err
		}
		said := func() string {
			if note := get(t, store).Now["nova"]; note != nil {
				return note.Text
			}
			return ""
		}
		change(t, store, ann, now("one")) // 3
		change(t, store, bob, now("two")) // 4
		refused(t, undo(ann, 3), gathering.ErrMeanwhile, "Change 3 cannot be undone: now/nova was changed again since, by Bob (change 4)")
		refused(t, undo(ann, 0), gathering.ErrMeanwhile, "Change 3 cannot be undone: now/nova was changed again since, by Bob (change 4)")
		refused(t, undo(ann, 5), gathering.ErrNone, "There is no change 5")
		refused(t, undo(ann, 1), gathering.ErrInvalid, "Change 1 made the event and cannot be undone")
		must(t, undo(bob, 0)) // 5
		if said() != "one" {
			t.Error(said())
		}
		refused(t, undo(bob, 0), gathering.ErrNone, "You changed nothing in the last 24 hours that could be undone")
		change(t, store, bob, now("two")) // 6: the same again, but not that change
		if note := get(t, store).Now["nova"]; note.Text != "two" {
			t.Error(note)
		}
		refused(t, undo(ann, 4), gathering.ErrMeanwhile, "Change 4 was undone already, by Bob (change 5)")
		must(t, undo(ann, 6)) // 7
		must(t, undo(ann, 7)) // 8: done again
		if said() != "two" {
			t.Error(said())
		}
		must(t, undo(bob, 0)) // 9: change 6, of which the undoing was undone
		if said() != "one" {
			t.Error(said())
		}
		clock.Add(gathering.UndoFor)
		must(t, undo(ann, 3)) // 10
		if there := rdb.HExists(t.Context(), "handsoff:ptg:fall", "now/nova").Val(); said() != "" || there {
			t.Errorf("%q, there: %v", said(), there)
		}
		change(t, store, bob, now("three"))
		clock.Add(gathering.UndoFor + time.Second)
		refused(t, undo(bob, 0), gathering.ErrNone, "You changed nothing in the last 24 hours that could be undone")
		if err := undo(bob, 11); !errors.Is(err, gathering.ErrTooLate) {
			t.Error(err)
		}
	})
}

// TestUndoBringsNothingBackOfWhatIsGone: a booking of a track or a room, what a track said.
func TestUndoBringsNothingBackOfWhatIsGone(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store := gathering.NewStore(rdb)
		made(t, store)
		change(t, store, ann, func(d *gathering.Draft) error {
			return errors.Join(d.Book("nova", aspenA1, bigA1), d.SetNow("swift", "x"), d.Book("swift", aspenA2))
		}) // 3
		change(t, store, ann, func(d *gathering.Draft) error { return d.Unbook("nova", aspenA1) }) // 4
		change(t, store, ann, func(d *gathering.Draft) error { return d.Clean("swift") })          // 5
		change(t, store, ann, func(d *gathering.Draft) error { return d.Unbook("nova", bigA1) })   // 6
		change(t, store, ann, func(d *gathering.Draft) error { d.DelTracks("swift"); return nil }) // 7
		change(t, store, ann, func(d *gathering.Draft) error { return d.SetRooms(d.Rooms[:1]) })   // 8
		undo := func(version int64) error {
			_, err := store.Undo(t.Context(), "fall", ann, "undo", "", gathering.Undoing{Version: version})
			return err
		}
		refused(t, undo(5), gathering.ErrMeanwhile, "Change 5 cannot be undone: Unknown track 'swift'")
		refused(t, undo(6), gathering.ErrMeanwhile, "Change 6 cannot be undone: Slot 'BigRoom2-MonA1' is invalid (or booked)")
		must(t, undo(4), undo(7))
		if g := get(t, store); g.Bookings[aspenA1] == nil || g.Bookings[aspenA2].Track != "swift" || g.Tracks["swift"] == nil || len(g.Bookings) != 2 {
			t.Errorf("%v", g.Bookings)
		}
		must(t, undo(5))
		refused(t, undo(2), gathering.ErrMeanwhile, "Change 2 cannot be undone: rooms was changed again since, by ann (change 8)")
		change(t, store, ann, func(d *gathering.Draft) error {
			return d.SetRooms(append(d.Rooms, gathering.Room{Name: "Vail", Slots: []string{"MonA1"}}))
		}) // 12
		change(t, store, bob, func(d *gathering.Draft) error { return d.Book("nova", gathering.Spot{Room: "Vail", Slot: "MonA1"}) })
		refused(t, undo(12), gathering.ErrMeanwhile, "Change 12 cannot be undone: Vail-MonA1 is booked for nova by Bob since")
		change(t, store, ann, func(d *gathering.Draft) error { return d.AddTracks("heat") }) // 14
		change(t, store, bob, func(d *gathering.Draft) error { return d.AddNext("heat", "x") })
		refused(t, undo(14), gathering.ErrMeanwhile, "Change 14 cannot be undone: #heat was used since")
		change(t, store, bob, func(d *gathering.Draft) error { return d.Clean("heat") })
		must(t, undo(14))
	})
}

// TestTimeGoesOn in the log, also when Redis' clock was set back.
func TestTimeGoesOn(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store, clock := ticking(rdb)
		made(t, store)
		began := clock.Now()
		clock.Add(-time.Hour)
		change(t, store, ann, now("one"))
		if g := get(t, store); !g.Changed.Equal(began) {
			t.Errorf("changed %s, before %s", g.Changed, began)
		}
		if version, err := store.VersionAt(t.Context(), "fall", began); err != nil || version != 3 {
			t.Error(version, err)
		}
	})
}

// TestWhoIsWhoStays: neither an undo nor a restore ties people, or parts them.
func TestWhoIsWhoStays(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store, clock := ticking(rdb)
		made(t, store)
		in := func(g *gathering.Gathering, who string) bool {
			at := g.Present[who]
			return at != nil && at.Out.IsZero()
		}
		change(t, store, ann, func(d *gathering.Draft) error { _, err := d.CheckIn("slack:U2", "Bob", "nova"); return err }) // 3
		change(t, store, bob, now("one"))                                                                                    // 4
		change(t, store, bob, func(d *gathering.Draft) error { return d.Link("slack:U2", "irc:oftc/bob") })                  // 5
		undo := func(version int64) error {
			_, err := store.Undo(t.Context(), "fall", bob, "undo", "", gathering.Undoing{Version: version})
			return err
		}
		refused(t, undo(5), gathering.ErrInvalid, "Change 5 says who is who, which only they themselves change, with 'ptg link' and 'ptg link drop'")
		must(t, undo(0)) // 6
		if g := get(t, store); g.Now["nova"] != nil || g.People["slack:U2"] == "" {
			t.Errorf("%v %v", g.Now, g.People)
		}
		restore := func(version int64) *gathering.Gathering {
			_, err := store.Restore(t.Context(), "fall", ann, "restore", "", version)
			must(t, err)
			return get(t, store)
		}
		change(t, store, ann, func(d *gathering.Draft) error { _, err := d.CheckOut("irc:oftc/bob"); return err }) // 7
		clock.Add(time.Minute)
		if g := restore(4); g.People["slack:U2"] != "irc:oftc/bob" || g.Present["slack:U2"] != nil || !in(g, "irc:oftc/bob") { // 8
			t.Errorf("%v %v", g.People, g.Present)
		}
		change(t, store, bob, func(d *gathering.Draft) error { return d.Unlink("slack:U2") }) // 9
		if g := restore(8); len(g.People) != 0 || !in(g, "irc:oftc/bob") {
			t.Errorf("%v %v", g.People, g.Present)
		}
		refused(t, undo(9), gathering.ErrInvalid, "Change 9 says who is who, which only they themselves change, with 'ptg link' and 'ptg link drop'")
	})
}

// TestUndoAsks whether who wants to undo something may.
func TestUndoAsks(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store := gathering.NewStore(rdb)
		made(t, store)
		change(t, store, ann, now("one"))
		own := errors.New("that is somebody else's")
		may := func(c *gathering.Change) error {
			if c.By.Principal != "slack:U2" {
				return own
			}
			return nil
		}
		if _, err := store.Undo(t.Context(), "fall", bob, "undo", "", gathering.Undoing{Version: 3, May: may}); !errors.Is(err, own) {
			t.Error(err)
		}
		r, err := store.Undo(t.Context(), "fall", ann, "undo 3", "", gathering.Undoing{Version: 3, May: func(*gathering.Change) error { return nil }})
		if err != nil || r.Reply != "Change 3 is undone: said" || r.Version != 4 {
			t.Errorf("%+v %v", r, err)
		}
		c, err := store.Find(t.Context(), "fall", 4)
		if err != nil || c.Undoes != 3 || c.Said != "undo 3" || c.By != ann || len(c.Sets) != 1 || c.Sets[0].After != "" {
			t.Errorf("%+v %v", c, err)
		}
	})
}

// TestRestore goes back to any moment; what happened since stays in the log, and can itself be gone back to.
func TestRestore(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store, clock := ticking(rdb)
		store.SnapshotEvery(3)
		made(t, store)
		began := clock.Now()
		for _, text := range []string{"three", "four", "five", "six", "seven"} {
			clock.Add(time.Minute)
			change(t, store, ann, now(text))
		}
		for ago, want := range map[time.Duration]int64{-time.Second: 0, 0: 2, time.Minute: 3, 90 * time.Second: 3, 4 * time.Minute: 6, time.Hour: 7} {
			if version, err := store.VersionAt(t.Context(), "fall", began.Add(ago)); err != nil || version != want {
				t.Errorf("after %s: version %d, want %d (%v)", ago, version, want, err)
			}
		}
		r, err := store.Restore(t.Context(), "fall", bob, "restore", "", 4)
		if err != nil || r.Version != 8 || get(t, store).Now["nova"].Text != "four" {
			t.Errorf("%+v %v", r, err)
		}
		then, err := store.At(t.Context(), "fall", 7)
		if err != nil || then.Now["nova"].Text != "seven" || then.Version != 7 || !then.Changed.Equal(began.Add(5*time.Minute)) {
			t.Errorf("%+v %v", then, err)
		}
		_, err = store.At(t.Context(), "fall", 9)
		refused(t, err, gathering.ErrNone, "There is no change 9: the last one is 8")
		_, err = store.Restore(t.Context(), "fall", bob, "restore", "", 0)
		refused(t, err, gathering.ErrNone, "The event was not there yet")
		if err := rdb.XDel(t.Context(), "handsoff:ptg:fall:log", "1-0").Err(); err != nil {
			t.Fatal(err)
		}
		if then, err := store.At(t.Context(), "fall", 5); err != nil || then.Now["nova"].Text != "five" {
			t.Errorf("from the snapshot: %v", err)
		}
		if _, err := store.At(t.Context(), "fall", 2); err == nil || err.Error() != "gathering fall: the log lacks the change 1" {
			t.Error(err)
		}
	})
}

// TestHistory says who changed what, the newest first.
func TestHistory(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store, clock := ticking(rdb)
		made(t, store)
		clock.Add(time.Minute)
		change(t, store, ann, now("one"))
		change(t, store, bob, func(d *gathering.Draft) error { return d.Book("swift", bigA1) })
		change(t, store, bob, func(d *gathering.Draft) error { return d.Unbook("swift", bigA1) })
		change(t, store, ann, func(d *gathering.Draft) error { _, err := d.CheckIn("irc:oftc/ann", "ann", "nova"); return err })
		for i := range 250 {
			change(t, store, ann, func(d *gathering.Draft) error { return d.SetColor("nova", []string{"red", "blue"}[i%2]) })
		}
		for name, test := range map[string]struct {
			filter gathering.Filter
			limit  int
			want   []int64
		}{
			"all":            {gathering.Filter{}, 2, []int64{256, 255}},
			"before":         {gathering.Filter{Before: 4}, 10, []int64{3, 2, 1}},
			"by":             {gathering.Filter{By: "slack:U2"}, 10, []int64{5, 4}},
			"a track":        {gathering.Filter{About: "#Swift"}, 10, []int64{5, 4, 2}},
			"a room":         {gathering.Filter{About: "big room-2"}, 10, []int64{5, 4}},
			"a room's code":  {gathering.Filter{About: "BigRoom2"}, 10, []int64{5, 4}},
			"a slot":         {gathering.Filter{About: "mona1"}, 10, []int64{5, 4}},
			"a person":       {gathering.Filter{About: "bob"}, 10, []int64{5, 4}},
			"a principal":    {gathering.Filter{About: "SLACK:u2"}, 10, []int64{5, 4}},
			"a track before": {gathering.Filter{About: "nova", By: "irc:oftc/ann", Before: 7}, 10, []int64{6, 3, 2}},
			"nothing":        {gathering.Filter{About: "nosuch"}, 10, nil},
		} {
			list, err := store.History(t.Context(), "fall", test.filter, test.limit)
			ok := err == nil && len(list) == len(test.want)
			for i := range test.want {
				ok = ok && list[i].Version == test.want[i]
			}
			if !ok {
				t.Errorf("%s: %+v %v", name, list, err)
			}
		}
		c, err := store.Find(t.Context(), "fall", 3)
		if err != nil || c.By != ann || c.Said != "said" || !c.At.Equal(clock.Now()) || len(c.Sets) != 1 || c.Sets[0].Field != "now/nova" || c.Sets[0].Before != "" {
			t.Errorf("%+v %v", c, err)
		}
		_, err = store.History(t.Context(), "nosuch", gathering.Filter{}, 1)
		refused(t, err, gathering.ErrNoGathering, "There is no event 'nosuch'")
	})
}
