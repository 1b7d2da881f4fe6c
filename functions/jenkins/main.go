// Command jenkins is the function behind the "jenkins …" commands and the shortcuts that the configuration makes of
// Jenkins jobs. docs/jenkins.md says what it does for people; the package remote speaks to Jenkins.
//
// The life of a build, from the wish to its end, is in build.go (asking for it, once), look.go (finding it again), waiting.go
// (Jenkins' queue), follow.go and finish.go; cancel.go and halt.go stop it. All of it is driven by a checkpoint, pursuit.go.
package main

import "github.com/handsoff/handsoff/shared/function"

func main() { function.Main("jenkins", setUp) }
