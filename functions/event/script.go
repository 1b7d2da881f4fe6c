package main

import (
	"embed"

	"github.com/handsoff/handsoff/shared/lua"
)

//go:embed script/*.lua
var sources embed.FS

// The scripts. What each takes and returns stands at the top of its file.
var (
	onceScript   = lua.Load(sources, "once")
	fuseScript   = lua.Load(sources, "fuse")
	recordScript = lua.Load(sources, "record")
)
