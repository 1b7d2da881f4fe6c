// Command git is the function behind "git sync …", "git syncs", "git status …" and "sync repo …". docs/git.md says what it
// does for people; the package shared/git runs git.
//
// A sync looks what the upstream and the downstream have (look.go), decides what is to be pushed (plan.go), fetches what is
// new, sees whether all of it may and can be pushed (check.go, patches.go), and pushes it as a whole (send.go). What a
// sync must not forget is small: that a push may be under way, and how the downstream would look before and after it
// (pursuit.go). Whoever takes a sync over, or stops it, looks at the downstream and knows which of the two it is.
package main

import (
	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/git"
)

func main() {
	attend.Main()
	git.Main()
	function.Main("git", setUp)
}
