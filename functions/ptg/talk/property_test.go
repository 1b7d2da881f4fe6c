package talk_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/functions/ptg/exchange"
	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// TestAnyConversation: whatever people say, no spot goes from one track to another without having been free, nobody is told of
// what they said themselves, and the log replays to what there is.
func TestAnyConversation(t *testing.T) {
	t.Parallel()
	lines := []string{
		"#nova now %d", "#swift next %d", "#nova clean", "#nova book Aspen-FriP1", "#swift book Aspen-FriP1", "#swift book Aspen Fri 13:30-17:00",
		"#nova unbook Aspen-FriP1", "#swift unbook FriP1", "#oslo book FriP1", "#swift book Vail-FriP1, Aspen-FriP2", "+in nova", "+in %d", "+out",
		"+subscribe nova", "+subscribe .", "+unsubscribe", "~add t%d", "~del swift", "~motd clean", "~motd add info %d", "~motd del 1", "~requirevoice",
		"~alloweveryone", "undo", "#nova moderators add bob", "#nova moderators del bob", "#success %d", "#nova location %d", "#nova color auto",
	}
	if os.Getenv("HANDSOFF_SOAK") == "" {
		if err := flag.Set("rapid.checks", "30"); err != nil {
			t.Fatal(err)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		s := newStage(t)
		for i := range rapid.IntRange(1, 12).Draw(r, "lines") {
			who := rapid.SampledFrom(speakers).Draw(r, "who")
			line := rapid.SampledFrom(lines).Draw(r, "line")
			if strings.Contains(line, "%d") {
				line = fmt.Sprintf(line, i)
			}
			said := s.saying(who, channel, line, rapid.Bool().Draw(r, "overheard"))
			if _, err := s.talk.Say(t.Context(), said); err != nil {
				r.Fatalf("%s: %v", line, err)
			}
			for n, deed := range s.world.asked {
				if _, err := s.talk.Do(t.Context(), deed, gathering.Author{Principal: said.By, Name: said.Name}, fmt.Sprint("job ", i, n)); err != nil {
					r.Fatalf("%+v: %v", deed, err)
				}
			}
			s.world.asked = nil
			for _, notice := range s.world.hears() {
				if own := strings.Replace(said.By, "/", "/@", 1); strings.Contains(" "+strings.Split(notice, ": ")[0]+" ", " "+own+" ") {
					r.Fatalf("%s was told of %q: %s", who, line, notice)
				}
			}
		}
		s.consistent(r)
	})
}

// consistent looks through the log.
func (s *stage) consistent(r *rapid.T) {
	before := s.export()
	g, err := s.store.Get(s.Context(), "denver")
	if err != nil {
		r.Fatal(err)
	}
	changes, err := s.store.History(s.Context(), "denver", gathering.Filter{}, 1000)
	if err != nil || int64(len(changes)) != g.Version {
		r.Fatalf("%d changes at version %d: %v", len(changes), g.Version, err)
	}
	for _, c := range changes {
		for _, set := range c.Sets {
			if strings.HasPrefix(set.Field, "book/") && trackOf(set.Before) != "" && trackOf(set.After) != "" {
				r.Fatalf("%s: %s goes from %s to %s", c.Said, set.Field, set.Before, set.After)
			}
		}
	}
	if _, err := s.store.Change(s.Context(), "denver", gathering.Author{Principal: "x:y", Name: "y"}, "", "", func(d *gathering.Draft) (string, error) {
		return "", d.AddBanner("info", "one more")
	}); err != nil {
		r.Skip("there are as many messages as there may be")
	}
	then, err := s.store.At(s.Context(), "denver", g.Version)
	if err != nil {
		r.Fatal(err)
	}
	replayed, err := exchange.Write(then, exchange.Whole)
	if err != nil || string(replayed) != before {
		r.Fatalf("the log replays to\n%s\nand there was\n%s %v", replayed, before, err)
	}
}

func trackOf(booking string) string {
	var b gathering.Booking
	if json.Unmarshal([]byte(booking), &b) != nil {
		return ""
	}
	return b.Track
}
