// Package login decides who may come in: named users with password hashes from a secret file, a growing delay after
// failures, and a lock-out.
//
// The policy, so that it can be checked: ten failures within an hour, counted for each user name and for each source, and
// the next try has to wait until the oldest is an hour old. Before that, each failure doubles the wait until the next try,
// from one second to half a minute. A try is counted before the password is looked at and taken back when it was right,
// so that many tries at once cannot get past the count; and all of it is in Redis, so that it survives a restart. When
// Redis does not answer nobody can log in: letting people in uncounted would be a way around the lock-out, and without
// Redis the bot can do nothing for them anyway.
//
// The source is the client's address; for clients on this very machine, where all have the same address, it is the local
// account that holds the connection, so that one account's guessing does not lock out the whole machine.
package login
