// Package endtoend tests the whole system as people use it: it starts everything with `local-provider up`, talks to it
// through the doors, and kills what it likes.
//
// The conversations in testdata are held over every door. HANDSOFF_SOAK=1 makes the kill tests go through every process in
// every phase of a build, many times; FAAS_CLI names a faas-cli with which to talk as well.
package endtoend
