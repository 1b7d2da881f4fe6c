package resource

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

// Mark says whose a thing in a cloud is: the bot that made it (see [BotWord]; empty for one without a name), the environment, the job that asked for it, and the
// item of the environment's plan that it is. It is part of the very request that makes the thing, so that what was made is always found again, whatever became
// of the answer.
type Mark struct{ Bot, Env, Job, Item string }

// The words of a mark. Each is `handsoff:<key>=<value>` where a cloud keeps text or tags, and the pair of `handsoff:<key>` and the value where it keeps
// metadata.
const (
	markBot  = "handsoff:bot"
	markEnv  = "handsoff:env"
	markJob  = "handsoff:job"
	markItem = "handsoff:item"
)

// LongestItem is how long the key of an item may be, in bytes.
const LongestItem = 60

// longestBot is how long a bot's word may be, in bytes: with the rest of a mark it fits into a description of Neutron.
const longestBot = 24

// A bot's word; an environment's name as one is given; a job's id; the key of an item: lower-case letters, digits, dashes, underscores and dots, because a tag of Nova may
// have neither comma nor slash, one of Heat no comma, and what is named by its mark should be read easily.
var (
	botForm  = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,23}$`)
	envForm  = regexp.MustCompile(`^[a-z][a-z0-9-]{0,40}$`)
	jobForm  = regexp.MustCompile(`^[A-Za-z0-9._-]{1,40}$`)
	itemForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,59}$`)
)

// Valid says whether every part of the mark that is there has the form that all services keep, and the environment is there.
func (m Mark) Valid() bool {
	return (m.Bot == "" || botForm.MatchString(m.Bot)) && envForm.MatchString(m.Env) && (m.Job == "" || jobForm.MatchString(m.Job)) && (m.Item == "" || itemForm.MatchString(m.Item))
}

// Words are the mark's parts as tags, in the order bot, environment, job, item; a part that is empty is left out.
func (m Mark) Words() []string {
	var words []string
	for _, part := range []struct{ key, value string }{{markBot, m.Bot}, {markEnv, m.Env}, {markJob, m.Job}, {markItem, m.Item}} {
		if part.value != "" {
			words = append(words, part.key+"="+part.value)
		}
	}
	return words
}

// String is the mark as one text, for services that keep a description.
func (m Mark) String() string { return strings.Join(m.Words(), " ") }

// Metadata is the mark as pairs, for services that keep metadata.
func (m Mark) Metadata() map[string]string {
	pairs := map[string]string{}
	for _, word := range m.Words() {
		key, value, _ := strings.Cut(word, "=")
		pairs[key] = value
	}
	return pairs
}

// BotWord is what marks say of a bot with this name: the name itself where it consists of small letters, digits and dashes, at most 24; else what is left of it
// so, with a few digits of its digest, so that two names are two words. No name has no word.
func BotWord(name string) string {
	if name == "" || botForm.MatchString(name) {
		return name
	}
	const digits = 8
	word := strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name)), "-")
	digest := sha256.Sum256([]byte(name))
	word = strings.Trim(word[:min(len(word), longestBot-digits-1)], "-")
	return strings.TrimPrefix(word+"-"+hex.EncodeToString(digest[:])[:digits], "-")
}

// Name is what a thing with this mark is called in the cloud: `<env>-<item>`.
func (m Mark) Name() string { return m.Env + "-" + m.Item }

// Bears says whether a thing with the mark m is one of those that want asks for: an empty environment or item of want asks for any. The bot is always the
// very same, an empty one included: another's things are none of ours, whatever its environments are called. The job is not compared: a thing that an earlier
// job of the environment asked for is as much the environment's.
func (m Mark) Bears(want Mark) bool {
	return m.Bot == want.Bot && m.Env != "" && (want.Env == "" || m.Env == want.Env) && (want.Item == "" || m.Item == want.Item)
}

// ParseMark reads a mark out of a description. Other words may stand around it. A text with no environment, with a part twice or with a part of another
// form bears no mark: anybody can write into a description, and what is ours is deleted.
func ParseMark(text string) (Mark, bool) { return markOfWords(strings.Fields(text)) }

// markOfMetadata reads a mark out of metadata.
func markOfMetadata(pairs map[string]string) (Mark, bool) {
	m := Mark{Bot: pairs[markBot], Env: pairs[markEnv], Job: pairs[markJob], Item: pairs[markItem]}
	if !m.Valid() {
		return Mark{}, false
	}
	return m, true
}

// markOfWords reads a mark out of tags.
func markOfWords(words []string) (Mark, bool) {
	pairs := map[string]string{}
	for _, word := range words {
		key, value, is := strings.Cut(word, "=")
		if !is || (key != markBot && key != markEnv && key != markJob && key != markItem) {
			continue
		}
		if _, twice := pairs[key]; twice {
			return Mark{}, false
		}
		pairs[key] = value
	}
	return markOfMetadata(pairs)
}
