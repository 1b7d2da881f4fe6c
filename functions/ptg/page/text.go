package page

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// span is a stretch of a text: a link to a track of ours, a link out, or neither.
type span struct{ Text, Track, URL string }

const maxWord = 2000 // bytes of a word in which a link is looked for

// spans makes links of the tracks and addresses in a text. Everything else stays text.
func (s *scene) spans(text string) []span {
	text = strings.ToValidUTF8(text, "\uFFFD")
	var list []span
	plain := ""
	for text != "" {
		end := strings.IndexFunc(text, unicode.IsSpace)
		if end == 0 {
			_, end = utf8.DecodeRuneInString(text)
			plain += text[:end]
			text = text[end:]
			continue
		}
		if end < 0 {
			end = len(text)
		}
		before, link, after := s.linked(text[:end])
		text = text[end:]
		plain += before
		if link.Text != "" {
			if plain != "" {
				list = append(list, span{Text: plain})
			}
			list = append(list, link)
			plain = ""
		}
		plain += after
	}
	if plain != "" {
		list = append(list, span{Text: plain})
	}
	return list
}

// linked finds the link in a word.
func (s *scene) linked(word string) (before string, link span, after string) {
	start := strings.TrimLeft(word, gathering.Opening)
	before = word[:len(word)-len(start)]
	if len(word) > maxWord {
		return word, span{}, ""
	}
	if strings.HasPrefix(start, "#") {
		if name := s.hashtag(start); name != "" {
			return before, span{Text: name, Track: s.trackLink(gathering.Key(name))}, start[len(name):]
		}
		return word, span{}, ""
	}
	body := strings.TrimRight(start, gathering.Closing)
	if strings.Count(body, "(") > strings.Count(body, ")") && strings.HasPrefix(start[len(body):], ")") {
		body += ")" // it belongs to the address
	}
	if address := webLink(body); address != "" {
		return before, span{Text: body, URL: address}, start[len(body):]
	}
	if name := s.called()[body]; name != "" {
		return before + name, span{}, start[len(body):]
	}
	return word, span{}, ""
}

// hashtag is the longest beginning of a word that names a track.
func (s *scene) hashtag(word string) string {
	end := 1
	for end < len(word) && strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789._+-", unicode.ToLower(rune(word[end]))) {
		end++
	}
	for ; end > 1; end-- {
		if s.g.Tracks[gathering.Key(word[:end])] != nil {
			return word[:end]
		}
		if !strings.ContainsRune("._+-", rune(word[end-1])) {
			break // only what ends a sentence is left off
		}
	}
	return ""
}

// webLink is an address that a page links to: http or https, without a password. It is empty for any other.
func webLink(text string) string {
	if len(text) < len("http://x") || !strings.EqualFold(text[:4], "http") {
		return ""
	}
	return address(text)
}

// address is one that a page links to; empty for any other.
func address(text string) string {
	if _, err := gathering.CheckURL(text); err != nil {
		return ""
	}
	parsed, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return parsed.String()
}
