package environment

import (
	"embed"

	"github.com/redis/go-redis/v9"
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

// load makes one: script/lib.lua followed by script/<name>.lua.
func load(name string) *redis.Script { return redis.NewScript(source("lib") + source(name)) }

func source(name string) string {
	text, err := sources.ReadFile("script/" + name + ".lua")
	if err != nil {
		panic(err) // embedded at build time
	}
	return string(text)
}
