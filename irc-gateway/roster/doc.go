// Package roster knows who is in which channel, with what rank, and logged in to which account: what a server tells with
// NAMES, WHO, JOIN, PART, QUIT, KICK, NICK, MODE and ACCOUNT, kept as it changes.
//
// With the capability multi-prefix a server tells all ranks of a member; without it only the highest, and when that one is
// taken away the roster does not know whether a lower one stays. Then [Roster.Handle] asks for the names anew.
package roster
