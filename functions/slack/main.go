// Command slack is the door of Slack: one address for all that Slack sends, and what the bot says there at once.
//
// edge.go decides whom to believe, keeps what came and answers; nothing can be lost from then on. In the background each
// delivery is dealt with by what it is: handlers.go is the table. person.go and groups.go say who it is that asks, and
// message.go which messages are commands; ask.go has the function command do them, and answer.go says what it answered.
// Jobs are shown by the function notify.
package main

import "github.com/handsoff/handsoff/shared/function"

func main() { function.Main("slack", setUp) }
