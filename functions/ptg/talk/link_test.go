package talk_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/command"
)

// spring is a second event beside denver.
func (s *stage) spring() {
	s.Helper()
	root := gathering.Author{Principal: "telnet:root", Name: "root"}
	if _, err := s.store.Create(s.Context(), "spring", root, "", "", gathering.About{Name: "Spring"}); err != nil {
		s.Fatal(err)
	}
}

func (s *stage) edit(id string, edit func(d *gathering.Draft) error) {
	s.Helper()
	by := gathering.Author{Principal: "telnet:root", Name: "root"}
	if _, err := s.store.Change(s.Context(), id, by, "", "", func(d *gathering.Draft) (string, error) { return "", edit(d) }); err != nil {
		s.Fatal(err)
	}
}

func (s *stage) people(id string) map[string]string {
	s.Helper()
	g, err := s.store.Get(s.Context(), id)
	if err != nil {
		s.Fatal(err)
	}
	return g.People
}

// alone has somebody say something about denver to the bot alone.
func (s *stage) alone(who, line string) command.Answer {
	s.Helper()
	answer, err := s.talk.Say(s.Context(), s.saying(who, "", "@denver "+line, false))
	if err != nil {
		s.Fatal(err)
	}
	return answer
}

// TestATieIsDroppedWhereverItIs, also where the event that is meant has none.
func TestATieIsDroppedWhereverItIs(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.spring()
	s.edit("spring", func(d *gathering.Draft) error { return d.Link("telnet:root", "irc:oftc/ann") })
	if answer := s.alone("root", "link drop"); answer.Problem != nil || answer.Text != "You are somebody of your own again at this door" {
		t.Errorf("%+v", answer)
	}
	if people := s.people("spring"); len(people) != 0 {
		t.Errorf("still tied: %v", people)
	}
	if answer := s.alone("root", "link drop"); answer.Problem == nil || answer.Text != "telnet:root is tied to nobody" {
		t.Errorf("%+v", answer)
	}
}

// TestATieWhereThereIsNoRoom is made at the other events, and says so; where there is none at all it is refused.
func TestATieWhereThereIsNoRoom(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.spring()
	fill := func(id string, most int) {
		var sets []gathering.Set
		for i := range most {
			sets = append(sets, gathering.Set{Field: fmt.Sprint("link/telnet:p", i), After: `"irc:oftc/p"`})
		}
		s.edit(id, func(d *gathering.Draft) error { return d.Apply(sets) })
	}
	fill("denver", gathering.MaxPeople)
	s.alone("ann", "link")
	answer := s.alone("root", "link code1")
	if answer.Problem != nil || !strings.HasPrefix(answer.Text, "You are irc:oftc/ann here, too; not at denver: 10000 people are tied together") {
		t.Errorf("%+v", answer)
	}
	if person := s.people("spring")["telnet:root"]; person != "irc:oftc/ann" {
		t.Errorf("at the other it is %q", person)
	}
	fill("spring", gathering.MaxPeople-1)
	s.alone("ann", "link")
	if answer := s.alone("bob", "link code1"); answer.Problem == nil || !strings.HasPrefix(answer.Text, "10000 people are tied together") || s.world.codes["code1"] == "" {
		t.Errorf("%+v %v", answer, s.world.codes)
	}
}
