package talk

import (
	"errors"
	"fmt"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// errNotOurs ends what is to be left alone: it was said among people and most likely meant something else.
var errNotOurs = errors.New("talk: not for us")

// no refuses something with a sentence for the person.
func no(code, format string, args ...any) error {
	return &command.Mistake{Text: fmt.Sprintf(format, args...), Problem: command.Problem{Code: code}}
}

// wrong refuses a line that lacks something or has too much.
func wrong(format string, args ...any) error { return no(command.CodeUsage, format, args...) }

// short is somebody's text inside a sentence of ours.
func short(text string) string {
	const most = 60
	return chat.Brief(text, most)
}

// codes say what each kind of refusal of a gathering is.
var codes = []struct {
	of   error
	code string
}{
	{gathering.ErrNoGathering, command.CodeNotFound},
	{gathering.ErrNoTrack, command.CodeNotFound},
	{gathering.ErrNoSpot, command.CodeNotFound},
	{gathering.ErrNone, command.CodeNotFound},
	{gathering.ErrInvalid, command.CodeUsage},
}

// answer makes an answer of what came of an utterance. Only faults stay errors.
func answer(text string, err error) (command.Answer, error) {
	mistake, refusal := new(command.Mistake), new(gathering.Refusal)
	switch {
	case err == nil:
		return command.Answer{Text: text}, nil
	case errors.Is(err, errNotOurs):
		return command.Answer{Problem: &command.Problem{Code: command.CodeOverheard}}, nil
	case errors.As(err, &mistake):
		return mistake.Answer(), nil
	case errors.As(err, &refusal):
		problem := &command.Problem{Code: command.CodeConflict}
		for _, c := range codes {
			if errors.Is(err, c.of) {
				problem.Code = c.code
			}
		}
		return command.Answer{Text: refusal.Text, Problem: problem}, nil
	}
	return command.Answer{}, err
}
