// Package lua loads the scripts that Redis runs, each an atomic step, from the files that a package embeds.
package lua

import (
	"io/fs"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Load makes one script of the files script/<name>.lua, one after the other. It panics where one is missing: they are embedded at
// build time.
func Load(files fs.FS, names ...string) *redis.Script {
	var text strings.Builder
	for _, name := range names {
		part, err := fs.ReadFile(files, "script/"+name+".lua")
		if err != nil {
			panic(err)
		}
		text.Write(part)
	}
	return redis.NewScript(text.String())
}
