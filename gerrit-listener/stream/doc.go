// Package stream is `gerrit stream-events` over SSH: one connection, from its host key to its last whole line.
//
// Who answers is verified first: only the host keys in a known_hosts file are taken, and only those kinds of keys are asked
// for that the file has for the host, since a server that also has another kind would else look like one that changed.
// Nobody is trusted on first use. A line that was cut off is thrown away; whoever reads has it told once more.
package stream
