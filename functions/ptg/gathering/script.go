package gathering

import (
	_ "embed"

	"github.com/redis/go-redis/v9"
)

//go:embed script/change.lua
var changeSource string

// changeScript is the one way in which a gathering changes. What it takes and returns stands at the top of its file.
var changeScript = redis.NewScript(changeSource)

const (
	snapshotEvery = 1000                // changes
	didFor        = 24 * 60 * 60 * 1000 // ms for which a change is known by its key
)
