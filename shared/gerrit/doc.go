// Package gerrit is what every part of the bot that speaks with Gerrit shares: which servers there are ([Read]), the REST
// API as far as it is used here ([Client]), the events of `gerrit stream-events` ([Server.Parse]), and the addresses of
// changes at which a job's outcome is told ([Place]).
package gerrit
