package function_test

import (
	"slices"
	"testing"

	"github.com/handsoff/handsoff/shared/job"
)

// TestTeller: those of bot.alerts are told once for a key, and who tells them is seen.
func TestTeller(t *testing.T) {
	t.Parallel()
	p := platform(t)
	p.Config.Bot.Alerts = []string{"telnet:ann"}
	tell := p.Teller("It tells what they should know.")
	for range 2 {
		if err := tell(t.Context(), "deaf", "I hear nothing."); err != nil {
			t.Fatal(err)
		}
	}
	accepted, err := p.Jobs.Accept(t.Context(), job.Notice("test", "deaf", "", nil))
	if err != nil || !accepted.Existing {
		t.Fatalf("%+v, %v", accepted, err)
	}
	j, err := p.Jobs.Get(t.Context(), accepted.ID)
	if err != nil {
		t.Fatal(err)
	}
	watchers, err := p.Jobs.Watchers(t.Context(), j.ID)
	if err != nil {
		t.Fatal(err)
	}
	if !j.IsNotice() || j.Text != "I hear nothing." || j.Principal != "bot:test" || !slices.Equal(j.Why.Notes, []string{"It tells what they should know."}) {
		t.Errorf("%+v", j)
	}
	if _, watched := watchers["telnet:ann"]; !watched || len(watchers) != 1 {
		t.Errorf("watched by %v", watchers)
	}
}
