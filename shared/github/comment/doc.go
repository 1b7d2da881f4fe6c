// Package comment reads the commands that people write into comments on GitHub.
//
// A command is a line of its own that begins with a slash and a word: "/build fast=yes". What GitHub shows as a quotation, as
// code or not at all is none: whoever answers a mail, pastes a log or explains a command must not give it.
package comment
