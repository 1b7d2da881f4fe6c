// Package repair has GitHub send again what did not reach us.
//
// GitHub tries a delivery once. It remembers for three days what it sent and how that went, and sends again what it is asked
// to. A [Loop] reads that list for each webhook that the configuration names, has what failed sent again until it got
// through, and keeps in the gap ledger for how long we did not hear, what was missed and how that was made good. A webhook
// that is switched off, gone or not for us to see is told to those who run the bot, once.
package repair
