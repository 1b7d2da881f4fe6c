// Package upload reads a file of commands that somebody gives the bot, and shows what it made of each line. It speaks with
// nobody: what Slack tells of the file, its bytes and what the function command says of each line are given to it.
package upload
