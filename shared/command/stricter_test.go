package command

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/job"
)

// What a job adds to a command's sign-off never loosens it.
func TestStricter(t *testing.T) {
	t.Parallel()
	approver := &job.Signoff{Need: 1, Role: "approver"}
	own := &job.Signoff{Need: 1, Role: job.SignoffRequester, Self: true}
	for _, test := range []struct {
		own     *job.Signoff
		besides *SignoffSpec
		want    *job.Signoff
	}{
		{nil, nil, nil},
		{approver, nil, approver},
		{nil, &SignoffSpec{Need: 2}, &job.Signoff{Need: 2, Role: "approver"}},
		{approver, &SignoffSpec{Need: 2, Role: "release", Self: true}, &job.Signoff{Need: 2, Role: "approver"}},
		{&job.Signoff{Need: 3, Role: "a", Self: true}, &SignoffSpec{Need: 2, Self: true}, &job.Signoff{Need: 3, Role: "a", Self: true}},
		{own, &SignoffSpec{Need: 1}, approver},
		{approver, &SignoffSpec{Need: 1, Role: job.SignoffRequester, Self: true}, approver},
		{own, &SignoffSpec{Need: 1, Role: job.SignoffRequester, Self: true}, own},
		{&job.Signoff{Need: 1, Within: time.Hour}, &SignoffSpec{Need: 1, Within: time.Minute}, &job.Signoff{Need: 1, Within: time.Minute}},
		{&job.Signoff{Need: 1, Within: time.Minute}, &SignoffSpec{Need: 1, Within: time.Hour}, &job.Signoff{Need: 1, Within: time.Minute}},
	} {
		if got := Stricter(test.own, test.besides); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%+v and %+v: %+v, want %+v", test.own, test.besides, got, test.want)
		}
	}
}

// Whatever a job wants besides, a command's sign-off keeps its role, and takes no fewer people, no longer and nobody whom it left
// out; only where the requester's own word was enough do others take their place.
func TestStricterIsNeverLooser(t *testing.T) {
	t.Parallel()
	role := rapid.SampledFrom([]string{"approver", "release", job.SignoffRequester})
	within := rapid.SampledFrom([]time.Duration{0, time.Minute, time.Hour})
	need := rapid.IntRange(1, 3)
	rapid.Check(t, func(t *rapid.T) {
		own := &job.Signoff{Need: need.Draw(t, "need"), Role: role.Draw(t, "role"), Self: rapid.Bool().Draw(t, "self"), Within: within.Draw(t, "within")}
		besides := &SignoffSpec{
			Need: need.Draw(t, "more need"), Role: role.Draw(t, "more role"), Self: rapid.Bool().Draw(t, "more self"), Within: within.Draw(t, "more within"),
		}
		own.Self, besides.Self = own.Self || own.Role == job.SignoffRequester, besides.Self || besides.Role == job.SignoffRequester
		before := *own
		got := Stricter(own, besides)
		alone := own.Role == job.SignoffRequester // the requester's own word
		switch {
		case !reflect.DeepEqual(*own, before):
			t.Fatalf("the command's own was changed: %+v", own)
		case !alone && got.Role != own.Role, alone && got.Role != besides.Role:
			t.Fatalf("it is %s whose word counts", got.Role)
		case !alone && (got.Need < own.Need || got.Self && !own.Self):
			t.Fatalf("it takes %d, themselves: %t", got.Need, got.Self)
		}
		for _, bound := range []time.Duration{own.Within, besides.Within} {
			if bound > 0 && (got.Within <= 0 || got.Within > bound) {
				t.Fatalf("it waits %s, and may wait %s", got.Within, bound)
			}
		}
	})
}

// Only what has a parent may carry what a job says of what it asks for, and only what makes sense.
func TestWhatAJobSaysOfAnother(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		e  Envelope
		ok bool
	}{
		{Envelope{Parent: "k3f7", Signoff: &SignoffSpec{Need: 2}, Limit: time.Hour, Closing: 3}, true},
		{Envelope{Signoff: &SignoffSpec{Need: 1}}, false},
		{Envelope{Limit: time.Hour}, false},
		{Envelope{Closing: 1}, false},
		{Envelope{Parent: "k3f7", Closing: -1}, false},
		{Envelope{Parent: "k3f7", Limit: -time.Second}, false},
		{Envelope{Parent: "k3f7", Limit: 31 * 24 * time.Hour}, false},
		{Envelope{Parent: "k3f7", Signoff: &SignoffSpec{}}, false},
		{Envelope{Parent: "k3f7", Signoff: &SignoffSpec{Need: 11}}, false},
		{Envelope{Parent: "k3f7", Signoff: &SignoffSpec{Need: 1, Role: "No Role"}}, false},
	} {
		test.e.ID, test.e.Nonce, test.e.Principal, test.e.Text = "1", "2", "telnet:ann", "ping"
		body, err := json.Marshal(test.e)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := DecodeEnvelope(body); (err == nil) != test.ok {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestHelpTellsWhoseWordIsNeeded(t *testing.T) {
	t.Parallel()
	for want, spec := range map[string]*SignoffSpec{
		"Another person with the role approver must approve it.":                 {Need: 1},
		"2 other people with the role release must approve it, unless dry=yes.":  {Need: 2, Role: "release", Unless: "dry"},
		"Who asks for it must confirm it, and nobody else can, unless sure=yes.": {Need: 1, Role: job.SignoffRequester, Unless: "sure"},
	} {
		if got := spec.term(); got != want {
			t.Errorf("have %s\nwant %s", got, want)
		}
	}
}
