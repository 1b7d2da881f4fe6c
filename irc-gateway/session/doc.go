// Package session is one connection's conversation with an IRC server, as a state machine: what the server says goes in
// with [Session.Handle], the time with [Session.Tick], and lines for the server come out. It never waits and knows no clock
// but the ticks, so that a minute of silence can be told to it in a moment.
//
//	register.go   capabilities, SASL, nick, until the server welcomes us
//	services.go   NickServ, where there is no SASL, and for a nick that somebody else has
//	rooms.go      joining, being kicked, joining again
//	history.go    what was said while nobody listened
//	said.go       lines for the bot, and who says them
//	topic.go      topics that say the alert
//	alive.go      whether the server is still there
//	speak.go      what is to be said, paced, and known to have arrived
package session
