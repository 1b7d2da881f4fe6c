// Command github is the door of GitHub: one address for the webhooks of organisations, repositories and Apps, the commands
// that people write into comments, and what the bot does at GitHub when it is asked.
//
// edge.go decides whom to believe (verify.go), keeps what came and answers; nothing can be lost from then on. In the
// background handle.go makes an event of each delivery, for the rules of the function event; asked.go finds the commands in
// comments and who may give them, pin.go the commit that a comment is about, builtin.go does those of the bot itself,
// retest.go what is done again, button.go what is clicked on a check run, and reply.go answers. Jobs are shown by the
// function notify.
//
// The packages beneath: webhook reads payloads, comment reads comments, repair has GitHub send again what did not reach us,
// pulls and report are the commands about pull requests.
package main

import "github.com/handsoff/handsoff/shared/function"

func main() { function.Main("github", setUp) }
