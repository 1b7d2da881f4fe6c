//go:build race

package attend_test

// raceEnabled says that the race detector takes memory of its own.
const raceEnabled = true
