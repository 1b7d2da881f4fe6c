package audit

import (
	"errors"
	"fmt"
	"strings"
)

// Head is one link, by which a later look can tell whether everything up to it is as it was. The zero value is none.
type Head struct{ ID, Hash string }

// String is how people are told of it, "1767323045000-0:9f86…"; empty for none.
func (h Head) String() string {
	if h == (Head{}) {
		return ""
	}
	return h.ID + ":" + h.Hash
}

// ErrHead says that a text is no head.
var ErrHead = errors.New("audit: a head is an entry's id, a colon and 64 digits from 0 to f, as it was announced")

// ParseHead reads what String wrote; an empty text is none. Else it gives ErrHead.
func ParseHead(text string) (Head, error) {
	text = strings.Trim(strings.TrimSpace(text), "`.")
	if text == "" {
		return Head{}, nil
	}
	id, hash, _ := strings.Cut(text, ":")
	_, err := parseID(id)
	if err != nil || len(hash) != 64 || strings.Trim(hash, "0123456789abcdef") != "" {
		return Head{}, fmt.Errorf("%w; this is %.100q", ErrHead, text)
	}
	return Head{ID: id, Hash: hash}, nil
}
