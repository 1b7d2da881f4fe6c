//go:build !race

package process

// SelfEnv is what a program's environment needs when it starts itself anew: nothing.
var SelfEnv []string
