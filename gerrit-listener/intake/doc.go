// Package intake brings a Gerrit server's events into the inbox of the function event, and keeps in Redis how far it has
// come: when the last event was that was accepted (the cursor, from which what was missed is told again), which events of
// the time shortly before that are known (so that they do not count twice, however long we were away), and at which commit
// each branch was seen last.
//
// Nothing is dropped. What cannot be accepted now, since Redis is away or full, is tried again, and meanwhile nobody reads
// on: the server holds what comes next, or cuts us, and then it is told again.
package intake
