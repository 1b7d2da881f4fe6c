// Package gerrit is a stand-in for Gerrit: it speaks Gerrit's own protocols (SSH with stream-events, query and review; REST
// with its guard, its errors and the events-log plugin), and the people of a small workspace can be made to push, vote and
// submit, so that what listens to a Gerrit can be tried, and its bad days rehearsed, without one.
//
// A Server is one Gerrit. Everything that exists (accounts, projects, changes, events) is kept in memory and, line by line,
// in a journal; people, REST and SSH change it through the same methods of a Person, and each change is told to every stream
// that is up at that moment, and to the events log, as Gerrit 3.9 and later tell it: with the noise of refs/changes/…/meta,
// with all labels of a vote and not only the new one, to nobody who may not see it, and to nobody who connects later.
//
// There is no git behind it: commits are names with a message and a list of files.
//
// What is invented for tests stands apart under /sandbox/: faults to order, people to play, and the ledger of what was asked.
package gerrit
