package gathering_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

var (
	trackNames = []string{"nova", "swift", "Cinder", "nosuch"}
	allSpots   = []gathering.Spot{
		aspenA1, aspenA2, bigA1,
		{Room: "Aspen", Slot: "TueA1"},
		{Room: "BigRoom2", Slot: "TueA2"},
		{Room: "Beach", Slot: "MonA1"},
	}
)

// command is something that somebody may say.
type command struct {
	name string
	edit func(d *gathering.Draft) error
}

// anyCommand draws one, of valid and invalid ones.
func anyCommand(t *rapid.T) command {
	track := rapid.SampledFrom(trackNames).Draw(t, "track")
	words := rapid.SampledFrom([]string{"", "a", "b <b>", strings.Repeat("x", gathering.MaxText+1)}).Draw(t, "words")
	spots := rapid.SliceOfN(rapid.SampledFrom(allSpots), 0, 3).Draw(t, "spots")
	who := rapid.SampledFrom([]string{"irc:oftc/ann", "slack:U2", "person:ann"}).Draw(t, "who")
	n := rapid.IntRange(0, 3).Draw(t, "n")
	void := func(do func()) error { do(); return nil }
	all := map[string]func(d *gathering.Draft) error{
		"now":         func(d *gathering.Draft) error { return d.SetNow(track, words) },
		"next":        func(d *gathering.Draft) error { return d.AddNext(track, words) },
		"clean":       func(d *gathering.Draft) error { return d.Clean(track) },
		"etherpad":    func(d *gathering.Draft) error { return d.SetEtherpad(track, words) },
		"url":         func(d *gathering.Draft) error { return d.SetURL(track, "https://example.org/"+fmt.Sprint(n)) },
		"color":       func(d *gathering.Draft) error { return d.SetColor(track, []string{"", "red", "#abc", "none"}[n]) },
		"location":    func(d *gathering.Draft) error { return d.SetPlace(track, words) },
		"book":        func(d *gathering.Draft) error { return d.Book(track, spots...) },
		"book too":    func(d *gathering.Draft) error { return d.Book(track, spots...) },
		"unbook":      func(d *gathering.Draft) error { return d.Unbook(track, spots...) },
		"moderator":   func(d *gathering.Draft) error { return d.AddModerator(track, who) },
		"unmoderator": func(d *gathering.Draft) error { return d.DelModerator(track, who) },
		"in": func(d *gathering.Draft) error {
			_, err := d.CheckIn(who, "x", []string{"", "#nova", "bar", "#x"}[n])
			return err
		},
		"out": func(d *gathering.Draft) error { _, err := d.CheckOut(who); return err },
		"subscribe": func(d *gathering.Draft) error {
			_, err := d.Subscribe(who, gathering.Subscription{Pattern: words, Tracks: []string{track}, Address: "a"})
			return err
		},
		"unsubscribe": func(d *gathering.Draft) error { _, err := d.Unsubscribe(who); return err },
		"add":         func(d *gathering.Draft) error { return d.AddTracks("cinder", track) },
		"del":         func(d *gathering.Draft) error { return void(func() { d.DelTracks(track) }) },
		"clean many":  func(d *gathering.Draft) error { return void(func() { d.CleanTracks(track, "nova") }) },
		"newday":      func(d *gathering.Draft) error { return void(d.NewDay) },
		"motd":        func(d *gathering.Draft) error { return d.AddBanner("info", words) },
		"motd del":    func(d *gathering.Draft) error { return d.DelBanner(n) },
		"reorder":     func(d *gathering.Draft) error { return d.ReorderBanners(n, 1) },
		"motd clean":  func(d *gathering.Draft) error { return void(d.ClearBanners) },
		"voice":       func(d *gathering.Draft) error { return void(func() { d.RequireVoice(n > 1) }) },
		"status":      func(d *gathering.Draft) error { return d.SetStatus([]string{"alert", "notice", "log", ""}[n], words) },
		"ok":          func(d *gathering.Draft) error { return void(d.ClearStatus) },
		"success":     func(d *gathering.Draft) error { return d.AddSuccess(words, "") },
		"thanks":      func(d *gathering.Draft) error { return d.AddThanks(words, "") },
		"link":        func(d *gathering.Draft) error { return d.Link(who, "person:ann") },
		"unlink":      func(d *gathering.Draft) error { return d.Unlink(who) },
		"emptydb":     func(d *gathering.Draft) error { return void(d.Empty) },
		"furnish":     furnish,
	}
	name := rapid.SampledFrom(keys(all)).Draw(t, "command")
	if name == "emptydb" && rapid.IntRange(0, 3).Draw(t, "really") > 0 {
		name = "furnish"
	}
	return command{name, all[name]}
}

func keys[T any](all map[string]T) []string {
	var list []string
	for key := range all {
		list = append(list, key)
	}
	// rapid repeats what it drew: the order must not differ from run to run
	for i := range list {
		for j := i + 1; j < len(list); j++ {
			if list[j] < list[i] {
				list[i], list[j] = list[j], list[i]
			}
		}
	}
	return list
}

// TestTheLogIsTheState: whatever people say, through whichever process, each state can be read again from the log; the last
// change can be undone, which gives the state before; any state can be gone back to; and a slot is never taken from a track
// that did not give it up.
func TestTheLogIsTheState(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr()})
	t.Cleanup(func() { _ = rdb.Close() })
	rapid.Check(t, func(t *rapid.T) {
		server.FlushAll()
		ctx := t.Context()
		stores := []*gathering.Store{gathering.NewStore(rdb), gathering.NewStore(rdb)}
		for _, store := range stores {
			store.SnapshotEvery(4)
		}
		if _, err := stores[0].Create(ctx, "fall", ann, "", "", gathering.About{Name: "Fall"}); err != nil {
			t.Fatal(err)
		}
		states := []map[string]string{{}, read(t, stores[1])}
		for range rapid.IntRange(1, 25).Draw(t, "commands") {
			store := rapid.SampledFrom(stores).Draw(t, "store")
			by := rapid.SampledFrom([]gathering.Author{ann, bob}).Draw(t, "by")
			before := states[len(states)-1]
			var r gathering.Result
			var err error
			what := rapid.IntRange(0, 9).Draw(t, "what")
			switch what {
			case 0:
				version := int64(rapid.IntRange(0, len(states)).Draw(t, "undone"))
				r, err = store.Undo(ctx, "fall", by, "undo", "", gathering.Undoing{Version: version})
			case 1:
				version := rapid.IntRange(1, len(states)-1).Draw(t, "version")
				r, err = store.Restore(ctx, "fall", by, "restore", "", int64(version))
				if restored := read(t, store); err != nil || !asThen(restored, states[version], before) {
					t.Fatalf("restored %d: %v %v, want %v with the ties of %v", version, err, restored, states[version], before)
				}
			default:
				c := anyCommand(t)
				r, err = store.Change(ctx, "fall", by, c.name, "", func(d *gathering.Draft) (string, error) { return "", c.edit(d) })
			}
			after := read(t, stores[0])
			var refusal *gathering.Refusal
			if err != nil && (!errors.As(err, &refusal) || !maps.Equal(before, after)) {
				t.Fatalf("refused, but %v → %v: %v", before, after, err)
			}
			if orphan := orphan(after); orphan != "" {
				t.Fatalf("%s is of a track that is not there: %v", orphan, after)
			}
			if err == nil && len(r.Sets) > 0 {
				states = append(states, after)
			}
			if g, err := stores[1].Get(ctx, "fall"); err != nil || g.Version != int64(len(states)-1) {
				t.Fatalf("version %d of %d (%v)", g.Version, len(states)-1, err)
			}
		}
		for version, want := range states {
			g, err := stores[0].At(ctx, "fall", int64(version))
			if err != nil || !maps.Equal(g.Fields(), want) {
				t.Fatalf("replayed to %d: %v, want %v (%v)", version, g.Fields(), want, err)
			}
		}
		noneTaken(t, stores[0], len(states))
		if last := len(states) - 1; last > 1 {
			history, err := stores[0].History(ctx, "fall", gathering.Filter{}, 1)
			if err != nil {
				t.Fatal(err)
			}
			want := states[last-1]
			_, err = stores[1].Undo(ctx, "fall", bob, "undo", "", gathering.Undoing{Version: history[0].Version})
			if !maps.Equal(ties(states[last]), ties(want)) {
				if !errors.Is(err, gathering.ErrInvalid) {
					t.Fatalf("undone %d, which says who is who: %v", last, err)
				}
				want, err = states[last], nil
			}
			if err != nil || !maps.Equal(read(t, stores[0]), want) {
				t.Fatalf("undone %d: %v, want %v (%v)", last, read(t, stores[0]), want, err)
			}
		}
	})
}

// ties are the fields that say who is who.
func ties(fields map[string]string) map[string]string {
	found := maps.Clone(fields)
	maps.DeleteFunc(found, func(name, _ string) bool { return !strings.HasPrefix(name, "link/") })
	return found
}

// asThen reports whether what was restored is as it was then, with the ties as they were before it was restored, and nothing is
// left to whoever is somebody else by them.
func asThen(restored, then, before map[string]string) bool {
	tied := ties(before)
	personal := func(name string) bool {
		kind, _, _ := strings.Cut(name, "/")
		return kind == "link" || len(tied) > 0 && (kind == "in" || kind == "subscription")
	}
	rest := func(fields map[string]string) map[string]string {
		found := maps.Clone(fields)
		maps.DeleteFunc(found, func(name, _ string) bool { return personal(name) })
		return found
	}
	for name := range tied {
		_, principal, _ := strings.Cut(name, "/")
		if restored["in/"+principal] != "" || restored["subscription/"+principal] != "" {
			return false
		}
	}
	return maps.Equal(ties(restored), tied) && maps.Equal(rest(restored), rest(then))
}

// orphan is a field of a track that is not there; "" for none.
func orphan(fields map[string]string) string {
	for name, text := range fields {
		kind, track, _ := strings.Cut(name, "/")
		switch kind {
		case "now", "next", "place", "moderators":
		case "book":
			var b gathering.Booking
			if json.Unmarshal([]byte(text), &b) == nil {
				track = b.Track
			}
		default:
			continue
		}
		if fields["track/"+track] == "" {
			return name
		}
	}
	return ""
}

// read is a gathering's hash, past all caches.
func read(t interface{ Fatal(args ...any) }, store *gathering.Store) map[string]string {
	g, err := gathering.Fresh(store, "fall")
	if err != nil {
		t.Fatal(err)
	}
	return g.Fields()
}

// noneTaken checks in the log that nobody was booked over, but by going back to what was.
func noneTaken(t interface {
	Fatalf(format string, args ...any)
}, store *gathering.Store, versions int,
) {
	history, err := store.History(context.Background(), "fall", gathering.Filter{}, versions+100)
	if err != nil {
		t.Fatalf("%v", err)
	}
	for _, c := range history {
		for _, one := range c.Sets {
			if strings.HasPrefix(one.Field, "book/") && one.Before != "" && one.After != "" && c.Said != "restore" {
				t.Fatalf("change %d, %s: %s booked over: %s → %s", c.Version, c.Said, one.Field, one.Before, one.After)
			}
		}
	}
}

// TestManyAtOnce say anything: the log is without a gap, and leads to what is there.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		made(t, gathering.NewStore(rdb))
		const people, lines = 8, 25
		script := rapid.SliceOfN(rapid.Custom(anyCommand), lines, lines)
		var all sync.WaitGroup
		for person := range people {
			store := gathering.NewStore(rdb)
			store.SnapshotEvery(10)
			by := gathering.Author{Principal: fmt.Sprint("telnet:", person), Name: fmt.Sprint(person)}
			commands := script.Example(person)
			all.Go(func() {
				for _, c := range commands {
					_, err := store.Change(t.Context(), "fall", by, c.name, "", func(d *gathering.Draft) (string, error) { return "", c.edit(d) })
					var refusal *gathering.Refusal
					if err != nil && !errors.As(err, &refusal) {
						t.Errorf("%s: %v", c.name, err)
					}
				}
			})
		}
		all.Wait()
		store := gathering.NewStore(rdb) // which knows of no snapshot: it replays all
		g := get(t, store)
		again := replayed(t, store, g.Version)
		if !maps.Equal(again, g.Fields()) {
			t.Errorf("replayed %v, is %v", again, g.Fields())
		}
		noneTaken(t, store, int(g.Version))
		t.Logf("%d changes", g.Version)
	})
}

// replayed is what the log by itself leads to.
func replayed(t *testing.T, store *gathering.Store, version int64) map[string]string {
	t.Helper()
	history, err := store.History(t.Context(), "fall", gathering.Filter{}, int(version)+1)
	if err != nil || int64(len(history)) != version {
		t.Fatalf("%d of %d changes (%v)", len(history), version, err)
	}
	fields := make(map[string]string)
	for i := range history {
		c := history[len(history)-1-i]
		for _, one := range c.Sets {
			if c.Version != int64(i+1) || fields[one.Field] != one.Before {
				t.Fatalf("change %d at place %d: %s was %q, not %q", c.Version, i+1, one.Field, fields[one.Field], one.Before)
			}
			if fields[one.Field] = one.After; one.After == "" {
				delete(fields, one.Field)
			}
		}
	}
	return fields
}
