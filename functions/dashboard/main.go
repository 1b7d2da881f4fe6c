// Command dashboard is what people look at in a browser: the jobs, and whatever else the bot knows.
//
// functions/dashboard/site is the frame of its pages, functions/dashboard/session who is logged in; the other folders are the
// pages. Whatever is done on a page is a command that the function command carries out, as if it had been said in a chat.
package main

import "github.com/handsoff/handsoff/shared/function"

func main() { function.Main("dashboard", setUp) }
