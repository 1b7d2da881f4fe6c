package talk

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// quotes are the marks that begin and end a name of several words, also those that phones make of them. An apostrophe is none.
const quotes = "\"“”„‟«»"

// tokens are the words of a text; what stands in quotes is one, with what follows it up to a space. Commas between words are none.
func tokens(text string) []string {
	var words []string
	var word strings.Builder
	inQuotes, begun := false, false
	end := func() {
		if trimmed := strings.Trim(word.String(), ","); trimmed != "" {
			words = append(words, trimmed)
		}
		word.Reset()
		begun = false
	}
	for text != "" {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case strings.ContainsRune(quotes, r) && (inQuotes || !begun):
			inQuotes, begun = !inQuotes, true
		case r == ' ' && !inQuotes:
			end()
		default:
			word.WriteRune(r)
			begun = true
		}
		text = text[size:]
	}
	end()
	return words
}

// timeForm is a time of day, or a span of it: "9:00", "13.30-15:15", "9am", "14-16h".
var timeForm = regexp.MustCompile(`^(\d{1,2})(?:[:.h]?(\d{2}))?(am|pm|h)?(?:[-–](\d{1,2})(?:[:.h]?(\d{2}))?(am|pm|h)?)?$`)

// timeOf reads a time of day as minutes since midnight; until is -1 for a time alone.
func timeOf(word string) (from, until int, ok bool) {
	m := timeForm.FindStringSubmatch(strings.ToLower(word))
	if m == nil {
		return 0, 0, false
	}
	from, ok = minutes(m[1], m[2], m[3])
	until = -1
	if ok && m[4] != "" {
		until, ok = minutes(m[4], m[5], m[6])
	}
	if ok && until >= 0 && until <= from {
		until += 24 * 60
	}
	return from, until, ok
}

// minutes are those since midnight.
func minutes(hour, minute, half string) (int, bool) {
	h, err := strconv.Atoi(hour)
	if err != nil {
		return 0, false
	}
	m := 0
	if minute != "" {
		if m, err = strconv.Atoi(minute); err != nil {
			return 0, false
		}
	}
	switch half {
	case "am", "pm":
		if h < 1 || h > 12 {
			return 0, false
		}
		h %= 12
		if half == "pm" {
			h += 12
		}
	}
	return h*60 + m, h <= 24 && m < 60
}
