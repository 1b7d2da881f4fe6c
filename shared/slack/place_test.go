package slack_test

import (
	"testing"

	"github.com/handsoff/handsoff/shared/slack"
)

func TestPlace(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]slack.Place{
		"slack:C123":                   {Channel: "C123"},
		"slack:C123/1700000000.000100": {Channel: "C123", Thread: "1700000000.000100"},
		"slack:D123/1700000000.000100": {Channel: "D123", Thread: "1700000000.000100"},
		"slack:U123":                   {Channel: "U123"},
	} {
		got, ok := slack.ParsePlace(address)
		if !ok || got != want || got.Address() != address {
			t.Errorf("%s: have %+v %v, again %q", address, got, ok, got.Address())
		}
		if got.Person() != (want.Channel == "U123") {
			t.Errorf("%s: person %v", address, got.Person())
		}
	}
	for _, address := range []string{
		"", "slack:", "slack:c123", "slack:T123", "telnet:ann", "slack:C123/", "slack:C123/17", "slack:C123/1700000000.0001",
		"slack:C123/1700000000.000100/", "slack:U123/1700000000.000100", "slack-guest:U123", "slack:C1 23", " slack:C123",
		"slack:C123/1700000000.000100?x", "slack:C" + string(make([]byte, 40)),
	} {
		if got, ok := slack.ParsePlace(address); ok {
			t.Errorf("%q is no place, have %+v", address, got)
		}
	}
	if got := (slack.Place{}).Address(); got != "" {
		t.Errorf("nowhere has the address %q", got)
	}
}

func FuzzParsePlace(f *testing.F) {
	for _, seed := range []string{"slack:C1", "slack:C1/1.000001", "slack:U1", "slack:C1/x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		place, ok := slack.ParsePlace(address)
		if ok && place.Address() != address {
			t.Errorf("%q became %q", address, place.Address())
		}
		if !ok && place != (slack.Place{}) {
			t.Errorf("%q is refused and gives %+v", address, place)
		}
	})
}
