//go:build !race

package attend_test

const raceEnabled = false
