package slack

import (
	"strconv"
	"strings"
	"time"
)

// memory is what the renderer remembers of an address between two showings. In job.Shown.Ref it is a line such as
//
//	slack1 in=C0OPS card=1700000000.000200 at=17 as=runs try=words@1700000001234:1700000000999-0
//
// whose first word names its shape. A line of another shape, written by an older or a newer notify, says only that there may
// be a message: it is looked for before one is posted.
type memory struct {
	channel string // in: where the job is shown, "C0OPS" or "D0ANN"; empty until a person's direct messages are opened
	card    string // card: ts of the job's message; empty while there is none
	version int64  // at: the job's version that it shows; 0 for an unknown one
	face    string // as: the standing that it shows, see standing; empty for an unknown one
	intent  intent // try: what was begun and not seen done
	detour  string // for: Slack's code for why it is shown to the requester instead
	bare    bool   // bare: the address' thread is gone, and the job has a message of its own instead
	anew    bool   // anew: the message was deleted, and posted once more
	lost    bool   // lost: the message was deleted, and is let be
	late    bool   // late: the message was first posted when the job was over
	said    bool   // said: the last word was said
}

// intent is a post that was about to be made.
type intent struct {
	what deed      // of postCard, postWords and postLast; empty for none
	at   time.Time // when, by the clock of jobs
	upto string    // the last story line in it, of postWords
}

// shape is the first word of what memory writes.
const shape = "slack1"

func (m *memory) String() string {
	words := []string{shape}
	add := func(key, value string) {
		if value != "" {
			words = append(words, key+"="+value)
		}
	}
	add("in", m.channel)
	add("card", m.card)
	if m.version > 0 {
		add("at", strconv.FormatInt(m.version, 10))
	}
	add("as", m.face)
	add("try", m.intent.String())
	add("for", m.detour)
	for _, flag := range m.flags() {
		if *flag.set {
			words = append(words, flag.name)
		}
	}
	return strings.Join(words, " ")
}

type flag struct {
	name string
	set  *bool
}

func (m *memory) flags() []flag {
	return []flag{{"bare", &m.bare}, {"anew", &m.anew}, {"lost", &m.lost}, {"late", &m.late}, {"said", &m.said}}
}

// readMemory reads what String wrote; "" is nothing. begun is when the job began, from when a message may be there that a
// line of another shape tells nothing of.
func readMemory(text string, begun time.Time) memory {
	var m memory
	if text == "" {
		return m
	}
	words := strings.Fields(text)
	if len(words) == 0 || words[0] != shape {
		return memory{intent: intent{what: postCard, at: begun}}
	}
	for _, word := range words[1:] {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "in":
			m.channel = value
		case "card":
			m.card = value
		case "at":
			m.version, _ = strconv.ParseInt(value, 10, 64) // unreadable: unknown
		case "as":
			m.face = value
		case "try":
			m.intent = readIntent(value, begun)
		case "for":
			m.detour = value
		}
		for _, flag := range m.flags() {
			*flag.set = *flag.set || flag.name == word
		}
	}
	return m
}

func (i intent) String() string {
	if i.what == "" {
		return ""
	}
	text := string(i.what) + "@" + strconv.FormatInt(i.at.UnixMilli(), 10)
	if i.upto != "" {
		text += ":" + i.upto
	}
	return text
}

// readIntent reads an intent. One that cannot be understood may have been any post: the message itself is looked for.
func readIntent(text string, begun time.Time) intent {
	what, rest, _ := strings.Cut(text, "@")
	at, upto, _ := strings.Cut(rest, ":")
	ms, err := strconv.ParseInt(at, 10, 64)
	i := intent{what: deed(what), at: time.UnixMilli(ms), upto: upto}
	if err != nil || (i.what != postCard && i.what != postWords && i.what != postLast) || (i.what == postWords && upto == "") {
		return intent{what: postCard, at: begun}
	}
	return i
}
