// Package outbox reads what the bot has to say to a person, from the stream that notify keeps for their address, and
// remembers what they have seen.
//
// One blocking XREAD serves all sessions of the process ([Watcher]); it only tells them that there is something new. Each
// session then reads at the pace at which its terminal takes it ([Feed]), so that a slow one holds up nobody and nothing
// has to be kept in memory.
//
// What a person has seen is a cursor and some gaps ([Seen]). Everything up to the cursor was seen, except what lies in a
// gap. A first session that comes when nobody was there turns what it missed into a gap; from then on the cursor follows
// what terminals confirm. So an entry is left out of both only when a terminal confirmed it or the person dropped it, and
// a connection may break anywhere.
package outbox
