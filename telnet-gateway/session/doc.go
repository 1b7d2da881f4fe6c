// Package session is the conversation with people over telnet: they log in, type lines, and see what their jobs have to say.
//
// A [Door] accepts connections; each has one session, whose goroutine does all that changes the session. Whatever may
// take time (a command, Redis) is done in the background and comes back as a function to be called by that goroutine, so
// that nothing here is locked and nobody waits for anybody else.
package session
