package control

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

// Duration reads a time that an order has under a name; nothing is none.
func Duration(name, text string) (time.Duration, error) {
	d, err := time.ParseDuration(cmp.Or(text, "0s"))
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%w: %s must be a time such as 30s", ErrOrder, name)
	}
	return d, nil
}

// CheckFault checks what all orders to misbehave have.
func CheckFault[Kind ~string](kind Kind, kinds []Kind, span fault.Span) error {
	switch {
	case !slices.Contains(kinds, kind):
		return fmt.Errorf("%w: kind must be one of %v", ErrOrder, kinds)
	case span.Times < 0 || span.Skip < 0:
		return fmt.Errorf("%w: times and skip must be zero or more", ErrOrder)
	}
	return nil
}

// Mend takes the order to end a fault by its number, {"id":3}; without one, all.
func (d Desk) Mend(path string, mend func(ids ...int)) {
	Order(d, path, func(_ *http.Request, in struct{ ID int }) (any, error) {
		if in.ID == 0 {
			mend()
		} else {
			mend(in.ID)
		}
		return nil, nil
	})
}

// fastest is how many seconds of its clock a stand-in may let pass in one real second.
const fastest = 1e6

// Clock takes the order to move a clock, {"advance":"1m"}, and to set its speed, {"speed":10}; 0 stops it.
func (d Desk) Clock(clock interface {
	Now() time.Time
	Advance(d time.Duration)
	SetSpeed(speed float64)
},
) {
	Order(d, "clock", func(_ *http.Request, in struct {
		Advance string
		Speed   *float64
	},
	) (any, error) {
		ahead, err := Duration("advance", in.Advance)
		if err != nil {
			return nil, err
		}
		if in.Speed != nil && (*in.Speed < 0 || *in.Speed > fastest) {
			return nil, fmt.Errorf("%w: speed must be a number from 0 to %d", ErrOrder, int(fastest))
		}
		clock.Advance(ahead)
		if in.Speed != nil {
			clock.SetSpeed(*in.Speed)
		}
		return object{"now": clock.Now()}, nil
	})
}
