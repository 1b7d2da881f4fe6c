package intake

import (
	"embed"

	"github.com/handsoff/handsoff/shared/gerrit"
	"github.com/handsoff/handsoff/shared/lua"
)

// key begins the keys of a server:
//
//	cursor  string: the time of the newest event that was accepted, by the server's clock; ms
//	recent  zset: names of the events accepted lately, by their time
//	heads   hash: "project branch" → the commit at which it was seen last
//	state   hash, see gerrit.Listening: connected, heard, last (ms; 0 for not), wrong (a sentence), events, unreadable (counts)
//	room    never there: deleting it lets the script write when Redis is full
func key(server string) string { return gerrit.ListenerKey(server) }

//go:embed script/*.lua
var sources embed.FS

var advanceScript = lua.Load(sources, "advance")
