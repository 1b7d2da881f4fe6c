// Package command is how a line of text becomes something to do: the envelope that every door hands in, the catalogue of
// commands that the deployed functions declare, the grammar, the roles, and the client with which doors talk.
package command
