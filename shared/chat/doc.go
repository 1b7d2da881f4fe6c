// Package chat makes text that people read in a chat, in a terminal or over telnet: plain, aligned, and free of anything
// that could move a cursor or hide a line. Whatever came from outside (a console, a job's name, a person's reason) goes
// through Clean or OneLine before anybody sees it.
package chat
