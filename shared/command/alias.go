package command

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Limits of aliases.
const (
	MaxAliases    = 100  // of one person
	maxShortWords = 3    // words of a short form
	maxLong       = 1024 // bytes of a long form

	// aliasLife is for how long somebody's are kept after the last line in which they were looked for; nickLife is for how long those of a nick of
	// IRC are that nobody is logged in to: anybody can have as many as they like, and leaves them behind to whoever takes them next.
	aliasLife, nickLife = 365 * day, day
)

func lifeOf(principal string) time.Duration {
	if strings.HasPrefix(principal, "irc-nick:") {
		return nickLife
	}
	return aliasLife
}

// Aliases are people's own short forms of commands. A command's own words always win over them.
type Aliases struct{ rdb redis.UniversalClient }

// NewAliases keeps aliases in Redis.
func NewAliases(rdb redis.UniversalClient) *Aliases { return &Aliases{rdb: rdb} }

// Alias is a short form with what it stands for.
type Alias struct{ Short, Long string }

// Expand replaces the longest short form that begins a tidied line; what follows it stays. It does so once: a long form
// is never expanded again. It costs one round trip.
func (a *Aliases) Expand(ctx context.Context, principal, line string) (string, error) {
	shorts, ends := beginnings(line)
	if len(shorts) == 0 {
		return line, nil
	}
	key, pipe := aliasKey(principal), a.rdb.Pipeline()
	read := pipe.HMGet(ctx, key, shorts...)
	pipe.Expire(ctx, key, lifeOf(principal))
	_, _ = pipe.Exec(ctx) // a Redis that takes no writes is still read
	longs, err := read.Result()
	if err != nil {
		return "", fmt.Errorf("command: read aliases of %s: %w", principal, err)
	}
	for i, value := range slices.Backward(longs) {
		if long, ok := value.(string); ok {
			return long + line[ends[i]:], nil
		}
	}
	return line, nil
}

// beginnings are the first word of a line, the first two, and so on, with where each ends.
func beginnings(line string) (words []string, ends []int) {
	scan := scanner{line: line}
	all := ""
	for range maxShortWords {
		w, ok := scan.commandWord()
		if !ok {
			break
		}
		all = strings.TrimPrefix(all+" "+w, " ")
		words, ends = append(words, all), append(ends, scan.pos)
	}
	return words, ends
}

// Add records a short form, or replaces it. The long form must begin with the words of a command in the catalogue, or with
// a word for a job. Errors that are a [Mistake] are for the person.
func (a *Aliases) Add(ctx context.Context, c *Catalogue, principal, short, long string) (Alias, error) {
	alias := Alias{Short: strings.ToLower(spaced(short)), Long: strings.TrimFunc(long, isSpace)}
	if err := alias.check(c); err != nil {
		turned := Alias{Short: strings.ToLower(spaced(long)), Long: spaced(short)}
		if turned.check(c) == nil {
			m := mistake("The short form comes first, then what it stands for.")
			return alias, m.with(nil, "alias add "+bareOrQuoted(turned.Short)+" "+turned.Long)
		}
		return alias, err
	}
	key := aliasKey(principal)
	known, err := a.rdb.HExists(ctx, key, alias.Short).Result()
	if err != nil {
		return alias, fmt.Errorf("command: read aliases of %s: %w", principal, err)
	}
	if !known {
		n, err := a.rdb.HLen(ctx, key).Result()
		if err != nil {
			return alias, fmt.Errorf("command: count aliases of %s: %w", principal, err)
		}
		if n >= MaxAliases {
			return alias, mistake(fmt.Sprintf("You have %d aliases, and that is the most; remove one first.", n))
		}
	}
	pipe := a.rdb.Pipeline()
	pipe.HSet(ctx, key, alias.Short, alias.Long)
	pipe.Expire(ctx, key, lifeOf(principal))
	if _, err := pipe.Exec(ctx); err != nil {
		return alias, fmt.Errorf("command: record alias of %s: %w", principal, err)
	}
	return alias, nil
}

func (a Alias) check(c *Catalogue) error {
	words := strings.Split(a.Short, " ")
	if len(words) > maxShortWords {
		return mistake(fmt.Sprintf("An alias has at most %d words.", maxShortWords))
	}
	for _, w := range words {
		if !wordForm.MatchString(w) {
			return mistake(fmt.Sprintf("An alias is made of letters, digits and - _ . ?, so %s cannot be one.", shown(a.Short)))
		}
	}
	if first := words[0]; first == "alias" || first == "help" || threadWord(first) != nil {
		return mistake(fmt.Sprintf("%s keeps its own meaning, so no alias can begin with it.", shown(first)))
	}
	if d, _ := c.match(a.Short); d != nil {
		return mistake(fmt.Sprintf("%s is a command of its own, and commands win over aliases; choose other words.", shown(d.Words)))
	}
	if len(a.Long) > maxLong {
		return mistake(fmt.Sprintf("That has %d bytes; an alias stands for at most %d.", len(a.Long), maxLong))
	}
	scan := scanner{line: a.Long}
	if first, ok := scan.commandWord(); ok && threadWord(spoken(first)) != nil {
		return nil
	}
	if d, _ := c.match(a.Long); d == nil {
		m := c.unknown(a.Long)
		m.Text = fmt.Sprintf("An alias stands for a command, and I know none that begins with %s.", shown(leadingWords(a.Long, 3)))
		for i, suggestion := range m.Suggestions {
			m.Suggestions[i] = "alias add " + bareOrQuoted(a.Short) + " " + suggestion
		}
		return m
	}
	return nil
}

// Remove forgets a short form. It gives back what it stood for, and false if there was none.
func (a *Aliases) Remove(ctx context.Context, principal, short string) (Alias, bool, error) {
	alias := Alias{Short: strings.ToLower(spaced(short))}
	long, err := a.rdb.HGet(ctx, aliasKey(principal), alias.Short).Result()
	if errors.Is(err, redis.Nil) {
		return alias, false, nil
	}
	if err != nil {
		return alias, false, fmt.Errorf("command: read aliases of %s: %w", principal, err)
	}
	alias.Long = long
	if err := a.rdb.HDel(ctx, aliasKey(principal), alias.Short).Err(); err != nil {
		return alias, false, fmt.Errorf("command: remove alias of %s: %w", principal, err)
	}
	return alias, true, nil
}

// Clear forgets all of a person's short forms and gives back how many there were.
func (a *Aliases) Clear(ctx context.Context, principal string) (int, error) {
	list, err := a.List(ctx, principal)
	if err != nil {
		return 0, err
	}
	if err := a.rdb.Del(ctx, aliasKey(principal)).Err(); err != nil {
		return 0, fmt.Errorf("command: remove aliases of %s: %w", principal, err)
	}
	return len(list), nil
}

// List gives a person's short forms, sorted.
func (a *Aliases) List(ctx context.Context, principal string) ([]Alias, error) {
	found, err := a.rdb.HGetAll(ctx, aliasKey(principal)).Result()
	if err != nil {
		return nil, fmt.Errorf("command: read aliases of %s: %w", principal, err)
	}
	list := make([]Alias, 0, len(found))
	for _, short := range slices.Sorted(maps.Keys(found)) {
		list = append(list, Alias{Short: short, Long: found[short]})
	}
	return list, nil
}
