package environment

import (
	"embed"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/lua"
)

//go:embed script/*.lua
var sources embed.FS

// The transitions. What each takes and returns stands at the top of its file.
var (
	reserveScript = load("reserve")
	writeScript   = load("write")
	removeScript  = load("remove")
	goneScript    = load("gone")
)

func load(name string) *redis.Script { return lua.Load(sources, "lib", name) }
