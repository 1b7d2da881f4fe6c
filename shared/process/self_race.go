//go:build race

package process

// SelfEnv is what a program's environment needs when it starts itself anew. One with the race detector would wait a second at
// its end for what its other threads may still do.
var SelfEnv = []string{"GORACE=atexit_sleep_ms=0"}
