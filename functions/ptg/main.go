// Command ptg keeps the live schedule of a gathering: what its tracks talk of now and next, where, and who is there.
//
// functions/ptg/gathering is the state, functions/ptg/talk the grammar in which people change it, functions/ptg/exchange the file
// that it comes from and goes to, functions/ptg/page the pages on which everybody sees it.
package main

import "github.com/handsoff/handsoff/shared/function"

func main() { function.Main("ptg", setUp) }
