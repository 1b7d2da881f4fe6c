package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// row is an entry as a line of a file.
type row struct {
	ID     text   `json:"id"`
	Stamp  text   `json:"at"`
	Who    text   `json:"who"`
	Act    text   `json:"act"`
	Job    text   `json:"job"`
	Detail text   `json:"detail"`
	Prev   string `json:"prev"`
	Hash   string `json:"hash"`
}

// text is a string that need not be UTF-8: what is not is written as {"base64":"…"}, so that no byte of it is lost.
type text string

type encoded struct {
	Bytes []byte `json:"base64"`
}

// MarshalJSON writes it.
func (t text) MarshalJSON() ([]byte, error) {
	if utf8.ValidString(string(t)) {
		return json.Marshal(string(t)) // a string has no error
	}
	return json.Marshal(encoded{[]byte(t)}) // nor have bytes
}

// UnmarshalJSON reads it.
func (t *text) UnmarshalJSON(raw []byte) error {
	if !bytes.HasPrefix(raw, []byte("{")) {
		return json.Unmarshal(raw, (*string)(t))
	}
	var e encoded
	if err := json.Unmarshal(raw, &e); err != nil {
		return err
	}
	*t = text(e.Bytes)
	return nil
}

// encode is an entry's line, with its end.
func encode(e Entry) ([]byte, error) {
	line, err := json.Marshal(row{text(e.ID), text(e.Stamp), text(e.Who), text(e.Act), text(e.Job), text(e.Detail), e.Prev, e.Hash})
	if err != nil {
		return nil, fmt.Errorf("audit: write %s: %w", e.ID, err)
	}
	return append(line, '\n'), nil
}

// decode reads a line. One that is not as encode writes it is no line, also when it means the same: nobody else writes these.
func decode(line []byte) (Entry, bool) {
	var r row
	if err := json.Unmarshal(line, &r); err != nil {
		return Entry{}, false
	}
	e := Entry{
		ID: string(r.ID), Stamp: string(r.Stamp), Who: string(r.Who), Act: string(r.Act), Job: string(r.Job), Detail: string(r.Detail),
		Prev: r.Prev, Hash: r.Hash,
	}
	again, err := encode(e)
	return e, err == nil && bytes.Equal(line, again)
}
