package inbox

import (
	"context"
	"embed"
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/lua"
)

//go:embed script/*.lua
var sources embed.FS

// script is one atomic transition of one inbox: script/lib.lua followed by script/<name>.lua.
type script struct {
	name string
	lua  *redis.Script
}

// The transitions. What each takes and returns stands at the top of its file.
var (
	putScript    = load("put")
	takeScript   = script{name: "take", lua: lua.Load(sources, "take")}
	claimScript  = load("claim")
	renewScript  = load("renew")
	noteScript   = load("note")
	finishScript = load("finish")
	buryScript   = load("bury")
	findScript   = load("find")
	reviveScript = load("revive")
)

// dueScript looks at all inboxes and stands by itself.
var dueScript = lua.Load(sources, "due")

func load(name string) script {
	return script{name: name, lua: lua.Load(sources, "lib", name)}
}

func (b *Inbox) run(ctx context.Context, sc script, args ...any) *redis.Cmd {
	full := make([]any, 0, len(args)+1)
	full = append(full, millis(b.opts.Now))
	return sc.lua.Run(ctx, b.rdb, []string{boxKey(b.function), boxesKey}, append(full, args...)...)
}

// ask runs a script that a claim's holder may run, which answers a word.
func (b *Inbox) ask(ctx context.Context, sc script, c *Claim, args ...any) error {
	word, err := b.run(ctx, sc, append([]any{c.number, c.fence}, args...)...).Text()
	if err != nil {
		return fmt.Errorf("inbox %s: %s %s: %w", b.function, sc.name, c.ID, err)
	}
	return holds(word)
}

// holds is what a script says of a claim: nil, ErrLost or errGone.
func holds(word string) error {
	switch word {
	case "ok":
		return nil
	case "gone":
		return errGone
	default:
		return ErrLost
	}
}
