//go:build race

package main

// raceEnabled says that the race detector takes memory of its own.
const raceEnabled = true
