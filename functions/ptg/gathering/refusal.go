package gathering

import (
	"errors"
	"fmt"
)

// Refusal is why an edit is not made, as a sentence for the person.
type Refusal struct { //nolint:errname // a refusal is no failure
	Text string
	Of   error // what it is a case of, for errors.Is; nil for none of these
}

func (r *Refusal) Error() string { return r.Text }

// Unwrap is what it is a case of.
func (r *Refusal) Unwrap() error { return r.Of }

// What a refusal can be a case of.
var (
	ErrNoGathering = errors.New("gathering: no such gathering")
	ErrExists      = errors.New("gathering: there already")
	ErrNoTrack     = errors.New("gathering: no such track")
	ErrNoSpot      = errors.New("gathering: no such slot")
	ErrTaken       = errors.New("gathering: booked already")
	ErrNotBooked   = errors.New("gathering: not booked for it")
	ErrNotIn       = errors.New("gathering: not checked in")
	ErrNone        = errors.New("gathering: nothing of that kind")
	ErrInvalid     = errors.New("gathering: not a valid value")
	ErrFull        = errors.New("gathering: as many as there may be")
	ErrMeanwhile   = errors.New("gathering: changed meanwhile")
	ErrTooLate     = errors.New("gathering: too long ago")
)

func refuse(of error, format string, args ...any) error {
	return &Refusal{Text: fmt.Sprintf(format, args...), Of: of}
}
