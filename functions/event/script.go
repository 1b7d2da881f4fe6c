package main

import (
	"embed"

	"github.com/redis/go-redis/v9"
)

//go:embed script/*.lua
var sources embed.FS

// The scripts. What each takes and returns stands at the top of its file.
var (
	onceScript   = load("once")
	fuseScript   = load("fuse")
	recordScript = load("record")
)

func load(name string) *redis.Script {
	text, err := sources.ReadFile("script/" + name + ".lua")
	if err != nil {
		panic(err) // embedded at build time
	}
	return redis.NewScript(string(text))
}
