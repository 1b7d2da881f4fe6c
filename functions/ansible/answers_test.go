package main

import "github.com/handsoff/handsoff/shared/command"

func callOf(words string, args map[string]any) command.Call {
	return command.Call{ID: "c1", Command: words, Args: args, Principal: "telnet:ann", Roles: []string{"operator"}}
}
