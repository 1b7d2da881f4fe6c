package terminal

import (
	"time"

	"github.com/handsoff/handsoff/telnet-gateway/lineedit"
	"github.com/handsoff/handsoff/telnet-gateway/telnet"
)

// Kind says what a person, or the client, did.
type Kind int

// The kinds of events.
const (
	Line        Kind = iota // Event.Text is a line
	TooLong                 // a line was longer than the limit; nothing of it is left
	NotText                 // a line had bytes that are not UTF-8, or control keys
	Interrupt               // the interrupt key on an empty line
	Cleared                 // the interrupt key threw away the text on the line
	EndOfFile               // the end-of-file key on an empty line
	Complete                // the completion key; Event.Text is what stands left of the cursor
	Seen                    // the client has processed what was printed with Event.Tokens
	Changed                 // the client said something about itself
	Unrequested             // the client negotiated something that it was not asked about
)

// Event is one thing that happened at the far end.
type Event struct {
	Kind   Kind
	Text   string
	Tokens []string
}

// Feed hands in a chunk. Take all events with Next before the next chunk.
func (t *Terminal) Feed(chunk []byte) { t.proto.Feed(chunk) }

// Next gives the next event, false when the chunk is used up. Bytes behind the event are not looked at before the next
// call, so that a password typed ahead of its prompt is not echoed.
func (t *Terminal) Next() (Event, bool) {
	for {
		for len(t.data) > 0 {
			k, n, ok := t.decoder.Next(t.data)
			t.data = t.data[n:]
			if !ok {
				break
			}
			if e, ok := t.press(k); ok {
				return e, true
			}
		}
		e, ok := t.proto.Next()
		if !ok {
			return t.caughtUp()
		}
		if e, ok := t.act(e); ok {
			return e, true
		}
	}
}

// caughtUp does what had to wait until all bytes were looked at. A client that sends an interrupt throws away what it
// receives until its timing mark, sent right behind, is answered: so the interrupt is acted on after that answer.
func (t *Terminal) caughtUp() (Event, bool) {
	t.showAgain()
	if t.interrupt {
		t.interrupt = false
		return t.stopped(), true
	}
	return Event{}, false
}

func (t *Terminal) act(e telnet.Event) (Event, bool) {
	switch e.Kind {
	case telnet.Data:
		t.data = e.Data
		return t.caughtUp() // what was typed after an interrupt must not overtake it
	case telnet.Interrupt:
		t.interrupt = true
	case telnet.Erase:
		return t.press(lineedit.Key{Code: lineedit.Backspace})
	case telnet.EraseAll:
		return t.press(lineedit.Key{Code: lineedit.KillLeft})
	case telnet.End:
		return t.press(lineedit.Key{Code: lineedit.EndOfFile})
	case telnet.ThereYet:
		t.screen.Print(t.opts.Hello)
	case telnet.Mode, telnet.Type:
		if e.Kind == telnet.Type {
			t.kind = e.Terminal
		}
		t.adjust()
		return Event{Kind: Changed}, true
	case telnet.Window:
		t.screen.Resize(e.Width)
		return Event{Kind: Changed}, true
	case telnet.Mark:
		return t.markAnswered()
	case telnet.Flush: // marks that are answered behind it say nothing any more
		t.again = append(t.again, t.unseen.again()...)
	case telnet.Unrequested:
		return Event{Kind: Unrequested}, true
	}
	return Event{}, false
}

// adjust draws for what the client can do now.
func (t *Terminal) adjust() {
	if !t.proto.CharacterMode() {
		t.screen.SetMode(lineedit.LineMode, false)
		if !t.hidden { // an echo without character mode would hide what is typed
			t.proto.HideInput(false)
		}
		return
	}
	mode, colour := lineedit.Terminal(t.kind)
	t.screen.SetMode(mode, colour && !t.opts.NoColour)
}

func (t *Terminal) markAnswered() (Event, bool) {
	tokens := t.unseen.answered()
	t.marked, t.markful = time.Now(), true
	return Event{Kind: Seen, Tokens: tokens}, len(tokens) > 0
}

// showAgain sends what the client may have thrown away.
func (t *Terminal) showAgain() {
	for _, p := range t.again {
		t.Print(p.text, p.token)
	}
	t.again = nil
}
