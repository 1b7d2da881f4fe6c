package terminal

import (
	"github.com/handsoff/handsoff/telnet-gateway/lineedit"
)

// press takes one key.
func (t *Terminal) press(k lineedit.Key) (Event, bool) {
	if t.screen.Mode() == lineedit.LineMode {
		return t.plain(k)
	}
	if t.hidden && !fitsPassword(k.Code) {
		return Event{}, false
	}
	switch t.editor.Press(k) {
	case lineedit.Nothing:
	case lineedit.Refresh:
		t.screen.Draw()
	case lineedit.Appended:
		t.screen.Echo(k.Text)
	case lineedit.Full:
		t.overlong = true
		t.screen.Ring()
	case lineedit.Ring:
		t.screen.Ring()
		t.screen.Draw()
	case lineedit.ClearAll:
		t.screen.Clear()
	case lineedit.Submit:
		return t.submit(), true
	case lineedit.Stop:
		return t.stopped(), true
	case lineedit.Finish:
		return Event{Kind: EndOfFile}, true
	case lineedit.Complete:
		return Event{Kind: Complete, Text: t.editor.Before()}, true
	}
	return Event{}, false
}

// plain takes a key from a client that edits the line itself. The keys that change what was typed unseen (a recalled
// line would run without having been on the screen) spoil the line instead.
func (t *Terminal) plain(k lineedit.Key) (Event, bool) {
	switch k.Code {
	case lineedit.Text, lineedit.Tab:
		if k.Code == lineedit.Tab {
			k.Text = " "
		}
		if t.overlong || !t.editor.Insert(k.Text) {
			t.overlong = true
			t.editor.Take()
		}
	case lineedit.Backspace, lineedit.KillLeft:
		t.editor.Press(k)
	case lineedit.Enter:
		return t.submit(), true
	case lineedit.Interrupt:
		return t.stopped(), true
	case lineedit.EndOfFile:
		if t.editor.Text() == "" {
			return Event{Kind: EndOfFile}, true
		}
	default:
		t.strange = true
	}
	return Event{}, false
}

// fitsPassword reports whether a key may be used where a password is typed: nothing that shows or recalls text.
func fitsPassword(c lineedit.Code) bool {
	switch c {
	case lineedit.Text, lineedit.Enter, lineedit.Backspace, lineedit.KillLeft, lineedit.KillWord, lineedit.Interrupt, lineedit.EndOfFile:
		return true
	}
	return false
}

func (t *Terminal) submit() Event {
	line := t.editor.Take()
	long, strange := t.overlong, t.strange
	t.overlong, t.strange = false, false
	t.screen.Commit(line)
	switch {
	case long:
		return Event{Kind: TooLong}
	case strange || !valid(line):
		return Event{Kind: NotText}
	}
	return Event{Kind: Line, Text: line}
}

// stopped takes the interrupt key: it clears the line, or, on an empty one, is the caller's to understand.
func (t *Terminal) stopped() Event {
	line := t.editor.Take()
	dirty := line != "" || t.overlong || t.strange
	t.overlong, t.strange = false, false
	if t.screen.Mode() == lineedit.LineMode {
		t.screen.Suspend()
	} else {
		t.screen.Commit(line + "^C")
	}
	if dirty {
		return Event{Kind: Cleared}
	}
	return Event{Kind: Interrupt}
}

// Offer completes what stands left of the cursor: the last have bytes of it become text. What was typed in the meantime
// makes it void, so before is the text that the offer was made for.
func (t *Terminal) Offer(before string, have int, text string) {
	if t.editor.Before() == before && t.editor.ReplaceBefore(have, text) {
		t.screen.Draw()
	}
}

// Ring rings the bell where there is one.
func (t *Terminal) Ring() { t.screen.Ring() }
