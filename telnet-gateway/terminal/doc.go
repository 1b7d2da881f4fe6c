// Package terminal is a person at the far end of a telnet connection: lines and key presses come in, lines of text go
// out above a prompt, and what was really seen is known.
//
// Three goroutines serve a connection: one only reads, one only writes, and the caller's own does all the rest, so that
// nothing here needs a lock. Neither side is ever waited for: when the client does not read, [Terminal.Behind] and
// [Terminal.Congested] say so, and the caller stops making output, and then stops reading, so that the client's own flow
// control works; when a write has
// not moved for the stall limit, the connection is dropped.
package terminal
