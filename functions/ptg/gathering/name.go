package gathering

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/handsoff/handsoff/shared/chat"
)

// Limits of a gathering.
const (
	MaxTrack      = 40   // bytes of a track's name
	MaxText       = 1000 // bytes of a sentence, a place, an address
	MaxTracks     = 200
	MaxRooms      = 200
	MaxDays       = 31
	MaxSlots      = 400 // of all days
	MaxLinks      = 200
	MaxNext       = 50 // of a track
	MaxBanners    = 50
	MaxModerators = 50 // of a track
	MaxPeople     = 10_000
	MaxRemarks    = 5000 // successes, and as many thanks
	maxPattern    = 200  // bytes of a subscription's pattern
	maxCode       = 40   // bytes of a slot's code
	MaxName       = 100  // bytes of a room's, a day's, a person's name
)

var keyForm = regexp.MustCompile(fmt.Sprintf(`^[a-z0-9][a-z0-9._+-]{0,%d}$`, MaxTrack-1))

// reserved are words that mean something else behind a #.
var reserved = []string{"in", "out", "seen", "subscribe", "unsubscribe", "help", "status", "success", "thanks"}

// Key is what a track is found by: its name in lower case, without a leading #.
func Key(track string) string { return strings.ToLower(strings.TrimPrefix(track, "#")) }

// CheckTrack refuses what cannot be the name of a track: letters, digits and . _ + - are, at most 40 of them, a letter or
// digit first, and no word that means something else.
func CheckTrack(name string) error {
	switch key := Key(name); {
	case !keyForm.MatchString(key):
		return refuse(ErrInvalid, "%s cannot be a track: use up to 40 letters, digits and . _ + -, a letter or digit first", quote(name))
	case slices.Contains(reserved, key):
		return refuse(ErrInvalid, "#%s means something else and cannot be a track", key)
	}
	return nil
}

// FitTrack is a name of a track that is as near to another as [CheckTrack] lets it be.
func FitTrack(name string) string {
	fits := func(r rune) bool {
		return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) || strings.ContainsRune("._+-", r)
	}
	name = strings.TrimLeft(hyphened(strings.TrimPrefix(name, "#"), fits), "._+-")
	name = strings.TrimRight(name[:min(len(name), MaxTrack)], "-")
	if name == "" || slices.Contains(reserved, Key(name)) {
		name = strings.TrimPrefix(name+"-track", "-")
	}
	return name
}

// FitSlotCode is a slot's code that is as near to another as [checkSlotCode] lets it be; empty where nothing is left of it.
func FitSlotCode(code string) string {
	code = hyphened(chat.OneLine(code), func(r rune) bool { return !oddInCode(r) })
	return strings.Trim(cut(code, maxCode), "-")
}

// FitName is a name that is as near to another as [CheckName] lets it be; empty where nothing is left of it.
func FitName(name string) string { return strings.TrimSpace(cut(chat.OneLine(name), MaxName)) }

// FitText is a text that is as near to another as [CheckText] lets it be.
func FitText(text string) string { return strings.TrimSpace(cut(chat.OneLine(text), MaxText)) }

// hyphened has a hyphen for whatever does not fit in a word.
func hyphened(word string, fits func(rune) bool) string {
	return strings.Join(strings.FieldsFunc(word, func(r rune) bool { return !fits(r) }), "-")
}

// cut is as much of a text as there may be bytes, and no half of a character.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// CheckText is a text as it is kept, on one line and without anything that a screen would obey. It refuses one of more
// than [MaxText] bytes.
func CheckText(text string) (string, error) {
	text = chat.OneLine(text)
	if len(text) > MaxText {
		return "", refuse(ErrInvalid, "That is too long: %d bytes; %d are the most", len(text), MaxText)
	}
	return text, nil
}

// CheckLevel refuses what is no level of a banner.
func CheckLevel(level string) error {
	if !slices.Contains(Levels, level) {
		return refuse(ErrInvalid, "Incorrect message level '%s' (should be %s or %s)",
			short(level), strings.Join(Levels[:len(Levels)-1], ", "), Levels[len(Levels)-1])
	}
	return nil
}

// checkSlotCode refuses what cannot be a slot's code: one word of at most 40 bytes, without a slash or a quote.
func checkSlotCode(code string) error {
	if code == "" || len(code) > maxCode || !utf8.ValidString(code) || strings.ContainsFunc(code, oddInCode) {
		return refuse(ErrInvalid, "%s cannot be a slot's code: it is one word of at most %d bytes, without / and quotes", quote(code), maxCode)
	}
	return nil
}

func oddInCode(r rune) bool {
	return !unicode.IsGraphic(r) || unicode.IsSpace(r) || strings.ContainsRune(`/"'`, r)
}

// CheckName refuses what cannot be the name of a room, a day or a person: one line of 1 to 100 bytes.
func CheckName(name string) error {
	if name == "" || len(name) > MaxName || chat.OneLine(name) != name {
		return refuse(ErrInvalid, "%s is no name: it is one line of at most %d bytes, without spaces at its ends", quote(name), MaxName)
	}
	return nil
}

// idForm is a gathering's id.
var idForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// checkID refuses what cannot be a gathering's id: lower-case letters, digits and hyphens, at most 40 of them.
func checkID(id string) error {
	if !idForm.MatchString(id) || slices.Contains(keysOfAll, id) {
		return refuse(ErrInvalid, "%s cannot be an event's short name: use up to 40 lower-case letters, digits and hyphens", quote(id))
	}
	return nil
}

// Codes gives each room without a code one that is made of the letters and digits of its name, so that no two read alike.
// A room that is one such word keeps it, before any other can get it.
func Codes(rooms []Room) {
	taken := make(map[string]bool)
	for _, r := range rooms {
		if r.Code != "" {
			taken[strings.ToLower(r.Code)] = true
		}
	}
	give := func(r *Room, code string) {
		if low := strings.ToLower(code); r.Code == "" && !taken[low] {
			r.Code, taken[low] = code, true
		}
	}
	for i := range rooms {
		if word := letters(rooms[i].Name); word == rooms[i].Name {
			give(&rooms[i], word)
		}
	}
	for i := range rooms {
		word := letters(rooms[i].Name)
		if word == "" {
			word = "Room"
		}
		give(&rooms[i], word)
		for n := 2; rooms[i].Code == ""; n++ {
			give(&rooms[i], fmt.Sprintf("%s%d", word, n))
		}
	}
}

// letters are those of a name, and its digits.
func letters(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, name)
}

// quote shows what somebody typed, within bounds.
func quote(text string) string { return "'" + short(text) + "'" }

func short(text string) string {
	const most = 60
	return chat.Brief(text, most)
}
