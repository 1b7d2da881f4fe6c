// Package lineedit turns key presses into lines and draws the line being typed, for terminals that send every key.
//
// It is not golang.org/x/term's Terminal, good as that is, because that one counts every letter as one column (wide and
// combining characters tear its display apart), reports Ctrl-C as the end of input whether or not there is text on the
// line, wraps the line over rows that a change of the window's width leaves behind, and has no row of its own for
// progress above the prompt. Here the line stays on one row and scrolls sideways, which needs no more of the terminal
// than carriage return and backspace; so even a dumb terminal has a line editor.
//
// Nothing here reads, writes or waits: bytes go into a [Decoder], keys into an [Editor], and a [Screen] says what to send.
package lineedit
